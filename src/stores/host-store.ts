import { type Binary, exactBinary, toBinary } from "../value/bytes.ts";
import { fromJs, toJs } from "../value/js.ts";
import { ByteString, type Key, type Milliseconds, type Value } from "../value/value.ts";
import { keyRequired, ttlOutOfRange, valueRequired } from "./errors.ts";
import type { Entry, Store, Traits } from "./store.ts";

export interface SetOptions {
  /** Seconds, fractions allowed. Absent or 0: it never expires. */
  readonly ttl?: number | undefined;
}

export interface PutOptions extends SetOptions {
  /** Fails with ALREADY_EXISTS when the key is there. */
  readonly onlyIfAbsent?: boolean | undefined;
  /** Fails with CONFLICT when the version is another one, with NOT_FOUND when the key is gone. */
  readonly ifVersion?: string | undefined;
}

export interface ListOptions {
  readonly prefix?: string | Uint8Array | undefined;
  /** Only keys after this one. */
  readonly after?: string | Uint8Array | undefined;
  /** 1 to 1000; default 100. */
  readonly limit?: number | undefined;
}

/** A key as text, or as bytes where it is not UTF-8. */
export interface StoreEntry {
  readonly key: string | Uint8Array;
  readonly value: unknown;
  readonly version: string;
}

export interface StorePage {
  readonly items: readonly StoreEntry[];
  /** The last key of the page, for `after`; absent when the page is empty. */
  readonly cursor?: string | Uint8Array;
  readonly hasMore: boolean;
}

/**
 * A store in the hands of the embedder: the operations that scripts have, on JavaScript values (README, "Values").
 * No policy is asked; the embedder is who makes them. Every method rejects with MoonkeepError as the store API of
 * scripts fails, and with TypeError for what is no plain data.
 */
export class HostStore {
  readonly id: string;
  readonly #store: Store;

  constructor(id: string, store: Store) {
    this.id = id;
    this.#store = store;
  }

  /** What keeps it, for whoever moves values as they are. */
  static backend(store: HostStore): Store {
    return store.#store;
  }

  get info(): Traits {
    return this.#store.traits;
  }

  /** The value, or undefined when there is none. */
  async get(key: string | Uint8Array): Promise<unknown> {
    return toJs(await this.#store.get(asKey(key)));
  }

  async has(key: string | Uint8Array): Promise<boolean> {
    return this.#store.has(asKey(key));
  }

  async entry(key: string | Uint8Array): Promise<StoreEntry | undefined> {
    const found = await this.#store.entry(asKey(key));
    return found === undefined ? undefined : describe(found);
  }

  async set(key: string | Uint8Array, value: unknown, { ttl }: SetOptions = {}): Promise<void> {
    await this.#store.set(asKey(key), asValue(value), asMilliseconds(ttl));
  }

  async put(key: string | Uint8Array, value: unknown, options: PutOptions = {}): Promise<StoreEntry> {
    const { ttl, onlyIfAbsent = false, ifVersion } = options;
    if (onlyIfAbsent && ifVersion !== undefined) throw new TypeError("onlyIfAbsent and ifVersion can't both be given");
    const onlyIf = onlyIfAbsent ? "absent" : ifVersion === undefined ? undefined : { version: ifVersion };
    return describe(await this.#store.put(asKey(key), asValue(value), { ttl: asMilliseconds(ttl), onlyIf }));
  }

  /** Whether there was something to delete. */
  async delete(key: string | Uint8Array): Promise<boolean> {
    return this.#store.delete(asKey(key));
  }

  async list({ prefix = "", after, limit = 100 }: ListOptions = {}): Promise<StorePage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
      throw new RangeError(`limit must be a whole number from 1 to 1000, got ${limit}`);
    }
    const page = {
      prefix: asBinary(prefix, "prefix"),
      after: after === undefined ? undefined : asBinary(after, "after"),
      limit: limit + 1,
    };
    const found = await this.#store.list(page);
    const items = found.slice(0, limit).map(describe);
    const cursor = items.at(-1)?.key;
    return { items, ...(cursor === undefined ? {} : { cursor }), hasMore: found.length > limit };
  }
}

function asBinary(text: string | Uint8Array, name: string): Binary {
  if (text instanceof Uint8Array) return toBinary(Uint8Array.from(text));
  if (typeof text !== "string") throw new TypeError(`${name} must be a string or a Uint8Array, got ${typeof text}`);
  const bytes = exactBinary(text);
  if (bytes !== undefined) return bytes;
  throw new TypeError(`${name}: half of a surrogate pair has no bytes in UTF-8; bytes are given as a Uint8Array`);
}

export function asKey(key: string | Uint8Array): Key {
  const bytes = asBinary(key, "key");
  if (bytes.length === 0) throw keyRequired();
  return bytes;
}

function asValue(value: unknown): Value {
  const converted = fromJs(value, "value");
  if (converted === undefined) throw valueRequired();
  return converted;
}

export function asMilliseconds(seconds: number | undefined): Milliseconds | undefined {
  if (seconds === undefined || seconds === 0) return undefined;
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) throw ttlOutOfRange(seconds);
  return seconds * 1000;
}

function describe({ key, value, version }: Entry): StoreEntry {
  return { key: toJs(ByteString.fromBinary(key)) as string | Uint8Array, value: toJs(value), version };
}
