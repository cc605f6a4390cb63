import { defineKind, type Entry } from "../registry/kind.ts";
import { duration, fields, optional } from "../registry/schema.ts";
import { RedisServer } from "../stores/redis/server.ts";
import type { Milliseconds } from "../value/value.ts";
import type { Opened } from "./opened.ts";
import { serverName, serverUrl } from "./server-url.ts";

export interface RedisConfig {
  readonly url: string;
  readonly timeout: Milliseconds;
  /** The names of the servers that a cluster may lead to. The host says so for entries of plugins. Left out: any. */
  readonly servers?: readonly string[] | undefined;
}

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
  open({ id, config }: Entry<RedisConfig>): Opened {
    const { url, timeout, servers } = config;
    const leadsTo = servers && ((node: string) => servers.includes(serverName(node) ?? ""));
    const server = new RedisServer({ url, timeout, entry: id, leadsTo });
    return { value: server, close: () => server.close(), health: server };
  },
});
