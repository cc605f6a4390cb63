/** Stores in the PostgreSQL that tests use, each in a table of its own. */
import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { PostgresDatabase } from "../../src/stores/postgres/postgres.ts";
import type { PostgresOptions } from "../../src/stores/postgres/server.ts";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import type { TableShape } from "../../src/stores/sql/table.ts";
import { postgres } from "./services.ts";

const { hostname, port, username, password, pathname } = new URL(postgres.url);

export const server: PostgresOptions = {
  host: hostname,
  port: Number(port || 5432),
  database: pathname.slice(1),
  user: username,
  password: password === "" ? undefined : decodeURIComponent(password),
  tls: false,
  connections: 4,
  timeout: 20_000,
  entry: "app:db",
};

export interface PostgresSubject {
  readonly table: string;
  readonly database: PostgresDatabase;
  readonly store: SqlStore;
  /** The database itself, as any other program sees it. */
  readonly raw: Pool;
  /** Removes the table, and closes. */
  end(): Promise<void>;
}

export const freshTable = (): string => `test_${randomUUID().replaceAll("-", "")}`;

export function openPostgres(options: Partial<PostgresOptions & TableShape> = {}): PostgresSubject {
  const table = options.table ?? freshTable();
  const { host, port, database: name, user } = { ...server, ...options };
  const raw = new Pool({ host, port, database: name, user, max: 1 });
  raw.on("error", () => {}); // tests end the server, too
  const database = new PostgresDatabase({ ...server, ...options });
  const store = new SqlStore(database, {
    ...{ table, key: "key", value: "value", expiresAt: "expires_at", version: "version", create: true },
    ...options,
    cleanupInterval: 0,
  });
  return {
    table,
    database,
    store,
    raw,
    async end() {
      store.close();
      await database.close();
      await raw.query(`DROP TABLE IF EXISTS "${table}"`).catch(() => {});
      await raw.end();
    },
  };
}
