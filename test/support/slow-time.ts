import type { Entry, Page, Store, Traits, Write } from "../../src/stores/store.ts";
import type { Key, Milliseconds, Value } from "../../src/value/value.ts";

/** Real seconds for each millisecond of a test. */
export const SLOWNESS = 1000;

/**
 * A store on a server whose clock a test can't move: each ttl is a thousand times as long, and to let time pass, the
 * deadlines that the server keeps are moved nearer by a thousand times as much. What the clock of the server itself moves
 * on meanwhile is then too little to be seen.
 */
export class SlowTime implements Store {
  readonly #store: Store;
  readonly #close: () => Promise<void>;

  /** @param close ends the store and what it stands on */
  constructor(store: Store, close: () => Promise<void>) {
    this.#store = store;
    this.#close = close;
  }

  get traits(): Traits {
    return this.#store.traits;
  }

  async get(key: Key): Promise<Value | undefined> {
    return this.#store.get(key);
  }

  async has(key: Key): Promise<boolean> {
    return this.#store.has(key);
  }

  async entry(key: Key): Promise<Entry | undefined> {
    return this.#store.entry(key);
  }

  async set(key: Key, value: Value, ttl?: Milliseconds): Promise<void> {
    return this.#store.set(key, value, ttl === undefined ? undefined : ttl * SLOWNESS);
  }

  async put(key: Key, value: Value, { ttl, onlyIf }: Write): Promise<Entry> {
    return this.#store.put(key, value, { ttl: ttl === undefined ? undefined : ttl * SLOWNESS, onlyIf });
  }

  async delete(key: Key): Promise<boolean> {
    return this.#store.delete(key);
  }

  async list(page: Page): Promise<readonly Entry[]> {
    const entries = await this.#store.list(page);
    return entries.map((entry) =>
      entry.ttl === undefined ? entry : { ...entry, ttl: Math.ceil(entry.ttl / SLOWNESS) },
    );
  }

  close(): Promise<void> {
    return this.#close();
  }
}
