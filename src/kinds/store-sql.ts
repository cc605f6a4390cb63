import { defineKind } from "../registry/kind.ts";
import {
  custom,
  duration,
  type FieldOptions,
  fields,
  flag,
  optional,
  type Report,
  ref,
  text,
} from "../registry/schema.ts";
import { SqlStore } from "../stores/sql/sql.ts";
import { isIdentifier, type SqlDatabase } from "../stores/sql/table.ts";
import { badSqlName, columnUsedTwice, reservedSqlName } from "./errors.ts";
import type { Opened, Opening } from "./opened.ts";

/** A name that is quoted in statements; letters, digits and underscores are enough, and mean the same everywhere. */
const identifier = (options: FieldOptions & { readonly reserved?: RegExp }) =>
  custom(text(options), (name, report) => {
    if (!isIdentifier(name)) {
      report(badSqlName(JSON.stringify(name)));
    } else if (options.reserved?.test(name)) report(reservedSqlName(JSON.stringify(name)));
    return name;
  });

const names = {
  table_name: identifier({ description: "the table", reserved: /^(sqlite|pg)_/i }),
  id_column_name: optional(identifier({ description: "the column of the keys" }), "key"),
  payload_column_name: optional(identifier({ description: "the column of the values" }), "value"),
  expire_column_name: optional(identifier({ description: "the column of the expiry times" }), "expires_at"),
  version_column_name: optional(
    identifier({ description: "the column of the versions; an existing table may lack it, and then has no versions" }),
    "version",
  ),
};

const schema = fields({
  database: ref(["db.sql.*"], { description: "the database" }),
  ...names,
  create: optional(flag({ description: "whether to create the table and an index if they are missing" }), true),
  cleanup_interval: optional(duration({ description: "how often expired entries are removed; 0 means never" }), "5m"),
});

/** Each column is its own, whatever the case: SQL does not tell "Key" from "key". */
function columnsDiffer(config: Readonly<Record<keyof typeof names, string>>, report: Report): void {
  const seen = new Map<string, string>();
  for (const field of Object.keys(names).slice(1) as (keyof typeof names)[]) {
    const column = config[field].toLowerCase();
    const other = seen.get(column);
    if (other !== undefined) report(columnUsedTwice(other), [field]);
    seen.set(column, field);
  }
}

export const storeSql = defineKind({
  name: "store.sql",
  summary: "a store in a table of a SQL database",
  schema: custom(schema, (config, report) => {
    columnsDiffer(config, report);
    return config;
  }),
  open({ config }, { use }: Opening): Opened {
    const database = use<SqlDatabase>(config.database);
    const store = new SqlStore(database, {
      table: config.table_name,
      key: config.id_column_name,
      value: config.payload_column_name,
      expiresAt: config.expire_column_name,
      version: config.version_column_name,
      create: config.create,
      cleanupInterval: config.cleanup_interval,
    });
    return { value: store, close: () => store.close(), health: { version: () => store.health() } };
  },
});
