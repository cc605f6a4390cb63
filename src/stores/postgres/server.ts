import type { Socket } from "node:net";
import { MoonkeepError } from "../../errors.ts";
import { EncodingProblem } from "../../value/codec.ts";
import type { Milliseconds } from "../../value/value.ts";
import { Backoff } from "../backoff.ts";
import { storeClosed, UnreadableAnswer, uncertain } from "../errors.ts";
import { textIn } from "./columns.ts";
import { asPostgresError, isConnectionSound, serverCode, serverFailed } from "./errors.ts";
import { guarded } from "./guard.ts";
import { type Parameter, type PostgresClient, type PostgresPool, postgresLibrary, type Result } from "./library.ts";
import { types } from "./types.ts";

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** Encrypted, and only with a server whose certificate is valid for `host`. */
  readonly tls: boolean;
  /** How many connections there are at most. */
  readonly connections: number;
  /** How long an operation may take, waiting for a connection included. */
  readonly timeout: Milliseconds;
  /** Who needs it: the id of the registry's entry. */
  readonly entry: string;
}

/** A statement with its values, and the name under which connections keep it. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
  readonly values: readonly Parameter[];
}

/** The server ends a statement that takes too long. When it has not said so this long after, it is not there. */
const SILENCE: Milliseconds = 100;

/**
 * The connections to a PostgreSQL server: made when they are needed, and made anew when they were lost. So a host opens
 * without the server. No statement is ever sent twice: when a connection breaks, whoever waits is told, and may know
 * better whether to try again.
 */
export class PostgresServer {
  /** What errors call it: `postgres at localhost:5432`. */
  readonly name: string;
  readonly #options: PostgresOptions;
  readonly #backoff = new Backoff();
  readonly #sockets = new Set<Socket>();
  /** What ends those that wait for a connection. */
  readonly #waiting = new Set<(reason: MoonkeepError) => void>();
  #pool: Promise<PostgresPool> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresOptions) {
    const { host, port } = options;
    this.name = `postgres at ${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#options = options;
  }

  /**
   * Sends a statement.
   * @param prepared the name under which connections keep it, if they are to
   * @param end when it has to be answered, in the time of `performance.now()`
   * @param writes whether it changes anything, and so may have done so when no answer comes
   * @throws MoonkeepError, or what the server says where the statement does not fit the table
   */
  async query(
    text: string,
    values: readonly Parameter[] = [],
    prepared?: string,
    end = performance.now() + this.patience,
    writes = false,
  ): Promise<Result> {
    return this.#on(
      (client) => ask(client, end, text, values, prepared),
      () => writes,
    );
  }

  /** Sends statements of which all are done or none, one after the other, on one connection. @throws as `query` does */
  async transaction(statements: Iterable<Prepared>): Promise<void> {
    const end = performance.now() + this.patience;
    let ending = false;
    await this.#on(
      async (client) => {
        await ask(client, end, "BEGIN");
        for (const { text, values, name } of statements) await ask(client, end, text, values, name);
        ending = true;
        await ask(client, end, "COMMIT");
      },
      () => ending,
      () => false, // a connection that is closed in a transaction undoes it
    );
  }

  /**
   * @param writes whether something may have been written when no answer came
   * @param isSound whether the connection can be used after it failed with something
   */
  async #on<T>(
    work: (client: PostgresClient) => Promise<T>,
    writes: () => boolean,
    isSound: (e: unknown) => boolean = isConnectionSound,
  ): Promise<T> {
    const client = await this.#connect();
    let sound = true;
    try {
      return await work(client);
    } catch (e) {
      sound = isSound(e);
      const error = asPostgresError(e, this.name, this.#options.timeout);
      throw writes() && error !== undefined && serverCode(e) === undefined ? uncertain(error) : (error ?? e);
    } finally {
      client.release(!sound);
    }
  }

  /**
   * What was answered.
   * @param read throws UnreadableAnswer where it is not what it has to be
   * @param writes as for `query`
   */
  understood<T>(read: () => T, writes = false): T {
    try {
      return read();
    } catch (e) {
      if (!(e instanceof UnreadableAnswer || e instanceof EncodingProblem)) throw e;
      const error = asPostgresError(new UnreadableAnswer(e), this.name, this.#options.timeout)!;
      throw writes ? uncertain(error) : error;
    }
  }

  /** How many statements can be under way at once. */
  get connections(): number {
    return this.#options.connections;
  }

  /** How long a statement may take until it is given up, waiting for a connection included. */
  get patience(): Milliseconds {
    return this.#options.timeout + SILENCE;
  }

  /** What answers: `PostgreSQL 15.20`. */
  async version(): Promise<string> {
    const { rows } = await this.query("SELECT current_setting('server_version')");
    return this.understood(() => `PostgreSQL ${textIn(rows[0]?.[0]).split(" ")[0]}`);
  }

  /** What the server says of itself that an operator should know. */
  async warnings(): Promise<readonly string[]> {
    const { rows } = await this.query("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')");
    const [isReplica, readOnly] = rows[0] ?? [];
    if (isReplica === true) return ["it is a read-only replica"];
    return readOnly === "on" ? ["it is read-only (default_transaction_read_only)"] : [];
  }

  /** Waits for statements that are under way, for as long as they may take; what waits for a connection is refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    for (const refuse of this.#waiting) refuse(storeClosed()); // the pool forgets them when it ends
    this.#waiting.clear();
    await pool?.end();
    // Each connection was told that it is not needed any more. A server that does not answer would keep it, and the process.
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(): Promise<PostgresClient> {
    if (this.#closing !== undefined) throw storeClosed();
    this.#pool ??= this.#open();
    try {
      const pool = await this.#pool;
      if (this.#closing !== undefined) throw storeClosed();
      if (pool.idleCount === 0) this.#backoff.check();
      const client = await this.#clientOf(pool);
      this.#backoff.succeeded();
      return client;
    } catch (e) {
      if (e instanceof MoonkeepError) throw e.copy(); // others are told of it, too
      const error =
        asPostgresError(e, this.name, this.#options.timeout) ?? new MoonkeepError("INTERNAL", serverFailed(this.name));
      throw isExhausted(e) ? error : this.#backoff.failed(error);
    }
  }

  #clientOf(pool: PostgresPool): Promise<PostgresClient> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      pool.connect().then(
        (client) => {
          if (this.#waiting.delete(reject)) resolve(client);
          else client.release(false);
        },
        (e: unknown) => {
          this.#waiting.delete(reject);
          reject(e);
        },
      );
    });
  }

  async #open(): Promise<PostgresPool> {
    const { host, port, database, user, password, tls, connections, timeout, entry } = this.#options;
    const { Pool, Client } = await postgresLibrary(entry);
    const pool = new Pool({
      ...{ host, port, database, user, ssl: tls, keepAlive: true, application_name: "moonkeep" },
      password: () => password,
      max: connections,
      connectionTimeoutMillis: timeout,
      statement_timeout: timeout,
      allowExitOnIdle: true,
      stream: () => this.#socket(),
      Client: guarded(Client),
      types,
    });
    // A connection that is lost while nobody waits for it, or while somebody does: who needs it next is told.
    pool.on("error", () => {});
    pool.on("connect", (client) => void client.on("error", () => {}));
    return pool;
  }

  #socket(): Socket {
    const { Socket } = process.getBuiltinModule("node:net"); // late: most hosts start without it
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

/** @param end when it has to be answered */
const ask = (
  client: PostgresClient,
  end: Milliseconds,
  text: string,
  values: readonly Parameter[] = [],
  name?: string,
): Promise<Result> =>
  client.query({ rowMode: "array", name, text, values, query_timeout: Math.max(end - performance.now(), 1) });

/** All connections were in use for too long: that says nothing about the server. */
const isExhausted = (e: unknown): boolean => (e as Error).message === "timeout exceeded when trying to connect";
