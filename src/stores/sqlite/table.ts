import { toBinary } from "../../value/bytes.ts";
import type { Clock } from "../../value/clock.ts";
import { andThen, type Eventually } from "../../value/eventually.ts";
import type { Bytes, Key, Milliseconds } from "../../value/value.ts";
import { ATTEMPTS } from "../attempts.ts";
import { beatenEachTime, fileBroken, tableGone, tableUnusable } from "../errors.ts";
import { successor } from "../key-range.ts";
import { isBeyond } from "../rate.ts";
import { afterOthers, Slice } from "../slice.ts";
import type { KeyRange, NewRow, Payload, Row, SqlTable, TableShape } from "../sql/table.ts";
import type { Spending } from "../store.ts";
import { bytesOfVersion, lifeOf } from "../versions.ts";
import { damaged, isMistake, isTableGone } from "./errors.ts";
import type { SqliteFile } from "./file.ts";
import type { SqliteConnection, SqliteRow, SqliteStatement } from "./library.ts";
import { prepareTable, type Statements, statementsOf } from "./schema.ts";

/** The fewest rows that `list` reads at once, so that a run of expired ones is passed quickly. */
const LIST_BATCH = 64;

/**
 * A table in a SQLite file. Times are milliseconds since 1970, with fractions. Whether a row that was read has expired
 * is seen here, so that the clock is only asked where a row has a time.
 */
export class SqliteTable implements SqlTable {
  readonly #file: SqliteFile;
  readonly #shape: TableShape;
  readonly #clock: Clock;
  #statements: Statements | undefined;
  #versioned = true;

  constructor(file: SqliteFile, shape: TableShape) {
    this.#file = file;
    this.#shape = shape;
    this.#clock = file.clock;
  }

  get versioned(): boolean {
    if (this.#statements === undefined) this.#look();
    return this.#versioned;
  }

  get(key: Key): Eventually<Payload | undefined> {
    return this.#with(({ get }) => {
      const row = get.get(bytesOf(key));
      return this.#lives(row) ? (row.value as Payload) : undefined;
    });
  }

  has(key: Key): Eventually<boolean> {
    return this.#with(({ has }) => this.#lives(has.get(bytesOf(key))));
  }

  entry(key: Key): Eventually<Row | undefined> {
    return this.#with(({ entry }) => {
      const row = entry.get(bytesOf(key));
      return this.#lives(row) ? rowOf(key, row, this.#clock.now()) : undefined;
    });
  }

  set(key: Key, row: NewRow): Eventually<void> {
    return this.#write(({ set }) => void set.run(bytesOf(key), ...this.#columns(row)));
  }

  insert(key: Key, row: NewRow): Eventually<boolean> {
    return this.#write(({ insert }) => changes(insert, bytesOf(key), ...this.#columns(row), this.#clock.now()) > 0);
  }

  update(key: Key, row: NewRow, version: string, keeps: boolean): Eventually<"that" | "other" | "gone"> {
    return this.#write(({ update, updateKeeping, has }) => {
      const name = bytesOf(key);
      if (this.#versioned) {
        const that = [name, inColumn(version), this.#clock.now()] as const;
        const found = keeps
          ? changes(updateKeeping, row.value, row.version, ...that)
          : changes(update, ...this.#columns(row), ...that);
        if (found > 0) return "that";
      }
      // It changed nothing, so this is a question about now, and its answer is true now.
      return this.#lives(has.get(name)) ? "other" : "gone";
    });
  }

  delete(key: Key): Eventually<boolean> {
    return this.#write((statements) => changes(statements.delete, bytesOf(key), this.#clock.now()) > 0);
  }

  replace(key: Key, row: NewRow, old: Row & { readonly value: Uint8Array }): Eventually<boolean> {
    return this.#write(({ replace, replaceKeeping }) => {
      const was = [bytesOf(key), old.value, inColumn(old.version), this.#clock.now()] as const;
      const { value, version } = row;
      if (row.ttl !== undefined) return changes(replace, ...this.#columns(row), ...was) > 0;
      return changes(replaceKeeping, value, ...(this.#versioned ? [version] : []), ...was) > 0;
    });
  }

  deleteVersion(key: Key, version: string): Eventually<"that" | "other" | "gone"> {
    return this.#write(({ deleteVersion, has }) => {
      const name = bytesOf(key);
      if (this.#versioned && changes(deleteVersion, name, inColumn(version), this.#clock.now()) > 0) return "that";
      return this.#lives(has.get(name)) ? "other" : "gone";
    });
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    return this.#with(({ has }) => this.#left(has.get(bytesOf(key))));
  }

  expire(key: Key, { ttl, version }: Pick<NewRow, "ttl" | "version">): Eventually<boolean> {
    return this.#write(({ expire }) => {
      const now = this.#clock.now();
      const until = ttl === undefined ? null : now + ttl;
      return changes(expire, until, ...(this.#versioned ? [version] : []), bytesOf(key), now) > 0;
    });
  }

  touch(key: Key): Eventually<boolean> {
    return this.#write(({ entry, move }) => {
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const row = entry.get(bytesOf(key));
        if (!this.#lives(row)) return false;
        const life = lifeOf(versionIn(row));
        if (life === undefined) return true;
        if (changes(move, this.#clock.now() + life, bytesOf(key), row.expires as number) > 0) return true;
      }
      throw beatenEachTime(key, ATTEMPTS);
    });
  }

  spend(key: Key, row: NewRow, { time, most }: Spending): Eventually<Milliseconds | undefined> {
    return this.#write(({ has, insert, move }) => {
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const found = has.get(bytesOf(key));
        const left = this.#left(found) ?? 0;
        if (isBeyond(left + time, most)) return undefined;
        const now = this.#clock.now();
        const done =
          left === 0
            ? changes(insert, bytesOf(key), ...this.#columns(row), now)
            : changes(move, (found!.expires as number) + time, bytesOf(key), found!.expires as number);
        if (done > 0) return left + time;
      }
      throw beatenEachTime(key, ATTEMPTS);
    });
  }

  rows(keys: readonly Key[], most: Bytes): Eventually<readonly Row[]> {
    return this.#with((statements) => {
      const now = this.#clock.now();
      const found: Row[] = [];
      for (const key of keys) {
        const row = statements.row.get(bytesOf(key), most);
        if (this.#lives(row)) found.push(rowOf(key, row, now));
      }
      return found;
    });
  }

  setMany(rows: readonly (NewRow & { readonly key: Key })[]): Eventually<void> {
    return this.#atOnce(({ set }) => {
      for (const row of rows) set.run(bytesOf(row.key), ...this.#columns(row));
    });
  }

  deleteMany(keys: readonly Key[]): Eventually<ReadonlySet<Key>> {
    return this.#atOnce((statements) => {
      const now = this.#clock.now();
      return new Set(keys.filter((key) => changes(statements.delete, bytesOf(key), now) > 0));
    });
  }

  list(range: KeyRange): Eventually<readonly Row[]> {
    return this.#collect(range, []);
  }

  sweep(most: number): Eventually<number> {
    return this.#write(({ sweep }) => changes(sweep, this.#clock.now(), most));
  }

  /** The package for Node 20 lets go of the file only when the statements are collected. */
  close(): void {
    this.#statements = undefined;
  }

  /** Fills a page, in slices where very many rows have expired. */
  #collect({ from, before, limit, bare = false }: KeyRange, found: Row[]): Eventually<readonly Row[]> {
    const slice = new Slice();
    let next = from;
    let more = true;
    const batch = (statements: Statements): void => {
      const [all, some] = bare ? [statements.keys, statements.keysBefore] : [statements.list, statements.listBefore];
      do {
        const count = Math.max(limit - found.length, LIST_BATCH);
        const [first, now] = [bytesOf(next), this.#clock.now()];
        const rows = before === undefined ? all.all(now, first, count) : some.all(now, first, bytesOf(before), count);
        for (const row of rows) {
          const key = this.#keyOf(row);
          next = successor(key);
          if (row.lives === 1 && found.length < limit) found.push(rowOf(key, row, now));
        }
        more = rows.length === count && found.length < limit;
      } while (more && !slice.over);
    };
    return andThen(this.#with(batch), () =>
      more ? afterOthers().then(() => this.#collect({ from: next, before, limit, bare }, found)) : found,
    );
  }

  #lives(row: SqliteRow | undefined): row is SqliteRow {
    if (row === undefined) return false;
    const { expires } = row;
    return typeof expires !== "number" || expires > this.#clock.now();
  }

  /** Only bytes are between bytes; what else a row claims to have, its page is not what it was. */
  #keyOf({ key }: SqliteRow): Key {
    if (key instanceof Uint8Array) return toBinary(key);
    throw fileBroken(this.#file.name, damaged);
  }

  #columns({ value, ttl, version }: NewRow): [Uint8Array, Milliseconds | null, ...string[]] {
    const expires = ttl === undefined ? null : this.#clock.now() + ttl;
    return this.#versioned ? [value, expires, version] : [value, expires];
  }

  /** How long a row still lives; undefined where none is. */
  #left(row: SqliteRow | undefined): Milliseconds | undefined {
    if (!this.#lives(row)) return undefined;
    return typeof row.expires === "number" ? row.expires - this.#clock.now() : Number.POSITIVE_INFINITY;
  }

  /** Several statements, all of them or none: the first takes the lock, or finds it taken before anything was done. */
  #atOnce<T>(work: (statements: Statements) => T): Eventually<T> {
    return this.#write((statements) => {
      const { connection } = statements;
      connection.exec("BEGIN IMMEDIATE");
      try {
        const result = work(statements);
        connection.exec("COMMIT");
        return result;
      } catch (e) {
        connection.exec("ROLLBACK");
        throw e;
      }
    });
  }

  /** As `#with`, after the writes that wait already. */
  #write<T>(work: (statements: Statements) => T): Eventually<T> {
    return this.#with(work, true);
  }

  #with<T>(work: (statements: Statements) => T, writes = false): Eventually<T> {
    return this.#file.attempt((connection) => {
      try {
        if (this.#statements?.connection !== connection) this.#statements = this.#prepare(connection);
        return work(this.#statements);
      } catch (e) {
        if (!isMistake(e)) throw e;
        this.#statements = undefined; // somebody changed the table: it is looked at again
        const { table, create } = this.#shape;
        if (create && isTableGone(e)) throw tableGone(table, this.#file.name, e);
        throw tableUnusable(table, this.#file.name, (e as Error).message, e);
      }
    }, writes);
  }

  /** Finds out what columns there are. Where the file can't be opened, there is nothing to know yet. */
  #look(): void {
    try {
      void Promise.resolve(this.#with(() => {})).catch(() => {});
    } catch {
      // Whoever reads or writes next is told.
    }
  }

  #prepare(connection: SqliteConnection): Statements {
    this.#versioned = prepareTable(connection, this.#shape, this.#file.name);
    return statementsOf(connection, this.#shape, this.#versioned);
  }
}

function rowOf(key: Key, row: SqliteRow, now: Milliseconds): Row {
  const { value, expires } = row;
  const ttl = typeof expires === "number" ? expires - now : undefined;
  return { key, value: value as Payload, version: versionIn(row), ttl };
}

const bytesOf = (key: Key): Uint8Array => Buffer.from(key, "latin1");

const versionIn = ({ version }: SqliteRow): string =>
  version instanceof Uint8Array ? toBinary(version) : (version as string);

/** What a version is compared as; nothing is equal to NULL. */
const inColumn = (version: string): Uint8Array | null => bytesOfVersion(version) ?? null;

const changes = (statement: SqliteStatement, ...values: Parameters<SqliteStatement["run"]>): number =>
  Number(statement.run(...values).changes);
