/** What SQLite fails with, in words for people: which file, and what is wrong with it. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { MoonkeepError } from "../errors.ts";
import { fileBroken, fileUnusable } from "./errors.ts";

/** https://sqlite.org/rescode.html: the primary result codes. */
const codes = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  noDatabase: 26,
} as const;

/** The primary code of an error of SQLite; undefined for any other error. */
export function sqliteCode(e: unknown): number | undefined {
  const { errcode } = e as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** Another connection is at work; waiting helps. */
export const isBusy = (e: unknown): boolean => {
  const code = sqliteCode(e);
  return code === codes.busy || code === codes.locked;
};

/** The file, or the way to it, can only be read. */
export const isReadOnly = (e: unknown): boolean => sqliteCode(e) === codes.readOnly;

/** The statement does not fit the table, or the table does not take the row. */
export const isMistake = (e: unknown): boolean => {
  const code = sqliteCode(e);
  return code === codes.error || code === codes.constraint;
};

/** A connection that met this is not to be used again: what it knows of the file may be wrong. */
export const isPoisoned = (e: unknown): boolean => {
  const code = sqliteCode(e);
  return code === codes.ioError || code === codes.corrupt || code === codes.noDatabase || code === codes.cantOpen;
};

/**
 * What the caller gets. An error that is not SQLite's comes back as it is.
 * @param file as people know it
 * @param path where it is
 */
export function asStoreError(e: unknown, file: string, path: string): unknown {
  if (e instanceof MoonkeepError) return e;
  switch (sqliteCode(e)) {
    case undefined:
      return e;
    case codes.full:
      return fileUnusable(file, "the disk is full", e);
    case codes.ioError:
      return fileUnusable(file, "reading or writing it failed", e);
    case codes.readOnly:
      return fileUnusable(file, "it can't be written: no permission", e);
    case codes.permission:
    case codes.cantOpen:
      return fileUnusable(file, whyNotOpened(path), e);
    case codes.noDatabase:
      return fileBroken(file, "it is no SQLite database", e);
    case codes.corrupt:
      return fileBroken(file, "it is damaged", e);
    default:
      return fileBroken(file, (e as Error).message, e);
  }
}

function whyNotOpened(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return "this is a folder";
  if (stats !== undefined && !stats.isFile()) return "this is no regular file";
  try {
    accessSync(dirname(path), constants.F_OK);
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "ENOENT" ? "its folder does not exist" : "no permission";
  }
  return "no permission, or its folder can't be written";
}
