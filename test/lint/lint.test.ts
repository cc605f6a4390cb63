import { describe, expect, it } from "vitest";
import type { Facts } from "../../src/lint/facts.ts";
import { lint } from "../../src/lint/lint.ts";

const facts: Facts = {
  globals: new Set(["_G", "print", "rawset", "require", "string", "pairs", "setmetatable"]),
  libraries: new Map([
    ["string", new Map([["format", undefined]])],
    [
      "store",
      new Map([
        ["get", { least: 1, most: 2 }],
        ["backend", undefined],
      ]),
    ],
    ["funcs", new Map([["call", { least: 1, most: Number.POSITIVE_INFINITY }]])],
  ]),
  entries: new Map([
    ["app:cache", "store.memory"],
    ["app:greet", "function.lua"],
  ]),
};

/** What is found, as `line:column code message`. */
const found = async (source: string) =>
  (await lint(source, facts)).map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
const codes = async (source: string) => (await lint(source, facts)).map(({ code }) => code);

describe("undefined-global", () => {
  it("is a name that is never set in the file", async () => {
    expect(await found("prnt(1)\nx = 1\nprint(x)")).toEqual([
      '1:1 undefined-global the global "prnt" is never set; did you mean "print"?',
    ]);
  });

  it.each([
    "function f() return g() end\nfunction g() end print(f)",
    "local x = 1 print(x)",
    "for i, v in pairs({}) do print(i, v) end",
    "repeat local done = true until done",
    "local function f() return f end print(f)",
    "local t = {a = 1} function t:m() return self.a end print(t)",
    "print({key = 1}, ({}).field)",
    "-- moonkeep: globals vim love\nprint(vim.x, love)",
    "do goto e end ::e:: print(1)",
    "print(_ENV.x)",
    "local _ENV = {} x = y",
    "return function(...) return ... end",
  ])("is none of the names in %j", async (source) => {
    expect(await codes(source)).toEqual([]);
  });

  it("is a local outside of its block", async () => {
    expect(await codes("do local x = 1 print(x) end print(x)")).toEqual(["undefined-global"]);
  });
});

describe("unknown-field", () => {
  it("is a name that a library or a module does not have", async () => {
    expect(await found('local s = require("store")\nprint(s.gte, string.format, string.fmt)')).toEqual([
      '2:9 unknown-field store has no field "gte"; did you mean "get"?',
      '2:36 unknown-field string has no field "fmt"',
    ]);
  });

  it("is not told where the code may have set it, or the local may be something else", async () => {
    expect(await codes('local s = require("store") s = {} print(s.gte)')).toEqual([]);
    expect(await codes("local string = {} print(string.x)")).toEqual([]);
    expect(await codes("string = {} print(string.x)")).toEqual([]);
  });
});

describe("unknown-entry", () => {
  it("is an id that the registry does not have, or that is something else", async () => {
    const head = 'local store, funcs = require("store"), require("funcs")\n';
    expect(
      await found(`${head}print(store.get("app:cahce"), store.get("app:greet"), funcs.call("app:greet"))`),
    ).toEqual([
      '2:17 unknown-entry the registry has no store "app:cahce"; did you mean "app:cache"?',
      '2:41 unknown-entry "app:greet" is a function.lua, and not a store',
    ]);
  });

  it("is not told where there is no registry", async () => {
    const none = { ...facts, entries: undefined };
    expect(await lint('print(require("store").get("app:x"))', none)).toEqual([]);
  });
});

describe("argument-count and extra-argument", () => {
  it("are calls of a module's function that have too many or too few, and of a local one that have too many", async () => {
    expect(
      await found(
        'local s = require("store")\ns.get()\ns.get("app:cache", {}, 3)\nlocal function f(a) return a end\nf(1, 2)',
      ),
    ).toEqual([
      "2:3 argument-count store.get takes at least 1 argument, but gets none",
      "3:3 argument-count store.get takes at most 2 arguments, but gets 3",
      "5:1 extra-argument f takes at most 1 argument, but gets 2",
    ]);
  });

  it("counts no more than is certain", async () => {
    expect(
      await codes('local s = require("store") return function(...) return s.get(...), s.get(print()) end'),
    ).toEqual([]);
    expect(await codes("local function f(...) return ... end f(1, 2)")).toEqual([]);
    expect(await codes("local function f() end f = print f(1, 2)")).toEqual([]);
  });
});

describe("a global that is set through the table of the globals", () => {
  it.each([
    "_G.zap = 1 print(zap)",
    '_G["zap"] = 1 print(zap)',
    "_ENV.zap = 1 print(zap)",
    'rawset(_G, "zap", 1) print(zap)',
    "local g = _G g.zap = 1 print(zap)",
    "local g g = _G g.zap = 1 print(zap)",
    "local a, g = 1 if a then a, g = 2, _G end g.zap = 1 print(zap)",
    "local M = _ENV M.zap = 1 print(zap)",
    "function _G.zap() end print(zap)",
    "print(zap) local g = _G local h = g h.zap = 1",
  ])("is set: %s", async (code) => {
    expect(await codes(code)).toEqual([]);
    expect(await codes(code.replace("print(zap)", "print(zip)"))).toContain("undefined-global");
  });

  it.each([
    "for k, v in pairs({}) do _G[k] = v end print(zap)",
    "setmetatable(_G, {__index = string}) print(zap)",
    "local function fill(t) t.zap = 1 end fill(_G) print(zap)",
    "rawset(_G, print(), 1) print(zap)",
    "string.format(_ENV) print(zap)",
  ])("may be any: %s", async (code) => {
    expect(await codes(code)).toEqual([]);
  });

  it.each([
    "print(_G, _G.zap) for _ in pairs(_G) do print(zip) end",
    "local t = setmetatable({}, {__index = _G}) t.zip = 1 print(zip)",
    "local function f(_G) _G.zip = 1 end f({}) print(zip)",
  ])("is not where the table is only read: %s", async (code) => {
    expect(await codes(code)).toContain("undefined-global");
  });
});

describe("unused-local", () => {
  it("is renamed to a name that means nothing else", async () => {
    for (const [source, name] of [
      ["local _y = 3 local y = 2 print(_y)", "_y_"],
      ["_y = 3 local y = 2 print(_y)", "_y_"],
      ["local _y, _y_ = 3, 4 local y = 2 print(_y, _y_)", "_y__"],
    ]) {
      expect((await lint(source!, facts)).map(({ fix }) => fix?.text)).toEqual([name]);
    }
  });

  it("is a local that nothing reads, and is renamed by its fix", async () => {
    const source = "local a, b = 1, 2\nlocal function f() end\nprint(b)";
    const findings = await lint(source, facts);
    expect(findings.map(({ line, code, fix }) => [line, code, fix?.text])).toEqual([
      [1, "unused-local", "_a"],
      [2, "unused-local", "_f"],
    ]);
  });

  it("is no parameter, no variable of a loop, and no name that begins with _", async () => {
    expect(await codes("local _x = 1 for i = 1, 2 do print(1) end return function(a) end")).toEqual([]);
  });

  it("has no fix where it is set again", async () => {
    const [only] = await lint("local a = 1\na = 2", facts);
    expect([only?.code, only?.fix]).toEqual(["unused-local", undefined]);
  });
});

describe("shadowed-local", () => {
  it("is a local of the name of one around it", async () => {
    expect(await found("local a = 1\ndo local a = 2 print(a) end print(a)")).toEqual([
      '2:10 shadowed-local "a" hides the local variable of line 1',
    ]);
  });
});

describe("unreachable-code", () => {
  it.each([
    "do return end print(1)",
    "while true do print(1) end print(2)",
    "if x then return 1 else return 2 end x = print(3)",
    "for i = 1, 2 do break print(i) end",
    "goto e print(1) ::e::",
  ])("stands in %j", async (source) => {
    expect(await codes(source)).toContain("unreachable-code");
  });

  it.each([
    "while true do if print() then break end end print(2)",
    "if print() then return 1 end print(3)",
    "while true do for _ = 1, 2 do goto out end end ::out:: print(1)",
    "do goto e end ::e:: print(1)",
  ])("does not stand in %j", async (source) => {
    expect(await codes(source)).toEqual([]);
  });
});

describe("-- moonkeep: ignore", () => {
  it("keeps what is found on its line from being told, or below it when it stands alone", async () => {
    expect(await codes("prnt(1) -- moonkeep: ignore\n-- moonkeep: ignore\nprnt(2)\nprnt(3)")).toEqual([
      "undefined-global",
    ]);
  });

  it("may name what is to be ignored", async () => {
    expect(await codes("local a = prnt -- moonkeep: ignore unused-local")).toEqual(["undefined-global"]);
  });
});
