/** SQLite files for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { TableShape } from "../../src/stores/sql-table.ts";

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
