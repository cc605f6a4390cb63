import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { defineModule, fn, type ModuleCall, param, plain } from "../../src/index.ts";
import { folder } from "../registry/support.ts";
import { type EntrySource, everythingAllowed, memory, policy, ScriptHost, stopClock } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";

const failure = (doing: Promise<unknown>): Promise<MoonkeepError> =>
  doing.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

const hello = lua("hello", 'return function(name) return "hello, " .. name end');

/** An application with these entries, in which everything is allowed to its own scripts. */
const open = (...entries: readonly EntrySource[]) => ScriptHost.open([...entries, ...everythingAllowed]);

describe("a plugin", () => {
  it("is loaded from its folder, and its functions are called by its name", async () => {
    await using app = await open();
    const info = await app.host.plugins.load(writePlugin(folder(), "greeter", [hello], { description: "greets" }));
    expect(info).toMatchObject({ name: "greeter", version: "1.0.0", functions: ["greeter:hello"], suspended: false });
    expect(app.host.plugins.list).toEqual([info]);
    expect(await app.host.call("greeter:hello", ["Ada"])).toBe("hello, Ada");
  });

  it("runs in threads that can be killed, when the application wants that", async () => {
    await using app = await ScriptHost.open(everythingAllowed, { workers: { spares: 0 } });
    const entries = [hello, lua("spin", "return function() while true do end end")];
    await app.host.plugins.load(writePlugin(folder(), "greeter", entries), { isolation: "worker" });
    expect(await app.host.call("greeter:hello", ["Ada"])).toBe("hello, Ada");
    const spin = app.host.call("greeter:spin", [], { timeout: 200 }).catch((e: MoonkeepError) => e.name);
    const meanwhile = app.run("return 1"); // the host's thread is free
    expect(await Promise.race([spin, meanwhile])).toBe(1);
    expect(await spin).toBe("LimitError");
  });

  it("is called by scripts that may", async () => {
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), "greeter", [hello]));
    expect(await app.run('return require("funcs").call("greeter:hello", "Lua")')).toBe("hello, Lua");
  });

  it("acts as itself, whoever calls it", async () => {
    await using app = await open();
    const who = lua("who", 'return function() return require("security").actor():id() end', { modules: ["security"] });
    await app.host.plugins.load(writePlugin(folder(), "greeter", [who]));
    expect(await app.host.call("greeter:who", [], { actor: "root" })).toBe("plugin:greeter");
    expect(await app.run('return require("funcs").call("greeter:who")')).toBe("plugin:greeter");
  });

  it("has stores of its own, and functions that call each other, without being granted anything", async () => {
    const count = `local s = require("store").get("counter:counts")
      return function() local n = (s:get("n") or 0) + 1 s:set("n", n) return n end`;
    const twice =
      'return function() local f = require("funcs") f.call("counter:count") return f.call("counter:count") end';
    const entries = [
      memory("counts"),
      lua("count", count, { modules: ["store"] }),
      lua("twice", twice, { modules: ["funcs"] }),
    ];
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), "counter", entries));
    expect(await app.host.call("counter:twice")).toBe(2);
    expect(await app.host.store("counter:counts").get("n")).toBe(2);
  });

  it("hands the context of whoever calls along", async () => {
    const lang = lua("lang", 'return function() return require("ctx").get("lang") end', { modules: ["ctx"] });
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), "greeter", [lang]));
    expect(await app.host.call("greeter:lang", [], { context: { lang: "fr" } })).toBe("fr");
  });
});

describe("what a plugin asks for", () => {
  const read = lua(
    "read",
    `return function(key) local s, e = require("store").get("app:orders")
    if e then return nil, e end return s:get(key) end`,
    { modules: ["store"] },
  );
  const asks = {
    permissions: [{ actions: ["store.get", "store.key.get"], resources: "app:orders", reason: "to greet" }],
  };

  it("has to be granted", async () => {
    await using app = await open(memory("orders"));
    const error = await failure(app.host.plugins.load(writePlugin(folder(), "reader", [read], asks)));
    expect(error).toMatchObject({
      kind: "PERMISSION_DENIED",
      message:
        "plugin reader asks for things that it is not granted: store.get on app:orders (to greet); store.key.get on app:orders (to greet)",
    });
    expect(app.host.plugins.list).toEqual([]);
  });

  it.each([
    ["all of it", "all"],
    ["by permissions", { permissions: [{ actions: "store.*", resources: "app:*" }] }],
    ["by a group of policies", { groups: ["app:readers"] }],
    ["by single policies", { policies: ["app:reading"] }],
  ] as const)("can be granted %s", async (_, grants) => {
    await using app = await open(
      memory("orders"),
      policy("reading", "allow", ["store.get", "store.key.get"], "app:orders", { groups: ["readers"] }),
    );
    await app.host.store("app:orders").set("a", 1);
    await app.host.plugins.load(writePlugin(folder(), "reader", [read], asks), { grants });
    expect(await app.host.call("reader:read", ["a"])).toBe(1);
  });

  it("is all that it can do, however much it is granted", async () => {
    const write = lua(
      "write",
      `return function() local s, e = require("store").get("app:orders")
      if e then return nil, e end return s:set("a", 2) end`,
      { modules: ["store"] },
    );
    await using app = await open(memory("orders"));
    const grants = { permissions: [{ actions: "*", resources: "*" }], groups: ["app:all"] };
    await app.host.plugins.load(writePlugin(folder(), "reader", [read, write], asks), { grants });
    expect(await failure(app.host.call("reader:write"))).toMatchObject({
      kind: "PERMISSION_DENIED",
      details: {
        actor: "plugin:reader",
        policy: "plugin:reader/asked",
        allow: expect.stringMatching(/^permissions:\n {2}- actions: \["store\..*"\]\n {4}resources: /),
      },
    });
  });

  it("is subject to the conditions of the policies that grant it", async () => {
    const conditions = [{ field: "meta.key", operator: "matches", value: "^open:" }];
    await using app = await open(
      memory("orders"),
      policy("opening", "allow", "store.get", "*", { groups: ["readers"] }),
      policy("reading", "allow", "store.key.get", "app:orders", { groups: ["readers"], conditions }),
    );
    await app.host.plugins.load(writePlugin(folder(), "reader", [read], asks), {
      grants: { groups: ["app:readers"] },
    });
    expect(await app.host.call("reader:read", ["open:1"])).toBeUndefined();
    expect((await failure(app.host.call("reader:read", ["secret"]))).kind).toBe("PERMISSION_DENIED");
  });

  it("can be a module of the application, which it does not get otherwise", async () => {
    const mail = defineModule("mail", { send: plain([], () => "sent") });
    const f = lua("f", 'return function() return require("mail").send() end', { modules: ["mail"] });
    await using app = await ScriptHost.open(everythingAllowed, { modules: [mail] });
    const root = folder();
    expect((await failure(app.host.plugins.load(writePlugin(root, "a", [f])))).message).toMatch(
      /entries\[0\]\.modules\[0\]: a plugin has to ask for the application's module mail/,
    );
    const path = writePlugin(root, "a", [f], { modules: ["mail"] });
    expect((await failure(app.host.plugins.load(path))).message).toMatch(/not granted: the module mail$/);
    await app.host.plugins.load(path, { grants: { modules: ["mail"] } });
    expect(await app.host.call("a:f")).toBe("sent");
  });

  it("lets it call functions of the application, which run under what the plugin may", async () => {
    const can = 'return function() return require("security").can("store.get", "app:orders") end';
    await using app = await open(memory("orders"), lua("can", can, { modules: ["security"] }));
    const f = lua("f", 'return function() return require("funcs").call("app:can") end', { modules: ["funcs"] });
    const permissions = [{ actions: "funcs.call", resources: "app:can" }];
    await app.host.plugins.load(writePlugin(folder(), "p", [f], { permissions }), { grants: "all" });
    expect(await app.host.call("p:f")).toBe(false);
  });
});

describe("a plugin is refused", () => {
  const problem = async (
    entries: readonly EntrySource[],
    manifest: Readonly<Record<string, unknown>> = {},
    application: readonly EntrySource[] = [],
  ) => {
    await using app = await open(...application);
    const error = await failure(
      app.host.plugins.load(writePlugin(folder(), "p", entries, manifest), { grants: "all" }),
    );
    expect(app.host.plugins.list).toEqual([]);
    return error.message;
  };

  it.each([
    [
      { name: "p.q" },
      /plugin\.yaml:1:\d+: name: expected a small letter, and then small letters, digits, _ and -, at most 64; got "p\.q"$/,
    ],
    [{ version: "one" }, /version: expected a version such as 1\.2\.0, got "one"$/],
    [{ moonkeep: "^7" }, /moonkeep: the plugin works with moonkeep \^7, but this is 0\.\d+\.\d+$/],
    [{ moonkeep: "newest" }, /moonkeep: expected a range of versions such as \^0\.2, got "newest"$/],
    [
      { hooks: [{ on: "x", call: "helo" }] },
      /hooks\[0\]\.call: there is no function "p:helo"; did you mean "p:hello"\?$/,
    ],
    [{ permission: [] }, /unknown field "permission"; did you mean "permissions"\?$/],
  ])("with the manifest %j", async (manifest, message) => {
    expect(await problem([hello], manifest)).toMatch(message);
  });

  it.each([
    [policy("mine", "allow", "*"), /entries\[0\]\.kind: only the application decides who acts under which policies/],
    [{ name: "h", kind: "host.config" }, /entries\[0\]\.kind: only the application decides who acts/],
    [
      { name: "d", kind: "db.sql.sqlite", file: "x.db" },
      /entries\[0\]\.kind: a plugin has to ask for entries of kind db\.sql\.sqlite/,
    ],
    [
      lua("f", "return print", { security: { actor: { id: "root" } } }),
      /entries\[0\]\.security: a plugin's functions act as the plugin/,
    ],
    [lua("f", "return function("), /entries\[0\]\.source: line 1: /],
    [lua("f", "file://../../etc/passwd"), /leads outside the registry's folder/],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
      lua("f", "return '${env:HOME}'"),
      /a plugin has to ask for the environment variable HOME in its manifest, under env$/,
    ],
  ] as const)("with the entry %j", async (entry, message) => {
    expect(await problem([entry as EntrySource])).toMatch(message);
  });

  it("with entries of another namespace", async () => {
    const path = writePlugin(folder(), "p", []);
    writeFileSync(join(path, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: "app", entries: [hello] }));
    await using app = await open();
    expect((await failure(app.host.plugins.load(path))).message).toMatch(/must be in the namespace p, not app$/);
  });

  it("with files that lie elsewhere", async () => {
    const root = folder();
    const path = writePlugin(root, "p", [hello]);
    writeFileSync(join(root, "other.yaml"), "secret: 1");
    rmSync(join(path, "plugin.yaml"));
    symlinkSync(join(root, "other.yaml"), join(path, "plugin.yaml"));
    await using app = await open();
    const { message } = await failure(app.host.plugins.load(path));
    expect(message).toMatch(/plugin\.yaml: this link leads outside the plugin's folder$/);
  });

  it("when its name is taken: by another plugin, or by the application", async () => {
    await using app = await open();
    const path = writePlugin(folder(), "p", [hello]);
    await app.host.plugins.load(path);
    expect(await failure(app.host.plugins.load(path))).toMatchObject({ kind: "ALREADY_EXISTS" });
    const registry = JSON.stringify({ version: "1.0", namespace: "p.deep", entries: [memory("s")] });
    await using other = await Host.open(join(folder({ "registry.yaml": registry }), "registry.yaml"));
    const own = await failure(other.plugins.load(path));
    expect(own.message).toMatch(/p\.deep:s of the registry is in its namespace$/);
  });
});

describe("a plugin's name", () => {
  const load = async (name: string) => {
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), name, []));
  };

  it.each(["a", "my-plugin_2", "x".repeat(64)])("may be %s", (name) => load(name));

  it.each(["Greeter", "_x", "-x", "2x", "a.b", "a:b", "a b", "ünï", "__proto__", "x".repeat(65), ".."])(
    "may not be %s: it is a namespace, a part of an actor and a folder",
    async (name) => {
      const path = writePlugin(folder(), "x", [], { name });
      await using app = await open();
      const { message } = await failure(app.host.plugins.load(path));
      expect(message).toMatch(
        /plugin\.yaml:1:9: name: expected a small letter, and then small letters, digits, _ and -/,
      );
    },
  );

  it.each(["plugin", "app", "host", "moonkeep", "security", "store", "env", "events", "funcs", "logger", "db", "json"])(
    "may not be the word %s",
    async (name) => {
      expect((await failure(load(name))).message).toContain(`name: "${name}" is a word of moonkeep's own`);
    },
  );

  it("is no way to actors that are called as if they were its entries", async () => {
    const make = lua("make", 'return function(id) return tostring(require("security").new_actor(id)) end', {
      modules: ["security"],
    });
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), "user", [make]));
    const denied = await failure(app.host.call("user:make", ["user:alice"]));
    expect(denied.message).toContain("not allowed to create actor: user:alice");
    const asks = { permissions: [{ actions: "security.actor.create", resources: "staff:*" }] };
    await app.host.plugins.load(writePlugin(folder(), "staff", [make], asks), { grants: "all" });
    expect(await app.host.call("staff:make", ["staff:bob"])).toBe("security.Actor{staff:bob}");
  });

  it.each(["https", "http", "file", "evil"])("is not what a module means that calls something %s:", async (name) => {
    const web = defineModule("web", {
      may: fn([param.text("action"), param.text("url")], (call: ModuleCall, action, url) => call.can(action, url, {})),
    });
    const f = lua("f", 'return function(...) return require("web").may(...) end', { modules: ["web"] });
    await using app = await ScriptHost.open(everythingAllowed, { modules: [web] });
    await app.host.plugins.load(writePlugin(folder(), name, [f, memory("s")], { modules: ["web"] }), {
      grants: { modules: ["web"] },
    });
    for (const resource of [`${name}://a.example/`, `${name}:443`, `${name}.com:443`]) {
      for (const action of ["web.get", "events.send", "logger.write", "store", "storefront.open"]) {
        expect(await app.host.call(`${name}:f`, [action, resource])).toBe(false);
      }
    }
    expect(await app.host.call(`${name}:f`, ["store.get", `${name}:s`])).toBe(true);
  });

  it("is that of namespaces below it, which are its own, too", async () => {
    const root = folder();
    const path = writePlugin(root, "p", []);
    const f = lua("f", 'local s = require("store").get("p.deep:s") return function() return s:set("k", 1) end', {
      modules: ["store"],
    });
    const registry = { version: "1.0", namespace: "p.deep", entries: [memory("s"), f] };
    writeFileSync(join(path, "registry.yaml"), JSON.stringify(registry));
    await using app = await open();
    await app.host.plugins.load(path);
    expect(await app.host.call("p.deep:f")).toBe(true);
  });
});

describe("a plugin's limits", () => {
  const spin = lua("spin", "return function() while true do end end", {
    limits: { timeout: 0, instructions: 0, memory: 0 },
  });

  it("are what it says, as far as the application lets it", async () => {
    await using app = await open();
    await app.host.plugins.load(writePlugin(folder(), "p", [spin]), { limits: { instructions: 5000 } });
    expect(await failure(app.host.call("p:spin"))).toMatchObject({ limit: "instructions", value: 5000 });
  });

  it.each([
    ["a file that many entries name", "file://code.lua"],
    ["code that is written in its entries", `return function() return 1 end --${"x".repeat(10_000)}`],
  ])("hold for %s, before any of it is compiled", async (_, source) => {
    const root = folder();
    const entries = Array.from({ length: 10 }, (_, i) => lua(`f${i}`, source));
    const path = writePlugin(root, "p", entries);
    writeFileSync(join(path, "code.lua"), `return function() return 1 end --${"x".repeat(10_000)}`);
    await using app = await open();
    const refused =
      /entries\[6\]\.source: all code together is larger than 64KiB; if that is meant, whoever loads it .*codeBytes/;
    await expect(app.host.plugins.load(path, { codeBytes: "64KiB" })).rejects.toThrow(refused);
    await app.host.plugins.load(path, { codeBytes: "128KiB" });
    expect(await app.host.call("p:f9")).toBe(1);
    await app.host.plugins.reload("p");
    await expect(app.host.plugins.reload("p", { codeBytes: "64KiB" })).rejects.toThrow(refused);
  });

  it("hold for a megabyte of code when nothing is said", async () => {
    const root = folder();
    const path = writePlugin(root, "p", [lua("f", "file://code.lua"), lua("g", "file://code.lua")]);
    writeFileSync(join(path, "code.lua"), `return function() return 1 end --${"x".repeat(600_000)}`);
    await using app = await open();
    await expect(app.host.plugins.load(path)).rejects.toThrow("all code together is larger than 1MiB");
  });

  it("hold for how many entries it has", async () => {
    await using app = await open();
    const entries = (n: number) =>
      Array.from({ length: n }, (_, i) =>
        i % 2 === 0 ? memory(`s${i}`) : lua(`f${i}`, "return function() return 1 end"),
      );
    const refused = /entries\[1000\]: there can be at most 1000 entries, got 1001$/;
    await expect(app.host.plugins.load(writePlugin(folder(), "p", entries(1001)))).rejects.toThrow(refused);
    await app.host.plugins.load(writePlugin(folder(), "p", entries(1000)));
    expect(await app.host.call("p:f999")).toBe(1);
  });

  it.each(["actions", "resources"])("hold for how long its %s are", async (field) => {
    await using app = await open();
    const load = (length: number) => {
      const permissions = [{ actions: "a", resources: "b", [field]: ["x", "y".repeat(length)] }];
      return app.host.plugins.load(writePlugin(folder(), "p", [hello], { permissions }), { grants: "all" });
    };
    await expect(load(1025)).rejects.toThrow(/permissions\[0\]: an action and a resource can have at most 1024 char/);
    expect((await load(1024)).name).toBe("p");
  });

  const many = (n: number, item: (i: number) => unknown) => Array.from({ length: n }, (_, i) => item(i));
  it.each([
    ["permissions", (n: number) => many(n, () => ({ actions: ["a"], resources: "*" }))],
    [
      "permissions",
      (n: number) => [
        { actions: many(n - 500, (i) => `a${i}`), resources: "*" },
        { actions: many(50, (i) => `b${i}`), resources: many(10, (i) => `r${i}`) },
      ],
    ],
    ["modules", (n: number) => many(n, (i) => `m${i}`)],
    ["kinds", (n: number) => many(n, (i) => `db.k${i}`)],
    ["files", (n: number) => many(n, (i) => `/f${i}`)],
    ["servers", (n: number) => many(n, (i) => `redis://h${i}:6379/0`)],
    ["env", (n: number) => many(n, (i) => `V${i}`)],
    ["hooks", (n: number) => many(n, () => ({ on: "x", call: "hello" }))],
  ])("hold for how much it asks for: %s", async (list, make) => {
    await using app = await open();
    const load = (n: number) =>
      app.host.plugins.load(writePlugin(folder(), "p", [hello], { [list]: make(n) }), { grants: "all" });
    await expect(load(1001)).rejects.toThrow(
      new RegExp(`plugin\\.yaml.*: ${list}: a plugin can .* at most 1000 ${list}.* got 1001$`),
    );
    expect((await load(1000)).name).toBe("p");
  });

  it("hold for what its memory stores keep", async () => {
    const fill = `local s = require("store").get("p:s") return function()
      for i = 1, 100 do local _, e = s:set("k" .. i, ("x"):rep(10000)) if e then return nil, e end end end`;
    await using app = await open();
    const entries = [memory("s", { max_size: 0 }), lua("fill", fill, { modules: ["store"] })];
    await app.host.plugins.load(writePlugin(folder(), "p", entries), { storeBytes: "100KiB" });
    expect(await failure(app.host.call("p:fill"))).toMatchObject({ kind: "UNAVAILABLE", message: "store is full" });
  });
});

describe("another version", () => {
  const count = (step: number) =>
    lua(
      "count",
      `local s = require("store").get("p:counts")
    return function() local n = (s:get("n") or 0) + ${step} s:set("n", n) return n end`,
      { modules: ["store"] },
    );

  it("takes the place of the one before, which keeps its stores", async () => {
    const root = folder();
    await using app = await open();
    await app.host.plugins.load(writePlugin(root, "p", [memory("counts"), count(1)]));
    expect(await app.host.call("p:count")).toBe(1);
    writePlugin(root, "p", [memory("counts"), count(10)], { version: "2.0.0" });
    expect((await app.host.plugins.reload("p")).version).toBe("2.0.0");
    expect(await app.host.call("p:count")).toBe(11);
  });

  it.each([
    ["does not parse", [lua("count", "return (")], {}],
    ["asks for more than it is granted", [count(2)], { permissions: [{ actions: "*", resources: "*" }] }],
    ["has another name", [], { name: "q" }],
  ] as const)("that %s leaves the one before running", async (_, entries, manifest) => {
    const root = folder();
    await using app = await open();
    await app.host.plugins.load(writePlugin(root, "p", [memory("counts"), count(1)]));
    await app.host.call("p:count");
    writePlugin(root, "p", entries, manifest);
    await failure(app.host.plugins.reload("p"));
    expect(await app.host.call("p:count")).toBe(2);
    expect(app.host.plugins.list).toMatchObject([{ name: "p", version: "1.0.0" }]);
  });

  it("leaves calls that run in the version that they began in, as unloading does", async () => {
    const waiting: (() => void)[] = [];
    const gate = defineModule("gate", { wait: fn([], () => new Promise<void>((resolve) => waiting.push(resolve))) });
    const slow = lua(
      "slow",
      `local s = require("store").get("p:counts") return function()
      require("gate").wait() local _, e = s:set("k", 1) if e then return nil, e end return "old" end`,
      { modules: ["store", "gate"] },
    );
    const root = folder();
    await using app = await ScriptHost.open(everythingAllowed, { modules: [gate] });
    const asks = { modules: ["gate"] };
    await app.host.plugins.load(writePlugin(root, "p", [memory("counts"), slow], asks), { grants: "all" });
    const running = app.host.call("p:slow");
    await expect.poll(() => waiting.length).toBe(1);
    writePlugin(root, "p", [lua("slow", 'return function() return "new" end')]);
    await app.host.plugins.reload("p");
    expect(await app.host.call("p:slow")).toBe("new");
    const unloaded = app.host.plugins.unload("p");
    expect(await failure(app.host.call("p:slow"))).toMatchObject({ kind: "NOT_FOUND" });
    waiting[0]!();
    expect(await running).toBe("old");
    await unloaded;
    expect(await failure(app.host.plugins.unload("p"))).toMatchObject({ kind: "NOT_FOUND" });
  });
});

describe("host.hooks", () => {
  const say = (name: string, text: string) => lua(name, `return function(order) return order.id .. " ${text}" end`);
  const on = (call: string, more: object = {}) => ({ hooks: [{ on: "order.created", call, ...more }] });

  it("tells subscribers by priority, then in the order in which they were loaded", async () => {
    const root = folder();
    await using app = await open();
    await app.host.plugins.load(writePlugin(root, "a", [say("f", "a")], on("f")));
    await app.host.plugins.load(writePlugin(root, "b", [say("f", "b")], on("f", { priority: -1 })));
    await app.host.plugins.load(writePlugin(root, "c", [say("f", "c")], on("f")));
    writePlugin(root, "a", [say("f", "a2")], on("f"));
    await app.host.plugins.reload("a");
    const reports = await app.host.hooks.emit("order.created", { id: 7 });
    expect(reports.map(({ plugin, ok, value }) => [plugin, ok, value])).toEqual([
      ["b", true, "7 b"],
      ["a", true, "7 a2"],
      ["c", true, "7 c"],
    ]);
    expect(await app.host.hooks.emit("order.deleted")).toEqual([]);
  });

  it("reports one that fails, and tells the others all the same", async () => {
    const root = folder();
    await using app = await open();
    await app.host.plugins.load(writePlugin(root, "a", [lua("f", 'return function() error("no", 0) end')], on("f")));
    await app.host.plugins.load(
      writePlugin(root, "b", [lua("f", "return function() while true do end end")], on("f", { timeout: "20ms" })),
    );
    await app.host.plugins.load(writePlugin(root, "c", [say("f", "c")], on("f")));
    const reports = await app.host.hooks.emit("order.created", { id: 1 });
    expect(reports.map(({ function: id, ok, error }) => [id, ok, error?.kind, error?.message])).toEqual([
      ["a:f", false, "UNKNOWN", "no"],
      ["b:f", false, "TIMEOUT", "the script was stopped: it ran longer than its time limit of 20ms"],
      ["c:f", true, undefined, undefined],
    ]);
  });

  it("tells the log of the host of one that fails", async () => {
    const lines: unknown[] = [];
    await using app = await ScriptHost.open(everythingAllowed, { log: ({ time: _, ...line }) => lines.push(line) });
    const failing = lua("f", 'return function() error("no", 0) end');
    await app.host.plugins.load(writePlugin(folder(), "p", [failing], on("f")), { failures: 1 });
    await app.host.hooks.emit("order.created", {});
    const fields = { plugin: "p", function: "p:f", kind: "UNKNOWN", suspended: true };
    const line = { level: "warn", name: "plugins", message: "p:f failed: no", actor: "plugin:p", fields };
    expect(lines).toEqual([line]);
  });

  it("tells the versions that were there when it began, whatever is loaded meanwhile", async () => {
    const root = folder();
    const waiting: (() => void)[] = [];
    const gate = defineModule("gate", { wait: fn([], () => new Promise<void>((resolve) => waiting.push(resolve))) });
    const slow = lua("f", 'return function() require("gate").wait() end', { modules: ["gate"] });
    const count = lua("f", 'local s = require("store").get("b:s") return function() return s:set("k", 1) end', {
      modules: ["store"],
    });
    await using app = await ScriptHost.open(everythingAllowed, { modules: [gate] });
    await app.host.plugins.load(writePlugin(root, "a", [slow], { ...on("f"), modules: ["gate"] }), { grants: "all" });
    await app.host.plugins.load(writePlugin(root, "b", [memory("s"), count], on("f")));
    const telling = app.host.hooks.emit("order.created", {});
    await expect.poll(() => waiting.length).toBe(1);
    writePlugin(root, "b", [], {});
    await app.host.plugins.reload("b");
    waiting[0]!();
    expect((await telling).map(({ plugin, ok }) => [plugin, ok])).toEqual([
      ["a", true],
      ["b", true],
    ]);
  });

  it("refuses a timeout that is none", async () => {
    await using app = await open();
    await expect(app.host.hooks.emit("x", {}, { timeout: 0 })).rejects.toThrow(RangeError);
  });

  it("gives each a copy", async () => {
    const root = folder();
    const change = lua("f", "return function(order) order.id = order.id + 1 return order.id end");
    await using app = await open();
    for (const name of ["a", "b"]) await app.host.plugins.load(writePlugin(root, name, [change], on("f")));
    expect((await app.host.hooks.emit("order.created", { id: 1 })).map(({ value }) => value)).toEqual([2, 2]);
  });

  it("leaves out a plugin that fails again and again, and tries it again later", async () => {
    const clock = stopClock();
    let works = false;
    const state = defineModule("state", { works: plain([], () => works) });
    const f = lua("f", 'return function() if not require("state").works() then error("down", 0) end return 1 end', {
      modules: ["state"],
    });
    await using app = await ScriptHost.open(everythingAllowed, { modules: [state] });
    const path = writePlugin(folder(), "p", [f], { ...on("f"), modules: ["state"] });
    await app.host.plugins.load(path, { grants: "all", failures: 2, cooldown: "10s" });
    const emit = async () => (await app.host.hooks.emit("order.created", {}))[0]!.error?.message;
    expect([await emit(), await emit(), await emit()]).toEqual([
      "down",
      "down",
      "plugin p is suspended after repeated failures; it is tried again every 10s",
    ]);
    expect(app.host.plugins.list[0]!.suspended).toBe(true);
    clock.advance(10_000);
    expect([await emit(), await emit()]).toEqual(["down", expect.stringContaining("suspended")]);
    works = true;
    clock.advance(10_000);
    expect([await emit(), await emit()]).toEqual([undefined, undefined]);
    expect(app.host.plugins.list[0]!.suspended).toBe(false);
  });

  it("tells nobody any more when its signal says so", async () => {
    const root = folder();
    await using app = await open();
    for (const name of ["a", "b"]) await app.host.plugins.load(writePlugin(root, name, [say("f", name)], on("f")));
    const controller = new AbortController();
    controller.abort();
    expect(await app.host.hooks.emit("order.created", { id: 1 }, { signal: controller.signal })).toEqual([]);
  });
});

describe("plugins and a registry that is read again", () => {
  it("use at most what a call of the application may use in the new version", async () => {
    const root = folder();
    const path = join(root, "registry.yaml");
    const write = (instructions: number) => {
      const config = { name: "h", kind: "host.config", limits: { instructions } };
      writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries: [config] }));
    };
    write(50_000);
    await using host = await Host.open(path);
    const spin = lua("spin", "return function() while true do end end", { limits: { instructions: 0 } });
    await host.plugins.load(writePlugin(root, "p", [spin]));
    expect(await failure(host.call("p:spin"))).toMatchObject({ value: 50_000 });
    write(5000);
    await host.reload();
    expect(await failure(host.call("p:spin"))).toMatchObject({ value: 5000 });
  });

  it("go on under the policies of the new version", async () => {
    const root = folder();
    const path = join(root, "registry.yaml");
    const write = (...entries: readonly EntrySource[]) =>
      writeFileSync(
        path,
        JSON.stringify({ version: "1.0", namespace: "app", entries: [...entries, ...everythingAllowed] }),
      );
    const reading = policy("reading", "allow", "store.get", "app:cache", { groups: ["readers"] });
    write(memory("cache"), reading);
    await using host = await Host.open(path);
    const f = lua("f", 'return function() return (require("security").can("store.get", "app:cache")) end', {
      modules: ["security"],
    });
    const asks = { permissions: [{ actions: "store.get", resources: "app:cache" }] };
    await host.plugins.load(writePlugin(root, "p", [f], asks), { grants: { groups: ["app:readers"] } });
    expect(await host.call("p:f")).toBe(true);
    write(memory("cache"), reading, policy("never", "deny", "store.get", "*", { groups: ["readers"] }));
    await host.reload();
    expect(await host.call("p:f")).toBe(false);
    write(memory("cache"), policy("other", "allow", "x", "*", { groups: ["readers"] }));
    expect((await failure(host.reload())).kind).toBe("PERMISSION_DENIED");
    expect(host.registry.get("app:never")).toBeDefined();
  });
});
