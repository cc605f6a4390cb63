/** A store for whoever moves its content about: values as they are, or as exact JSON. No policy is asked. */

import { MoonkeepError } from "../errors.ts";
import { keyRequired } from "../stores/errors.ts";
import { asKey, asMilliseconds, HostStore } from "../stores/host-store.ts";
import { keySlices, markSlices } from "../stores/key-slices.ts";
import { orThrow } from "../stores/or-error.ts";
import { PAGE_BYTES } from "../stores/portions.ts";
import { afterOthers } from "../stores/slice.ts";
import { type Entry, isUnreadable, type Page, type Store, type Traits } from "../stores/store.ts";
import { fromJson, type Json, toJson } from "../value/json.ts";
import { ByteString, type Key, type Milliseconds, type Value } from "../value/value.ts";
import { lineForm, lineKey, lineTtl, unknownLineField } from "./errors.ts";

/** An entry as one line of a dump. */
export interface StoreLine {
  /** A text, or `{"$base64": …}` for other bytes. */
  readonly key: Json;
  readonly value: Json;
  /** How many seconds it still lives; absent: for ever. */
  readonly ttl?: number;
}

/** What is written, in the terms of a backend. */
export interface Written {
  readonly key: Key;
  readonly value: Value;
  readonly ttl?: Milliseconds | undefined;
}

export interface WriteOptions {
  /** Leaves keys that are there. */
  readonly onlyIfAbsent?: boolean | undefined;
}

export interface RangeOptions {
  /** Gets why an entry can't be read; the others come all the same. */
  readonly unreadable: (error: MoonkeepError) => void;
  readonly prefix?: string | undefined;
  readonly after?: Key | undefined;
  /** Whether entries say how long they still live; default true. */
  readonly ttl?: boolean | undefined;
}

/** How many entries are on their way at once: enough for a server to work without a pause, few enough to hold. */
const PAGE = 200;
/** How many keys go at once. */
const MOST_KEYS = 1000;

export class ExactStore {
  readonly id: string;
  readonly #store: Store;

  constructor(store: HostStore) {
    this.id = store.id;
    this.#store = HostStore.backend(store);
  }

  get info(): Traits {
    return this.#store.traits;
  }

  async get(key: string | Uint8Array): Promise<Json | undefined> {
    const value = await this.#store.get(asKey(key));
    return value === undefined ? undefined : toJson(value);
  }

  /** The values of keys, place by place; some at a time where they are very many. */
  async getMany(keys: readonly (string | Uint8Array)[]): Promise<(Json | undefined)[]> {
    if (keys.length === 1) return [await this.get(keys[0]!)]; // says more of what it can't read
    const found: (Json | undefined)[] = [];
    for (const some of batches(keys.map(asKey))) {
      for (const value of orThrow(await this.#store.getMany(some)))
        found.push(value === undefined ? value : toJson(value));
    }
    return found;
  }

  async has(key: string | Uint8Array): Promise<boolean> {
    return this.#store.has(asKey(key));
  }

  /** @returns place by place, whether there was something; of a key that is given twice, each time the same */
  async deleteMany(keys: readonly (string | Uint8Array)[]): Promise<boolean[]> {
    const given = keys.map(asKey);
    const were = new Map<Key, boolean>();
    for (const some of batches([...new Set(given)])) {
      const deleted = await this.#store.deleteMany(some);
      for (const [i, key] of some.entries()) were.set(key, deleted[i]!);
    }
    return given.map((key) => were.get(key)!);
  }

  /** @returns the seconds that it still lives, Infinity for ever */
  async ttl(key: string | Uint8Array): Promise<number | undefined> {
    const left = await this.#store.ttl(asKey(key));
    return left === undefined ? undefined : left / 1000;
  }

  /** @param ttl in seconds @returns whether it is there */
  async expire(key: string | Uint8Array, ttl: number | undefined): Promise<boolean> {
    return this.#store.expire(asKey(key), asMilliseconds(ttl));
  }

  /** @throws MoonkeepError INVALID when the value is not a number */
  async increment(key: string | Uint8Array, by: number): Promise<Json> {
    return toJson(await this.#store.increment(asKey(key), { by, initial: 0 }));
  }

  /**
   * @param ttl in seconds
   * @returns whether it was written
   * @throws TypeError for JSON that stands for no value
   */
  async set(key: string | Uint8Array, json: unknown, ttl: number | undefined, options: WriteOptions): Promise<boolean> {
    return this.write({ key: asKey(key), value: fromJson(json, "value"), ttl: asMilliseconds(ttl) }, options);
  }

  /** @returns whether it was written */
  async write({ key, value, ttl }: Written, { onlyIfAbsent = false }: WriteOptions): Promise<boolean> {
    if (!onlyIfAbsent) {
      await this.#store.set(key, value, ttl);
      return true;
    }
    try {
      await this.#store.put(key, value, { ttl, onlyIf: "absent" });
      return true;
    } catch (e) {
      if (e instanceof MoonkeepError && e.kind === "ALREADY_EXISTS") return false;
      throw e;
    }
  }

  /**
   * Writes entries, each key of which is there once, in one round trip.
   * @returns place by place: whether it was written, or why it was not
   */
  async writeMany(entries: readonly Written[], options: WriteOptions): Promise<(boolean | MoonkeepError)[]> {
    if (options.onlyIfAbsent !== true) return (await this.#store.setMany(entries)).map((error) => error ?? true);
    return Promise.all(entries.map((entry) => this.write(entry, options).catch(ofOneEntry)));
  }

  /** All entries in the order of their keys, with the time that they still live, some at a time. */
  async *pages({ prefix, after, ttl = true, unreadable }: RangeOptions): AsyncGenerator<readonly Entry[], void> {
    const page: Page = { prefix: asPrefix(prefix), limit: PAGE, bytes: PAGE_BYTES, ttl };
    for (let from = after; ; ) {
      const { entries: found, hasMore } = await this.#store.list({ ...page, after: from });
      const entries: Entry[] = [];
      for (const one of found) {
        if (isUnreadable(one)) unreadable(one.error);
        else entries.push(one);
      }
      if (entries.length > 0) yield entries;
      if (!hasMore) return;
      from = found.at(-1)!.key;
      await afterOthers(); // a backend that answers at once would keep the process from hearing Ctrl-C
    }
  }

  /** How many keys begin with this. */
  async count(prefix: string | undefined): Promise<number> {
    let keys = 0;
    for await (const some of keySlices(this.#store, asPrefix(prefix))) keys += some.length;
    return keys;
  }

  /** Deletes what begins with this, in slices. @returns how many there were of each */
  async *clear(prefix: string | undefined): AsyncGenerator<number, void> {
    for await (const some of keySlices(this.#store, asPrefix(prefix))) {
      yield (await this.#store.deleteMany(some)).filter(Boolean).length;
    }
    for await (const marks of markSlices(this.#store, asPrefix(prefix))) await this.#store.deleteMany(marks);
  }
}

/** The text as what keys begin with; none: of all keys. */
export const asPrefix = (prefix = ""): Key => (prefix === "" ? ("" as Key) : asKey(prefix));

function* batches<T>(all: readonly T[]): Generator<readonly T[], void> {
  for (let at = 0; at < all.length; at += MOST_KEYS) yield all.slice(at, at + MOST_KEYS);
}

/** What is wrong with an entry is that entry's; what is wrong with the store is everybody's. */
function ofOneEntry(e: unknown): MoonkeepError {
  if (e instanceof MoonkeepError && e.kind === "INVALID") return e;
  throw e;
}

/** An entry of a page as a line. */
export function lineOf({ key, value, ttl }: Entry): StoreLine {
  return { key: keyToJson(key), value: toJson(value), ...(ttl === undefined ? {} : { ttl: ttl / 1000 }) };
}

/** What a line says. @throws TypeError, MoonkeepError INVALID, when it is none */
export function readLine(json: unknown): Written {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(lineForm);
  }
  const { key, value, ttl, ...others } = json as Record<string, unknown>;
  const [stray] = Object.keys(others);
  if (stray !== undefined) throw new TypeError(unknownLineField(stray));
  if (ttl !== undefined && typeof ttl !== "number") throw new TypeError(lineTtl);
  return { key: keyFromJson(key), value: fromJson(value, "value"), ttl: asMilliseconds(ttl) };
}

export const keyToJson = (key: Key): Json => toJson(ByteString.fromBinary(key));

/** @throws TypeError, MoonkeepError INVALID */
export function keyFromJson(json: unknown): Key {
  const key = json === undefined ? undefined : fromJson(json, "key");
  if (!(key instanceof ByteString)) throw new TypeError(lineKey);
  if (key.length === 0) throw keyRequired();
  return key.binary;
}

export interface CopyOptions extends RangeOptions, WriteOptions {
  readonly signal: AbortSignal;
  /** Called after each page, with its last key: from there a copy can go on. */
  readonly copied: (last: Key, entries: number) => void;
}

/**
 * Copies entries from one store to another, each with the time that it still lives.
 * @returns whether all of them were copied, and not only those before the signal
 */
export async function copyStore(from: ExactStore, to: ExactStore, options: CopyOptions): Promise<boolean> {
  for await (const entries of from.pages(options)) {
    if (options.signal.aborted) return false;
    const failed = (await to.writeMany(entries, options)).find((result) => typeof result !== "boolean");
    if (failed !== undefined) throw failed;
    options.copied(entries.at(-1)!.key, entries.length);
  }
  return true;
}
