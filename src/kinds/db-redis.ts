import { defineKind } from "../registry/kind.ts";
import { duration, fields, optional } from "../registry/schema.ts";
import { RedisServer } from "../stores/redis/server.ts";
import type { Opened } from "./opened.ts";
import { serverName, serverUrl } from "./server-url.ts";

export const dbRedis = defineKind({
  name: "db.redis",
  summary: "a Redis or Valkey server, or a cluster",
  schema: fields({
    url: serverUrl({
      description: "redis://user:password@host:port/database; any node of a cluster; rediss:// for TLS",
      protocols: ["redis", "rediss"],
      path: /^\/?\d*$/,
    }),
    timeout: optional(
      duration({ min: 1, max: 3_600_000, description: "how long a connection, and each operation, may take" }),
      "5s",
    ),
  }),
  reaches: ({ url }) => [{ field: "url", server: serverName(url) }],
  open({ id, config }): Opened {
    const server = new RedisServer({ ...config, entry: id });
    return { value: server, close: () => server.close(), health: server };
  },
});
