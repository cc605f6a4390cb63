import type { Eventually } from "../../value/eventually.ts";
import type { Bytes, Key, Milliseconds } from "../../value/value.ts";
import type { Spending } from "../store.ts";
import { notAnIdentifier } from "./errors.ts";
import type { PlainIncrement } from "./plain-increment.ts";

/**
 * A database as a store sees it: it lends tables. It connects when it is first needed, and again when it must; a table
 * that it lends is made when it is first needed, too.
 */
export interface SqlDatabase {
  /** What errors call it, without credentials: `data.db`, `postgres at localhost:5432`. */
  readonly server: string;
  /** Whether what it keeps is there after it was closed. */
  readonly durable: boolean;
  table(shape: TableShape): SqlTable;
  /** What answers: `PostgreSQL 16.2`. */
  version(): Eventually<string>;
  close(): Eventually<void>;
}

/** Names that `isIdentifier` takes, each of them quoted wherever it is used. */
export interface TableShape {
  readonly table: string;
  readonly key: string;
  readonly value: string;
  readonly expiresAt: string;
  readonly version: string;
  /** Whether to make the table, and what it needs, when it is not there. */
  readonly create: boolean;
}

/**
 * One table: what differs between databases, and nothing else. Each operation is atomic; an entry that has expired
 * does not exist for any of them. Everything that they fail with is a MoonkeepError.
 */
export interface SqlTable {
  /** Whether the table has the column for versions: true as long as nobody has looked. */
  readonly versioned: boolean;
  /** Values of more than `LONG_ALONE` bytes are left out. */
  get(key: Key): Eventually<Payload | undefined>;
  has(key: Key): Eventually<boolean>;
  /** As `get`. */
  entry(key: Key): Eventually<Row | undefined>;
  set(key: Key, row: NewRow): Eventually<void>;
  /** Writes where nothing is. @returns whether it did */
  insert(key: Key, row: NewRow): Eventually<boolean>;
  /**
   * Writes over that version.
   * @param keeps whether the row keeps its time
   * @returns what it found: that version, another one, or nothing
   */
  update(key: Key, row: NewRow, version: string, keeps: boolean): Eventually<"that" | "other" | "gone">;
  /**
   * Writes over a row that was read whole, if it is as it was: its value, and its version where there are versions.
   * Without a ttl the row keeps its time.
   * @returns whether it did
   */
  replace(key: Key, row: NewRow, old: Row & { readonly value: Uint8Array }): Eventually<boolean>;
  /** @returns whether there was something */
  delete(key: Key): Eventually<boolean>;
  /** @returns what it found: that version, another one, or nothing */
  deleteVersion(key: Key, version: string): Eventually<"that" | "other" | "gone">;
  /** How long a row still lives: Infinity for ever, undefined where none is. */
  ttl(key: Key): Eventually<Milliseconds | undefined>;
  /** @returns whether there was something */
  expire(key: Key, time: Pick<NewRow, "ttl" | "version">): Eventually<boolean>;
  /** Gives a row the time anew that its version ends with, if there is one. @returns whether there was something */
  touch(key: Key): Eventually<boolean>;
  /**
   * Moves a row's deadline on by so much, or makes the row, unless it lies too far ahead after that.
   * @returns how far ahead it lies; undefined where it was not moved
   */
  spend(key: Key, row: NewRow, cost: Spending): Eventually<Milliseconds | undefined>;
  /**
   * Adds to a live row that is a plain integer, or writes the new row where none is, in one statement; a row without a
   * ttl leaves the one that is there its time. Absent where a database answers at once anyway.
   * @returns what is there then; undefined where nothing was written: it is another value, or would cross a bound
   */
  increment?(key: Key, row: NewRow, by: PlainIncrement): Eventually<number | undefined>;
  /**
   * The rows of keys, as far as they are there, in any order.
   * @param most values of more bytes are left out
   */
  rows(keys: readonly Key[], most: Bytes): Eventually<readonly Row[]>;
  /** All of them, or none. Each key is there once. */
  setMany(rows: readonly (NewRow & { readonly key: Key })[]): Eventually<void>;
  /** @returns what was there */
  deleteMany(keys: readonly Key[]): Eventually<ReadonlySet<Key>>;
  /** In byte order of keys. Values of more than `LONG_VALUE` bytes are left out. */
  list(range: KeyRange): Eventually<readonly Row[]>;
  /** Removes up to so many rows that have expired. @returns how many it removed */
  sweep(most: number): Eventually<number>;
  /** Lets go of what it keeps of the database, which stays open. */
  close(): void;
}

export interface NewRow {
  readonly value: Uint8Array;
  /** From now on, by the clock of the database where it has one. */
  readonly ttl: Milliseconds | undefined;
  readonly version: string;
}

/** A value as it was read: its bytes; of one that was left out, how many it has; null where it is not bytes. */
export type Payload = Uint8Array | Bytes | null;

export interface Row {
  readonly key: Key;
  readonly value: Payload;
  /** Empty where the table has no versions, and where a row has none that a store could have written. */
  readonly version: string;
  /** How long it still lives. */
  readonly ttl: Milliseconds | undefined;
}

/** A value beyond this is long: of many rows, nobody knows how much they have together. */
export const LONG_VALUE: Bytes = 4096;

/** The same for a row that is read by itself: beyond, it is looked at first. */
export const LONG_ALONE: Bytes = 2 ** 18;

/** Versions of more bytes, which no store writes, are none. */
export const LONGEST_VERSION: Bytes = 255;

export interface KeyRange {
  readonly from: Key;
  /** Only keys before this one; absent: to the end. */
  readonly before: Key | undefined;
  readonly limit: number;
  /** Whether all values are left out. */
  readonly bare?: boolean;
}

/** The longest identifier, which is PostgreSQL's. */
const LONGEST = 63;

/** What a table or a column may be called: a name that every database takes, quoted. */
export const isIdentifier = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= LONGEST;

/** An identifier in a statement. @throws RangeError for any other text: no statement is ever made of it */
export function quoted(name: string): string {
  if (!isIdentifier(name)) throw new RangeError(notAnIdentifier(JSON.stringify(name)));
  return `"${name}"`;
}
