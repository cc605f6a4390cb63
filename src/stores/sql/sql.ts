import { MoonkeepError } from "../../errors.ts";
import { decode, EncodingProblem, encode } from "../../value/codec.ts";
import { andThen, type Eventually, inSteps, type Steps, wait } from "../../value/eventually.ts";
import { type Bytes, type Key, type Milliseconds, sizeOf, type Value } from "../../value/value.ts";
import { attempts } from "../attempts.ts";
import { Cleanup } from "../cleanup.ts";
import { incremented } from "../count.ts";
import {
  keyExists,
  keyNotFound,
  notCountable,
  notRate,
  storeClosed,
  tooMuchAtOnce,
  unversioned,
  valueUnreadable,
  versionMismatch,
} from "../errors.ts";
import { checkKeptSize, checkKeySize, checkValueSize, MOST_VALUE_BYTES, notBrought } from "../kept-size.ts";
import { afterPrefix, startOf } from "../key-range.ts";
import { orError } from "../or-error.ts";
import { isOwn, nextAfter, withoutOwn } from "../own-keys.ts";
import { all, memoryOf, Portions } from "../portions.ts";
import { afterOthers, Slice } from "../slice.ts";
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
import { notBytes } from "./errors.ts";
import { plainIncrement } from "./plain-increment.ts";
import {
  LONG_VALUE,
  type NewRow,
  type Payload,
  type Row,
  type SqlDatabase,
  type SqlTable,
  type TableShape,
} from "./table.ts";

export interface SqlStoreOptions extends TableShape {
  /** How often expired rows are removed; 0 for never. They do not exist before that either. */
  readonly cleanupInterval: Milliseconds;
}

/** The most rows that are read at once. */
const LARGEST_BATCH = 1000;

/** How many expired rows one statement removes: a few milliseconds at most. */
const SWEEP_BATCH = 200;

/**
 * A store in a table of a database: keys, values (as bytes, `encode`), when they expire, versions.
 *
 * What it means to be a store is here; how a database does it is in its `SqlTable`. So it answers at once where that
 * does.
 */
export class SqlStore implements Store {
  readonly together = new Together();
  readonly #table: SqlTable;
  readonly #database: SqlDatabase;
  readonly #versions = new Versions();
  /** One increment of a key at a time: those of this process don't meet in the database. */
  readonly #turns = new Turns();
  readonly #cleanup: Cleanup;
  #closed = false;

  constructor(database: SqlDatabase, { cleanupInterval, ...shape }: SqlStoreOptions) {
    this.#table = database.table(shape);
    this.#database = database;
    this.#cleanup = new Cleanup(cleanupInterval, () => this.sweep());
  }

  get traits(): Traits {
    const { versioned } = this.#table;
    return {
      backend: "sql",
      consistency: "linearizable",
      durable: this.#database.durable,
      list: true,
      versioned,
      conditionalPut: true,
      ttl: true,
    };
  }

  get(key: Key, most?: Bytes): Eventually<Value | undefined> {
    return andThen(this.#open().get(key), (value) => {
      if (typeof value !== "number") return value === undefined ? undefined : read(key, value);
      return andThen(this.#long(key, value, most), (row) => row && read(key, row.value, most));
    });
  }

  has(key: Key): Eventually<boolean> {
    return this.#open().has(key);
  }

  entry(key: Key, most?: Bytes): Eventually<Entry | undefined> {
    return andThen(this.#open().entry(key), (row) => {
      const whole = typeof row?.value === "number" ? this.#long(key, row.value, most) : row;
      return andThen(whole, (found) => found && { key, value: read(key, found.value, most), version: found.version });
    });
  }

  /** @throws INVALID for a key or a value that is too large */
  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.#open().set(key, this.#row(key, value, ttl));
  }

  put(key: Key, value: Value, { ttl, keepTtl = false, onlyIf }: Write): Eventually<Entry> {
    const table = this.#open();
    const keeps = keepTtl && typeof onlyIf === "object";
    const version = keeps ? this.#versions.after(onlyIf.version) : this.#versions.next(ttl);
    const row = this.#row(key, value, keeps ? undefined : ttl, version);
    const entry = (): Entry => ({ key, value, version: table.versioned ? row.version : "" });
    if (onlyIf === undefined) return andThen(table.set(key, row), entry);
    if (onlyIf === "absent") {
      return andThen(table.insert(key, row), (done) => {
        if (!done) throw keyExists();
        return entry();
      });
    }
    return andThen(table.update(key, row, onlyIf.version, keeps), (found) => {
      if (found === "gone") throw keyNotFound();
      if (found === "that") return entry();
      throw table.versioned ? versionMismatch() : unversioned();
    });
  }

  delete(key: Key, version?: string): Eventually<boolean> {
    const table = this.#open();
    if (version === undefined) return table.delete(key);
    return andThen(table.deleteVersion(key, version), (found) => {
      if (found === "other") throw table.versioned ? versionMismatch() : unversioned();
      return found === "that";
    });
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    return this.#open().ttl(key);
  }

  expire(key: Key, ttl?: Milliseconds): Eventually<boolean> {
    checkTtl(ttl);
    return this.#open().expire(key, { ttl, version: this.#versions.next(ttl) });
  }

  touch(key: Key): Eventually<boolean> {
    const table = this.#open();
    return andThen(table.touch(key), (there) => {
      if (!table.versioned) throw unversioned("touch");
      return there;
    });
  }

  increment(key: Key, by: Increment): Eventually<NumberValue> {
    return this.#turns.take(key, () => this.#incrementPlainly(key, by) ?? this.#increment(key, by));
  }

  /** @throws INVALID when the entry never expires */
  spend(key: Key, cost: Spending): Eventually<Spent> {
    const table = this.#open();
    const row = this.#row(key, true, cost.time);
    return andThen(table.spend(key, row, cost), (ahead) => {
      if (ahead !== undefined) return { allowed: true, ahead };
      return andThen(table.ttl(key), (left = 0) => {
        if (left === Number.POSITIVE_INFINITY) throw notRate(key);
        return { allowed: false, ahead: left };
      });
    });
  }

  /** @throws INVALID when they take more than `most` */
  getMany(
    keys: readonly Key[],
    most: Bytes = Number.POSITIVE_INFINITY,
  ): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    return inSteps(this.#getMany(keys, most));
  }

  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]> {
    const failed: (MoonkeepError | undefined)[] = [];
    const rows: (NewRow & { readonly key: Key })[] = [];
    for (const [i, { key, value, ttl: own = ttl }] of entries.entries()) {
      try {
        rows.push({ key, ...this.#row(key, value, own) });
      } catch (e) {
        if (!(e instanceof MoonkeepError)) throw e;
        failed[i] = e;
      }
    }
    return andThen(this.#open().setMany(rows), () => entries.map((_, i) => failed[i]));
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]> {
    return andThen(this.#open().deleteMany(keys), (deleted) => keys.map((key) => deleted.has(key)));
  }

  list(page: Page): Eventually<Listing> {
    return inSteps(this.#list(page));
  }

  keys({ prefix, after, limit, own = false }: KeyPage): Eventually<readonly Key[]> {
    const start = startOf(prefix, after);
    const before = afterPrefix(prefix);
    const table = this.#open();
    const read = (from: Key, count: number): Eventually<readonly Row[]> =>
      before !== undefined && from >= before ? [] : table.list({ from, before, limit: count, bare: true });
    const rows = own ? read(start, limit) : withoutOwn(start, limit, read);
    return andThen(rows, (found) => found.map(({ key }) => key));
  }

  /** Removes some expired rows. @returns whether there may be more */
  sweep(): Eventually<boolean> {
    return andThen(this.#table.sweep(SWEEP_BATCH), (removed) => removed === SWEEP_BATCH);
  }

  /** Reads the table. @returns which database answers */
  health(): Eventually<string> {
    return andThen(this.#open().list({ from: "" as Key, before: undefined, limit: 1 }), () => this.#database.version());
  }

  /** The database stays open: it is not this store's. */
  close(): void {
    this.#closed = true;
    this.#cleanup.disarm();
    this.#table.close();
  }

  #open(): SqlTable {
    if (this.#closed) throw storeClosed();
    this.#cleanup.arm();
    return this.#table;
  }

  *#getMany(keys: readonly Key[], most: Bytes): Steps<readonly (Value | MoonkeepError | undefined)[]> {
    const found = new Map<Key, Value | MoonkeepError>();
    const rows = yield* wait(this.#open().rows(keys, LONG_VALUE));
    let taken = 0;
    for (const turns = new Portions(rows, lengthOf); !turns.isOver; ) {
      const portion = turns.next(most - taken);
      if (taken + lengthOf(portion[0]!) > most) throw tooMuchAtOnce(most);
      for (const { key, value: bytes } of yield* this.#whole(portion)) {
        const value = orError(() => read(key, bytes));
        found.set(key, value);
        if (!(value instanceof MoonkeepError)) taken += sizeOf(value);
        if (taken > most) throw tooMuchAtOnce(most);
      }
      yield* turns.pause();
    }
    return keys.map((key) => found.get(key));
  }

  *#list(page: Page): Steps<Listing> {
    const { prefix, after, limit, pick = all, bytes = Number.POSITIVE_INFINITY, most, ttl = false } = page;
    const size = (row: Row) => lengthOf(row, most);
    const before = afterPrefix(prefix);
    const found: Listed[] = [];
    let [from, count, taken] = [startOf(prefix, after), limit + 1, 0];
    for (let slice = new Slice(); before === undefined || from < before; ) {
      if (slice.over) {
        yield* wait(afterOthers()); // very many rows that the page may not have
        slice = new Slice();
      }
      const rows = yield* wait(this.#open().list({ from, before, limit: count }));
      const picked = new Set(pick(rows.filter(({ key }) => !isOwn(key)).map(({ key }) => key)));
      const chosen = rows.filter(({ key }) => picked.has(key));
      for (const turns = new Portions(chosen, size); !turns.isOver; ) {
        if (found.length === limit || taken >= bytes) return { entries: found, hasMore: true };
        for (const row of yield* this.#whole(turns.next(bytes - taken, limit - found.length), most)) {
          const one = listed(row, ttl, most);
          found.push(one);
          taken += memoryOf(one);
        }
        yield* turns.pause();
      }
      if (rows.length < count) break;
      from = nextAfter(rows.at(-1)!.key);
      count = Math.min(2 * count, LARGEST_BATCH);
    }
    return { entries: found, hasMore: false };
  }

  /** The rows with long values as well; one that has gone meanwhile is left out. */
  *#whole(rows: readonly Row[], most?: Bytes): Steps<readonly Row[]> {
    const isLong = (row: Row) => typeof row.value === "number" && lengthOf(row, most) > 0;
    const long = rows.filter(isLong).map(({ key }) => key);
    if (long.length === 0) return rows;
    const found = yield* wait(this.#open().rows(long, MOST_VALUE_BYTES));
    const byKey = new Map(found.map((row) => [row.key, row]));
    return rows.map((row) => (isLong(row) ? byKey.get(row.key) : row)).filter((row) => row !== undefined);
  }

  /** A row whose value of so many bytes was left out, with it, as far as that may be brought here. */
  #long(key: Key, length: Bytes, most?: Bytes): Eventually<Row | undefined> {
    checkKeptSize(key, length, most);
    const rows = this.#open().rows([key], Math.min(most ?? MOST_VALUE_BYTES, MOST_VALUE_BYTES));
    return andThen(rows, ([row]) => row);
  }

  #row(key: Key, value: Value, ttl: Milliseconds | undefined, version = this.#versions.next(ttl)): NewRow {
    checkTtl(ttl);
    checkKeySize(key);
    const bytes = encode(value);
    checkValueSize(bytes);
    return { value: bytes, ttl, version };
  }

  /** In one statement, where the database and the numbers are such. */
  #incrementPlainly(key: Key, by: Increment): Eventually<NumberValue> | undefined {
    const table = this.#open();
    const plain = plainIncrement(by);
    if (table.increment === undefined || plain === undefined) return undefined;
    const done = table.increment(key, this.#row(key, plain.first, by.ttl), plain);
    return andThen(done, (sum) => sum ?? this.#increment(key, by));
  }

  #increment(key: Key, by: Increment): Eventually<NumberValue> {
    return attempts(key, () => this.#add(key, by));
  }

  /** Reads, adds, and writes. @returns undefined where somebody wrote meanwhile */
  #add(key: Key, by: Increment): Eventually<NumberValue | undefined> {
    const table = this.#open();
    return andThen(table.entry(key), (old) => {
      const value = old && shortOf(key, old);
      const sum = incremented(key, value && read(key, value), by);
      const version = by.ttl === undefined && old !== undefined ? this.#versions.after(old.version) : undefined;
      const row = this.#row(key, sum, by.ttl, version);
      const written = old && value ? table.replace(key, row, { ...old, value }) : table.insert(key, row);
      return andThen(written, (done) => (done ? sum : undefined));
    });
  }
}

function listed({ key, value: bytes, version, ttl }: Row, withTtl: boolean, most?: Bytes): Listed {
  const value = orError(() => read(key, bytes, most));
  if (value instanceof MoonkeepError) return { key, error: value };
  return { key, value, version, ...(withTtl && ttl !== undefined ? { ttl } : {}) };
}

/** Bytes that may be a number: longer ones are none. */
function shortOf(key: Key, { value }: Row): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === null) throw valueUnreadable(key, new Error(notBytes));
  checkKeptSize(key, value);
  throw notCountable(key);
}

/** How much of it can be brought here. */
const lengthOf = ({ value }: Row, most: Bytes = MOST_VALUE_BYTES): Bytes => {
  if (typeof value !== "number") return value?.length ?? 0;
  return value > Math.min(most, MOST_VALUE_BYTES) ? 0 : value;
};

/**
 * @param most what it was left out for, if it was
 * @throws INTERNAL, naming the key, when it is not a value of ours; among many, `orError` keeps that to its place
 */
function read(key: Key, payload: Payload, most: Bytes = MOST_VALUE_BYTES): Value {
  if (payload === null) throw valueUnreadable(key, new Error(notBytes));
  if (typeof payload === "number") throw notBrought(key, payload, most);
  try {
    return decode(payload);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
