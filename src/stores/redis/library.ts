/**
 * ioredis, which is installed by whoever uses Redis. Only what is used here is described, so that nobody needs it to
 * compile.
 */
import type { Socket } from "node:net";
import type { Milliseconds } from "../../value/value.ts";
import { packageMissing } from "../errors.ts";

export interface RedisLibrary {
  readonly Redis: new (url: string, options: RedisOptions) => RedisClient;
  readonly Command: new (name: string, args: RedisInput[], options: { replyEncoding: null }) => RedisCommand;
}

/** A command, which ioredis writes as what `toWritable` says. */
export interface RedisCommand {
  toWritable(): string | Buffer;
}

export interface RedisOptions {
  readonly lazyConnect: boolean;
  readonly connectTimeout: Milliseconds;
  readonly commandTimeout: Milliseconds;
  readonly socketTimeout: Milliseconds;
  readonly disconnectTimeout: Milliseconds;
  readonly enableOfflineQueue: boolean;
  readonly autoResendUnfulfilledCommands: boolean;
  readonly maxRetriesPerRequest: number;
  readonly retryStrategy: () => null;
}

export type RedisInput = string | number | Uint8Array;

export interface RedisClient {
  readonly status: string;
  readonly stream: { cork(): void; uncork(): void };
  /** What makes the stream. */
  readonly connector: { connect(...args: unknown[]): Promise<Socket> };
  /** The commands that were sent and have no reply yet. */
  readonly commandQueue: { readonly length: number };
  /** Rejects the commands that wait. */
  flushQueue(error: Error): void;
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Any command, with its reply as bytes where ioredis would make text of it. */
  callBuffer(command: string, ...args: RedisInput[]): Promise<unknown>;
  evalshaBuffer(sha: string, keys: number, ...args: RedisInput[]): Promise<unknown>;
  evalBuffer(script: string, keys: number, ...args: RedisInput[]): Promise<unknown>;
  getBuffer(key: RedisInput): Promise<unknown>;
  getrangeBuffer(key: RedisInput, first: number, last: number): Promise<unknown>;
  exists(key: RedisInput): Promise<unknown>;
  type(key: RedisInput): Promise<unknown>;
  sendCommand(command: RedisCommand): Promise<unknown>;
  info(section: string): Promise<string>;
}

/**
 * @param entry what needs it: the id of the database
 * @throws UNAVAILABLE, naming the package to install
 */
export async function redisLibrary(entry: string): Promise<RedisLibrary> {
  try {
    return (await import("ioredis")) as unknown as RedisLibrary;
  } catch (e) {
    throw packageMissing(entry, "ioredis", "npm install ioredis", e);
  }
}
