import { MoonkeepError } from "../../errors.ts";
import { decode, EncodingProblem, encode } from "../../value/codec.ts";
import { andThen, type Eventually } from "../../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../../value/value.ts";
import { Cleanup } from "../cleanup.ts";
import { incremented } from "../count.ts";
import {
  keyExists,
  keyNotFound,
  notRate,
  storeClosed,
  unversioned,
  valueUnreadable,
  versionMismatch,
} from "../errors.ts";
import { checkKeySize, checkValueSize } from "../kept-size.ts";
import { afterPrefix, startOf } from "../key-range.ts";
import { orError } from "../or-error.ts";
import { withoutOwn } from "../own-keys.ts";
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
import { plainIncrement } from "./plain-increment.ts";
import type { NewRow, Row, SqlDatabase, SqlTable, TableShape } from "./table.ts";

export interface SqlStoreOptions extends TableShape {
  /** How often expired rows are removed; 0 for never. They do not exist before that either. */
  readonly cleanupInterval: Milliseconds;
}

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

  get(key: Key): Eventually<Value | undefined> {
    return andThen(this.#open().get(key), (value) => (value === undefined ? undefined : read(key, value)));
  }

  has(key: Key): Eventually<boolean> {
    return this.#open().has(key);
  }

  entry(key: Key): Eventually<Entry | undefined> {
    return andThen(this.#open().entry(key), (row) =>
      row === undefined ? undefined : { key, value: read(key, row.value), version: row.version },
    );
  }

  /** @throws INVALID for a key or a value that is too large */
  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.#open().set(key, this.#row(key, value, ttl));
  }

  put(key: Key, value: Value, { ttl, keepTtl = false, onlyIf }: Write): Eventually<Entry> {
    const table = this.#open();
    if (keepTtl && typeof onlyIf === "object") return this.#putKeeping(key, value, onlyIf.version);
    const row = this.#row(key, value, ttl);
    const entry = (): Entry => ({ key, value, version: table.versioned ? row.version : "" });
    if (onlyIf === undefined) return andThen(table.set(key, row), entry);
    if (onlyIf === "absent") {
      return andThen(table.insert(key, row), (done) => {
        if (!done) throw keyExists();
        return entry();
      });
    }
    return andThen(table.update(key, row, onlyIf.version), (found) => {
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
    return this.#turns.take(key, () => this.#incrementPlainly(key, by) ?? this.#increment(key, by, 0));
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

  getMany(keys: readonly Key[]): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    return andThen(this.#open().getMany(keys), (found) =>
      keys.map((key) => {
        const value = found.get(key);
        return value && orError(() => read(key, value));
      }),
    );
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

  list({ ttl: withTtl = false, ...page }: Page): Eventually<readonly Listed[]> {
    return andThen(this.#rows(page, false), (rows) =>
      rows.map(({ key, value: bytes, version, ttl }) => {
        const value = orError(() => read(key, bytes));
        if (value instanceof MoonkeepError) return { key, error: value };
        const entry = { key, value, version };
        return withTtl && ttl !== undefined ? { ...entry, ttl } : entry;
      }),
    );
  }

  keys(page: KeyPage): Eventually<readonly Key[]> {
    return andThen(this.#rows(page, true), (rows) => rows.map(({ key }) => key));
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

  #rows({ prefix, after, limit }: KeyPage, bare: boolean): Eventually<readonly Row[]> {
    const start = startOf(prefix, after);
    const before = afterPrefix(prefix);
    const table = this.#open();
    return withoutOwn(start, limit, (from, count) =>
      before !== undefined && from >= before ? [] : table.list({ from, before, limit: count, bare }),
    );
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
    return andThen(done, (sum) => (sum === undefined ? this.#increment(key, by, 0) : (read(key, sum) as number)));
  }

  /** Reads, adds, and writes if nobody wrote meanwhile; else again. */
  #increment(key: Key, by: Increment, tries: number): Eventually<NumberValue> {
    const table = this.#open();
    return andThen(table.entry(key), (old) => {
      const sum = incremented(key, old && read(key, old.value), by);
      const version = by.ttl === undefined && old !== undefined ? this.#versions.after(old.version) : undefined;
      const row = this.#row(key, sum, by.ttl, version);
      const written = old === undefined ? table.insert(key, row) : table.replace(key, row, old);
      return andThen(written, (done) => {
        if (done) return sum;
        return pause(tries).then(() => this.#increment(key, by, tries + 1));
      });
    });
  }

  #putKeeping(key: Key, value: Value, version: string): Eventually<Entry> {
    const table = this.#open();
    return andThen(table.entry(key), (old) => {
      if (old === undefined) throw keyNotFound();
      if (!table.versioned) throw unversioned();
      if (old.version !== version) throw versionMismatch();
      const row = this.#row(key, value, undefined, this.#versions.after(version));
      return andThen(table.replace(key, row, old), (done) => {
        if (!done) throw versionMismatch(); // somebody wrote, or deleted, or it has expired, in between
        return { key, value, version: row.version };
      });
    });
  }
}

/** @throws INTERNAL, naming the key, when it is not a value of ours; among many, `orError` keeps that to its place */
function read(key: Key, bytes: Uint8Array): Value {
  try {
    return decode(bytes);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
