import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/**
 * Who may import whom: folders of src, then packages. Everything may import itself, errors.ts, limits.ts and node:.
 * Type imports count, and imports inside functions too.
 */
const allowed: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>> =
  {
    "errors.ts": { folders: [], packages: [] },
    "limits.ts": { folders: ["value"], packages: [] },
    value: { folders: [], packages: [] },
    stores: { folders: ["value"], packages: ["@photostructure/sqlite", "ioredis", "pg"] },
    security: { folders: ["value"], packages: ["re2js"] },
    yaml: { folders: [], packages: ["yaml"] },
    registry: { folders: ["yaml", "value"], packages: ["yaml", "valibot"] },
    lua: { folders: ["value"], packages: ["fengari", "fengari-interop"] },
    modules: { folders: ["lua", "stores", "security", "yaml", "value"], packages: ["re2js", "yaml"] },
    kinds: { folders: ["registry", "stores", "security", "modules", "value"], packages: ["valibot"] },
    worker: { folders: ["modules", "lua", "value"], packages: [] },
    host: {
      folders: ["kinds", "modules", "registry", "worker", "lua", "stores", "security", "value"],
      packages: ["semver"],
    },
    cli: { folders: ["host", "registry", "value"], packages: ["commander", "picocolors", "pino"] },
    "param.ts": { folders: ["lua"], packages: [] },
    "keyv.ts": { folders: ["stores", "value"], packages: [] },
    "index.ts": { folders: ["host", "modules", "lua", "stores", "registry", "security", "value"], packages: [] },
  };

const src = join(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const room = (file: string) => file.split("/")[0]!;

/** What a file imports, exports from, or requires. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8").replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, "");
  const found = text.matchAll(/(?:^|[^\w.])(?:from|import|require(?:\.resolve)?)\s*\(?\s*"([^"\n]+)"/gm);
  return [...found].map(([, specifier]) => specifier!);
}

test("every folder of src is in the table, and the table names nothing else", () => {
  expect([...new Set(files.map(room))].sort()).toEqual(Object.keys(allowed).sort());
});

test.each(files)("%s imports only what its folder may import", (file) => {
  const { folders, packages } = allowed[room(file)]!;
  const shared = ["errors.ts", "limits.ts"];
  for (const specifier of importsOf(file)) {
    if (specifier.startsWith("node:")) continue;
    if (specifier.startsWith(".")) {
      const target = room(relative(src, join(src, dirname(file), specifier)));
      expect([room(file), ...shared, ...folders], `${file} imports ${specifier}`).toContain(target);
    } else {
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      expect(packages, `${file} imports ${specifier}`).toContain(name);
    }
  }
});
