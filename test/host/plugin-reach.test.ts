/** To grant a plugin a kind is not to grant it the files, servers and variables that an entry of that kind names. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import type { Grants } from "../../src/host/plugins/grants.ts";
import { inDataFolder } from "../../src/host/plugins/reach.ts";
import { kinds } from "../../src/kinds/index.ts";
import { serverName } from "../../src/kinds/server-url.ts";
import type { Schema } from "../../src/registry/schema.ts";
import { folder } from "../registry/support.ts";
import { type EntrySource, everythingAllowed } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";
import { freePort } from "../support/ports.ts";

/** What a field of an entry can lead a plugin to. */
type Answer =
  /** Nothing outside the plugin: a number, a switch, text that is data, an entry of its own registry. */
  | "own"
  /** A file of the plugin's code folder, checked when the registry is read. */
  | "code"
  /** A part of what another field reaches. */
  | "with the server"
  /** A module: those of the application are asked for under `modules`. */
  | "module"
  /** Refused in a plugin, whatever it says. */
  | "refused"
  /** Something outside, which is asked for by its name; and an example, with what is asked for it. */
  | { readonly entry: Readonly<Record<string, unknown>>; readonly asks: "files" | "servers"; readonly name: string };

/** Only a host has these: no plugin can have an entry of the kind. */
const application = "application";

const postgres = { host: "db.example.com", username: "shop", database: "orders" };
const named = "postgres://shop@db.example.com:5432/orders";

/** Every kind, and every field of it. Add the answer when you add a field: may a plugin have whatever it says? */
const answers: Readonly<Record<string, typeof application | Readonly<Record<string, Answer>>>> = {
  "host.config": application,
  "security.policy": application,
  "security.policy.expr": application,
  "function.lua": {
    source: "code",
    modules: "module",
    imports: "own",
    method: "own",
    "limits.timeout": "own", // at most what the application lets it
    "limits.instructions": "own",
    "limits.memory": "own",
    "limits.string_length": "own",
    "limits.coroutines": "own",
    "limits.value_depth": "own",
    "limits.output": "own",
    "limits.store_operations": "own",
    "limits.store_bytes": "own",
    "security.actor.id": "refused",
    "security.actor.meta": "refused",
    "security.groups": "refused",
    "security.policies": "refused",
    pool: "own", // without effect
  },
  "library.lua": { source: "code", modules: "module", imports: "own", method: "own" },
  "store.memory": { max_size: "own", max_bytes: "own", eviction: "own", cleanup_interval: "own" },
  "store.sql": {
    database: "own",
    table_name: "own", // a database is the plugin's own, or granted as a whole
    id_column_name: "own",
    payload_column_name: "own",
    expire_column_name: "own",
    version_column_name: "own",
    create: "own",
    cleanup_interval: "own",
  },
  "store.redis": { database: "own", prefix: "own" }, // a server is granted as a whole
  "db.sql.sqlite": {
    file: { entry: { file: "/var/lib/shop/orders.db" }, asks: "files", name: "/var/lib/shop/orders.db" },
    timeout: "own",
    synchronous: "own",
  },
  "db.sql.postgres": {
    url: { entry: { url: "postgresql://shop:secret@DB.example.com/orders" }, asks: "servers", name: named },
    host: { entry: postgres, asks: "servers", name: named },
    port: { entry: { ...postgres, port: 5433 }, asks: "servers", name: named.replace("5432", "5433") },
    database: { entry: { ...postgres, database: "x" }, asks: "servers", name: named.replace("orders", "x") },
    username: { entry: { ...postgres, username: "root" }, asks: "servers", name: named.replace("shop", "root") },
    password: "with the server",
    tls: "with the server",
    "pool.max": "with the server",
    timeout: "own",
  },
  "db.redis": {
    url: { entry: { url: "redis://:secret@cache:6380/2" }, asks: "servers", name: "redis://cache:6380/2" },
    timeout: "own",
  },
  "env.storage.os": {}, // has the variables that are granted
  "env.storage.static": { values: "own" },
  "env.storage.memory": {},
  "env.variable": { variable: "own", storage: "own", default: "own", readonly: "own" },
};

interface Shape {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly wrapped?: Shape;
  readonly item?: Shape;
}

/** The fields of a schema, those of mappings in it included: `limits.timeout`. */
function fieldsOf(schema: Shape): string[] {
  const { entries } = within(schema);
  return Object.entries(entries ?? {}).flatMap(([name, field]) => {
    const below = fieldsOf(field as Shape);
    return below.length === 0 ? [name] : below.map((other) => `${name}.${other}`);
  });
}

const within = (schema: Shape): Shape =>
  schema.entries !== undefined || (schema.wrapped ?? schema.item) === undefined
    ? schema
    : within((schema.wrapped ?? schema.item)!);

/** `{limits: {timeout: value}}` */
const nested = ([name, ...others]: readonly string[], value: unknown): Readonly<Record<string, unknown>> => ({
  [name!]: others.length === 0 ? value : nested(others, value),
});

const failure = (doing: Promise<unknown>): Promise<MoonkeepError> =>
  doing.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

/** An application, and a plugin `p` with these entries, which asks for the kinds of them. */
async function load(
  entries: readonly EntrySource[],
  manifest: Readonly<Record<string, unknown>> = {},
  grants: Grants = {},
  more: { env?: Record<string, string>; dataFolder?: string; root?: string } = {},
) {
  const root = more.root ?? folder();
  writeFileSync(
    join(root, "registry.yaml"),
    JSON.stringify({ version: "1.0", namespace: "app", entries: everythingAllowed }),
  );
  const host = await Host.open(join(root, "registry.yaml"), { env: more.env ?? {} });
  const asked = [...new Set(entries.map(({ kind }) => kind))];
  const path = writePlugin(root, "p", entries, { kinds: asked, ...manifest });
  try {
    await host.plugins.load(path, { grants: { kinds: asked, ...grants }, dataFolder: more.dataFolder });
  } catch (e) {
    await host.close();
    throw e;
  }
  return { host, root, [Symbol.asyncDispose]: () => host.close() };
}

const count = lua(
  "count",
  `local s = require("store").get("p:s") return function() local n = (s:get("n") or 0) + 1 s:set("n", n) return n end`,
  { modules: ["store"] },
);
/** A store in a SQLite file, and a function that counts in it. */
const counter = (file: string): EntrySource[] => [
  { name: "d", kind: "db.sql.sqlite", file },
  { name: "s", kind: "store.sql", database: "d", table_name: "t" },
  count,
];

describe("what an entry of a plugin names", () => {
  it("has an answer for every field of every kind", () => {
    expect(Object.keys(answers).sort()).toEqual(kinds.map(({ name }) => name).sort());
    for (const { name, schema } of kinds) {
      const answer = answers[name]!;
      if (answer === application) continue;
      expect([name, Object.keys(answer).sort()]).toEqual([name, fieldsOf(schema as Shape).sort()]);
    }
  });

  const asked = Object.entries(answers).flatMap(([kind, fields]) =>
    fields === application
      ? []
      : Object.entries(fields).flatMap(([field, answer]) =>
          typeof answer === "object" ? [[kind, field, answer] as const] : [],
        ),
  );

  it.each(asked)("%s %s: has to be asked for, and granted, by its name", async (kind, _, { entry, asks, name }) => {
    const entries: EntrySource[] = [{ name: "d", kind, ...entry }];
    expect((await failure(load(entries))).message).toMatch(`ask for `);
    const other = asks === "files" ? "/var/lib/other" : name.replace("example", "elsewhere").replace("cache", "other");
    expect((await failure(load(entries, { [asks]: [other] }, { [asks]: [other] }))).message).toMatch("ask for ");
    const error = await failure(load(entries, { [asks]: [name] }));
    expect(error).toMatchObject({ kind: "PERMISSION_DENIED" });
    expect(error.message).toContain(name);
    expect((await failure(load(entries, { [asks]: [name] }, { [asks]: [other] }))).message).toContain(name);
    await using loaded = await load(entries, { [asks]: [name] }, { [asks]: [name] });
    expect(loaded.host.plugins.list[0]).toMatchObject({ [asks]: [name] });
  });

  const places = Object.entries(answers).flatMap(([kind, fields]) =>
    fields === application ? [] : Object.keys(fields).map((field) => [kind, field] as const),
  );

  it.each(places)("%s %s: takes nothing of the environment that is not asked for and granted", async (kind, field) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
    const entry = nested(field.split("."), "${env:SECRET|x}");
    const entries: EntrySource[] = [{ name: "e", kind, ...entry }];
    const env = { SECRET: "hunter2" };
    const { message } = await failure(load(entries, {}, {}, { env }));
    expect(message).toContain("a plugin has to ask for the environment variable SECRET in its manifest, under env");
    const denied = await failure(load(entries, { env: ["SECRET"] }, {}, { env }));
    expect(denied).toMatchObject({ kind: "PERMISSION_DENIED" });
    expect(`${message} ${denied.message}`).not.toContain("hunter2");
  });
});

describe("a plugin's files", () => {
  it("lie in its data folder, beside the registry of the application", async () => {
    await using app = await load(counter("deep/er/x.db"));
    expect(await app.host.call("p:count")).toBe(1);
    expect(existsSync(join(app.root, ".moonkeep/plugins/p/deep/er/x.db"))).toBe(true);
    expect(existsSync(join(app.root, "p/deep"))).toBe(false);
  });

  it("lie where the application says, and stay there over a reload", async () => {
    const dataFolder = join(folder(), "made");
    await using app = await load(counter("x.db"), {}, {}, { dataFolder });
    expect(await app.host.call("p:count")).toBe(1);
    await app.host.plugins.reload("p");
    expect(await app.host.call("p:count")).toBe(2);
    expect(existsSync(join(dataFolder, "x.db"))).toBe(true);
  });

  it.each(["../x.db", "a/../../x.db", "..", "../../data/x.db", "../p/x.db"])(
    "may not be %s, whatever is asked for",
    async (file) => {
      const { message } = await failure(load(counter(file)));
      expect(message).toContain("leads out of the plugin's data folder; to use a file outside, give its absolute path");
      expect((await failure(load(counter(file), { files: [file] }))).message).toContain("expected an absolute path");
    },
  );

  it("may be the application's, where that is granted by name", async () => {
    const file = join(folder(), "shared.db");
    await using app = await load(counter(file), { files: [file] }, { files: [file] });
    expect(await app.host.call("p:count")).toBe(1);
    expect(existsSync(file)).toBe(true);
  });

  it.each([
    ["a file", "x.db", "x.db"],
    ["a folder", "sub", "sub/x.db"],
    ["a journal", "x.db-journal", "x.db"],
    ["a log of writes", "x.db-wal", "x.db"],
    ["its index", "x.db-shm", "x.db"],
  ])("may not lead out of the folder by a link: %s", async (_, link, file) => {
    const root = folder();
    const outside = folder({ "x.db": "" });
    mkdirSync(join(root, ".moonkeep/plugins/p"), { recursive: true });
    symlinkSync(link === "sub" ? outside : join(outside, "x.db"), join(root, ".moonkeep/plugins/p", link));
    expect(await failure(load(counter(file), {}, {}, { root }))).toMatchObject({
      kind: "PERMISSION_DENIED",
      message: `p:d can't be opened: ${file} leads out of the plugin's data folder by a link`,
    });
  });

  it("may not be made through a link to what is not there yet", () => {
    const data = folder();
    symlinkSync(join(folder(), "later"), join(data, "sub"));
    const entry = { id: "p:d", kind: "db.sql.sqlite", config: { file: "sub/x.db" } };
    expect(() => inDataFolder(entry as unknown as Parameters<typeof inDataFolder>[0], data)).toThrow("by a link");
  });

  it("may be links within the folder, which may be one itself", async () => {
    const root = folder();
    const real = folder({ "there/keep": "" });
    mkdirSync(join(root, ".moonkeep/plugins"), { recursive: true });
    symlinkSync(real, join(root, ".moonkeep/plugins/p"));
    symlinkSync(join(real, "there"), join(real, "sub"));
    await using app = await load(counter("sub/x.db"), {}, {}, { root });
    expect(await app.host.call("p:count")).toBe(1);
    expect(existsSync(join(real, "there/x.db"))).toBe(true);
  });
});

describe("a plugin's environment", () => {
  const env = { SHOP_DB: "redis://:secret@cache:6379/0", OTHER: "other" };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
  const redis: EntrySource = { name: "r", kind: "db.redis", url: "${env:SHOP_DB}" };

  it("is what it asks for and is granted; a variable that is a whole field grants what it names", async () => {
    await using app = await load([redis], { env: ["SHOP_DB"] }, { env: ["SHOP_DB"] }, { env });
    expect(app.host.plugins.list[0]).toMatchObject({ env: ["SHOP_DB"], servers: [] });
  });

  it("grants nothing by a part of a field", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
    const parts: EntrySource = { name: "r", kind: "db.sql.postgres", host: "${env:OTHER}", username: "x" };
    const { message } = await failure(load([parts], { env: ["OTHER"] }, { env: ["OTHER"] }, { env }));
    expect(message).toContain("host: a plugin has to ask for the server in its manifest, under servers");
  });

  it("is all that env.variable and env.storage.os have", async () => {
    const read = lua("read", 'return function(name) return require("env").get(name) end', { modules: ["env"] });
    const variables = ["SHOP_DB", "OTHER"].map((variable) => ({
      name: `v_${variable}`,
      kind: "env.variable",
      variable,
    }));
    const os = { name: "os", kind: "env.storage.os" };
    const permissions = [{ actions: "env.get", resources: "*" }];
    const asks = { env: ["SHOP_DB"], permissions: [{ actions: "env.get", resources: "*" }] };
    await using app = await load([read, os, ...variables], asks, { env: ["SHOP_DB"], permissions }, { env });
    expect(await app.host.call("p:read", ["SHOP_DB"])).toBe(env.SHOP_DB);
    expect(await failure(app.host.call("p:read", ["OTHER"]))).toMatchObject({ kind: "NOT_FOUND" });
  });
});

/** A Redis server that leads whoever asks for a key to another node. */
async function leading(to: (port: number) => string): Promise<number> {
  const port = await freePort();
  const fake = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (sent) => {
      for (const command of sent.toString("latin1").split(/(?=\*\d+\r\n\$)/)) {
        if (/info/i.test(command)) socket.write("$9\r\nloading:0\r\n");
        else socket.write(/select|client|hello/i.test(command) ? "+OK\r\n" : `-MOVED 1 ${to(port)}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => fake.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void fake.close());
  return port;
}

/** A server that only counts who comes. */
async function counting(): Promise<{ readonly port: number; readonly came: () => number }> {
  const port = await freePort();
  let came = 0;
  const fake = createServer((socket) => {
    came++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => fake.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void fake.close());
  return { port, came: () => came };
}

describe("a Redis server of a plugin that leads to another one", () => {
  const read = lua(
    "read",
    `local s = require("store").get("p:s") return function() local v, e = s:get("k") return tostring(e) end`,
    { modules: ["store"] },
  );
  const store = (port: number): EntrySource[] => [
    { name: "d", kind: "db.redis", url: `redis://127.0.0.1:${port}/0` },
    { name: "s", kind: "store.redis", database: "d", prefix: "app:secrets" },
    read,
  ];
  const named = (port: number, more = "/0") => `redis://127.0.0.1:${port}${more}`;

  it.each([
    ["another port", (port: number) => `127.0.0.1:${port}`],
    ["another name", (port: number) => `localhost:${port}`],
    ["another way to write its address", (port: number) => `2130706433:${port}`],
    ["the same by IPv6", (port: number) => `::ffff:127.0.0.1:${port}`],
    ["its own host", (port: number) => `:${port}`],
  ])("is not followed to one that is not granted: %s", async (_, at) => {
    const other = await counting();
    const port = await leading(() => at(other.port));
    const servers = [named(port), named(other.port, "/1")];
    await using app = await load(store(port), { servers }, { servers });
    const said = await app.host.call("p:read");
    expect(said).toContain(`redis at 127.0.0.1:${port} can't be used: its cluster leads to `);
    expect(said).toContain(", which the plugin is not granted");
    expect(other.came()).toBe(0);
  });

  it("is followed to one that is granted", async () => {
    const other = await counting();
    const port = await leading(() => `127.0.0.1:${other.port}`);
    const servers = [named(port), named(other.port)];
    await using app = await load(store(port), { servers }, { servers });
    expect(await app.host.call("p:read")).toContain(`redis at 127.0.0.1:${other.port} can't be reached`);
    expect(other.came()).toBeGreaterThan(0);
  });

  it.each(["bad host name!/?#:1", ":::1", `${"x".repeat(100_000)}:1`, "nonsense"])(
    "goes nowhere with what is not an address",
    async (address) => {
      const port = await leading(() => address);
      await using app = await load(store(port), { servers: [named(port)] }, { servers: [named(port)] });
      const said = String(await app.host.call("p:read"));
      expect(said).toContain(`redis at 127.0.0.1:${port} can't be used: `);
      expect(said).toMatch(address.length > 2 ** 16 ? "its answer is too long and can't be read" : "its cluster ");
      expect(said.length).toBeLessThan(1000);
    },
  );
});

describe("the name of a server", () => {
  it.each([
    ["postgresql://Shop:secret@DB.Example.com/orders", "postgres://Shop@db.example.com:5432/orders"],
    ["postgres://shop@db", "postgres://shop@db:5432/shop"],
    ["redis://cache", "redis://cache:6379/0"],
    ["rediss://u:p@[::1]:7000/3", "rediss://u@[::1]:7000/3"],
    ["http://cache", undefined],
    ["redis:", undefined],
    ["no url", undefined],
  ])("of %s is %s", (url, name) => expect(serverName(url)).toBe(name));

  it("is none for a host that brings other parts along, or is a path", () => {
    for (const host of ["evil@db", "db/x", "db:1", "/var/run/postgresql", "db#", "db?"]) {
      expect(serverName(`postgres://u@${host}:5432/d`, host)).toBeUndefined();
    }
  });
});
