import type { Binary } from "../value/bytes.ts";
import { fromJs, toJs } from "../value/js.ts";
import { callback, items, mapping, readOptions } from "../value/options.ts";
import { ByteString, type Float, type Key, type Milliseconds, type Value } from "../value/value.ts";
import { deleteIf } from "./delete-if.ts";
import {
  absentAndVersion,
  afterPart,
  burstAndWindow,
  fetchNeverBusy,
  keyRequired,
  keyReserved,
  lockTtlTooShort,
  notSetOptions,
  perNotAboveZero,
  rateIncomplete,
  rateOutOfRange,
  staleNeeded,
  ttlOutOfRange,
  valueRequired,
  versionAndValue,
} from "./errors.ts";
import { begin, Computation } from "./fetch.ts";
import {
  asBinary,
  type ClearOptions,
  countable,
  type DeleteOptions,
  deleteOptions,
  type EachOptions,
  eachOptions,
  fetchOptions,
  type IncrementOptions,
  incrementOptions,
  type ListOptions,
  listOptions,
  lockOptions,
  type PutOptions,
  putOptions,
  type RateOptions,
  type RateResult,
  rangeOptions,
  rateOptions,
  type SetOptions,
  type StoreEntry,
  type StoreFetchOptions,
  type StoreLockOptions,
  type StorePage,
  seconds,
  setOptions,
  type UpdateOptions,
  updateOptions,
} from "./host-store-options.ts";
import { keySlices, markSlices } from "./key-slices.ts";
import { LOCK_TTL, lock, type StoreLock } from "./lock.ts";
import { orThrow } from "./or-error.ts";
import { isOwn } from "./own-keys.ts";
import { anything } from "./permit.ts";
import { PAGE_BYTES } from "./portions.ts";
import { rateAnswer, spendingOf } from "./rate.ts";
import type { Entry, Store, Traits } from "./store.ts";
import { Unreadables } from "./unreadables.ts";
import { beforeAttempt, UPDATE_ATTEMPTS, writeOver } from "./update.ts";
import { slide } from "./window.ts";

/** Entries that `each` reads at once. */
export const EACH_PAGE = 100;

/**
 * A store in the hands of the embedder: the operations that scripts have, on JavaScript values (README, "Values").
 * No policy is asked; the embedder is who makes them. Every method rejects with MoonkeepError as the store API of
 * scripts fails, and with TypeError for what is not plain data.
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

  /** The value, or undefined if there is none. */
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
    if (onlyIfAbsent && ifVersion !== undefined) throw new TypeError(absentAndVersion);
    const onlyIf = onlyIfAbsent ? "absent" : ifVersion === undefined ? undefined : { version: ifVersion };
    return describe(await this.#store.put(asKey(key), asValue(value), { ttl: asMilliseconds(ttl), onlyIf }));
  }

  /** Returns whether the key existed. Fails with CONFLICT if the entry does not match the options. */
  async delete(key: string | Uint8Array, options?: DeleteOptions): Promise<boolean> {
    const { ifVersion, ifValue } = readOptions(options, deleteOptions, "store.delete");
    if (ifVersion !== undefined && ifValue !== undefined) throw new TypeError(versionAndValue);
    if (ifVersion !== undefined) return this.#store.delete(asKey(key), ifVersion);
    return ifValue === undefined
      ? this.#store.delete(asKey(key))
      : deleteIf(this.#store, asKey(key), { value: asValue(ifValue) });
  }

  /** The seconds until an entry expires: Infinity if it never expires, undefined if there is none. */
  async ttl(key: string | Uint8Array): Promise<number | undefined> {
    const left = await this.#store.ttl(asKey(key));
    return left === undefined ? undefined : left / 1000;
  }

  /** Sets a new ttl; with null or 0 the entry never expires. Returns whether the key exists. */
  async expire(key: string | Uint8Array, ttl: number | string | null): Promise<boolean> {
    return this.#store.expire(asKey(key), asMilliseconds(seconds(ttl, "ttl")));
  }

  /** Restarts the ttl of an entry. Returns whether the key exists. */
  async touch(key: string | Uint8Array): Promise<boolean> {
    return this.#store.touch(asKey(key));
  }

  /** Returns the new number. If it would be beyond a bound, nothing is written, and it fails with CONFLICT. */
  async increment(
    key: string | Uint8Array,
    by: number | bigint | Float = 1,
    options?: IncrementOptions,
  ): Promise<number | bigint> {
    const { ttl, initial = 0, max, min } = readOptions(options, incrementOptions, "store.increment");
    const change = { by: countable(by, "by"), initial, max, min, ttl: asMilliseconds(ttl) };
    return toJs(await this.#store.increment(asKey(key), change)) as number | bigint;
  }

  /**
   * Reads, and writes what `change` makes of that, if nobody wrote meanwhile, else again. The ttl stays unless another
   * one is given; undefined deletes.
   * @returns the new value. Fails with CONFLICT after so many attempts, and with what `change` throws
   */
  async update(key: string | Uint8Array, change: (old: unknown) => unknown, options?: UpdateOptions): Promise<unknown> {
    const { ttl, attempts = UPDATE_ATTEMPTS } = readOptions(options, updateOptions, "store.update");
    const name = asKey(key);
    callback(change, "change");
    for (let made = 1; ; made++) {
      const found = await this.#store.entry(name);
      const next = await change(found === undefined ? undefined : toJs(found.value));
      const value = next === undefined ? undefined : asValue(next);
      if (await writeOver(this.#store, name, found, value, asMilliseconds(ttl))) return next;
      await beforeAttempt(name, made, attempts);
    }
  }

  /**
   * The value of a key, or what `make` answers, computed once for all who ask at the same time: in this process, in
   * scripts, and in other processes that share the store. Undefined is not a value, and is kept for `negativeTtl` only.
   * Fails with what `make` throws, for all who wait in this process.
   */
  async fetch(
    key: string | Uint8Array,
    make: (key: string | Uint8Array) => unknown,
    options?: StoreFetchOptions,
  ): Promise<unknown> {
    const { ttl, negativeTtl, stale, onError, wait } = readOptions(options, fetchOptions, "store.fetch");
    const name = asKey(key);
    callback(make, "make");
    if (onError !== undefined && stale === undefined) throw new TypeError(staleNeeded);
    const asked = {
      ttl: asMilliseconds(ttl),
      negativeTtl: asMilliseconds(negativeTtl),
      stale: asMilliseconds(stale),
      staleOnError: onError !== undefined,
      wait: wait === undefined ? undefined : wait * 1000,
    };
    const begun = await begin(this.#store, name, asked, { owner: {}, ...anything });
    if (begun === "busy") throw new Error(fetchNeverBusy);
    if (!(begun instanceof Computation)) return begun.value === undefined ? undefined : toJs(begun.value);
    let made: unknown;
    let value: Value | undefined;
    try {
      made = await make(key);
      value = made === undefined ? undefined : asValue(made);
    } catch (e) {
      const old = await begun.fail(e);
      if (old?.value === undefined) throw e;
      return toJs(old.value);
    }
    await begun.finish(value);
    return made;
  }

  /**
   * Takes the lock of this name, and holds on to it until it is released, or this process is gone for `ttl`. Scripts have
   * the same locks. Fails with UNAVAILABLE when somebody else holds it for longer than `wait`.
   */
  async lock(name: string | Uint8Array, options?: StoreLockOptions): Promise<StoreLock> {
    const { ttl = LOCK_TTL / 1000, wait = 0 } = readOptions(options, lockOptions, "store.lock");
    if (ttl < 0.1) throw new RangeError(lockTtlTooShort(ttl));
    return lock(this.#store, asKey(name), { ttl: ttl * 1000, wait: wait * 1000 }, anything);
  }

  /** Checks whether one more operation is within a rate, and counts it if it is. */
  async rate(key: string | Uint8Array, options: RateOptions): Promise<RateResult> {
    const { limit, per, window, ...more } = readOptions(options, rateOptions, "store.rate");
    if (window !== undefined && more.burst !== undefined) throw new TypeError(burstAndWindow);
    if (limit === undefined || per === undefined) throw new TypeError(rateIncomplete);
    const rate = { limit, per: asMilliseconds(per) ?? 0, ...more };
    if (rate.per === 0) throw new RangeError(perNotAboveZero);
    const cost = spendingOf(rate);
    if (cost === undefined) throw new RangeError(rateOutOfRange);
    const name = asKey(key);
    const { allowed, remaining, retryAfter } =
      window === undefined
        ? rateAnswer(rate, cost, await this.#store.spend(name, cost))
        : await slide(this.#store, name, { ...rate, cost: rate.cost ?? 1 });
    return { allowed, remaining, retryAfter: retryAfter / 1000 };
  }

  /**
   * The values of several keys, in the same order; undefined for missing ones. One round trip for up to 2500 keys. If some can't be read, it
   * fails with the first error.
   */
  async getMany(keys: readonly (string | Uint8Array)[]): Promise<unknown[]> {
    return orThrow(await this.#store.getMany(items(keys, "keys").map((key) => asKey(key as string)))).map(toJs);
  }

  /** Writes values by key. If some can't be written, the others are, and it fails with the first error. */
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

  /** Deletes several keys. Returns how many existed. */
  async deleteMany(keys: readonly (string | Uint8Array)[]): Promise<number> {
    const all = new Set(items(keys, "keys").map((key) => asKey(key as string)));
    return (await this.#store.deleteMany([...all])).filter(Boolean).length;
  }

  /** Deletes all keys, or those with a prefix, in batches. @returns how many were deleted */
  async clear(options?: ClearOptions): Promise<number> {
    const { prefix = "" as Binary } = readOptions(options, rangeOptions, "store.clear");
    let count = 0;
    try {
      for await (const keys of keySlices(this.#store, prefix as Key)) {
        count += (await this.#store.deleteMany(keys)).filter(Boolean).length;
      }
      for await (const marks of markSlices(this.#store, prefix as Key)) await this.#store.deleteMany(marks);
    } catch (e) {
      throw count > 0 ? afterPart(e) : e;
    }
    return count;
  }

  /**
   * Every entry in byte order of keys, read page by page: what is written meanwhile behind the place is not met, what
   * is written ahead of it by a page or more is.
   * @throws MoonkeepError INTERNAL, when all others have been given, for entries that can't be read
   */
  async *each(options?: EachOptions): AsyncGenerator<StoreEntry, void, void> {
    const { prefix = "" as Binary, after } = readOptions(options, eachOptions, "store.each");
    const unreadable = new Unreadables();
    for (let last = after as Key | undefined; ; ) {
      const page = { prefix: prefix as Key, after: last, limit: EACH_PAGE, bytes: PAGE_BYTES };
      const { entries, hasMore } = await this.#store.list(page);
      for (const entry of unreadable.without(entries)) yield describe(entry);
      if (!hasMore) break;
      last = entries.at(-1)!.key;
    }
    const error = unreadable.error();
    if (error !== undefined) throw error;
  }

  async list(options?: ListOptions): Promise<StorePage> {
    const { prefix = "" as Binary, after, limit = 100 } = readOptions(options, listOptions, "store.list");
    const { entries, hasMore } = await this.#store.list({ prefix, after, limit });
    const unreadable = new Unreadables();
    const items = unreadable.without(entries).map(describe);
    const last = entries.at(-1)?.key;
    const error = unreadable.error();
    return {
      items,
      ...(last === undefined ? {} : { cursor: keyToJs(last) }),
      hasMore,
      ...(error === undefined ? {} : { error }),
    };
  }
}

function notSeconds(ttl: number): never {
  throw new TypeError(notSetOptions(ttl, ttl));
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
  return { key: keyToJs(key), value: toJs(value), version };
}

const keyToJs = (key: Key) => toJs(ByteString.fromBinary(key)) as string | Uint8Array;
