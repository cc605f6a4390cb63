import { MoonkeepError } from "../../errors.ts";
import { toBinary } from "../../value/bytes.ts";
import { EncodingProblem, encode } from "../../value/codec.ts";
import { isWhole, type Key, type Milliseconds, type Value } from "../../value/value.ts";
import { incremented } from "../count.ts";
import { keyExists, keyNotFound, notRate, storeClosed, valueUnreadable, versionMismatch } from "../errors.ts";
import { checkKeySize, checkValueSize } from "../kept-size.ts";
import { afterPrefix, startOf } from "../key-range.ts";
import { orError } from "../or-error.ts";
import { isOwn, nextAfter } from "../own-keys.ts";
import { SLACK } from "../rate.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listed,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../store.ts";
import { Together } from "../together.ts";
import { checkTtl } from "../ttl.ts";
import { pause, Turns } from "../turns.ts";
import { Versions } from "../versions.ts";
import { allOf } from "./all-of.ts";
import { notAnEntry, notAnIndex, notAString, replyCode } from "./errors.ts";
import type { RedisClient, RedisInput, RedisLibrary } from "./library.ts";
import { RedisNames } from "./names.ts";
import { readRecord, readValue, versionHead, writeRecord } from "./record.ts";
import {
  deleteScript,
  expireScript,
  forgetScript,
  incrementScript,
  type RedisScript,
  spendScript,
  touchScript,
  writeScript,
} from "./scripts.ts";
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
  readonly together = new Together();
  readonly #server: RedisServer;
  readonly #place: RedisPlace;
  readonly #names: RedisNames;
  readonly #versions = new Versions();
  /** One increment of a key at a time, of those that are worked out here. */
  readonly #turns = new Turns();
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
    await this.#write(key, value, this.#versions.next(ttl), ttl, "");
  }

  async put(key: Key, value: Value, { ttl, keepTtl = false, onlyIf }: Write): Promise<Entry> {
    const old = typeof onlyIf === "object" ? onlyIf.version : undefined;
    const keeps = keepTtl && old !== undefined;
    const version = keeps ? this.#versions.after(old) : this.#versions.next(ttl);
    const condition = old === undefined ? ((onlyIf as "absent" | undefined) ?? "") : versionHead(old);
    const written = await this.#write(key, value, version, keeps ? "keep" : ttl, condition);
    if (written === 1) return { key, value, version };
    if (written === -1) throw keyNotFound();
    throw onlyIf === "absent" ? keyExists() : versionMismatch();
  }

  async delete(key: Key, version?: string): Promise<boolean> {
    const condition = version === undefined ? "" : versionHead(version);
    const deleted = await this.#run(deleteScript, this.#names.keys(key), [bytesOf(key), condition], key);
    if (deleted === -1) throw versionMismatch();
    return deleted === 1;
  }

  async ttl(key: Key): Promise<Milliseconds | undefined> {
    const left = await this.#open().send((client) => client.callBuffer("PTTL", this.#names.entry(key)));
    if (left === -2) return undefined;
    return left === -1 ? Number.POSITIVE_INFINITY : (left as number);
  }

  async expire(key: Key, ttl?: Milliseconds): Promise<boolean> {
    checkTtl(ttl);
    const args = [bytesOf(key), versionHead(this.#versions.next(ttl)), lifeOf(ttl)];
    return this.#found(key, await this.#run(expireScript, this.#names.keys(key), args, key));
  }

  async touch(key: Key): Promise<boolean> {
    return this.#found(key, await this.#run(touchScript, this.#names.keys(key), [bytesOf(key)], key));
  }

  /** The script does what doubles do exactly; the rest is worked out here, and written if nobody wrote meanwhile. */
  async increment(key: Key, by: Increment): Promise<NumberValue> {
    checkTtl(by.ttl);
    checkKeySize(key);
    const isSimple = [by.by, by.initial, by.max ?? 0, by.min ?? 0].every(isExact);
    if (isSimple) {
      const { ttl, max = "", min = "" } = by as { ttl?: Milliseconds; max?: number; min?: number };
      const numbers = [by.initial as number, by.by as number];
      const args = [bytesOf(key), ...numbers, this.#versions.next(), lifeOf(ttl), max, min];
      const sum = await this.#run(incrementScript, this.#names.keys(key), args, key);
      if (sum !== -1) return Number((sum as Buffer).toString());
    }
    return this.#turns.take(key, () => this.#increment(key, by));
  }

  /** @throws INVALID when the entry never expires */
  async spend(key: Key, { time, most }: Spending): Promise<Spent> {
    checkKeySize(key);
    const record = writeRecord(encode(true), this.#versions.next(time));
    const args = [bytesOf(key), record, time, most + SLACK];
    const [moved, ahead] = (await this.#run(spendScript, this.#names.keys(key), args, key)) as [number, Buffer];
    if (moved === -1) throw notRate(key);
    return { allowed: moved === 1, ahead: Number(ahead.toString()) };
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Value | MoonkeepError | undefined)[]> {
    if (keys.length === 0) return [];
    const records = await this.#open().send((client, library) => this.#readMany(client, library, keys));
    return records.map((record, i) =>
      record === null ? undefined : orError(() => readable(keys[i]!, record, readValue)),
    );
  }

  async setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Promise<readonly (MoonkeepError | undefined)[]> {
    return allOf(
      entries.map(({ key, value, ttl: own = ttl }) => this.set(key, value, own).then(() => undefined, asOneOfMany)),
    );
  }

  async deleteMany(keys: readonly Key[]): Promise<readonly boolean[]> {
    return allOf(keys.map((key) => this.delete(key)));
  }

  list({ ttl = false, ...page }: Page): Promise<readonly Listed[]> {
    return this.#collect(page, (names) => this.#entries(names, ttl));
  }

  keys(page: KeyPage): Promise<readonly Key[]> {
    return this.#collect(page, (names) => this.#there(names));
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

  #readMany(client: RedisClient, { Command }: RedisLibrary, keys: readonly Key[]): Promise<(Buffer | null)[]> {
    const command = new Command("mget", [], { replyEncoding: null });
    command.toWritable = () => Buffer.from(this.#names.mget(keys), "latin1");
    return client.sendCommand(command) as Promise<(Buffer | null)[]>;
  }

  async #range(from: Key, end: RedisInput, count: number): Promise<Key[]> {
    const start = from === "" ? "-" : bound("[", from);
    const range = [this.#names.order, start, end, "LIMIT", 0, count];
    const names = await this.#open().send((client) => client.callBuffer("ZRANGEBYLEX", ...range), {
      explain: (code) => this.#explain(code),
    });
    return (names as Buffer[]).map(toBinary);
  }

  /** Fills a page with what `read` makes of names. */
  async #collect<T>(
    { prefix, after, limit }: KeyPage,
    read: (names: readonly Key[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const before = afterPrefix(prefix);
    const end = before === undefined ? "+" : bound("(", before);
    const found: T[] = [];
    for (let start = startOf(prefix, after); found.length < limit; ) {
      if (before !== undefined && start >= before) break;
      const count = Math.min(limit - found.length + 1, LIST_BATCH);
      const names = await this.#range(start, end, count);
      const batch = await read(names.filter((name) => !isOwn(name)));
      found.push(...batch.slice(0, limit - found.length));
      if (names.length < count) break;
      start = nextAfter(names.at(-1)!);
    }
    return found;
  }

  /** Those of the names that are there. */
  async #there(names: readonly Key[]): Promise<readonly Key[]> {
    const keys = names.map((name) => this.#names.entry(name));
    const there = await this.#open().send((client) => Promise.all(keys.map((key) => client.exists(key))));
    return names.filter((_, i) => there[i] === 1);
  }

  /** The entries of these names, less those that are not there any more, which are taken out of the sets. */
  async #entries(names: readonly Key[], withTtl: boolean): Promise<Listed[]> {
    if (names.length === 0) return [];
    const keys = names.map((name) => this.#names.entry(name));
    const [records, ttls] = await this.#open().send((client, library) =>
      Promise.all([
        this.#readMany(client, library, names),
        withTtl ? Promise.all(keys.map((key) => client.callBuffer("PTTL", key) as Promise<number>)) : undefined,
      ]),
    );
    const entries: (Listed | undefined)[] = [];
    const gone: number[] = [];
    for (const [i, key] of names.entries()) {
      const record = records[i] as Buffer | null;
      const ttl = ttls?.[i] ?? -1;
      if (record === null) {
        gone.push(i);
        continue;
      }
      const read = orError(() => readable(key, record, readRecord));
      entries[i] = read instanceof MoonkeepError ? { key, error: read } : { key, ...read, ...(ttl > 0 ? { ttl } : {}) };
    }
    if (gone.length > 0) {
      const { order, times } = this.#names;
      const forgotten = gone.map((i) => Buffer.from(names[i]!, "latin1"));
      const others = await this.#run(forgetScript, [order, times, ...gone.map((i) => keys[i]!)], forgotten);
      for (const place of others as number[]) {
        const i = gone[place - 1]!;
        const key = names[i]!;
        entries[i] = { key, error: valueUnreadable(key, new Error(notAString)) };
      }
    }
    return entries.filter((entry) => entry !== undefined);
  }

  #write(
    key: Key,
    value: Value,
    version: string,
    ttl: Milliseconds | "keep" | undefined,
    condition: RedisInput,
  ): Promise<unknown> {
    if (ttl !== "keep") checkTtl(ttl);
    checkKeySize(key);
    const bytes = encode(value);
    checkValueSize(bytes);
    const args = [bytesOf(key), writeRecord(bytes, version), ttl === "keep" ? ttl : lifeOf(ttl), condition];
    return this.#run(writeScript, this.#names.keys(key), args, key);
  }

  async #increment(key: Key, by: Increment): Promise<NumberValue> {
    for (let tries = 0; ; tries++) {
      const old = await this.entry(key);
      const sum = incremented(key, old?.value, by);
      const onlyIf = old === undefined ? "absent" : { version: old.version };
      try {
        await this.put(key, sum, { ttl: by.ttl, keepTtl: by.ttl === undefined, onlyIf });
        return sum;
      } catch (e) {
        if (!isBeaten(e)) throw e;
        await pause(tries);
      }
    }
  }

  #found(key: Key, reply: unknown): boolean {
    if (reply === -2) throw valueUnreadable(key, new Error(notAnEntry));
    return reply === 1;
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
      { explain: (code) => this.#explain(code, key), writes: true },
    );
  }

  /** What is of another type: an index of the store, or what lies under a key. */
  async #explain(code: string, key?: Key): Promise<MoonkeepError | undefined> {
    if (code !== "WRONGTYPE") return undefined;
    const { order, times } = this.#names;
    for (const name of [order, times]) {
      const type = await this.#open().send((client) => client.type(name));
      if (type !== "zset" && type !== "none") return notAnIndex(this.#server.home.server, name.toString("utf8"));
    }
    return key && foreign(key)(code);
  }
}

const bytesOf = (key: Key): Buffer => Buffer.from(key, "latin1");

/** For a script. */
const lifeOf = (ttl: Milliseconds | undefined): number | "" =>
  ttl === undefined ? "" : Math.min(Math.ceil(ttl), LONGEST_TTL);

const isExact = (n: NumberValue): n is number => typeof n === "number" && isWhole(n);

/** Somebody else wrote meanwhile, or it went. */
const isBeaten = (e: unknown): boolean =>
  e instanceof MoonkeepError && ["CONFLICT", "NOT_FOUND", "ALREADY_EXISTS"].includes(e.kind);

/** What is wrong with one key is that key's; what is wrong with the server is everybody's. */
function asOneOfMany(e: unknown): MoonkeepError {
  if (e instanceof MoonkeepError && (e.kind === "INVALID" || e.kind === "INTERNAL")) return e;
  throw e;
}

/** What is there is no string, and so none of ours. */
const foreign = (key: Key) => (code: string) =>
  code === "WRONGTYPE" ? valueUnreadable(key, new Error(notAString)) : undefined;

/** The end of a range of names: `[` with the name in it, `(` without. */
const bound = (kind: "[" | "(", name: Key): Buffer => Buffer.from(kind + name, "latin1");

/** @throws INTERNAL, naming the key, when it is not an entry of ours */
function readable<T>(key: Key, record: Buffer, read: (record: Buffer) => T): T {
  try {
    return read(record);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
