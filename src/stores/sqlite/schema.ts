import { tableUnusable } from "../errors.ts";
import { LONG_ALONE, LONG_VALUE, LONGEST_VERSION, quoted, type TableShape } from "../sql/table.ts";
import { claimFile } from "./file.ts";
import type { SqliteConnection } from "./library.ts";

/** Makes the table if it is to be made. @returns whether it has versions */
export function prepareTable(connection: SqliteConnection, shape: TableShape, server: string): boolean {
  const { table, key, value, expiresAt, version, create } = shape;
  let columns = columnsOf(connection, table);
  if (columns.size === 0 && create) {
    claimFile(connection);
    connection.exec(
      `CREATE TABLE IF NOT EXISTS ${quoted(table)} (${quoted(key)} BLOB PRIMARY KEY NOT NULL, ` +
        `${quoted(value)} BLOB NOT NULL, ${quoted(expiresAt)} REAL, ${quoted(version)} TEXT NOT NULL) WITHOUT ROWID`,
    );
    columns = columnsOf(connection, table);
  }
  if (columns.size === 0) throw tableUnusable(table, server, "it does not exist, and `create` is false");
  for (const column of [key, value, expiresAt]) {
    if (!columns.has(column)) throw tableUnusable(table, server, `it has no column "${column}"`);
  }
  if (create) {
    const index = quoted(`${table.slice(0, 30)}_${expiresAt.slice(0, 30)}`);
    const column = quoted(expiresAt);
    connection.exec(`CREATE INDEX IF NOT EXISTS ${index} ON ${quoted(table)} (${column}) WHERE ${column} IS NOT NULL`);
  }
  return columns.get(version) === "TEXT";
}

/** The columns of a table, with their types; empty when there is no such table. */
function columnsOf(connection: SqliteConnection, table: string): ReadonlyMap<string, string> {
  const rows = connection.prepare("SELECT name, upper(type) AS type FROM pragma_table_info(?)").all(table);
  return new Map(rows.map(({ name, type }) => [name as string, type as string]));
}

export type Statements = ReturnType<typeof statementsOf>;

/** Every statement that a table needs, prepared once for each connection. */
export function statementsOf(connection: SqliteConnection, shape: TableShape, versioned: boolean) {
  const [t, k, v, e, x] = [shape.table, shape.key, shape.value, shape.expiresAt, shape.version].map(quoted);
  // Nothing long is ever read: who knows what other programs have put there.
  const ours = (version: string) => `CASE WHEN octet_length(${x}) <= ${LONGEST_VERSION} THEN ${version} ELSE x'' END`;
  const version = versioned ? ours(`CAST(${x} AS BLOB)`) : "x''";
  // As bytes where it is not plain text, which another program has written: the text that is read of those is another one.
  const plain = `typeof(${x}) = 'text' AND length(${x}) = octet_length(${x}) AND ${x} NOT GLOB '*[^ -~]*'`;
  const shown = versioned ? ours(`CASE WHEN ${plain} THEN ${x} ELSE CAST(${x} AS BLOB) END`) : "x''";
  // An integer may be one that JavaScript can't hold: a time that far ahead is never.
  const near = `CASE WHEN ${e} <= ${Number.MAX_SAFE_INTEGER} THEN CAST(${e} AS REAL) END`;
  const expires = `CASE typeof(${e}) WHEN 'real' THEN ${e} WHEN 'integer' THEN ${near} END`;
  const written = versioned ? [v, e, x] : [v, e];
  const kept = versioned ? [v, x] : [v];
  const names = [k, ...written];
  const lives = `(${e} IS NULL OR ${e} > ?)`; // what is not a number is above all numbers
  const upsert =
    `INSERT INTO ${t} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")}) ` +
    `ON CONFLICT (${k}) DO UPDATE SET ${written.map((name) => `${name} = excluded.${name}`).join(", ")}`;
  // SQLite knows the length of a blob without reading it.
  const value = (most: number | string) =>
    `CASE WHEN typeof(${v}) = 'blob' THEN CASE WHEN length(${v}) <= ${most} THEN ${v} ELSE length(${v}) END END`;
  const list = (end: string, column = value(LONG_VALUE)) =>
    `SELECT ${k} AS key, lives, CASE WHEN lives THEN ${column} END AS value, ${expires} AS expires, ${shown} AS version ` +
    `FROM (SELECT *, ${lives} AS lives FROM ${t}) WHERE ${k} >= ?${end} ORDER BY ${k} LIMIT ?`;
  const row = (most: number | string) =>
    `SELECT ${value(most)} AS value, ${expires} AS expires, ${shown} AS version FROM ${t} WHERE ${k} = ?1`;
  const assigned = (columns: readonly (string | undefined)[]) => columns.map((name) => `${name} = ?`).join(", ");
  const unchanged = `${k} = ? AND ${v} = ? AND ${version} = ? AND ${lives}`;
  const prepare = (sql: string) => connection.prepare(sql);
  return {
    connection,
    get: prepare(`SELECT ${value(LONG_ALONE)} AS value, ${expires} AS expires FROM ${t} WHERE ${k} = ?`),
    has: prepare(`SELECT ${expires} AS expires FROM ${t} WHERE ${k} = ?`),
    entry: prepare(row(LONG_ALONE)),
    row: prepare(row("?2")),
    set: prepare(upsert),
    insert: prepare(`${upsert} WHERE ${t}.${e} <= ?`),
    update: prepare(`UPDATE ${t} SET ${assigned(written)} WHERE ${k} = ? AND ${version} = ? AND ${lives}`),
    updateKeeping: prepare(`UPDATE ${t} SET ${assigned(kept)} WHERE ${k} = ? AND ${version} = ? AND ${lives}`),
    replace: prepare(`UPDATE ${t} SET ${assigned(written)} WHERE ${unchanged}`),
    replaceKeeping: prepare(`UPDATE ${t} SET ${assigned(kept)} WHERE ${unchanged}`),
    delete: prepare(`DELETE FROM ${t} WHERE ${k} = ? AND ${lives}`),
    deleteVersion: prepare(`DELETE FROM ${t} WHERE ${k} = ? AND ${version} = ? AND ${lives}`),
    expire: prepare(`UPDATE ${t} SET ${assigned(versioned ? [e, x] : [e])} WHERE ${k} = ? AND ${lives}`),
    move: prepare(`UPDATE ${t} SET ${e} = ? WHERE ${k} = ? AND (${expires}) IS ?`),
    list: prepare(list("")),
    listBefore: prepare(list(` AND ${k} < ?`)),
    keys: prepare(list("", "NULL")),
    keysBefore: prepare(list(` AND ${k} < ?`, "NULL")),
    sweep: prepare(`DELETE FROM ${t} WHERE ${k} IN (SELECT ${k} FROM ${t} WHERE ${e} <= ? LIMIT ?)`),
  };
}
