import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { defineKind, type Kind } from "../../src/registry/kind.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { formatProblem } from "../../src/registry/problem.ts";
import type { Registry } from "../../src/registry/registry.ts";
import * as s from "../../src/registry/schema.ts";

/** A folder of files that goes away with the test. */
export function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "registry-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const open = (): undefined => undefined;

/** Small kinds that use every helper once or twice. */
export const kinds: readonly Kind[] = [
  defineKind({
    name: "store.memory",
    summary: "keeps values in memory",
    schema: s.fields({
      max_size: s.optional(s.wholeNumber({ unit: "entries", min: 1 }), 10_000),
      cleanup_interval: s.optional(s.duration(), "5m"),
      eviction: s.optional(s.oneOf(["none", "lru"]), "none"),
      max_bytes: s.optional(s.size(), 0),
      shared: s.optional(s.flag(), false),
    }),
    open,
  }),
  defineKind({
    name: "store.sql",
    summary: "keeps values in a table",
    schema: s.fields({ database: s.ref(["db.sql.*"]), table_name: s.text() }),
    open,
  }),
  defineKind({ name: "db.sql.sqlite", summary: "a database in a file", schema: s.fields({ file: s.text() }), open }),
  defineKind({
    name: "security.policy",
    summary: "a rule",
    schema: s.fields({
      policy: s.fields({
        actions: s.oneOrMany(s.text()),
        effect: s.oneOf(["allow", "deny"]),
        conditions: s.optional(s.list(conditionSchema()), []),
      }),
      groups: s.optional(s.list(s.declares("group")), []),
    }),
    open,
  }),
  defineKind({
    name: "function.lua",
    summary: "a script",
    schema: s.fields({
      source: s.fileText(),
      imports: s.optional(s.record(s.ref(["function.*"])), {}),
    }),
    open,
  }),
  defineKind({
    name: "host.config",
    summary: "how scripts run",
    only: "one",
    schema: s.fields({ groups: s.optional(s.list(s.refersTo("group")), []), store: s.optional(s.ref(["store.*"])) }),
    open,
  }),
];

/** A condition whose pattern is compiled when it is read. */
function conditionSchema() {
  const schema = s.fields({ field: s.text(), value: s.data() });
  return s.custom(schema, ({ field, value }, report) => {
    try {
      return { field, pattern: new RegExp(String(value)) };
    } catch (error) {
      report(`not a pattern: ${(error as Error).message}`, ["value"]);
      return undefined;
    }
  });
}

export const unavailable = { "store.kv.raft": "store.kv.raft is not offered yet; use store.redis or store.sql" };

export interface Loading {
  readonly kinds?: readonly Kind[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The registry in a folder, or in one file of it. */
export function load(root: string, options: Loading = {}, file = ""): Registry {
  return loadRegistry(join(root, file), { kinds, unavailable, env: {}, ...options, cwd: root });
}

/** The registry that one file makes: `header` is put before the entries that are given without it. */
export function loadText(yaml: string, options: Loading = {}): Registry {
  return load(folder({ "registry.yaml": yaml }), options, "registry.yaml");
}

/** What is wrong with a registry of one file, one line each. */
export function problemsIn(yaml: string | Uint8Array, options: Loading = {}): readonly string[] {
  return problemsOf(() => load(folder({ "registry.yaml": yaml }), options, "registry.yaml"));
}

/** The problems that an action throws, as lines; none when it throws nothing. Any other error is a failure. */
export function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return error.problems.map(formatProblem);
  }
}

/** A registry file with these entries, which begin on line 4. */
export function withEntries(...entries: readonly string[]): string {
  return ['version: "1.0"', "namespace: app", "entries:", ...entries, ""].join("\n");
}
