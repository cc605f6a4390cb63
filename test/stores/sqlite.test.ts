import { SqlStore } from "../../src/stores/sql/sql.ts";
import { SqliteDatabase } from "../../src/stores/sqlite/sqlite.ts";
import { storeContract } from "../contract/store.ts";
import { freshFile, shape } from "../support/sqlite.ts";

for (const path of ["file", ":memory:"]) {
  storeContract(`a SQLite store (${path})`, (clock) => {
    const database = new SqliteDatabase({
      path: path === "file" ? freshFile() : path,
      name: "test.db",
      timeout: 5000,
      synchronous: "normal",
      clock,
    });
    const store = new SqlStore(database, { ...shape, cleanupInterval: 0 });
    return Object.assign(store, { close: () => database.close() });
  });
}
