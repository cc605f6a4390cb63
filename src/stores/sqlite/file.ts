import { setTimeout } from "node:timers/promises";
import type { Eventually } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import { type Clock, wallClock } from "../clock.ts";
import { fileBroken, fileLocked, storeClosed } from "../errors.ts";
import { asStoreError, isBusy, isPoisoned, isReadOnly } from "./errors.ts";
import { type SqliteConnection, sqliteLibrary } from "./library.ts";

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

/**
 * How long SQLite itself waits for another process, and this one with it. A write takes microseconds, so this is
 * enough nearly always; for longer waits, the script is suspended.
 */
const WAIT_INSIDE: Milliseconds = 10;
const WAIT_OUTSIDE: Milliseconds = 5;
/** What stays of the log file after a burst of writes. */
const LOG_BYTES = 16 * 1024 * 1024;

/** "moon": a file that was made by moonkeep, as `file` and SQLite's tools see it. */
const APPLICATION_ID = 0x6d6f6f6e;
/** Of the files that this version makes; it refuses files of later ones. */
const FORMAT = 1;

/**
 * A SQLite file. It is opened when it is first needed, so that a host starts without it, and reopened after an error
 * that leaves a connection in doubt. Operations answer at once, unless another process keeps the file locked.
 */
export class SqliteFile {
  /** What errors call it. */
  readonly name: string;
  readonly durable: boolean;
  readonly clock: Clock;
  readonly #options: SqliteOptions;
  #connection: SqliteConnection | undefined;
  #closed = false;

  constructor(options: SqliteOptions) {
    this.name = options.name;
    this.durable = options.path !== IN_MEMORY;
    this.clock = options.clock ?? wallClock;
    this.#options = options;
  }

  /** What answers: `SQLite 3.53.0`. */
  version(): Eventually<string> {
    return this.attempt((connection) => {
      const row = connection.prepare("SELECT sqlite_version() AS version, count(*) FROM sqlite_schema").get();
      return `SQLite ${row!.version}`;
    });
  }

  /**
   * Does something with the file, once; where that finds it locked, again and again until the time is up.
   * @param work one statement that changes something at most, so that there is nothing to undo
   */
  attempt<T>(work: (connection: SqliteConnection) => T): Eventually<T> {
    try {
      return this.#try(work);
    } catch (e) {
      if (!isBusy(e)) throw asStoreError(e, this.name, this.#options.path);
      return this.#insist(work, e);
    }
  }

  /**
   * The log goes into the file, which is complete by itself then. (The package for Node 20 lets go of its files only
   * when the statements are collected, so this can't be left to SQLite.)
   */
  close(): void {
    this.#closed = true;
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

  #try<T>(work: (connection: SqliteConnection) => T): T {
    if (this.#closed) throw storeClosed();
    try {
      return work((this.#connection ??= this.#connect()));
    } catch (e) {
      if (isPoisoned(e) && this.durable) this.#abandon();
      throw e;
    }
  }

  async #insist<T>(work: (connection: SqliteConnection) => T, first: unknown): Promise<T> {
    const { timeout, path } = this.#options;
    const end = performance.now() + timeout;
    for (let last = first; ; ) {
      if (performance.now() >= end) throw fileLocked(this.name, timeout, last);
      await setTimeout(WAIT_OUTSIDE);
      try {
        return this.#try(work);
      } catch (e) {
        if (!isBusy(e)) throw asStoreError(e, this.name, path);
        last = e;
      }
    }
  }

  #connect(): SqliteConnection {
    const { path, synchronous } = this.#options;
    const connection = new (sqliteLibrary().DatabaseSync)(path);
    try {
      connection.exec(`PRAGMA busy_timeout = ${WAIT_INSIDE}`); // before anything that may have to wait
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
