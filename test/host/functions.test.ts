import { describe, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { defineModule, fn, plain } from "../../src/lua/boundary/module.ts";
import { acting, type EntrySource, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

const lua = (name: string, source: string, more: Readonly<Record<string, unknown>> = {}): EntrySource => ({
  name,
  kind: "function.lua",
  source,
  ...more,
});
const library = (name: string, source: string, more: Readonly<Record<string, unknown>> = {}): EntrySource => ({
  ...lua(name, source, more),
  kind: "library.lua",
});
const tick = defineModule("tick", {
  wait: fn([], () => new Promise((resolve) => setImmediate(() => resolve("waited")))),
});
const forever = defineModule("forever", { wait: fn([], () => new Promise(() => {})) });

/** A host with these entries, where everything is allowed. */
const open = (...entries: readonly EntrySource[]) =>
  ScriptHost.open([...entries, ...everythingAllowed], { modules: [tick, forever] });

/** What a call fails with. */
async function failure(call: Promise<unknown>): Promise<MoonkeepError> {
  try {
    await call;
  } catch (e) {
    if (e instanceof MoonkeepError) return e;
    throw e;
  }
  throw new Error("the call did not fail");
}

describe("functions that call each other", () => {
  /** How many small calls of JavaScript there is room for. */
  const probe = defineModule("probe", {
    room: plain([], () => {
      let room = 0;
      const deeper = (): void => {
        room++;
        deeper();
      };
      try {
        deeper();
      } catch {}
      return room;
    }),
  });
  const source = `return function(n, levels, kind)
    local funcs, kinds = require("funcs"), {
      pcall = function(go) local ok, v = pcall(go) if not ok then error(v, 0) end return v end,
      gsub = function(go) local v ("x"):gsub("x", function() v = go() end) return v end,
      index = function(go) local v local _ = setmetatable({}, {__index = function() v = go() end}).x return v end,
      sort = function(go) local v table.sort({1, 2}, function(a, b) v = v or go() return a < b end) return v end,
      unpack = function(go)
        local v table.unpack(setmetatable({}, {__index = function() v = v or go() return 1 end}), 1, 1) return v
      end,
      coroutine = function(go) return coroutine.wrap(go)() end,
    }
    local function down(level)
      if level > 0 then
        local least = require("probe").room()
        local ok, v = pcall(function() return kinds[kind](function() return down(level - 1) end) end)
        return ok and v and math.min(least, v) or least
      end
      if n == 0 then return require("probe").room() end
      local v, e = funcs.call("app:f", n - 1, levels, kind)
      return v or e and require("probe").room()
    end
    return down(levels)
  end`;

  it.each(["pcall", "gsub", "index", "sort", "unpack", "coroutine"])(
    "leave host functions room on the stack, however deep they nest, by %s as well",
    async (kind) => {
      await using app = await ScriptHost.open(
        [lua("f", source, { modules: ["funcs", "probe"] }), ...everythingAllowed],
        {
          modules: [probe],
        },
      );
      const all = await app.host.run("return require('probe').room()");
      for (const [n, levels] of [
        [30, 0],
        [30, 2],
        [15, 10],
        [4, 100],
        [3, 200],
        [0, 250],
      ]) {
        const least = await app.host.call("app:f", [n, levels, kind]);
        expect(least, `${n} calls, ${levels} levels`).toBeGreaterThan((all.value as number) / 5);
      }
    },
  );
});

describe("host.call", () => {
  it("calls the function that the file returns, with the arguments", async () => {
    await using app = await open(lua("add", "return function(a, b) return a + b end"));
    expect(await app.host.call("app:add", [1, 2])).toBe(3);
  });

  it("calls the method of the table that the file returns", async () => {
    const source = "local M = {} function M.add(a, b) return a + b end return M";
    await using app = await open(lua("add", source, { method: "add" }));
    expect(await app.host.call("app:add", [1, 2])).toBe(3);
  });

  it("gives the first result; nil is undefined", async () => {
    await using app = await open(
      lua("many", "return function() return 1, 2 end"),
      lua("none", "return function() end"),
    );
    expect(await app.host.call("app:many")).toBe(1);
    expect(await app.host.call("app:none")).toBeUndefined();
  });

  it("rejects with the error of nil, err, its kind, details and context kept", async () => {
    const source = `return function() return nil, errors.wrap(errors.new{
      message = "no stock", kind = errors.CONFLICT, details = {sku = "a1"}}, "ordering") end`;
    await using app = await open(lua("order", source));
    const error = await failure(app.host.call("app:order"));
    expect(error).toMatchObject({
      kind: "CONFLICT",
      message: "no stock",
      details: { sku: "a1" },
      context: ["ordering"],
    });
  });

  it("rejects with what the function raised, and where", async () => {
    await using app = await open(lua("bad", '\nreturn function() error("broken") end'));
    const error = await failure(app.host.call("app:bad"));
    expect(error.message).toBe("app:bad:2: broken");
    expect(error.luaStack[0]).toMatchObject({ source: "app:bad", line: 2 });
  });

  it("says what there is to call instead of what there is not", async () => {
    await using app = await open(memory("cache"), lua("price", "return function() end"));
    expect(await failure(app.host.call("app:prize"))).toMatchObject({
      kind: "NOT_FOUND",
      message: 'there is no function "app:prize"; did you mean "app:price"?',
    });
    expect(await failure(app.host.call("app:cache"))).toMatchObject({
      kind: "INVALID",
      message: "app:cache is a store.memory, not a function",
    });
  });

  it("takes no more than plain data, and gives no more", async () => {
    await using app = await open(lua("f", "return function() return {1, {f = print}} end"));
    await expect(app.host.call("app:f", [() => 1])).rejects.toThrow(TypeError);
    expect(await failure(app.host.call("app:f"))).toMatchObject({
      kind: "INVALID",
      message: "result[2].f: a function can't leave the function",
    });
  });

  it("waits where the function has to", async () => {
    await using app = await open(
      lua("slow", 'local t = require("tick") return function() return t.wait() end', { modules: ["tick"] }),
    );
    expect(await app.host.call("app:slow")).toBe("waited");
  });

  it("acts as whom the options say, and hands their context along", async () => {
    const who = 'return function() return require("security").actor():id() .. " " .. require("ctx").get("lang") end';
    await using app = await open(lua("who", who, { modules: ["security", "ctx"] }));
    const options = { actor: { id: "ada", meta: {} }, context: { lang: "fr" } };
    expect(await app.host.call("app:who", [], options)).toBe("ada fr");
  });

  it("ends a function that waits when its signal says so", async () => {
    await using app = await open(lua("f", 'return function() require("forever").wait() end', { modules: ["forever"] }));
    const controller = new AbortController();
    const call = failure(app.host.call("app:f", [], { signal: controller.signal }));
    controller.abort();
    expect((await call).kind).toBe("CANCELED");
  });
});

describe("each call", () => {
  it("has an environment of its own: nothing that one changes is seen by the next", async () => {
    const source = `count = (count or 0) + 1
      local here = 0
      return function() count = count + 1 here = here + 1
        local said = {count, here, rawget(_G, "left")} left = true return said end`;
    await using app = await open(lua("f", source));
    for (let i = 0; i < 3; i++) expect(await app.host.call("app:f")).toEqual([2, 1]);
  });

  it("has libraries of its own", async () => {
    const counter = library("counter", "local n = 0 return function() n = n + 1 return n end");
    await using app = await open(counter, lua("f", 'return require("c")', { imports: { c: "counter" } }));
    for (let i = 0; i < 3; i++) expect(await app.host.call("app:f")).toBe(1);
  });

  it("sees nothing of a call that waits", async () => {
    const source = `return function(name) mine = name require("tick").wait() return mine end`;
    await using app = await open(lua("f", source, { modules: ["tick"] }));
    expect(await Promise.all(["a", "b", "c"].map((name) => app.host.call("app:f", [name])))).toEqual(["a", "b", "c"]);
  });
});

describe("modules and imports", () => {
  it("a function requires what its entry lists, and nothing else", async () => {
    const source = 'return function() return (pcall(require, "store")), (pcall(require, "ctx")) end';
    await using app = await open(
      lua("f", `local a, b = (pcall(require, "store")), (pcall(require, "ctx")) return function() return {a, b} end`, {
        modules: ["store"],
      }),
      lua("g", source),
    );
    expect(await app.host.call("app:f")).toEqual([true, false]);
    expect(await app.host.call("app:g")).toBe(false);
  });

  it("a library lends its modules to nobody, by require or by globals", async () => {
    await using app = await open(
      library("lib", 'store = require("store") _G.leak = store return {has = store ~= nil}', { modules: ["store"] }),
      lua(
        "f",
        `local lib = require("lib")
        return function() return {lib.has, (pcall(require, "store")), store == nil, leak == nil, _G.leak == nil} end`,
        { imports: { lib: "lib" } },
      ),
    );
    expect(await app.host.call("app:f")).toEqual([true, false, true, true, true]);
  });

  it("a library gets at nothing that its importer may load", async () => {
    await using app = await open(
      library("lib", 'return {(pcall(require, "store"))}'),
      lua("f", 'local lib = require("lib") return function() return lib end', {
        imports: { lib: "lib" },
        modules: ["store"],
      }),
    );
    expect(await app.host.call("app:f")).toEqual([false]);
  });

  it("libraries import libraries, each by names of its own", async () => {
    await using app = await open(
      library("base", "return {n = 20}"),
      library("middle", 'return {n = require("b").n + 1}', { imports: { b: "app:base" } }),
      lua("f", 'local m = require("m") return function() return m.n * 2 end', { imports: { m: "middle" } }),
    );
    expect(await app.host.call("app:f")).toBe(42);
  });
});

describe("a registry is refused", () => {
  const problems = async (...entries: readonly EntrySource[]) => (await failure(open(...entries))).message;

  it("with imports in a circle", async () => {
    const message = await problems(
      library("a", "return 1", { imports: { b: "b" } }),
      library("b", "return 1", { imports: { a: "a" } }),
    );
    expect(message).toMatch(
      /registry\.yaml:1:\d+: entries\[1\]\.imports\.a: imports lead in a circle: app:a → app:b → app:a$/,
    );
  });

  it("with code that does not parse", async () => {
    expect(await problems(lua("f", "return function(\n) x y end"))).toMatch(
      /registry\.yaml:1:\d+: entries\[0\]\.source: line 2: .*near 'y'$/,
    );
  });

  it("with modules and libraries that there are not, all at once", async () => {
    const message = await problems(
      lua("f", "return 1", { modules: ["stor"] }),
      lua("g", "return 1", { modules: ["x"] }),
    );
    expect(message.split("\n")).toEqual([
      expect.stringMatching(/entries\[0\]\.modules\[0\]: there is no module "stor"; did you mean "store"\?$/),
      expect.stringMatching(/entries\[1\]\.modules\[0\]: there is no module "x"; the modules are /),
    ]);
    expect(await problems(lua("f", "return 1", { imports: { a: "b" } }))).toMatch(/there is no entry "app:b"/);
    expect(await problems(memory("m"), lua("f", "return 1", { imports: { a: "m" } }))).toMatch(/library\.lua/);
  });

  it("with a library that has the name of a module", async () => {
    const entries = [library("a", "return 1"), lua("f", "return 1", { modules: ["store"], imports: { store: "a" } })];
    expect(await problems(...entries)).toMatch(/"store" is already a module of this entry/);
  });
});

describe("an entry's limits", () => {
  it("hold for its calls", async () => {
    await using app = await open(
      lua("f", "return function() while true do end end", { limits: { instructions: 5000 } }),
    );
    const error = await failure(app.host.call("app:f"));
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ limit: "instructions", value: 5000 });
  });

  it("give way to those of the call", async () => {
    await using app = await open(lua("f", "return function() while true do end end", { limits: { timeout: "1h" } }));
    expect(await failure(app.host.call("app:f", [], { instructions: 4000 }))).toMatchObject({ value: 4000 });
  });
});

describe("an entry's security", () => {
  const who = 'return function() local s = require("security") return s.actor():id() end';
  const can = 'return function(a) return require("security").can(a, "app:x") end';
  const security = (more: object) => ({ modules: ["security"], security: more });

  it("names whom the function acts as, whoever calls it", async () => {
    await using app = await open(lua("who", who, security({ actor: { id: "clerk" } })));
    expect(await app.host.call("app:who", [], { actor: "ada" })).toBe("clerk");
  });

  it("puts policies in force beside those of the caller, whose denials stay", async () => {
    await using app = await ScriptHost.open([
      policy("read", "allow", "read", "*", { groups: ["readers"] }),
      policy("write", "allow", ["write", "erase"], "*", { groups: ["writers"] }),
      policy("never", "deny", "erase", "*", { groups: ["readers"] }),
      lua("can", can, security({ groups: ["writers"] })),
      acting({ groups: ["readers"] }),
    ]);
    const said = await Promise.all(["read", "write", "erase"].map((action) => app.host.call("app:can", [action])));
    expect(said).toEqual([true, true, false]);
  });
});
