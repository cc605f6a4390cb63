import { MoonkeepError } from "../../errors.ts";
import { toBinary } from "../../value/bytes.ts";
import { EncodingProblem, encode } from "../../value/codec.ts";
import { type Bytes, isWhole, type Key, type Milliseconds, sizeOf, type Value } from "../../value/value.ts";
import { attempts, unlessBeaten } from "../attempts.ts";
import { incremented } from "../count.ts";
import {
  afterPart,
  keyExists,
  keyNotFound,
  notCountable,
  notRate,
  storeClosed,
  tooMuchAtOnce,
  UnreadableAnswer,
  valueUnreadable,
  versionMismatch,
} from "../errors.ts";
import { checkKeySize, checkValueSize, MOST_VALUE_BYTES, notBrought } from "../kept-size.ts";
import { afterPrefix, checkKeys, startOf, successor } from "../key-range.ts";
import { orError } from "../or-error.ts";
import { isOwn, nextAfter } from "../own-keys.ts";
import { all, memoryOf, Portions } from "../portions.ts";
import { SLACK } from "../rate.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listed,
  Listing,
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
import { Turns } from "../turns.ts";
import { Versions } from "../versions.ts";
import { allOf } from "./all-of.ts";
import { notAnEntry, notAnIndex, notAString, replyCode } from "./errors.ts";
import type { RedisClient, RedisInput, RedisLibrary } from "./library.ts";
import { RedisNames } from "./names.ts";
import { MOST_HEAD, readRecord, readValue, versionHead, writeRecord } from "./record.ts";
import { bytesIn, integerIn, listIn, numberIn } from "./replies.ts";
import {
  deleteScript,
  expireScript,
  forgetScript,
  incrementScript,
  LONGEST_TTL,
  partsScript,
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
/** The most records that are read at once, for the same reason. */
const RECORDS_AT_ONCE = 10_000;
/** A record beyond this is long: of many, nobody knows how much they have together. */
const LONG_RECORD: Bytes = 4096;
/** The same for one that is read by itself: beyond, it is looked at first. */
const LONG_ALONE: Bytes = 2 ** 18;

/** A longer record is not one of a number. */
const LONGEST_NUMBER: Bytes = 300;

/** What is there: a record; of one that was left out, how many bytes it has; null where it is not a string. */
type Kept = Buffer | Bytes | null;

/** An entry of many that are read together. */
interface Part {
  readonly key: Key;
  readonly kept: Kept;
}

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

  async get(key: Key, most?: Bytes): Promise<Value | undefined> {
    const record = await this.#read(key, most);
    return record && readable(key, record, readValue);
  }

  async has(key: Key): Promise<boolean> {
    return this.#open().send(async (client) => integerIn(await client.exists(this.#names.entry(key))) === 1);
  }

  async entry(key: Key, most?: Bytes): Promise<Entry | undefined> {
    const record = await this.#read(key, most);
    return record && { key, ...readable(key, record, readRecord) };
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
    const deleted = await this.#run(deleteScript, this.#names.keys(key), [bytesOf(key), condition], integerIn, key);
    if (deleted === -1) throw versionMismatch();
    return deleted === 1;
  }

  async ttl(key: Key): Promise<Milliseconds | undefined> {
    const left = (await this.#lives([key]))[0]!;
    if (left === -2) return undefined;
    return left === -1 ? Number.POSITIVE_INFINITY : left;
  }

  async expire(key: Key, ttl?: Milliseconds): Promise<boolean> {
    checkTtl(ttl);
    const args = [bytesOf(key), versionHead(this.#versions.next(ttl)), lifeOf(ttl)];
    return this.#found(key, await this.#run(expireScript, this.#names.keys(key), args, integerIn, key));
  }

  async touch(key: Key): Promise<boolean> {
    return this.#found(key, await this.#run(touchScript, this.#names.keys(key), [bytesOf(key)], integerIn, key));
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
      const sum = await this.#run(incrementScript, this.#names.keys(key), args, sumIn, key);
      if (sum !== undefined) return sum;
    }
    return this.#turns.take(key, () => attempts(key, () => this.#add(key, by)));
  }

  /** @throws INVALID when the entry never expires */
  async spend(key: Key, { time, most }: Spending): Promise<Spent> {
    checkKeySize(key);
    const record = writeRecord(encode(true), this.#versions.next(time));
    const args = [bytesOf(key), record, time, most + SLACK];
    const [moved, ahead] = await this.#run(spendScript, this.#names.keys(key), args, spentIn, key);
    if (moved === -1) throw notRate(key);
    return { allowed: moved === 1, ahead };
  }

  /** @throws INVALID when they take more than `most` */
  async getMany(
    keys: readonly Key[],
    most: Bytes = Number.POSITIVE_INFINITY,
  ): Promise<readonly (Value | MoonkeepError | undefined)[]> {
    const found = new Map<Key, Value | MoonkeepError>();
    let taken = 0;
    for (const portions = new Portions(await this.#parts(keys, false), lengthOf); !portions.isOver; ) {
      const some = portions.next(most - taken);
      if (taken + lengthOf(some[0]!) > most + MOST_HEAD) throw tooMuchAtOnce(most);
      for (const { key, kept } of await this.#whole(some)) {
        const value = orError(() => readable(key, kept, readValue));
        found.set(key, value);
        if (!(value instanceof MoonkeepError)) taken += sizeOf(value);
        if (taken > most) throw tooMuchAtOnce(most);
      }
    }
    return keys.map((key) => found.get(key));
  }

  async setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Promise<readonly (MoonkeepError | undefined)[]> {
    const failed: (MoonkeepError | undefined)[] = [];
    for (const portions = new Portions(entries, memoryOf); !portions.isOver; ) {
      const some = portions.next(Number.POSITIVE_INFINITY);
      const writes = some.map(({ key, value, ttl: own = ttl }) =>
        this.set(key, value, own).then(() => undefined, asOneOfMany),
      );
      try {
        failed.push(...(await allOf(writes)));
      } catch (e) {
        throw failed.length > 0 ? afterPart(e) : e;
      }
    }
    return failed;
  }

  async deleteMany(keys: readonly Key[]): Promise<readonly boolean[]> {
    return allOf(keys.map((key) => this.delete(key)));
  }

  async list({
    prefix,
    after,
    limit,
    pick = all,
    bytes = Number.POSITIVE_INFINITY,
    most,
    ttl = false,
  }: Page): Promise<Listing> {
    const found: Listed[] = [];
    let [count, taken] = [Math.min(limit + 1, LIST_BATCH), 0];
    for await (const names of this.#batches(prefix, after, () => count)) {
      const portions = new Portions(await this.#parts(pick(names), true), (part: Part) => lengthOf(part, most));
      while (!portions.isOver) {
        if (found.length === limit || taken >= bytes) return { entries: found, hasMore: true };
        const some = portions.next(bytes - taken, limit - found.length);
        for (const one of await this.#listed(some, ttl, most)) {
          found.push(one);
          taken += memoryOf(one);
        }
      }
      count = LIST_BATCH;
    }
    return { entries: found, hasMore: false };
  }

  async keys({ prefix, after, limit, own = false, check }: KeyPage): Promise<readonly Key[]> {
    const found: Key[] = [];
    const size = () => Math.min(limit - found.length + 1, LIST_BATCH);
    for await (const names of this.#batches(prefix, after, size, own)) {
      found.push(...(await this.#there(names)).slice(0, limit - found.length));
      if (found.length === limit) break;
      check?.();
    }
    return found;
  }

  /** Reads something. @returns which server answers */
  async health(): Promise<string> {
    await this.#range("" as Key, undefined, 1);
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

  async #read(key: Key, most: Bytes = MOST_VALUE_BYTES): Promise<Buffer | undefined> {
    const kept = await this.#kept(key, LONG_ALONE, Math.min(most, MOST_VALUE_BYTES) + MOST_HEAD);
    if (typeof kept === "number") throw notBrought(key, kept, most);
    return kept;
  }

  /**
   * A record, of which nobody knows how long it is; its length where it has more than `most` bytes.
   * @param short how much is read without a look at the length: all of most records
   */
  async #kept(key: Key, short: Bytes, most: Bytes): Promise<Buffer | Bytes | undefined> {
    const name = this.#names.entry(key);
    const begin = await this.#open().send(async (client) => bytesIn(await client.getrangeBuffer(name, 0, short - 1)), {
      explain: foreign(key),
    });
    if (begin.length > 0 && begin.length < short) return begin;
    if (begin.length === 0 && !(await this.has(key))) return undefined;
    const [kept] = await this.#readParts([key], most);
    return kept ?? undefined;
  }

  /** What is there, without records of more bytes. Of what is not a string there is nothing here: nobody of us wrote it. */
  #readParts(keys: readonly Key[], most: Bytes): Promise<Kept[]> {
    return this.#open().send(async (client, library) => {
      const ask = async (command: string, script: string) => {
        const words = [command, script, String(keys.length)];
        return listIn(await this.#reply(client, library, words, keys, String(most)), keptIn, keys.length);
      };
      try {
        return await ask("EVALSHA", partsScript.sha);
      } catch (e) {
        if (replyCode(e) !== "NOSCRIPT") throw e;
        return ask("EVAL", partsScript.text);
      }
    });
  }

  #reply(
    client: RedisClient,
    { Command }: RedisLibrary,
    words: readonly string[],
    keys: readonly Key[],
    last: string,
  ): Promise<unknown> {
    const command = new Command(words[0]!.toLowerCase(), [], { replyEncoding: null });
    command.toWritable = () => Buffer.from(this.#names.command(words, keys, last), "latin1");
    return client.sendCommand(command);
  }

  /** Names from one on, and before another one if there is one. */
  #range(from: Key, before: Key | undefined, count: number): Promise<readonly Key[]> {
    const start = from === "" ? "-" : bound("[", from);
    const end = before === undefined ? "+" : bound("(", before);
    const range = [this.#names.order, start, end, "LIMIT", 0, count];
    const read = async (client: RedisClient) => {
      const names = listIn(await client.callBuffer("ZRANGEBYLEX", ...range), (name) => toBinary(bytesIn(name)));
      checkKeys(names, from, before, count);
      return names;
    };
    return this.#open().send(read, { explain: (code) => this.#explain(code) });
  }

  /** The names of a range, some at a time, without the library's own unless they are asked for. */
  async *#batches(
    prefix: Key,
    after: Key | undefined,
    size: () => number,
    own = false,
  ): AsyncGenerator<readonly Key[], void> {
    const before = afterPrefix(prefix);
    for (let start = startOf(prefix, after); before === undefined || start < before; ) {
      const count = size();
      const names = await this.#range(start, before, count);
      yield own ? names : names.filter((name) => !isOwn(name));
      if (names.length < count) return;
      start = own ? successor(names.at(-1)!) : nextAfter(names.at(-1)!);
    }
  }

  /** Those of the names that are there. */
  async #there(names: readonly Key[]): Promise<readonly Key[]> {
    const keys = names.map((name) => this.#names.entry(name));
    const there = await this.#open().send(async (client) => {
      const replies = await Promise.all(keys.map((key) => client.exists(key)));
      return replies.map((reply) => integerIn(reply) === 1);
    });
    return names.filter((_, i) => there[i]);
  }

  /**
   * What is there under these names, without long records.
   * @param listed whether the names come from the sets: those that are not there any more are taken out of them
   */
  async #parts(names: readonly Key[], listed: boolean): Promise<readonly Part[]> {
    if (names.length === 0) return [];
    const records: Kept[] = [];
    for (let at = 0; at < names.length; at += RECORDS_AT_ONCE) {
      records.push(...(await this.#readParts(names.slice(at, at + RECORDS_AT_ONCE), LONG_RECORD)));
    }
    const parts: (Part | undefined)[] = names.map((key, i) => {
      const kept = records[i]!;
      return kept === null ? undefined : { key, kept };
    });
    const missing = listed ? names.filter((_, i) => records[i] === null) : [];
    if (missing.length > 0) {
      const { order, times } = this.#names;
      const keys = [order, times, ...missing.map((name) => this.#names.entry(name))];
      const keyIn = (place: unknown): Key => {
        const key = missing[integerIn(place) - 1];
        if (key === undefined) throw new UnreadableAnswer();
        return key;
      };
      const others = await this.#run(forgetScript, keys, missing.map(bytesOf), (reply) => listIn(reply, keyIn));
      for (const key of others) parts[names.indexOf(key)] = { key, kept: null };
    }
    return parts.filter((part) => part !== undefined);
  }

  /** With long records as well; what has gone meanwhile is left out. */
  async #whole(parts: readonly Part[], most?: Bytes): Promise<readonly Part[]> {
    const long = parts
      .filter((part) => typeof part.kept === "number" && lengthOf(part, most) > 0)
      .map(({ key }) => key);
    if (long.length === 0) return parts;
    const records = await this.#readParts(long, MOST_VALUE_BYTES + MOST_HEAD);
    const read = new Map(long.map((key, i) => [key, records[i]!]));
    return parts.flatMap((part) => {
      const kept = read.get(part.key);
      if (kept === undefined) return part;
      return kept === null ? [] : { ...part, kept };
    });
  }

  async #listed(some: readonly Part[], withTtl: boolean, most?: Bytes): Promise<readonly Listed[]> {
    const parts = await this.#whole(some, most);
    const ttls = withTtl ? await this.#lives(parts.map(({ key }) => key)) : undefined;
    return parts.map(({ key, kept }, i): Listed => {
      const read = orError(() => readable(key, kept, readRecord, most));
      if (read instanceof MoonkeepError) return { key, error: read };
      const ttl = ttls?.[i] ?? -1;
      return { key, ...read, ...(ttl > 0 ? { ttl } : {}) };
    });
  }

  /** As Redis tells them: negative where there is none. */
  #lives(keys: readonly Key[]): Promise<readonly Milliseconds[]> {
    return this.#open().send(async (client) => {
      const replies = await Promise.all(keys.map((key) => client.callBuffer("PTTL", this.#names.entry(key))));
      return replies.map((reply) => integerIn(reply));
    });
  }

  #write(
    key: Key,
    value: Value,
    version: string,
    ttl: Milliseconds | "keep" | undefined,
    condition: RedisInput,
  ): Promise<number> {
    if (ttl !== "keep") checkTtl(ttl);
    checkKeySize(key);
    const bytes = encode(value);
    checkValueSize(bytes);
    const args = [bytesOf(key), writeRecord(bytes, version), ttl === "keep" ? ttl : lifeOf(ttl), condition];
    return this.#run(writeScript, this.#names.keys(key), args, integerIn, key);
  }

  /** Reads, adds, and writes. @returns undefined where somebody wrote meanwhile */
  async #add(key: Key, by: Increment): Promise<NumberValue | undefined> {
    const record = await this.#kept(key, LONGEST_NUMBER, LONGEST_NUMBER);
    if (typeof record === "number") throw notCountable(key);
    const old = record && readable(key, record, readRecord);
    const sum = incremented(key, old?.value, by);
    const onlyIf = old === undefined ? "absent" : { version: old.version };
    const write = { ttl: by.ttl, keepTtl: by.ttl === undefined, onlyIf } as const;
    return (await unlessBeaten(() => this.put(key, sum, write))) && sum;
  }

  #found(key: Key, reply: number): boolean {
    if (reply === -2) throw valueUnreadable(key, new Error(notAnEntry));
    return reply === 1;
  }

  /** Runs a script by its name, and by its text where the server does not know it: it ran not at all then. */
  #run<T>(
    script: RedisScript,
    keys: readonly RedisInput[],
    args: readonly RedisInput[],
    read: (reply: unknown) => T,
    key?: Key,
  ): Promise<T> {
    return this.#open().send(
      async (client) => {
        try {
          return read(await client.evalshaBuffer(script.sha, keys.length, ...keys, ...args));
        } catch (e) {
          if (replyCode(e) !== "NOSCRIPT") throw e;
          return read(await client.evalBuffer(script.text, keys.length, ...keys, ...args));
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

const keptIn = (reply: unknown): Kept =>
  reply === null ? null : typeof reply === "number" ? integerIn(reply, 0) : bytesIn(reply);

/** What `incrementScript` answers: the sum, or that it is to be worked out here. */
function sumIn(reply: unknown): number | undefined {
  if (reply === -1) return undefined;
  return integerIn(numberIn(reply), Number.MIN_SAFE_INTEGER);
}

/** What `spendScript` answers. */
function spentIn(reply: unknown): [number, Milliseconds] {
  const [moved, ahead] = listIn(reply, (one) => one, 2);
  return [integerIn(moved), numberIn(ahead)];
}

const bytesOf = (key: Key): Buffer => Buffer.from(key, "latin1");

/** For a script. */
const lifeOf = (ttl: Milliseconds | undefined): number | "" =>
  ttl === undefined ? "" : Math.min(Math.ceil(ttl), LONGEST_TTL);

const isExact = (n: NumberValue): n is number => typeof n === "number" && isWhole(n);

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

/** How much of it can be brought here. */
const lengthOf = ({ kept }: Part, most: Bytes = MOST_VALUE_BYTES): Bytes => {
  if (typeof kept !== "number") return kept?.length ?? 0;
  return kept > Math.min(most, MOST_VALUE_BYTES) + MOST_HEAD ? 0 : kept;
};

/** @throws INTERNAL, naming the key, when it is not an entry of ours */
function readable<T>(key: Key, kept: Kept, read: (record: Buffer) => T, most: Bytes = MOST_VALUE_BYTES): T {
  if (kept === null) throw valueUnreadable(key, new Error(notAString));
  if (typeof kept === "number") throw notBrought(key, kept, most);
  try {
    return read(kept);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
