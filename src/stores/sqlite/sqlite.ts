import type { Eventually } from "../../value/eventually.ts";
import type { SqlDatabase, SqlTable, TableShape } from "../sql/table.ts";
import { SqliteFile, type SqliteOptions } from "./file.ts";
import { SqliteTable } from "./table.ts";

/** A SQLite file as a database of stores. */
export class SqliteDatabase implements SqlDatabase {
  readonly #file: SqliteFile;

  constructor(options: SqliteOptions) {
    this.#file = new SqliteFile(options);
  }

  get server(): string {
    return this.#file.name;
  }

  get durable(): boolean {
    return this.#file.durable;
  }

  table(shape: TableShape): SqlTable {
    return new SqliteTable(this.#file, shape);
  }

  /** What answers: `SQLite 3.53.0`. */
  version(): Eventually<string> {
    return this.#file.version();
  }

  close(): void {
    this.#file.close();
  }
}
