import { type Binary, exactBinary, toBinary } from "../value/bytes.ts";
import { parseDays } from "../value/duration.ts";
import { fromJs, toJs } from "../value/js.ts";
import { flag, type Reader, type Readers, readOptions, text, whole, wrongType } from "../value/options.ts";
import { ByteString, type Key, type Milliseconds, type Value } from "../value/value.ts";
import { keyRequired, ttlOutOfRange, valueRequired } from "./errors.ts";
import type { Entry, Store, Traits } from "./store.ts";

export interface SetOptions {
  /** Seconds, fractions allowed, or a duration such as "1h30m". Absent, null or 0: it never expires. */
  readonly ttl?: number | string | null | undefined;
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

  /** @internal What keeps it, for whoever moves values as they are. */
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

  async set(key: string | Uint8Array, value: unknown, options?: SetOptions): Promise<void> {
    const { ttl } = typeof options === "number" ? notSeconds(options) : readOptions(options, setOptions, "store.set");
    await this.#store.set(asKey(key), asValue(value), asMilliseconds(ttl));
  }

  async put(key: string | Uint8Array, value: unknown, options?: PutOptions): Promise<StoreEntry> {
    const { ttl, onlyIfAbsent = false, ifVersion } = readOptions(options, putOptions, "store.put");
    if (onlyIfAbsent && ifVersion !== undefined) throw new TypeError("onlyIfAbsent and ifVersion can't both be given");
    const onlyIf = onlyIfAbsent ? "absent" : ifVersion === undefined ? undefined : { version: ifVersion };
    return describe(await this.#store.put(asKey(key), asValue(value), { ttl: asMilliseconds(ttl), onlyIf }));
  }

  /** Whether there was something to delete. */
  async delete(key: string | Uint8Array): Promise<boolean> {
    return this.#store.delete(asKey(key));
  }

  async list(options?: ListOptions): Promise<StorePage> {
    const { prefix = "" as Binary, after, limit = 100 } = readOptions(options, listOptions, "store.list");
    const page = { prefix, after, limit: limit + 1 };
    const found = await this.#store.list(page);
    const items = found.slice(0, limit).map(describe);
    const cursor = items.at(-1)?.key;
    return { items, ...(cursor === undefined ? {} : { cursor }), hasMore: found.length > limit };
  }
}

const seconds: Reader<number> = (given, name) => {
  if (given === null) return 0;
  const time = typeof given === "string" ? parseDays(given) : given;
  if (typeof time === "number") return typeof given === "string" ? time / 1000 : time;
  throw wrongType(name, 'seconds, or a duration such as "1h30m"', given);
};

const setOptions = { ttl: seconds };
const putOptions = { ...setOptions, onlyIfAbsent: flag, ifVersion: text } satisfies Readers<PutOptions>;
const listOptions = { prefix: asBinary, after: asBinary, limit: whole(1, 1000) } satisfies Readers<ListOptions>;

function notSeconds(ttl: number): never {
  throw new TypeError(`store.set: expected options such as { ttl: ${ttl} }, got ${ttl}`);
}

function asBinary(given: unknown, name: string): Binary {
  if (given instanceof Uint8Array) return toBinary(Uint8Array.from(given));
  if (typeof given !== "string") throw wrongType(name, "a string or a Uint8Array", given);
  const bytes = exactBinary(given);
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
