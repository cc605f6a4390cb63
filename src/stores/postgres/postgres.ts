import type { SqlDatabase, SqlTable, TableShape } from "../sql/table.ts";
import { type PostgresOptions, PostgresServer } from "./server.ts";
import { PostgresTable } from "./table.ts";

/** A database of a PostgreSQL server as a database of stores. */
export class PostgresDatabase implements SqlDatabase {
  readonly durable = true;
  readonly #server: PostgresServer;

  constructor(options: PostgresOptions) {
    this.#server = new PostgresServer(options);
  }

  get server(): string {
    return this.#server.name;
  }

  table(shape: TableShape): SqlTable {
    return new PostgresTable(this.#server, shape);
  }

  /** What answers: `PostgreSQL 15.20`. */
  version(): Promise<string> {
    return this.#server.version();
  }

  /** What the server says of itself that an operator should know. */
  warnings(): Promise<readonly string[]> {
    return this.#server.warnings();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
