import { defineKind } from "../registry/kind.ts";
import { custom, duration, fields, flag, type Output, optional, text, wholeNumber } from "../registry/schema.ts";
import { PostgresDatabase } from "../stores/postgres/postgres.ts";
import { databaseNotNamed, saidInUrl, urlWithoutUser, usernameMissing } from "./errors.ts";
import type { Opened } from "./opened.ts";
import { serverName, serverUrl } from "./server-url.ts";

const PORT = 5432;

const schema = fields({
  url: optional(
    serverUrl({
      description: "postgres://user:password@host:port/database",
      protocols: ["postgres", "postgresql"],
      path: /^(\/[^/]*)?$/,
    }),
  ),
  host: optional(text({ description: "instead of `url`: the host of the server" })),
  port: optional(wholeNumber({ min: 1, max: 65_535, description: "instead of `url`; default: 5432" })),
  database: optional(text({ description: "instead of `url`; default: the user's name" })),
  username: optional(text({ description: "instead of `url`: the user" })),
  password: optional(text({ description: "instead of `url`; better taken from the environment" })),
  tls: optional(
    flag({ description: "whether to encrypt, and to require a server certificate that is valid for the host" }),
    false,
  ),
  pool: optional(
    fields({
      max: optional(
        wholeNumber({ unit: "connections", min: 1, max: 1000, description: "the largest number of connections" }),
        10,
      ),
    }),
  ),
  timeout: optional(
    duration({ min: 1, max: 3_600_000, description: "how long an operation may take, including the time to connect" }),
    "5s",
  ),
});

type Config = Output<typeof schema>;

const parts = ["host", "port", "database", "username", "password"] as const;

export const dbPostgres = defineKind({
  name: "db.sql.postgres",
  summary: "a database of a PostgreSQL server",
  schema: custom(schema, (config, report) => {
    const { url, host, username } = config;
    if (url === undefined) {
      if (host === undefined) report(databaseNotNamed);
      else if (username === undefined) report(usernameMissing);
      return config;
    }
    for (const part of parts) if (config[part] !== undefined) report(saidInUrl, [part]);
    if (URL.canParse(url) && new URL(url).username === "") {
      report(urlWithoutUser, ["url"]);
    }
    return config;
  }),
  reaches: (config) => [{ field: config.url === undefined ? "host" : "url", server: nameOf(config) }],
  open({ id, config }): Opened {
    const { tls, timeout, pool } = config;
    const database = new PostgresDatabase({
      ...placeOf(config),
      ...{ tls, timeout, entry: id },
      connections: pool?.max ?? 10,
    });
    return { value: database, close: () => database.close(), health: database };
  },
});

/** The server as a plugin asks for it; a host that is a path, say, can't be asked for. */
function nameOf(config: Config): string | undefined {
  if (config.url !== undefined) return serverName(config.url);
  const { host, port, user, database } = placeOf(config);
  const parts = [user, database].map(encodeURIComponent);
  return serverName(`postgres://${parts[0]}@${host}:${port}/${parts[1]}`, host);
}

/** Where the database is, and who asks; as PostgreSQL's own programs have it, a database is called as its user by default. */
function placeOf({ url, ...config }: Config) {
  if (url === undefined) {
    const { host = "localhost", port = PORT, username: user = "", password } = config;
    return { host, port, user, password, database: config.database ?? user };
  }
  const { hostname, port, username, password, pathname } = new URL(url);
  const user = decodeURIComponent(username);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || PORT),
    user,
    password: password === "" ? undefined : decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || user,
  };
}
