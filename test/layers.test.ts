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
    lint: { folders: ["value"], packages: ["luaparse"] },
    worker: { folders: ["modules", "lua", "value"], packages: [] },
    inspect: { folders: ["value"], packages: ["hono", "@hono/node-server"] },
    host: {
      folders: ["inspect", "kinds", "modules", "registry", "lint", "worker", "lua", "stores", "security", "value"],
      packages: ["semver"],
    },
    cli: { folders: ["host", "lint", "registry", "value"], packages: ["commander", "picocolors", "pino"] },
    "param.ts": { folders: ["lua"], packages: [] },
    "prometheus.ts": { folders: ["host"], packages: [] },
    "opentelemetry.ts": { folders: ["host"], packages: ["@opentelemetry/api"] },
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

test("one file makes folders, since Node.js may never return from it", () => {
  const makers = files.filter((file) => /\b(?:mkdir|cp)(?:Sync)?\b/.test(readFileSync(join(src, file), "utf8")));
  expect(makers.filter((file) => !file.endsWith(".generated.ts"))).toEqual(["value/folders.ts"]);
});

/**
 * Who may import whom within src/lua, room by room, downwards; and what the folders that use it may ask for. The comment
 * at the top of a room's head file says what the room is.
 */
const rooms: Readonly<Record<string, { readonly head: string; readonly below: readonly string[] }>> = {
  meter: { head: "meter.ts", below: [] },
  vm: { head: "types.ts", below: ["meter"] },
  core: { head: "interpreter.ts", below: ["vm", "meter"] },
  compiler: { head: "tier.ts", below: ["core", "vm", "meter"] },
  fengari: { head: "seams.ts", below: ["core", "vm", "meter"] },
  limits: { head: "budget.ts", below: ["compiler", "fengari", "core", "vm", "meter"] },
  boundary: { head: "module.ts", below: ["limits", "fengari", "core", "vm", "meter"] },
  library: { head: "stdlib.ts", below: ["limits", "compiler", "fengari", "core", "vm", "meter"] },
  run: { head: "state.ts", below: ["library", "boundary", "limits", "compiler", "fengari", "core", "vm", "meter"] },
};

const ofLua = files.filter((file) => file.startsWith("lua/"));
const luaRoom = (file: string) => file.split("/")[1]!;
const targetsOf = (file: string) =>
  importsOf(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => relative(src, join(src, dirname(file), specifier)));

test("every room of src/lua is in the table, and says at the top of its head file what it is", () => {
  expect([...new Set(ofLua.map(luaRoom))].sort()).toEqual(Object.keys(rooms).sort());
  for (const [room, { head }] of Object.entries(rooms)) {
    const [, comment = ""] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(join(src, "lua", room, head), "utf8")) ?? [];
    const text = comment.replace(/\s*\n \*\s*/g, " ");
    expect(text, `lua/${room}/${head}`).toContain(`The room ${room}/ `);
  }
});

test.each(ofLua)("%s imports only what lies below its room", (file) => {
  const { below } = rooms[luaRoom(file)]!;
  for (const target of targetsOf(file).filter((target) => target.startsWith("lua/"))) {
    expect([luaRoom(file), ...below], `${file} imports ${target}`).toContain(luaRoom(target));
  }
});

test("no file of src/lua imports itself by way of others, not even for a type", () => {
  const targets = new Map(ofLua.map((file) => [file, targetsOf(file)]));
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) throw new Error([...way.slice(way.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of ofLua) visit(file, []);
});
