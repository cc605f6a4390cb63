import { basename, isAbsolute, resolve } from "node:path";
import { defineKind } from "../registry/kind.ts";
import { custom, duration, fields, oneOf, optional, text } from "../registry/schema.ts";
import { IN_MEMORY } from "../stores/sqlite/file.ts";
import { SqliteDatabase } from "../stores/sqlite/sqlite.ts";
import { zeroByteInName } from "./errors.ts";
import type { Opened, Opening } from "./opened.ts";

const file = custom(
  text({ description: 'the SQLite file, relative to the registry\'s folder, or ":memory:"' }),
  (given, report) => {
    if (given.includes("\0")) report(zeroByteInName);
    return given;
  },
);

export const dbSqlite = defineKind({
  name: "db.sql.sqlite",
  summary: "a SQLite file: durable, without a server",
  schema: fields({
    file,
    timeout: optional(
      duration({ min: 1, max: 3_600_000, description: "how long an operation waits for other processes that write" }),
      "5s",
    ),
    synchronous: optional(
      oneOf(["normal", "full"], {
        description: "full: writes survive a power failure; normal: they survive the end of the process",
      }),
      "normal",
    ),
  }),
  reaches: ({ file }) => (file === IN_MEMORY ? [] : [{ field: "file", file }]),
  open({ config }, { root }: Opening): Opened {
    const { file, timeout, synchronous } = config;
    const inMemory = file === IN_MEMORY;
    const path = inMemory ? file : resolve(root, file);
    const database = new SqliteDatabase({ path, name: shownName(file), timeout, synchronous });
    return { value: database, close: () => database.close(), health: database };
  },
});

/** The file's name for errors: as the registry has it, but never the way to it through the file system. */
const shownName = (file: string): string => (isAbsolute(file) || file.startsWith("..") ? basename(file) : file);
