/**
 * `moonkeep/keyv`: a store of a host as a storage adapter for Keyv (https://keyv.org), so that a Node program and its
 * Lua scripts can share one. It needs nothing of Keyv itself.
 *
 * ```ts
 * import Keyv from "keyv";
 * import { KeyvAdapter } from "moonkeep/keyv";
 *
 * const cache = new Keyv({ store: new KeyvAdapter(host.store("app:cache")), namespace: "web" });
 * await cache.set("k", { n: 1 }, 60_000);
 * ```
 *
 * Keyv makes a text of each value, `{"value":{"n":1},"expires":…}`, and puts the namespace in front of each key:
 * `web:k`. That is what a script finds.
 */
import { EventEmitter } from "node:events";
import { HostStore } from "./stores/host-store.ts";
import { wrongType } from "./value/options.ts";

/** How many keys are read, or deleted, at once. */
const PAGE = 1000;

export class KeyvAdapter extends EventEmitter {
  /** Keyv sets it: the part of the store that is its own. */
  namespace: string | undefined;
  /** Keyv iterates over adapters of the dialects that it knows, and over no others. */
  readonly opts: { readonly dialect: string; readonly url: string };
  readonly #store: HostStore;

  /** @throws TypeError for what is not a store of a host */
  constructor(store: HostStore) {
    if (!(store instanceof HostStore)) throw wrongType("store", "what host.store(id) gives", store);
    super();
    this.#store = store;
    this.opts = { dialect: "sqlite", url: `moonkeep://${store.id}` };
  }

  async get(key: string): Promise<unknown> {
    return this.#store.get(key);
  }

  async getMany(keys: readonly string[]): Promise<unknown[]> {
    return Promise.all(keys.map((key) => this.#store.get(key)));
  }

  /**
   * @param ttl in milliseconds; undefined, null or 0: for ever
   * @throws TypeError for a ttl that is not a number of milliseconds
   */
  async set(key: string, value: unknown, ttl?: number | null): Promise<boolean> {
    await this.#store.set(key, value, { ttl: secondsOf(ttl) });
    return true;
  }

  async setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    await Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  async delete(key: string): Promise<boolean> {
    return this.#store.delete(key);
  }

  /** Whether any of them was there. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    return (await Promise.all(keys.map((key) => this.#store.delete(key)))).includes(true);
  }

  async has(key: string): Promise<boolean> {
    return this.#store.has(key);
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.#store.has(key)));
  }

  /** Deletes everything in the namespace; without one, everything in the store. */
  async clear(): Promise<void> {
    for await (const keys of this.#pages(this.namespace, ({ key }) => key)) {
      await Promise.all(keys.map((key) => this.#store.delete(key)));
    }
  }

  /** The entries of a namespace, with it in front of their keys. */
  async *iterator(namespace?: string): AsyncGenerator<[string, unknown], void> {
    for await (const page of this.#pages(namespace, ({ key, value }) => [key, value] as const)) {
      for (const [key, value] of page) if (typeof key === "string") yield [key, value];
    }
  }

  /** The host closes the store. */
  async disconnect(): Promise<void> {}

  async *#pages<T>(
    namespace: string | undefined,
    take: (entry: { key: string | Uint8Array; value: unknown }) => T,
  ): AsyncGenerator<T[], void> {
    const prefix = namespace === undefined || namespace === "" ? "" : `${namespace}:`;
    for (let after: string | Uint8Array | undefined; ; ) {
      const { items, cursor, hasMore } = await this.#store.list({ prefix, after, limit: PAGE });
      yield items.map(take);
      if (!hasMore) return;
      after = cursor;
    }
  }
}

/** Keyv's milliseconds as seconds. What went wrong when it was worked out is not taken for "no expiry". */
function secondsOf(ttl: unknown): number {
  if (ttl === undefined || ttl === null) return 0;
  if (typeof ttl === "number" && ttl >= 0 && ttl < Number.POSITIVE_INFINITY) return ttl / 1000;
  throw wrongType("ttl", "milliseconds, 0 or more", ttl);
}
