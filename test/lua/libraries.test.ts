import { describe, expect, it } from "vitest";
import { plain } from "../../src/index.ts";
import { fromValue, toValue } from "../../src/lua/boundary/marshal.ts";
import { defineModule } from "../../src/lua/boundary/module.ts";
import { Chunk } from "../../src/lua/run/chunk.ts";
import { entryPoint } from "../../src/lua/run/entry-point.ts";
import type { Library } from "../../src/lua/run/loads.ts";
import { State } from "../../src/lua/run/state.ts";
import { nilCell } from "../../src/lua/vm/table.ts";
import { toJs } from "../../src/value/js.ts";

const compile = (text: string, name = "=t") => Chunk.compile(Buffer.from(text), name);
const one = defineModule("one", { id: plain([], () => 1) });
const wait = defineModule("wait", { tick: plain([], () => Promise.resolve("ticked")) });
const modules = (...list: readonly ReturnType<typeof defineModule>[]) => new Map(list.map((m) => [m.name, m]));

const library = (id: string, text: string, loads: Library["loads"] = { modules: new Map() }): Library => ({
  id,
  chunk: compile(text, `@${id}`),
  loads,
});

/** What a piece of code returns that imports libraries by their ids. */
async function run(text: string, libraries: readonly Library[], loads: Partial<Library["loads"]> = {}) {
  const imports = new Map(libraries.map((one) => [one.id, one]));
  const state = new State({ modules: new Map(), imports, ...loads, call: undefined, print() {} });
  return (await state.run(state.use(compile(text)), [])).map((cell) => toJs(toValue(cell)));
}

describe("a library", () => {
  it("runs once, and is the same to everyone who imports it", async () => {
    const a = library("a", "return {n = 0}");
    const b = library("b", 'local a = require("a") a.n = a.n + 1 return a', {
      modules: new Map(),
      imports: new Map([["a", a]]),
    });
    expect(await run('local a, b = require("a"), require("b") return a == b, a == require("a"), a.n', [a, b])).toEqual([
      true,
      true,
      1,
    ]);
  });

  it("is true when it returns nothing", async () => {
    expect(await run('return require("a"), require("a")', [library("a", "")])).toEqual([true, true]);
  });

  it("loads what it lists itself, and does not lend it to whoever imports it", async () => {
    const a = library("a", 'local one = require("one") return one.id()', { modules: modules(one) });
    expect(await run('return require("a"), (pcall(require, "one"))', [a])).toEqual([1, false]);
  });

  it("does not get at what its importer may load", async () => {
    const a = library("a", 'return (pcall(require, "one"))');
    expect(await run('return require("a"), require("one").id()', [a], { modules: modules(one) })).toEqual([false, 1]);
  });

  it("has globals of its own, for what it loads from text, too", async () => {
    const a = library("a", 'x = 1 _G.y = 2 load("z = 3")() return {x, y, z, load("return x")(), outer}');
    expect(await run('outer = true local a = require("a") return a, x, y, z', [a])).toEqual([
      [1, 2, 3, 1],
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("can't reach its importer's globals through load", async () => {
    const a = library(
      "a",
      'return {load("return secret")(), load(function() return nil end), load("x", "n", "t", {})}',
    );
    expect((await run('secret = 1 return require("a")[1]', [a]))[0]).toBeUndefined();
  });

  it("may wait while it loads", async () => {
    const a = library("a", 'return require("wait").tick()', { modules: modules(wait) });
    expect(await run('return require("a"), require("a")', [a])).toEqual(["ticked", "ticked"]);
  });

  it("raises its error in whoever imports it, and runs again the next time", async () => {
    const a = library("a", 'n = (n or 0) + 1 error("broken", 0)');
    expect(await run('return pcall(require, "a")', [a])).toEqual([false, "broken"]);
  });
});

describe("compiled code", () => {
  it("runs in many states, which see nothing of each other", async () => {
    const chunk = compile("n = (n or 0) + 1 local function f() return n end return f()");
    for (let i = 0; i < 3; i++) {
      const state = new State({ modules: new Map(), call: undefined, print() {} });
      expect((await state.run(state.use(chunk), [])).map((cell) => cell.value)).toEqual([1]);
    }
  });
});

describe("an entry point", () => {
  const call = async (text: string, args: readonly number[], method?: string) => {
    const state = new State({ modules: modules(wait), call: undefined, print() {} });
    const cells = args.map((n) => {
      const cell = nilCell();
      fromValue(state.thread, n, cell);
      return cell;
    });
    const f = entryPoint(state.use(compile(text)), method, "app:f");
    return (await state.run(f, cells)).map((cell) => toJs(toValue(cell)));
  };

  it("calls the function that the file returns, with the arguments, for all results", async () => {
    expect(await call("return function(a, b, c) return c, b, a, select('#') end", [1, 2, 3])).toEqual([3, 2, 1, 0]);
    expect(await call("return function(...) return select('#', ...) end", [])).toEqual([0]);
  });

  it("calls the method of the table that the file returns", async () => {
    expect(await call("return {main = function(a) return a + 1 end}", [1], "main")).toEqual([2]);
  });

  it("waits where the file does, and where the function does", async () => {
    const text = 'local w = require("wait") local a = w.tick() return function(n) return a, w.tick(), n end';
    expect(await call(text, [7])).toEqual(["ticked", "ticked", 7]);
  });

  it.each([
    ["return 1", undefined, "app:f: the file returns neither a function nor a table"],
    ["return {}", undefined, "app:f: the file returns a table; the entry must name one of its functions as method"],
    ["return {}", "main", 'app:f: the table that the file returns has no function "main"'],
  ])("says of %s what is wrong with it", async (text, method, message) => {
    await expect(call(text, [], method)).rejects.toMatchObject({ kind: "INVALID", message });
  });
});
