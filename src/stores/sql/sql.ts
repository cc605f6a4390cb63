import { decode, EncodingProblem, encode } from "../../value/codec.ts";
import { andThen, type Eventually } from "../../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../../value/value.ts";
import { Cleanup } from "../cleanup.ts";
import {
  keyExists,
  keyNotFound,
  storeClosed,
  ttlNotPositive,
  unversioned,
  valueUnreadable,
  versionMismatch,
} from "../errors.ts";
import { checkKeySize, checkValueSize } from "../kept-size.ts";
import { afterPrefix, startOf } from "../key-range.ts";
import type { Entry, Page, Store, Traits, Write } from "../store.ts";
import { Versions } from "../versions.ts";
import type { NewRow, SqlDatabase, SqlTable, TableShape } from "./table.ts";

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
  readonly #table: SqlTable;
  readonly #database: SqlDatabase;
  readonly #versions = new Versions();
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

  put(key: Key, value: Value, { ttl, onlyIf }: Write): Eventually<Entry> {
    const table = this.#open();
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

  delete(key: Key): Eventually<boolean> {
    return this.#open().delete(key);
  }

  list({ prefix, after, limit, ttl: withTtl = false }: Page): Eventually<readonly Entry[]> {
    const from = startOf(prefix, after);
    const before = afterPrefix(prefix);
    if (before !== undefined && from >= before) return [];
    return andThen(this.#open().list({ from, before, limit }), (rows) =>
      rows.map(({ key, value, version, ttl }) => {
        const entry = { key, value: read(key, value), version };
        return withTtl && ttl !== undefined ? { ...entry, ttl } : entry;
      }),
    );
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

  #row(key: Key, value: Value, ttl: Milliseconds | undefined): NewRow {
    if (ttl !== undefined && !(ttl > 0 && ttl < Number.POSITIVE_INFINITY)) throw ttlNotPositive(ttl);
    checkKeySize(key);
    const bytes = encode(value);
    checkValueSize(bytes);
    return { value: bytes, ttl, version: this.#versions.next() };
  }
}

/** @throws INTERNAL, naming the key, when it is no value of ours */
function read(key: Key, bytes: Uint8Array): Value {
  try {
    return decode(bytes);
  } catch (e) {
    throw e instanceof EncodingProblem ? valueUnreadable(key, e) : e;
  }
}
