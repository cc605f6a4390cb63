/**
 * SQLite itself: Node's own where it has one without a flag (22.13 and newer), else the package of the same interface.
 * Both are synchronous. Only what is used here is described.
 */
import { createRequire } from "node:module";
import { packageMissing } from "../errors.ts";

export interface SqliteLibrary {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly?: boolean }) => SqliteConnection;
}

export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export type SqliteInput = null | number | string | Uint8Array;
export type SqliteRow = Readonly<Record<string, unknown>>;

export interface SqliteStatement {
  get(...values: SqliteInput[]): SqliteRow | undefined;
  all(...values: SqliteInput[]): SqliteRow[];
  run(...values: SqliteInput[]): { readonly changes: number | bigint };
}

const PACKAGE = "@photostructure/sqlite";
let loaded: SqliteLibrary | undefined;

/** @throws UNAVAILABLE, naming the package to install */
export function sqliteLibrary(): SqliteLibrary {
  return (loaded ??= builtIn() ?? installed());
}

/** Whether this Node has SQLite in it. */
export const isBuiltIn = (): boolean => builtIn() !== undefined;

/** Node warns that its SQLite is experimental as soon as it is loaded; nobody who runs a script can do anything about it. */
function builtIn(): SqliteLibrary | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as SqliteLibrary | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function installed(): SqliteLibrary {
  try {
    return createRequire(import.meta.url)("@photostructure/sqlite") as SqliteLibrary;
  } catch (e) {
    const command = `npm install ${PACKAGE}, or use Node 22.13 or newer`;
    throw packageMissing("SQLite on this version of Node", PACKAGE, command, e);
  }
}
