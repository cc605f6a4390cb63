import type { Bytes, Milliseconds } from "../../value/value.ts";
import { tableUnusable } from "../errors.ts";
import { LONG_ALONE, LONG_VALUE, LONGEST_VERSION, quoted, type TableShape } from "../sql/table.ts";
import { LIFE, LIFE_MARK } from "../versions.ts";
import { addition } from "./increment.ts";
import type { PostgresServer } from "./server.ts";

/** 250,000 years: what is to live beyond the calendar of PostgreSQL lives for ever. */
export const LONGEST_TTL: Milliseconds = 8e15;

/** A value beyond this is not read together with those of others, since all of them wait for it. */
const LONG_TOGETHER: Bytes = 2 ** 16;

/** What two processes that make a table at one time wait for each other with; any number that is always the same. */
const LOCK = 0x6d6f6f6e;

/** Makes the table if it is to be made. @returns whether it has versions */
export async function prepareTable(server: PostgresServer, shape: TableShape): Promise<boolean> {
  const { table, key, value, expiresAt, version, create } = shape;
  let columns = await columnsOf(server, table);
  if (columns.size === 0 && create) {
    await makeTable(server, shape);
    columns = await columnsOf(server, table);
  }
  if (columns.size === 0) throw tableUnusable(table, server.name, "it does not exist, and `create` is false");
  const needed: readonly [string, string][] = [
    [key, "bytea"],
    [value, "bytea"],
    [expiresAt, "timestamp with time zone"],
  ];
  for (const [column, type] of needed) {
    const found = columns.get(column);
    if (found === undefined) throw tableUnusable(table, server.name, `it has no column "${column}"`);
    if (found !== type) throw tableUnusable(table, server.name, `its column "${column}" is ${found}, not ${type}`);
  }
  return columns.get(version) === "text";
}

/** The columns of a table, with their types; empty when there is no such table. */
async function columnsOf(server: PostgresServer, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await server.query(
    "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute " +
      "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    [quoted(table)],
  );
  return new Map(rows.map(([name, type]) => [name as string, type as string]));
}

/** One statement is one transaction, which is what the lock lasts for. */
async function makeTable(server: PostgresServer, shape: TableShape): Promise<void> {
  const [t, k, v, e, x] = [shape.table, shape.key, shape.value, shape.expiresAt, shape.version].map(quoted);
  const index = quoted(`${shape.table.slice(0, 30)}_${shape.expiresAt.slice(0, 30)}`);
  await server.query(
    `DO $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); ` +
      `CREATE TABLE IF NOT EXISTS ${t} ` +
      `(${k} bytea PRIMARY KEY, ${v} bytea NOT NULL, ${e} timestamptz, ${x} text NOT NULL); ` +
      `CREATE INDEX IF NOT EXISTS ${index} ON ${t} (${e}) WHERE ${e} IS NOT NULL; END $$`,
  );
}

export interface Statement {
  /** Under which connections keep it. */
  readonly name: string;
  readonly text: string;
}

export type Statements = ReturnType<typeof statementsOf>;

let statements = 0;

/** Every statement that a table needs. The time is the server's at the moment at which a row is looked at. */
export function statementsOf(shape: TableShape, versioned: boolean) {
  const [t, k, v, e, x] = [shape.table, shape.key, shape.value, shape.expiresAt, shape.version].map(quoted);
  // Nothing long is ever read: who knows what other programs have put there.
  const version = versioned
    ? `CASE WHEN octet_length(${t}.${x}) <= ${LONGEST_VERSION} THEN ${t}.${x} ELSE '' END`
    : "''";
  const lives = `(${t}.${e} IS NULL OR ${t}.${e} > clock_timestamp())`;
  const deadline = "clock_timestamp() + $3::float8 * interval '1 millisecond'";
  const written = versioned ? [v, e, x] : [v, e];
  const given = ["$2::bytea", deadline, ...(versioned ? ["$4::text"] : [])];
  const upsert =
    `INSERT INTO ${t} (${[k, ...written].join(", ")}) VALUES ($1, ${given.join(", ")}) ` +
    `ON CONFLICT (${k}) DO UPDATE SET ${written.map((name) => `${name} = excluded.${name}`).join(", ")}`;
  const life = `substring(${version} from '^[^${LIFE_MARK}]*${LIFE_MARK}(${LIFE})$')::float8`;
  const left = `(extract(epoch FROM ${t}.${e}) - extract(epoch FROM clock_timestamp()))::float8 * 1000`;
  const assigned = written.map((name, i) => `${name} = ${given[i]}`).join(", ");
  const kept = `${v} = $2::bytea${versioned ? `, ${x} = $3::text` : ""}`;
  /** @param first the number of the first of two parameters */
  const unchanged = (first: number) => `${t}.${v} = $${first}::bytea AND ${version} = $${first + 1}::text AND ${lives}`;
  // The server knows the length of a value without reading it.
  const size = `octet_length(${t}.${v})`;
  const value = (most: number) => `CASE WHEN ${size} <= ${most} THEN ${t}.${v} END, ${size}`;
  const list = (end: string, limit: string, columns = value(LONG_VALUE)) =>
    `SELECT ${columns}, ${version}, ${left}, ${k} FROM ${t} WHERE ${k} >= $1${end} AND ${lives} ORDER BY ${k} LIMIT ${limit}`;
  const some = (columns: string) =>
    `SELECT ${columns}, ${version}, ${left}, ${k} FROM ${t} WHERE ${k} = ANY($1::bytea[]) AND ${lives}`;
  const [by, min, max] = (versioned ? [5, 6, 7] : [4, 5, 6]).map((n) => `$${n}`);
  const added = addition(`${t}.${v}`, by!, min!, max!);
  // A row that gets more time while this waits for it is looked at again, so what was found is asked for once more.
  const expired = `${e} <= now()`;
  const gone = `SELECT ${k} FROM ${t} WHERE ${expired} LIMIT $1 FOR UPDATE SKIP LOCKED`;
  // A table that somebody changed gets new statements: a name means one text as long as a connection lives.
  const statement = (text: string): Statement => ({ name: `moonkeep_${++statements}`, text });
  return {
    get: statement(`SELECT ${value(LONG_ALONE)} FROM ${t} WHERE ${k} = $1 AND ${lives}`),
    getMany: statement(`SELECT ${value(LONG_TOGETHER)}, ${k} FROM ${t} WHERE ${k} = ANY($1::bytea[]) AND ${lives}`),
    parts: statement(some(value(LONG_VALUE))),
    // Long values come as base64, which takes half the time and two thirds of the memory of their usual form.
    wholes: statement(some(`CASE WHEN ${size} <= $2::float8 THEN encode(${t}.${v}, 'base64') END, ${size}`)),
    has: statement(`SELECT 1 FROM ${t} WHERE ${k} = $1 AND ${lives}`),
    entry: statement(`SELECT ${value(LONG_ALONE)}, ${version}, ${left}, ${k} FROM ${t} WHERE ${k} = $1 AND ${lives}`),
    set: statement(upsert),
    insert: statement(`${upsert} WHERE ${t}.${e} <= clock_timestamp()`),
    update: statement(`UPDATE ${t} SET ${assigned} WHERE ${k} = $1 AND ${version} = $5::text AND ${lives}`),
    updateKeeping: statement(
      `UPDATE ${t} SET ${kept} WHERE ${k} = $1 AND ${version} = $${versioned ? 4 : 3}::text AND ${lives}`,
    ),
    replace: statement(`UPDATE ${t} SET ${assigned} WHERE ${k} = $1 AND ${unchanged(given.length + 2)}`),
    replaceKeeping: statement(`UPDATE ${t} SET ${kept} WHERE ${k} = $1 AND ${unchanged(versioned ? 4 : 3)}`),
    delete: statement(`DELETE FROM ${t} WHERE ${k} = $1 AND ${lives}`),
    deleteVersion: statement(`DELETE FROM ${t} WHERE ${k} = $1 AND ${version} = $2::text AND ${lives}`),
    ttl: statement(`SELECT ${left} FROM ${t} WHERE ${k} = $1 AND ${lives}`),
    expire: statement(
      `UPDATE ${t} SET ${e} = clock_timestamp() + $2::float8 * interval '1 millisecond'` +
        `${versioned ? `, ${x} = $3::text` : ""} WHERE ${k} = $1 AND ${lives}`,
    ),
    touch: statement(
      `UPDATE ${t} SET ${e} = CASE WHEN ${life} > 0 AND ${life} <= ${LONGEST_TTL} THEN clock_timestamp() + ` +
        `${life} * interval '1 millisecond' ELSE ${e} END WHERE ${k} = $1 AND ${lives}`,
    ),
    spend: statement(
      `${upsert.slice(0, upsert.indexOf("ON CONFLICT"))}ON CONFLICT (${k}) DO UPDATE SET ` +
        `${e} = greatest(${t}.${e}, clock_timestamp()) + $3::float8 * interval '1 millisecond' ` +
        `WHERE ${t}.${e} IS NOT NULL AND greatest(${t}.${e}, clock_timestamp()) + $3::float8 * interval '1 millisecond' ` +
        `<= clock_timestamp() + $${versioned ? 5 : 4}::float8 * interval '1 millisecond' RETURNING ${left}`,
    ),
    increment: statement(
      `${upsert.slice(0, upsert.indexOf("ON CONFLICT"))}ON CONFLICT (${k}) DO UPDATE SET ${v} = ${added.value}, ` +
        `${e} = CASE WHEN $3::float8 IS NULL THEN ${t}.${e} ELSE excluded.${e} END` +
        (versioned
          ? `, ${x} = CASE WHEN $3::float8 IS NULL THEN excluded.${x} || ` +
            `coalesce(substring(${version} from '${LIFE_MARK}[0-9.e+-]{1,30}$'), '') ELSE excluded.${x} END`
          : "") +
        ` WHERE ${added.where} AND ${lives} RETURNING ${v}`,
    ),
    setMany: statement(
      `INSERT INTO ${t} (${[k, ...written].join(", ")}) SELECT * FROM (SELECT unnest($1::bytea[]), unnest($2::bytea[]), ` +
        `clock_timestamp() + unnest($3::float8[]) * interval '1 millisecond'${versioned ? ", unnest($4::text[])" : ""}) AS given ON CONFLICT (${k}) DO UPDATE SET ` +
        `${written.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    ),
    deleteMany: statement(
      `DELETE FROM ${t} WHERE ${k} IN (SELECT ${k} FROM ${t} WHERE ${k} = ANY($1::bytea[]) ORDER BY ${k} FOR UPDATE) ` +
        `AND ${lives} RETURNING ${k}`,
    ),
    list: statement(list("", "$2")),
    listBefore: statement(list(` AND ${k} < $2`, "$3")),
    keys: statement(list("", "$2", "NULL, NULL")),
    keysBefore: statement(list(` AND ${k} < $2`, "$3", "NULL, NULL")),
    sweep: statement(`DELETE FROM ${t} WHERE ${k} IN (${gone}) AND ${expired}`),
  };
}
