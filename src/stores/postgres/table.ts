import { MoonkeepError } from "../../errors.ts";
import { toBinary } from "../../value/bytes.ts";
import type { Bytes, Key, Milliseconds } from "../../value/value.ts";
import { afterPart, tableGone, tableUnusable } from "../errors.ts";
import { checkKeys } from "../key-range.ts";
import { Portions } from "../portions.ts";
import { isBeyond, SLACK } from "../rate.ts";
import type { PlainIncrement } from "../sql/plain-increment.ts";
import {
  type KeyRange,
  LONG_VALUE,
  type NewRow,
  type Payload,
  type Row,
  type SqlTable,
  type TableShape,
} from "../sql/table.ts";
import type { Spending } from "../store.ts";
import { bytesIn, integerIn, lifeIn, payloadIn, textIn } from "./columns.ts";
import { isTableGone } from "./errors.ts";
import type { Parameter, Result } from "./library.ts";
import { LONGEST_TTL, prepareTable, type Statement, type Statements, statementsOf } from "./schema.ts";
import type { PostgresServer, Prepared } from "./server.ts";
import { SharedReads } from "./shared-reads.ts";

/** The most keys of which one statement answers rows, so that no answer is huge. */
const KEYS_AT_ONCE = 2500;

const MICROSECOND: Milliseconds = 0.001;

/** A table in PostgreSQL. Times are the server's, to the microsecond. */
export class PostgresTable implements SqlTable {
  readonly #server: PostgresServer;
  readonly #shape: TableShape;
  readonly #reads: SharedReads<Payload>;
  #statements: Promise<Statements> | undefined;
  #versioned = true;

  constructor(server: PostgresServer, shape: TableShape) {
    this.#server = server;
    this.#shape = shape;
    this.#reads = new SharedReads(
      {
        one: (key, end) => this.#getOne(key, end),
        many: (keys, end) => this.#getMany(keys, end),
      },
      server.connections,
      server.patience,
    );
  }

  get versioned(): boolean {
    return this.#versioned;
  }

  get(key: Key): Promise<Payload | undefined> {
    return this.#reads.read(key);
  }

  async has(key: Key): Promise<boolean> {
    return (await this.#run("has", bytesOf(key))).rows.length > 0;
  }

  async entry(key: Key): Promise<Row | undefined> {
    const [row] = (await this.#run("entry", bytesOf(key))).rows;
    return row && this.#server.understood(() => rowOf(row));
  }

  async set(key: Key, row: NewRow): Promise<void> {
    await this.#write("set", key, row);
  }

  async insert(key: Key, row: NewRow): Promise<boolean> {
    return changed(await this.#write("insert", key, row));
  }

  async update(key: Key, row: NewRow, version: string, keeps: boolean): Promise<"that" | "other" | "gone"> {
    await this.#ready();
    // A text of PostgreSQL has no zero byte, so no version has one.
    if (this.#versioned && !version.includes("\0")) {
      const written = keeps
        ? this.#writeKeeping("updateKeeping", key, row, version)
        : this.#write("update", key, row, version);
      if (changed(await written)) return "that";
    }
    // It changed nothing, so this is a question about now: versions never come back.
    return (await this.has(key)) ? "other" : "gone";
  }

  async delete(key: Key): Promise<boolean> {
    const statements = await this.#ready();
    return changed(await this.#send(statements.delete, [bytesOf(key)], undefined, true));
  }

  async replace(key: Key, row: NewRow, old: Row & { readonly value: Uint8Array }): Promise<boolean> {
    const was = [viewOf(old.value), old.version] as const;
    return changed(
      row.ttl === undefined
        ? await this.#writeKeeping("replaceKeeping", key, row, ...was)
        : await this.#write("replace", key, row, ...was),
    );
  }

  async deleteVersion(key: Key, version: string): Promise<"that" | "other" | "gone"> {
    const { deleteVersion } = await this.#ready();
    if (this.#versioned && !version.includes("\0")) {
      if (changed(await this.#send(deleteVersion, [bytesOf(key), version], undefined, true))) return "that";
    }
    return (await this.has(key)) ? "other" : "gone";
  }

  async ttl(key: Key): Promise<Milliseconds | undefined> {
    const [row] = (await this.#run("ttl", bytesOf(key))).rows;
    return row && (this.#server.understood(() => leftOf(row[0])) ?? Number.POSITIVE_INFINITY);
  }

  async expire(key: Key, { ttl, version }: Pick<NewRow, "ttl" | "version">): Promise<boolean> {
    const { expire } = await this.#ready();
    const values = [bytesOf(key), lifeOf(ttl), ...(this.#versioned ? [version] : [])];
    return changed(await this.#send(expire, values, undefined, true));
  }

  async touch(key: Key): Promise<boolean> {
    const { touch } = await this.#ready();
    return changed(await this.#send(touch, [bytesOf(key)], undefined, true));
  }

  async spend(key: Key, row: NewRow, { time, most }: Spending): Promise<Milliseconds | undefined> {
    if (isBeyond(time, most)) return undefined;
    const [spent] = (await this.#write("spend", key, row, most + SLACK)).rows;
    return spent && this.#server.understood(() => leftOf(spent[0]), true);
  }

  async increment(key: Key, row: NewRow, { by, min, max }: PlainIncrement): Promise<number | undefined> {
    if (row.ttl !== undefined && lifeOf(row.ttl) === null) return undefined; // NULL is for: as it was
    const [counted] = (await this.#write("increment", key, row, by, min, max)).rows;
    return counted && this.#server.understood(() => integerIn(counted[0]), true);
  }

  async rows(keys: readonly Key[], most: Bytes): Promise<readonly Row[]> {
    const names = keys.map(bytesOf);
    if (most === LONG_VALUE) {
      const found: Row[] = [];
      for (const some of inParts(names)) {
        const { rows } = await this.#run("parts", some);
        found.push(...this.#server.understood(() => rows.map(rowOf)));
      }
      return found;
    }
    const { rows } = await this.#run("wholes", names, most);
    return this.#server.understood(() =>
      rows.map(([value, ...others]) =>
        rowOf([typeof value === "string" ? Buffer.from(value, "base64") : value, ...others]),
      ),
    );
  }

  async setMany(rows: readonly (NewRow & { readonly key: Key })[]): Promise<void> {
    if (rows.length === 0) return;
    const statements = await this.#ready();
    const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1)); // all lock them in one order
    const writes: Prepared[] = [];
    for (const portions = new Portions(sorted, lengthOf); !portions.isOver; ) {
      const some = portions.next(Number.POSITIVE_INFINITY);
      writes.push(
        some.length === 1
          ? { ...statements.set, values: this.#columns(some[0]!.key, some[0]!) }
          : { ...statements.setMany, values: this.#lists(some) },
      );
    }
    if (writes.length === 1) await this.#send(writes[0]!, writes[0]!.values, undefined, true);
    else await this.#explained(() => this.#server.transaction(writes));
  }

  #columns(key: Key, { value, ttl, version }: NewRow): readonly Parameter[] {
    return [bytesOf(key), viewOf(value), lifeOf(ttl), ...(this.#versioned ? [version] : [])];
  }

  /** Columns of many. pg sends lists as text, which takes long where values are. */
  #lists(rows: readonly (NewRow & { readonly key: Key })[]): readonly Parameter[] {
    return [
      rows.map(({ key }) => bytesOf(key)),
      rows.map(({ value }) => viewOf(value)),
      rows.map(({ ttl }) => lifeOf(ttl)),
      ...(this.#versioned ? [rows.map(({ version }) => version)] : []),
    ];
  }

  async deleteMany(keys: readonly Key[]): Promise<ReadonlySet<Key>> {
    const { deleteMany } = await this.#ready();
    const deleted = new Set<Key>();
    for (const some of inParts(keys.map(bytesOf))) {
      const { rows } = await this.#send(deleteMany, [some], undefined, true).catch((e) => {
        throw deleted.size > 0 ? afterPart(e) : e;
      });
      this.#server.understood(() => {
        for (const [key] of rows) deleted.add(toBinary(bytesIn(key)));
      }, true);
    }
    return deleted;
  }

  async list({ from, before, limit, bare = false }: KeyRange): Promise<readonly Row[]> {
    const { rows } =
      before === undefined
        ? await this.#run(bare ? "keys" : "list", bytesOf(from), limit)
        : await this.#run(bare ? "keysBefore" : "listBefore", bytesOf(from), bytesOf(before), limit);
    return this.#server.understood(() => {
      const found = rows.map(rowOf);
      const keys = found.map(({ key }) => key);
      checkKeys(keys, from, before, limit);
      return found;
    });
  }

  async sweep(most: number): Promise<number> {
    return (await this.#run("sweep", most)).rowCount ?? 0;
  }

  close(): void {
    this.#statements = undefined;
  }

  async #write(
    name: "set" | "insert" | "update" | "replace" | "spend" | "increment",
    key: Key,
    row: NewRow,
    ...more: Parameter[]
  ): Promise<Result> {
    const statements = await this.#ready();
    return this.#send(statements[name], [...this.#columns(key, row), ...more], undefined, true);
  }

  /** The row keeps its time. */
  async #writeKeeping(
    name: "updateKeeping" | "replaceKeeping",
    key: Key,
    { value, version }: NewRow,
    ...more: Parameter[]
  ): Promise<Result> {
    const statements = await this.#ready();
    const columns = this.#versioned ? [version] : [];
    return this.#send(statements[name], [bytesOf(key), viewOf(value), ...columns, ...more], undefined, true);
  }

  async #getOne(key: Key, end: Milliseconds): Promise<Payload | undefined> {
    const { get } = await this.#ready();
    const { rows } = await this.#send(get, [bytesOf(key)], end);
    return rows[0] && this.#server.understood(() => payloadIn(rows[0]!));
  }

  async #getMany(keys: readonly Key[], end?: Milliseconds): Promise<ReadonlyMap<Key, Payload>> {
    const { getMany } = await this.#ready();
    const { rows } = await this.#send(getMany, [keys.map(bytesOf)], end);
    return this.#server.understood(() => new Map(rows.map((row) => [toBinary(bytesIn(row[2])), payloadIn(row)])));
  }

  async #run(name: keyof Statements, ...values: Parameter[]): Promise<Result> {
    return this.#send((await this.#ready())[name], values);
  }

  async #send(
    { name, text }: Statement,
    values: readonly Parameter[],
    end?: Milliseconds,
    writes = false,
  ): Promise<Result> {
    return this.#explained(() => this.#server.query(text, values, name, end, writes));
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (e) {
      throw this.#explain(e);
    }
  }

  /** Looks at the table when it is first needed, and when it was changed. */
  async #ready(): Promise<Statements> {
    this.#statements ??= this.#prepare();
    try {
      return await this.#statements;
    } catch (e) {
      throw (e as MoonkeepError).copy(); // others may wait for the same
    }
  }

  async #prepare(): Promise<Statements> {
    try {
      this.#versioned = await prepareTable(this.#server, this.#shape);
      return statementsOf(this.#shape, this.#versioned);
    } catch (e) {
      throw this.#explain(e, true);
    }
  }

  #explain(e: unknown, unprepared = false): MoonkeepError {
    const ours = e instanceof MoonkeepError;
    if (unprepared || !ours) this.#statements = undefined; // somebody changed the table: it is looked at again
    if (ours) return e;
    const { table, create } = this.#shape;
    return create && isTableGone(e)
      ? tableGone(table, this.#server.name, e)
      : tableUnusable(table, this.#server.name, (e as Error).message, e);
  }
}

function inParts(names: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const parts: (readonly Buffer[])[] = [];
  for (let at = 0; at < names.length; at += KEYS_AT_ONCE) parts.push(names.slice(at, at + KEYS_AT_ONCE));
  return parts;
}

const bytesOf = (key: Key): Buffer => Buffer.from(key, "latin1");

const lengthOf = ({ value }: NewRow): Bytes => value.length;

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

function rowOf(row: readonly unknown[]): Row {
  const [, , version, ttl, key] = row;
  return { key: toBinary(bytesIn(key)), value: payloadIn(row), version: textIn(version), ttl: leftOf(ttl) };
}

/** The server asks its clock twice, for whether a row lives and how long: it may have expired in between. */
function leftOf(ttl: unknown): Milliseconds | undefined {
  const left = lifeIn(ttl);
  return left === undefined ? undefined : Math.max(left, MICROSECOND);
}

const lifeOf = (ttl: Milliseconds | undefined): Milliseconds | null =>
  ttl === undefined || ttl > LONGEST_TTL ? null : ttl;

const changed = ({ rowCount }: Result): boolean => (rowCount ?? 0) > 0;
