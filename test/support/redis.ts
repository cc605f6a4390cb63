/** Stores in the Redis that tests use, each under a prefix of its own. */
import { randomUUID } from "node:crypto";
import { RedisNames } from "../../src/stores/redis/names.ts";
import { RedisStore } from "../../src/stores/redis/redis.ts";
import { type RedisPlace, RedisServer } from "../../src/stores/redis/server.ts";
import type { Milliseconds } from "../../src/value/value.ts";
import { redis } from "./services.ts";

export interface RedisSubject {
  readonly prefix: string;
  readonly server: RedisServer;
  /** As the store asks it. */
  readonly connection: RedisPlace;
  readonly store: RedisStore;
  /** Removes what is there, and closes. */
  end(): Promise<void>;
}

export const freshPrefix = (): string => `test:${randomUUID()}`;

export function openRedis(
  url: string = redis.url,
  timeout: Milliseconds = 5000,
  prefix: string = freshPrefix(),
): RedisSubject {
  const server = new RedisServer({ url, timeout, entry: "app:redis" });
  const connection = server.place();
  const store = new RedisStore(server, { prefix });
  return {
    prefix,
    server,
    connection,
    store,
    async end() {
      await connection.send((client) => client.evalBuffer(removeAll, 0, `{${prefix}*`)).catch(() => {});
      store.close();
      server.close();
    },
  };
}

const removeAll = `for _, key in ipairs(redis.call("KEYS", ARGV[1])) do redis.call("DEL", key) end return 1`;

/** Moves all deadlines of a store nearer. */
export async function hasten({ prefix, connection }: RedisSubject, by: Milliseconds): Promise<void> {
  const { times } = new RedisNames(prefix);
  await connection.send((client) => client.evalBuffer(moveDeadlines, 1, times, `{${prefix}}:`, by));
}

const moveDeadlines = `
  local all = redis.call("ZRANGE", KEYS[1], 0, -1, "WITHSCORES")
  for i = 1, #all, 2 do
    local at = string.format("%.0f", math.floor(all[i + 1] - ARGV[2]))
    redis.call("PEXPIREAT", ARGV[1] .. all[i], at)
    redis.call("ZADD", KEYS[1], at, all[i])
  end
  return 1`;
