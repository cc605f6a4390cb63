import { MoonkeepError } from "../../errors.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import { Backoff } from "../backoff.ts";
import { backendTimeout, storeClosed, UnreadableAnswer, uncertain } from "../errors.ts";
import { asRedisError, isSent, replyCode, said, tooManyClients } from "./errors.ts";
import { guard } from "./guard.ts";
import { type RedisClient, type RedisLibrary, redisLibrary } from "./library.ts";
import { refusalOf } from "./refusal.ts";

export interface RedisOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` for TLS. */
  readonly url: string;
  /** How long a connection, and each command, may take. */
  readonly timeout: Milliseconds;
  /** Who needs it: the id of the registry's entry. */
  readonly entry: string;
  /** Whether a cluster may lead to the node with this url. Left out: to any. */
  readonly leadsTo?: ((url: string) => boolean) | undefined;
}

/** What is asked of a connected client. */
export type Command<T> = (client: RedisClient, library: RedisLibrary) => Promise<T>;

export interface SendOptions {
  /** What to say of a reply with this error code, where that is more than the connection knows. */
  readonly explain?: ((code: string) => Eventually<MoonkeepError | undefined>) | undefined;
  /** Whether the command changes anything, and so may have done so when no reply comes. Default: false. */
  readonly writes?: boolean;
}

/** A node of a cluster. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The node that was asked does not have the keys, and did nothing. */
export class Moved extends Error {
  override readonly name = "Moved";
  /** Which one has them. */
  readonly address: Address;

  constructor(address: Address) {
    super("moved");
    this.address = address;
  }
}

/** Commands that are written at once: of 64 that write, 16 at a time take two thirds of the time of all at once. */
const MOST_HELD = 16;

/** A connection without any answer for this long after a command's own time is given up. */
const SILENCE: Milliseconds = 100;

/**
 * A connection to Redis that is made when it is first needed, and again when it is needed after it was lost. So a host
 * opens without the server, and nothing runs in the background. No command is ever sent twice: when a connection breaks,
 * whoever waits is told, and may know better whether to try again.
 */
export class RedisConnection {
  /** What errors call it: `redis at localhost:6379`. */
  readonly server: string;
  readonly #options: RedisOptions;
  readonly #address: Address;
  readonly #backoff = new Backoff();
  #client: RedisClient | undefined;
  /** There once there was a client. */
  #library: RedisLibrary | undefined;
  #connecting: Promise<RedisClient> | undefined;
  /** Commands that wait to be written. */
  #held = 0;
  #closed = false;

  constructor(options: RedisOptions) {
    const { hostname, port, href } = new URL(options.url);
    this.#address = { host: hostname.replace(/^\[|\]$/g, "") || "localhost", port: Number(port || 6379) };
    this.server = `redis at ${hostname || "localhost"}:${this.#address.port}`;
    this.#options = { ...options, url: href };
  }

  get url(): string {
    return this.#options.url;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The url of another node: the same user, password and database. What is not an address leads nowhere else. */
  urlOf({ host, port }: Address): string {
    const url = new URL(this.url);
    url.hostname = host.includes(":") ? `[${host}]` : host;
    url.port = String(port);
    return url.href;
  }

  /**
   * Sends a command, or several.
   * @throws Moved where another node has the keys; MoonkeepError, whatever else goes wrong
   */
  async send<T>(command: Command<T>, { explain, writes = false }: SendOptions = {}): Promise<T> {
    try {
      const client = this.#open();
      return await this.#write(isLater(client) ? await client : client, command);
    } catch (e) {
      // Several may wait for one connection: each gets an error of its own, to which its Lua stack is added.
      if (e instanceof MoonkeepError) throw e.copy();
      const code = replyCode(e);
      if (code === "MOVED") throw new Moved(this.#readAddress(said(e)));
      const explained = code === undefined ? undefined : await explain?.(code);
      const error = explained ?? asRedisError(e, this.server, this.#options.timeout);
      throw writes && code === undefined && isSent(e) ? uncertain(error) : error;
    }
  }

  /** `MOVED 1234 host:port`; a node that does not know its name leaves it out, or says `?`, and has ours. */
  #readAddress(message: string): Address {
    const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
    return { host: host && host !== "?" ? host : this.#address.host, port: Number(port ?? this.#address.port) };
  }

  /** What answers: `Redis 7.0.15`. */
  async version(): Promise<string> {
    const info = await this.send((client) => client.info("server"));
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? "?"}` : `Valkey ${valkey}`;
  }

  /** What the server says of itself that an operator should know. */
  async warnings(): Promise<readonly string[]> {
    const info = await this.send(async (client) => `${await client.info("replication")}${await client.info("memory")}`);
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
    const policy = field("maxmemory_policy") ?? "noeviction";
    const found: string[] = [];
    if (field("role") === "slave") found.push("it is a read-only replica");
    if (policy !== "noeviction") {
      found.push(
        `it drops keys when its memory is full (maxmemory-policy ${policy}); let it refuse writes: noeviction`,
      );
    }
    return found;
  }

  close(): void {
    this.#closed = true;
    this.#client?.disconnect();
    this.#client = undefined;
  }

  /**
   * What is sent in one turn of the event loop, by however many scripts, is written to the socket in few pieces. Not in
   * one: the server is at work on the first while we make the next.
   */
  #write<T>(client: RedisClient, command: Command<T>): Promise<T> {
    const { stream } = client;
    if (this.#held === 0) {
      stream.cork();
      process.nextTick(() => {
        this.#held = 0;
        stream.uncork();
      });
    }
    if (this.#held === MOST_HELD) {
      this.#held = 0;
      stream.uncork();
      stream.cork();
    }
    this.#held++;
    return command(client, this.#library!);
  }

  #open(): Eventually<RedisClient> {
    if (this.#closed) throw storeClosed();
    if (this.#client?.status === "ready") return this.#client;
    this.#backoff.check();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** A connection that was made and then broke may have been refused. */
  async #whyNotConnected(e: unknown): Promise<MoonkeepError> {
    const { code = "closed" } = e as NodeJS.ErrnoException;
    const isOdd = e instanceof UnreadableAnswer;
    const broke = !isOdd && replyCode(e) === undefined && ["closed", "EPIPE", "ECONNRESET"].includes(code);
    const said = broke ? await refusalOf(this.#address) : undefined;
    const isFull = said?.includes("max number of clients") === true;
    return isFull ? tooManyClients(this.server, e) : asRedisError(e, this.server, this.#options.timeout);
  }

  async #connect(): Promise<RedisClient> {
    const { url, timeout, entry } = this.#options;
    this.#library = await redisLibrary(entry);
    const client = new this.#library.Redis(url, {
      lazyConnect: true,
      connectTimeout: timeout,
      commandTimeout: timeout,
      socketTimeout: timeout + SILENCE,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      disconnectTimeout: 1, // its timer outlives a connection that is closed already, and keeps the process
    });
    guard(client);
    let reason: unknown;
    client.on("error", (e) => {
      reason = e;
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      client.disconnect();
    }, timeout);
    try {
      await client.connect();
    } catch (e) {
      client.disconnect();
      throw this.#backoff.failed(
        late ? backendTimeout(this.server, timeout, reason) : await this.#whyNotConnected(reason ?? e),
      );
    } finally {
      clearTimeout(timer);
    }
    if (this.#closed) {
      client.disconnect();
      throw storeClosed();
    }
    this.#backoff.succeeded();
    this.#client = client;
    return client;
  }
}
