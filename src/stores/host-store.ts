import { type Binary, exactBinary, toBinary } from "../value/bytes.ts";
import { parseDays } from "../value/duration.ts";
import { fromJs, toJs } from "../value/js.ts";
import {
  flag,
  items,
  mapping,
  type Reader,
  type Readers,
  readOptions,
  text,
  whole,
  wrongType,
} from "../value/options.ts";
import { ByteString, type Float, type Key, type Milliseconds, type Value } from "../value/value.ts";
import { isNumber, plainNumber } from "./count.ts";
import { deleteIf } from "./delete-if.ts";
import { keyRequired, keyReserved, rateOutOfRange, ttlOutOfRange, valueRequired } from "./errors.ts";
import { keySlices } from "./key-slices.ts";
import { isOwn } from "./own-keys.ts";
import { rateAnswer, spendingOf } from "./rate.ts";
import type { Entry, NumberValue, Store, Traits } from "./store.ts";

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

export interface DeleteOptions {
  /** Fails with CONFLICT when the version is another one. */
  readonly ifVersion?: string | undefined;
  /** Fails with CONFLICT when the value is another one. */
  readonly ifValue?: unknown;
}

export interface IncrementOptions extends SetOptions {
  /** What to begin with where there is nothing; default 0. */
  readonly initial?: number | bigint | Float | undefined;
  readonly max?: number | bigint | Float | undefined;
  readonly min?: number | bigint | Float | undefined;
}

export interface RateOptions {
  /** So many in `per`. */
  readonly limit: number;
  /** Seconds, or a duration such as "1m". */
  readonly per: number | string;
  /** The most at once; default: `limit`. */
  readonly burst?: number | undefined;
  /** How many this one counts for; default: 1. */
  readonly cost?: number | undefined;
}

export interface RateResult {
  readonly allowed: boolean;
  /** How many more are allowed at once now. */
  readonly remaining: number;
  /** Seconds until the same would be allowed; 0 when it was. */
  readonly retryAfter: number;
}

export interface ListOptions {
  readonly prefix?: string | Uint8Array | undefined;
  /** Only keys after this one. */
  readonly after?: string | Uint8Array | undefined;
  /** 1 to 1000; default 100. */
  readonly limit?: number | undefined;
}

export interface ClearOptions {
  /** Only keys that begin with this. */
  readonly prefix?: string | Uint8Array | undefined;
}

export interface EachOptions extends ClearOptions {
  /** Only keys after this one. */
  readonly after?: string | Uint8Array | undefined;
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

/** Entries that `each` reads at once. */
export const EACH_PAGE = 100;

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

  /** Whether there was something to delete; CONFLICT when there is, and it is not what the options name. */
  async delete(key: string | Uint8Array, options?: DeleteOptions): Promise<boolean> {
    const { ifVersion, ifValue } = readOptions(options, deleteOptions, "store.delete");
    if (ifVersion !== undefined && ifValue !== undefined)
      throw new TypeError("ifVersion and ifValue can't both be given");
    if (ifVersion !== undefined) return this.#store.delete(asKey(key), ifVersion);
    return ifValue === undefined
      ? this.#store.delete(asKey(key))
      : deleteIf(this.#store, asKey(key), { value: asValue(ifValue) });
  }

  /** The seconds that an entry still lives: Infinity when it never expires, undefined when there is none. */
  async ttl(key: string | Uint8Array): Promise<number | undefined> {
    const left = await this.#store.ttl(asKey(key));
    return left === undefined ? undefined : left / 1000;
  }

  /** Gives an entry another time to live; null or 0: it never expires. Whether it is there. */
  async expire(key: string | Uint8Array, ttl: number | string | null): Promise<boolean> {
    return this.#store.expire(asKey(key), asMilliseconds(seconds(ttl, "ttl")));
  }

  /** Gives an entry the whole of its ttl anew. Whether it is there. */
  async touch(key: string | Uint8Array): Promise<boolean> {
    return this.#store.touch(asKey(key));
  }

  /** The new number. Beyond a bound nothing is written, and it fails with CONFLICT. */
  async increment(
    key: string | Uint8Array,
    by: number | bigint | Float = 1,
    options?: IncrementOptions,
  ): Promise<number | bigint> {
    const { ttl, initial = 0, max, min } = readOptions(options, incrementOptions, "store.increment");
    const change = { by: countable(by, "by"), initial, max, min, ttl: asMilliseconds(ttl) };
    return toJs(await this.#store.increment(asKey(key), change)) as number | bigint;
  }

  /** Whether one more is within a rate. */
  async rate(key: string | Uint8Array, options: RateOptions): Promise<RateResult> {
    const { limit, per, ...more } = readOptions(options, rateOptions, "store.rate");
    if (limit === undefined || per === undefined) throw new TypeError("store.rate: limit and per are required");
    const rate = { limit, per: asMilliseconds(per) ?? 0, ...more };
    if (rate.per === 0) throw new RangeError("per: expected a time above 0");
    const cost = spendingOf(rate);
    if (cost === undefined) throw new RangeError(rateOutOfRange);
    const { allowed, remaining, retryAfter } = rateAnswer(rate, cost, await this.#store.spend(asKey(key), cost));
    return { allowed, remaining, retryAfter: retryAfter / 1000 };
  }

  /** The values of keys, place by place; undefined where there is none. One round trip. */
  async getMany(keys: readonly (string | Uint8Array)[]): Promise<unknown[]> {
    return (await this.#store.getMany(items(keys, "keys").map((key) => asKey(key as string)))).map(toJs);
  }

  /** Writes values by key. Fails with the error of the first that could not be written; the others are. */
  async setMany(
    entries: Readonly<Record<string, unknown>> | ReadonlyMap<string | Uint8Array, unknown>,
    options?: SetOptions,
  ): Promise<void> {
    const { ttl } = readOptions(options, setOptions, "store.setMany");
    const given = entries instanceof Map ? entries : Object.entries(mapping(entries, "entries") as object);
    const values = new Map([...given].map(([key, value]) => [asKey(key as string), asValue(value)] as const));
    const all = [...values].map(([key, value]) => ({ key, value }));
    for (const error of await this.#store.setMany(all, asMilliseconds(ttl))) if (error !== undefined) throw error;
  }

  /** How many there were to delete. */
  async deleteMany(keys: readonly (string | Uint8Array)[]): Promise<number> {
    const all = new Set(items(keys, "keys").map((key) => asKey(key as string)));
    return (await this.#store.deleteMany([...all])).filter(Boolean).length;
  }

  /** Deletes all keys, or those of a prefix, in slices. @returns how many there were */
  async clear(options?: ClearOptions): Promise<number> {
    const { prefix = "" as Binary } = readOptions(options, rangeOptions, "store.clear");
    let count = 0;
    for await (const keys of keySlices(this.#store, prefix as Key)) {
      count += (await this.#store.deleteMany(keys)).filter(Boolean).length;
    }
    return count;
  }

  /**
   * Every entry in byte order of keys, read page by page: what is written meanwhile behind the place is not met, what
   * is written ahead of it by a page or more is.
   */
  async *each(options?: EachOptions): AsyncGenerator<StoreEntry, void, void> {
    const { prefix = "" as Binary, after } = readOptions(options, eachOptions, "store.each");
    for (let last = after as Key | undefined; ; ) {
      const entries = await this.#store.list({ prefix: prefix as Key, after: last, limit: EACH_PAGE });
      for (const entry of entries) yield describe(entry);
      if (entries.length < EACH_PAGE) return;
      last = entries.at(-1)!.key;
    }
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

const rangeOptions = { prefix: asBinary } satisfies Readers<ClearOptions>;
const eachOptions = { prefix: asBinary, after: asBinary } satisfies Readers<EachOptions>;

const seconds: Reader<number> = (given, name) => {
  if (given === null) return 0;
  const time = typeof given === "string" ? parseDays(given) : given;
  if (typeof time === "number") return typeof given === "string" ? time / 1000 : time;
  throw wrongType(name, 'seconds, or a duration such as "1h30m"', given);
};

const setOptions = { ttl: seconds };
const putOptions = { ...setOptions, onlyIfAbsent: flag, ifVersion: text } satisfies Readers<PutOptions>;
const deleteOptions = { ifVersion: text, ifValue: (given) => given as object } satisfies Readers<DeleteOptions>;
const countable: Reader<NumberValue> = (given, name) => {
  const number = fromJs(given, name);
  if (number !== undefined && isNumber(number) && Number.isFinite(Number(plainNumber(number)))) return number;
  throw wrongType(name, "a finite number", given);
};
const incrementOptions = { ...setOptions, initial: countable, max: countable, min: countable };
const positive: Reader<number> = (given, name) => {
  if (typeof given !== "number") throw wrongType(name, "a number above 0", given);
  if (given > 0 && given < Number.POSITIVE_INFINITY) return given;
  throw new RangeError(`${name}: expected a finite number above 0, got ${given}`);
};
const rateOptions = { limit: positive, per: seconds, burst: positive, cost: positive } satisfies Readers<RateOptions>;
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
  if (isOwn(bytes)) throw keyReserved();
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
