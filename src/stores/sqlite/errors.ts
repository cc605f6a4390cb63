/** What SQLite fails with, in words for people: which file, and what is wrong with it. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { MoonkeepError } from "../../errors.ts";
import { fileBroken, fileUnusable } from "../errors.ts";

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

/** What SQLite says for a code; the package leaves the code out in places. */
const sentences: Readonly<Record<string, number>> = {
  "database is locked": codes.busy,
  "database table is locked": codes.locked,
  "attempt to write a readonly database": codes.readOnly,
  "disk I/O error": codes.ioError,
  "database disk image is malformed": codes.corrupt,
  "database or disk is full": codes.full,
  "unable to open database file": codes.cantOpen,
  "file is not a database": codes.noDatabase,
};

export const damaged = "it is damaged";

/** The primary code of an error of SQLite; undefined for any other error. */
export function sqliteCode(e: unknown): number | undefined {
  const { code, errcode, message } = e as { code?: unknown; errcode?: unknown; message: string };
  if (typeof errcode === "number") return errcode & 0xff;
  return code === "ERR_SQLITE_ERROR" ? (sentences[message] ?? codes.error) : undefined;
}

/** Another connection is at work; waiting helps. */
export const isBusy = (e: unknown): boolean => {
  const code = sqliteCode(e);
  return code === codes.busy || code === codes.locked;
};

/** The file, or the way to it, can only be read. */
export const isReadOnly = (e: unknown): boolean => sqliteCode(e) === codes.readOnly;

/** Reading or writing failed in the middle. */
export const isIoError = (e: unknown): boolean => sqliteCode(e) === codes.ioError;

/** The statement does not fit the table, or the table does not take the row. */
export const isMistake = (e: unknown): boolean => {
  const code = sqliteCode(e);
  return code === codes.error || code === codes.constraint;
};

/** Of a mistake: the table is not there. SQLite has no code of its own for that. */
export const isTableGone = (e: unknown): boolean => (e as Error).message.includes("no such table");

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
      return fileBroken(file, "it is not a SQLite database", e);
    case codes.corrupt:
      return fileBroken(file, damaged, e);
    default:
      return fileBroken(file, (e as Error).message, e);
  }
}

/** SQLite says no more than that it can't; the file system knows. */
function whyNotOpened(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return "this is a folder";
    if (stats !== undefined) return stats.isFile() ? "no permission" : "this is not a regular file";
    accessSync(dirname(path), constants.W_OK);
    return "it can't be created";
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === "ENOENT") return "its folder does not exist";
    if (code === "ENOTDIR") return "part of its path is not a folder";
    return code === "EACCES" || code === "EPERM" || code === "EROFS" ? "no permission" : `it can't be opened (${code})`;
  }
}
