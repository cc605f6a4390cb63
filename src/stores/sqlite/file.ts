import { statSync } from "node:fs";
import type { MoonkeepError } from "../../errors.ts";
import { type Clock, wallClock } from "../../value/clock.ts";
import type { Eventually } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import { fileBroken, fileGone, fileLocked, storeClosed, uncertain } from "../errors.ts";
import { asStoreError, isBusy, isIoError, isPoisoned, isReadOnly } from "./errors.ts";
import { type SqliteConnection, sqliteLibrary } from "./library.ts";
import { LockQueue } from "./lock-queue.ts";

export interface SqliteOptions {
  /** Absolute, or `:memory:`. */
  readonly path: string;
  /** What errors call it. */
  readonly name: string;
  /** How long an operation waits for other processes that write. */
  readonly timeout: Milliseconds;
  /** `full`: every write is on the disk before it is acknowledged. `normal`: it survives the process, and not always the power. */
  readonly synchronous: "normal" | "full";
  readonly clock?: Clock;
}

export const IN_MEMORY = ":memory:";

/** How often an operation looks whether the file at the path is still the one that is open. */
const LOOK_EVERY: Milliseconds = 1000;
/** What stays of the log file after a burst of writes. */
const LOG_BYTES = 16 * 1024 * 1024;

/** "moon": a file that was made by moonkeep, as `file` and SQLite's tools see it. */
const APPLICATION_ID = 0x6d6f6f6e;
/** Of the files that this version makes; it refuses files of later ones. */
const FORMAT = 1;

/**
 * A SQLite file. It is opened when it is first needed, so that a host starts without it, and reopened after an error
 * that leaves a connection in doubt, or that may be over: a file that could not be written may be writable by now.
 * Operations answer at once, unless another process keeps the file locked.
 *
 * A connection stays with the file that it opened when somebody deletes, moves or replaces that. So operations look at
 * the path now and then: another file that took its place is opened, and where there is none, they are refused. An
 * empty file is never made in place of one that was in use.
 */
export class SqliteFile {
  /** What errors call it. */
  readonly name: string;
  readonly durable: boolean;
  readonly clock: Clock;
  readonly #options: SqliteOptions;
  readonly #queue: LockQueue;
  #connection: SqliteConnection | undefined;
  /** Which file is open: its device and inode. */
  #opened: string | undefined;
  /** When to look at the path again, in the time of `performance.now()`. */
  #nextLook: Milliseconds = 0;
  #closed = false;

  constructor(options: SqliteOptions) {
    this.name = options.name;
    this.durable = options.path !== IN_MEMORY;
    this.clock = options.clock ?? wallClock;
    this.#options = options;
    const { name, timeout } = options;
    this.#queue = new LockQueue({ timeout, isBusy, late: (cause) => fileLocked(name, timeout, cause) });
  }

  /** What answers: `SQLite 3.53.0`. */
  version(): Eventually<string> {
    this.#nextLook = 0; // whoever asks how the file is wants to know it now
    return this.attempt((connection) => {
      const row = connection.prepare("SELECT sqlite_version() AS version, count(*) FROM sqlite_schema").get();
      return `SQLite ${row!.version}`;
    });
  }

  /**
   * Does something with the file, once; where that finds it locked, again when the lock is gone, until the time is up.
   * @param work one statement that changes something at most, so that there is nothing to undo
   * @param writes whether it changes anything: it comes after the operations that wait for the lock already
   */
  attempt<T>(work: (connection: SqliteConnection) => T, writes = false): Eventually<T> {
    const attempt = () => this.#try(work, writes);
    if (writes && !this.#queue.isEmpty) return this.#queue.wait(attempt);
    try {
      return attempt();
    } catch (e) {
      if (!isBusy(e)) throw e;
      return this.#queue.wait(attempt, e);
    }
  }

  /**
   * The log goes into the file, which is complete by itself then. (The package for Node 20 lets go of its files only
   * when the statements are collected, so this can't be left to SQLite.)
   */
  close(): void {
    this.#closed = true;
    this.#queue.close(storeClosed);
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    try {
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Another process is reading, or the disk is full: the log stays, and is read with the file.
    }
    connection.close();
  }

  /** @throws a busy error of SQLite as it is, and everything else in words for people */
  #try<T>(work: (connection: SqliteConnection) => T, writes: boolean): T {
    if (this.#closed) throw storeClosed();
    try {
      if (this.durable) this.#look();
      return work((this.#connection ??= this.#open()));
    } catch (e) {
      if ((isPoisoned(e) || isReadOnly(e)) && this.durable) this.#abandon();
      if (isBusy(e)) throw e;
      const error = asStoreError(e, this.name, this.#options.path);
      // It may be in the log and not be known to be on the disk: the next connection decides.
      throw writes && isIoError(e) ? uncertain(error as MoonkeepError) : error;
    }
  }

  /** Lets go of a file that is not the one at the path any more. @throws UNAVAILABLE while there is none */
  #look(): void {
    if (this.#opened === undefined) return;
    const now = performance.now();
    if (now < this.#nextLook) return;
    const there = identityOf(this.#options.path);
    if (there === undefined) throw fileGone(this.name);
    this.#nextLook = now + LOOK_EVERY;
    if (there !== this.#opened) this.#abandon();
  }

  #open(): SqliteConnection {
    const connection = this.#connect();
    if (this.durable) {
      this.#opened = identityOf(this.#options.path);
      this.#nextLook = performance.now() + LOOK_EVERY;
    }
    return connection;
  }

  #connect(): SqliteConnection {
    const { path, synchronous } = this.#options;
    const connection = new (sqliteLibrary().DatabaseSync)(path);
    try {
      connection.exec("PRAGMA busy_timeout = 0"); // waiting is the queue's
      this.#refuseNewer(connection);
      if (this.durable) writeAhead(connection);
      connection.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = ${LOG_BYTES}`);
      connection.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
      return connection;
    } catch (e) {
      close(connection);
      throw e;
    }
  }

  #refuseNewer(connection: SqliteConnection): void {
    if (numberOf(connection, "application_id") !== APPLICATION_ID) return;
    const format = numberOf(connection, "user_version");
    if (format <= FORMAT) return;
    throw fileBroken(this.name, `a newer moonkeep made it (format ${format}, and this one knows ${FORMAT})`);
  }

  #abandon(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) close(connection);
  }
}

/** Tells one file from another that has the same path later; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** Marks a file as made by moonkeep, if there is nothing in it yet. */
export function claimFile(connection: SqliteConnection): void {
  const { n } = connection.prepare("SELECT count(*) AS n FROM sqlite_schema").get()!;
  if (n !== 0 || numberOf(connection, "application_id") !== 0 || numberOf(connection, "user_version") !== 0) return;
  connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
}

/** Readers and one writer at a time, and quick writes. A file that can only be read stays as it is. */
function writeAhead(connection: SqliteConnection): void {
  try {
    connection.exec("PRAGMA journal_mode = WAL");
  } catch (e) {
    if (!isReadOnly(e)) throw e;
  }
}

function numberOf(connection: SqliteConnection, pragma: string): number {
  return Number(connection.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
}

function close(connection: SqliteConnection): void {
  try {
    connection.close();
  } catch {
    // It is in doubt anyway; the first error is the one to tell.
  }
}
