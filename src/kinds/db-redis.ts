import { defineKind } from "../registry/kind.ts";
import { duration, fields, optional } from "../registry/schema.ts";
import { RedisConnection } from "../stores/redis-connection.ts";
import type { Opened } from "./opened.ts";
import { serverUrl } from "./server-url.ts";

export const dbRedis = defineKind({
  name: "db.redis",
  summary: "a Redis or Valkey server",
  schema: fields({
    url: serverUrl({
      description: "redis://user:password@host:port/database; rediss:// for TLS",
      protocols: ["redis", "rediss"],
      path: /^\/?\d*$/,
    }),
    timeout: optional(
      duration({ min: 1, max: 3_600_000, description: "how long a connection, and each operation, may take" }),
      "5s",
    ),
  }),
  open({ id, config }): Opened {
    const connection = new RedisConnection({ ...config, entry: id });
    return { value: connection, close: () => connection.close(), health: () => connection.version() };
  },
});
