import type { MoonkeepError } from "../../src/errors.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listing,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../../src/stores/store.ts";
import type { Together } from "../../src/stores/together.ts";
import type { Bytes, Key, Milliseconds, Value } from "../../src/value/value.ts";

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

  get together(): Together {
    return this.#store.together;
  }

  async get(key: Key, most?: Bytes): Promise<Value | undefined> {
    return this.#store.get(key, most);
  }

  async has(key: Key): Promise<boolean> {
    return this.#store.has(key);
  }

  async entry(key: Key, most?: Bytes): Promise<Entry | undefined> {
    return this.#store.entry(key, most);
  }

  async set(key: Key, value: Value, ttl?: Milliseconds): Promise<void> {
    return this.#store.set(key, value, slow(ttl));
  }

  async put(key: Key, value: Value, write: Write): Promise<Entry> {
    return this.#store.put(key, value, { ...write, ttl: slow(write.ttl) });
  }

  async delete(key: Key, version?: string): Promise<boolean> {
    return this.#store.delete(key, version);
  }

  async ttl(key: Key): Promise<Milliseconds | undefined> {
    const left = await this.#store.ttl(key);
    return left && Math.ceil(left / SLOWNESS);
  }

  async expire(key: Key, ttl?: Milliseconds): Promise<boolean> {
    return this.#store.expire(key, slow(ttl));
  }

  async touch(key: Key): Promise<boolean> {
    return this.#store.touch(key);
  }

  async increment(key: Key, by: Increment): Promise<NumberValue> {
    return this.#store.increment(key, { ...by, ttl: slow(by.ttl) });
  }

  async spend(key: Key, { time, most }: Spending): Promise<Spent> {
    const { allowed, ahead } = await this.#store.spend(key, { time: time * SLOWNESS, most: most * SLOWNESS });
    return { allowed, ahead: Math.ceil(ahead / SLOWNESS) };
  }

  async getMany(keys: readonly Key[], most?: Bytes): Promise<readonly (Value | MoonkeepError | undefined)[]> {
    return this.#store.getMany(keys, most);
  }

  async setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Promise<readonly (MoonkeepError | undefined)[]> {
    return this.#store.setMany(
      entries.map((entry) => (entry.ttl === undefined ? entry : { ...entry, ttl: slow(entry.ttl) })),
      slow(ttl),
    );
  }

  async deleteMany(keys: readonly Key[]): Promise<readonly boolean[]> {
    return this.#store.deleteMany(keys);
  }

  async list(page: Page): Promise<Listing> {
    const { entries, hasMore } = await this.#store.list(page);
    const quick = entries.map((entry) =>
      entry.ttl === undefined ? entry : { ...entry, ttl: Math.ceil(entry.ttl / SLOWNESS) },
    );
    return { entries: quick, hasMore };
  }

  async keys(page: KeyPage): Promise<readonly Key[]> {
    return this.#store.keys(page);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

const slow = (ttl: Milliseconds | undefined) => (ttl === undefined ? undefined : ttl * SLOWNESS);
