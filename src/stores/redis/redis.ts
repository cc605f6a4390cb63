import { toBinary } from "../../value/bytes.ts";
import { EncodingProblem, encode } from "../../value/codec.ts";
import type { Key, Milliseconds, Value } from "../../value/value.ts";
import { keyExists, keyNotFound, storeClosed, ttlNotPositive, valueUnreadable, versionMismatch } from "../errors.ts";
import { checkKeySize, checkValueSize } from "../kept-size.ts";
import { afterPrefix, startOf, successor } from "../key-range.ts";
import type { Entry, Page, Store, Traits, Write } from "../store.ts";
import { Versions } from "../versions.ts";
import { replyCode } from "./errors.ts";
import type { RedisInput } from "./library.ts";
import { RedisNames } from "./names.ts";
import { readRecord, readValue, versionHead, writeRecord } from "./record.ts";
import { deleteScript, forgetScript, type RedisScript, writeScript } from "./scripts.ts";
import type { RedisPlace, RedisServer } from "./server.ts";

export interface RedisStoreOptions {
  /** What its keys in Redis begin with. Two stores of one server differ in it. */
  readonly prefix: string;
}

/** The most names that are read at once, so that a run of expired ones is passed quickly and no reply is huge. */
const LIST_BATCH = 200;
/** Redis counts in 64 bits; this is some thirty thousand years. */
const LONGEST_TTL: Milliseconds = 1e15;

const traits: Traits = Object.freeze({
  backend: "redis",
  consistency: "linearizable",
  durable: false, // whether Redis writes to a disk, and when, is its own configuration
  list: true,
  versioned: true,
  conditionalPut: true,
  ttl: true,
});

/**
 * A store in Redis. An entry is a key of Redis, which Redis expires; beside the entries are two sorted sets, the names in
 * byte order for `list`, and the names by the time at which they expire, to take them out of the first (redis-scripts.ts).
 * A name may be in the sets a while longer than its entry is there, and never the other way round.
 */
export class RedisStore implements Store {
  readonly traits = traits;
  readonly #server: RedisServer;
  readonly #place: RedisPlace;
  readonly #names: RedisNames;
  readonly #versions = new Versions();
  #closed = false;

  constructor(server: RedisServer, { prefix }: RedisStoreOptions) {
    this.#server = server;
    this.#place = server.place();
    this.#names = new RedisNames(prefix);
  }

  async get(key: Key): Promise<Value | undefined> {
    const record = await this.#read(key);
    return record === null ? undefined : readable(key, record, readValue);
  }

  async has(key: Key): Promise<boolean> {
    return (await this.#open().send((client) => client.exists(this.#names.entry(key)))) === 1;
  }

  async entry(key: Key): Promise<Entry | undefined> {
    const record = await this.#read(key);
    return record === null ? undefined : { key, ...readable(key, record, readRecord) };
  }

  async set(key: Key, value: Value, ttl?: Milliseconds): Promise<void> {
    await this.#write(key, value, this.#versions.next(), ttl, "");
  }

  async put(key: Key, value: Value, { ttl, onlyIf }: Write): Promise<Entry> {
    const version = this.#versions.next();
    const condition = typeof onlyIf === "object" ? versionHead(onlyIf.version) : (onlyIf ?? "");
    const written = await this.#write(key, value, version, ttl, condition);
    if (written === 1) return { key, value, version };
    if (written === -1) throw keyNotFound();
    throw onlyIf === "absent" ? keyExists() : versionMismatch();
  }

  async delete(key: Key): Promise<boolean> {
    return (await this.#run(deleteScript, this.#names.keys(key), [Buffer.from(key, "latin1")], key)) === 1;
  }

  async list({ prefix, after, limit, ttl = false }: Page): Promise<readonly Entry[]> {
    const before = afterPrefix(prefix);
    const end = before === undefined ? "+" : bound("(", before);
    const found: Entry[] = [];
    for (let start = startOf(prefix, after); found.length < limit; ) {
      const count = Math.min(limit - found.length + 1, LIST_BATCH);
      const names = await this.#range(start, end, count);
      found.push(...(await this.#entries(names, ttl)).slice(0, limit - found.length));
      if (names.length < count) break;
      start = successor(names.at(-1)!);
    }
    return found;
  }

  /** Reads something. @returns which server answers */
  async health(): Promise<string> {
    await this.#range("" as Key, "+", 1);
    return this.#server.version();
  }

  /** The server's connections stay open: they are not this store's. */
  close(): void {
    this.#closed = true;
  }

  #open(): RedisPlace {
    if (this.#closed) throw storeClosed();
    return this.#place;
  }

  #read(key: Key): Promise<Buffer | null> {
    return this.#open().send((client) => client.getBuffer(this.#names.entry(key)), {
      explain: foreign(key),
    });
  }

  async #range(from: Key, end: RedisInput, count: number): Promise<Key[]> {
    const start = from === "" ? "-" : bound("[", from);
    const range = [this.#names.order, start, end, "LIMIT", 0, count];
    const names = await this.#open().send((client) => client.callBuffer("ZRANGEBYLEX", ...range));
    return (names as Buffer[]).map(toBinary);
  }

  /** The entries of these names, less those that are not there any more, which are taken out of the sets. */
  async #entries(names: readonly Key[], withTtl: boolean): Promise<Entry[]> {
    if (names.length === 0) return [];
    const keys = names.map((name) => this.#names.entry(name));
    const [records, ttls] = await this.#open().send((client) =>
      Promise.all([
        client.mgetBuffer(...keys),
        withTtl ? Promise.all(keys.map((key) => client.callBuffer("PTTL", key) as Promise<number>)) : undefined,
      ]),
    );
    const entries: Entry[] = [];
    const gone: number[] = [];
    for (const [i, key] of names.entries()) {
      const record = records[i] as Buffer | null;
      const ttl = ttls?.[i] ?? -1;
      if (record === null) gone.push(i);
      else entries.push({ key, ...readable(key, record, readRecord), ...(ttl > 0 ? { ttl } : {}) });
    }
    if (gone.length > 0) {
      const { order, times } = this.#names;
      const forgotten = gone.map((i) => Buffer.from(names[i]!, "latin1"));
      await this.#run(forgetScript, [order, times, ...gone.map((i) => keys[i]!)], forgotten);
    }
    return entries;
  }

  #write(
    key: Key,
    value: Value,
    version: string,
    ttl: Milliseconds | undefined,
    condition: RedisInput,
  ): Promise<unknown> {
    if (ttl !== undefined && !(ttl > 0 && ttl < Number.POSITIVE_INFINITY)) throw ttlNotPositive(ttl);
    checkKeySize(key);
    const bytes = encode(value);
    checkValueSize(bytes);
    const life = ttl === undefined ? "" : Math.min(Math.ceil(ttl), LONGEST_TTL);
    const args = [Buffer.from(key, "latin1"), writeRecord(bytes, version), life, condition];
    return this.#run(writeScript, this.#names.keys(key), args, key);
  }

  /** Runs a script by its name, and by its text where the server does not know it: it ran not at all then. */
  #run(script: RedisScript, keys: readonly RedisInput[], args: readonly RedisInput[], key?: Key): Promise<unknown> {
    return this.#open().send(
      async (client) => {
        try {
          return await client.evalshaBuffer(script.sha, keys.length, ...keys, ...args);
        } catch (e) {
          if (replyCode(e) !== "NOSCRIPT") throw e;
          return client.evalBuffer(script.text, keys.length, ...keys, ...args);
        }
      },
      { explain: key && foreign(key), writes: true },
    );
  }
}

/** What is there is no string, and so none of ours. */
const foreign = (key: Key) => (code: string) =>
  code === "WRONGTYPE" ? valueUnreadable(key, new Error("it is no string of Redis")) : undefined;

/** The end of a range of names: `[` with the name in it, `(` without. */
const bound = (kind: "[" | "(", name: Key): Buffer => Buffer.from(kind + name, "latin1");

/** @throws INTERNAL, naming the key, when it is no entry of ours */
function readable<T>(key: Key, record: Buffer, read: (record: Buffer) => T): T {
  try {
    return read(record);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
