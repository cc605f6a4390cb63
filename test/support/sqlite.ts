/** SQLite files for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import type { TableShape } from "../../src/stores/sql/table.ts";
import type { SqliteOptions } from "../../src/stores/sqlite/file.ts";
import { type SqliteConnection, sqliteLibrary } from "../../src/stores/sqlite/library.ts";
import { SqliteDatabase } from "../../src/stores/sqlite/sqlite.ts";
import type { Milliseconds } from "../../src/value/value.ts";

/** A folder that is gone after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a file that is not there yet, in a folder that is gone after the test. */
export const freshFile = (): string => join(freshFolder(), "test.db");

export const shape: TableShape = {
  table: "kv",
  key: "key",
  value: "value",
  expiresAt: "expires_at",
  version: "version",
  create: true,
};

export interface StoreOptions extends Partial<SqliteOptions>, Partial<TableShape> {
  readonly cleanupInterval?: Milliseconds;
}

/** A store in a file, called `test.db` in errors; closed with its file, after the test at the latest. */
export function openStore(path: string, options: StoreOptions = {}): SqlStore {
  const database = new SqliteDatabase({ path, name: "test.db", timeout: 5000, synchronous: "normal", ...options });
  const store = new SqlStore(database, { ...shape, cleanupInterval: 0, ...options });
  const close = () => {
    SqlStore.prototype.close.call(store);
    database.close();
  };
  onTestFinished(close);
  return Object.assign(store, { close });
}

/** The file itself, as any other program sees it; closed after the test. */
export function openRaw(path: string): SqliteConnection {
  const connection = new (sqliteLibrary().DatabaseSync)(path);
  onTestFinished(() => {
    try {
      connection.close();
    } catch {
      // The test has closed it.
    }
  });
  return connection;
}
