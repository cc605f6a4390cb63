import { describe, expect, test } from "vitest";
import { defineHandle } from "../../src/lua/boundary/handle.ts";
import { defineModule, fn, plain } from "../../src/lua/boundary/module.ts";
import { evaluate, message, result, Sandbox } from "../support/lua.ts";

const words = (text: string) => text.split(" ");

const libraries: Readonly<Record<string, string>> = {
  coroutine: "create isyieldable resume running spawn status wrap yield",
  debug: "getinfo traceback",
  math:
    "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random " +
    "randomseed sin sqrt tan tointeger type ult",
  os: "clock date difftime exit getenv time",
  package: "config cpath loaded path preload",
  string: "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper",
  table: "concat insert move pack remove sort unpack",
  utf8: "char charpattern codepoint codes len offset",
};

const basics =
  "_G _VERSION assert collectgarbage error getmetatable ipairs load next pairs pcall print rawequal rawget rawlen " +
  "rawset require select setmetatable tonumber tostring type xpcall";

const namesOf = (table: string) =>
  (result(`local r = {} for k in pairs(${table}) do r[#r + 1] = k end return r`) as string[]).sort();

describe("what a script starts with", () => {
  test("the globals are those of the manual, less what reaches outside, and nothing else", () => {
    expect(namesOf("_G")).toEqual([...words(basics), ...Object.keys(libraries)].sort());
  });

  test.each(Object.entries(libraries))("%s has these members and nothing else", (library, members) => {
    expect(namesOf(library)).toEqual(words(members));
  });

  test.each(
    words(
      "io debug.sethook debug.getlocal debug.getupvalue debug.getregistry package.searchers package.loadlib package.searchpath dofile loadfile string.dump os.execute os.remove os.tmpname js fengari",
    ),
  )("there is no %s", (name) => {
    expect(result(`return ${name}`)).toBeUndefined();
  });

  test("_G is the table of globals itself", () => {
    expect(evaluate("x = 5 return _G._G == _G, _G.x, _VERSION, getmetatable(_G)")).toEqual([
      true,
      5,
      "Lua 5.3",
      undefined,
    ]);
  });

  test("the function environment of a chunk is _G, and a local _ENV takes its place", () => {
    expect(evaluate("local a = _ENV == _G local _ENV = { x = 7 } return a, x")).toEqual([true, 7]);
  });

  test("collectgarbage answers every option of the manual", () => {
    const options = words("collect stop restart count step isrunning setpause setstepmul");
    const code = options.map((option) => `type(collectgarbage("${option}"))`).join(", ");
    expect(evaluate(`return ${code}`)).toEqual(words("number number number number boolean boolean number number"));
    expect(evaluate("return collectgarbage(), collectgarbage(nil)")).toEqual([0, 0]);
  });

  test("collectgarbage refuses an unknown option by its name", async () => {
    expect(await message(`collectgarbage("100%s")`)).toBe(
      "t:1: bad argument #1 to 'collectgarbage' (invalid option '100%s')",
    );
  });

  test("the count of collectgarbage is a float that grows with what the script makes", () => {
    const code = `local before = collectgarbage("count") for i = 1, 1000 do local t = {} end
      return math.type(before), collectgarbage("count") > before`;
    expect(evaluate(code)).toEqual(["float", true]);
  });
});

// ---- print ----

describe("print", () => {
  const printed = (code: string) => {
    const sandbox = new Sandbox();
    sandbox.evaluate(code);
    return sandbox.printed;
  };

  test("writes its arguments by tostring, with tabs between and a newline after, one line a call", () => {
    expect(printed("print(1, 1.0, 'x', nil, true) print()")).toEqual(["1\t1.0\tx\tnil\ttrue\n", "\n"]);
  });

  test("writes bytes as they are", () => {
    expect(printed(String.raw`print("\0\255\n")`)).toEqual(["\0\xff\n\n"]);
  });

  test("asks __tostring and __name", () => {
    expect(printed(`print(setmetatable({}, { __tostring = function() return "mine" end }))`)).toEqual(["mine\n"]);
    expect(printed(`print(setmetatable({}, { __name = "My.Type" }))`)[0]).toMatch(/^My\.Type: 0x/);
  });

  test("raises what __tostring raises, and has then written nothing", () => {
    expect(printed("pcall(print, 1, setmetatable({}, { __tostring = error }))")).toEqual([]);
  });
});

// ---- require ----

describe("require", () => {
  const modules = [defineModule("alpha", { x: 1 }), defineModule("größe", { x: 2 }), defineModule("100%", { x: 3 })];
  const sandbox = () => new Sandbox({ modules });

  test("gives the same table each time", () => {
    expect(sandbox().evaluate(`return require("alpha") == require("alpha"), require("alpha").x`)).toEqual([true, 1]);
  });

  test("takes any text for a name", () => {
    expect(sandbox().evaluate(`return require("größe").x, require("100%").x`)).toEqual([2, 3]);
  });

  test.each(["fs", "js", "../alpha", "alpha\0", "Alpha", "alpha.lua", "", "__proto__", "constructor", "%d%s"])(
    "refuses %j, and says what may be loaded",
    async (name) => {
      const error = await sandbox().failure("require(...)", [name]);
      const shown = name.replace("\0", "?");
      const hint = /^alpha\0$/i.test(name) || name === "Alpha" ? "; did you mean 'alpha'?" : "";
      expect(error.message).toBe(
        `t:1: module '${shown}' not found${hint} (modules that this script may load: 'alpha', 'größe', '100%')`,
      );
    },
  );

  test("says so when there is nothing to load", async () => {
    expect(await message("require('x')")).toBe("t:1: module 'x' not found (modules that this script may load: none)");
  });

  test("wants a string", async () => {
    expect(await message("require({})")).toBe("t:1: bad argument #1 to 'require' (string expected, got table)");
  });
});

// ---- read-only ----

class Box {
  peek(): number {
    return 1;
  }
}
defineHandle("Box", Box, { peek: [] });

const frozenModule = defineModule("frozen", {
  list: [3, 1, 2],
  day: { year: 2000, month: 1, day: 50 },
  deep: { inner: { list: [2, 1] } },
  box: fn([], () => new Box()),
  one: plain([], () => 1),
});

const targets: readonly string[] = [
  ...Object.keys(libraries).filter((name) => name !== "package"),
  "package.loaded",
  `getmetatable("")`,
  `require("frozen")`,
  `require("frozen").list`,
  `require("frozen").day`,
  `require("frozen").deep.inner`,
  `require("frozen").deep.inner.list`,
];

/** Ways to change a table `t`; each has to fail. */
const ways: Readonly<Record<string, string>> = {
  "assigning a new field": "t.fresh = 1",
  "assigning an existing field": "t[next(t)] = 1",
  "removing a field": "t[next(t)] = nil",
  "removing a field that is not there": "t.fresh = nil",
  "adding an item": "t[#t + 1] = 1",
  "rawset of a new field": `rawset(t, "fresh", 1)`,
  "rawset of an existing field": "rawset(t, next(t), 1)",
  "rawset to nil": "rawset(t, next(t), nil)",
  "table.insert": "table.insert(t, 1)",
  "table.insert at a position": "table.insert(t, 1, 1)",
  "table.remove": "table.remove(t)",
  "table.move": "table.move({ 1 }, 1, 1, 1, t)",
  setmetatable: "setmetatable(t, {})",
  "setmetatable to nil": "setmetatable(t, nil)",
  "a chunk with it for an environment": `load("fresh = 1", "=l", "t", t)()`,
  "assigning through an __newindex": "setmetatable({}, { __newindex = t }).fresh = 1",
  "a name of its own for a function": "local _ENV = t function fresh() end",
};

const cells = targets.flatMap((target) => Object.entries(ways).map(([way, code]) => [target, way, code] as const));

describe("what all scripts share is read-only", () => {
  const sandbox = new Sandbox({ modules: [frozenModule] });
  const dump = `
    local function dump(t) local r = {} for k, v in pairs(t) do r[#r + 1] = tostring(k) .. "=" .. tostring(v) end return table.concat(r, " ") .. tostring(getmetatable(t)) end
  `;

  test.each(cells)("%s refuses %s", (target, _, code) => {
    const [ok, problem, same] = sandbox.evaluate(`${dump}
      local t = ${target} local before = dump(t)
      local ok, err = pcall(function() ${code} end)
      return ok, err, before == dump(t)`);
    expect(same).toBe(true);
    expect(ok).toBe(false);
    expect(problem).toMatch(/attempt to modify a read-only table$|cannot change the metatable of a read-only table$/);
  });

  test.each([
    ["table.sort", "table.sort(t)", "list"],
    ["table.sort with an order", "table.sort(t, function(a, b) return a > b end)", "list"],
    ["os.time, which normalises its table", "os.time(t)", "day"],
  ])("a constant table refuses %s", (_, code, field) => {
    const [ok, problem, same] = sandbox.evaluate(`${dump}
      local t = require("frozen").${field} local before = dump(t)
      local ok, err = pcall(function() ${code} end) return ok, err, before == dump(t)`);
    expect([ok, same]).toEqual([false, true]);
    expect(problem).toMatch(/attempt to modify a read-only table$/);
  });

  test.each(["t.x = 1", "t.peek = nil", "t[1] = 1"])("a handle refuses %s", (code) => {
    const [ok, problem] = sandbox.evaluate(`local t = require("frozen").box() return pcall(function() ${code} end)`);
    expect(ok).toBe(false);
    expect(problem).toMatch(/attempt to index a Box value/);
  });

  test("the metatable of a handle can be neither seen nor changed", () => {
    const code = `local h = require("frozen").box()
      return getmetatable(h), pcall(setmetatable, h, {}), pcall(rawset, h, "x", 1), pcall(rawget, h, "peek"), pcall(next, h)`;
    const results = sandbox.evaluate(code);
    expect(results[0]).toBe(false);
    expect(results.slice(1, 5)).toEqual([false, false, false, false]);
  });

  test("reading goes on as with any table", () => {
    const code = `local list = require("frozen").list
      local sum = 0 for _, v in ipairs(list) do sum = sum + v end
      return #list, sum, rawlen(list), rawget(list, 1), next(list), table.concat(list, ","), select("#", table.unpack(list)),
        #table.move(list, 1, 3, 1, {}), #string, (next(getmetatable("")))`;
    expect(sandbox.evaluate(code)).toEqual([3, 6, 3, 3, 1, "3,1,2", 3, 3, 0, "__index"]);
  });

  test("they serve as metatables, environments and __index like any table", () => {
    const code = `local like = setmetatable({}, getmetatable(""))
      return like.upper == string.upper, setmetatable({}, { __index = string }).rep("x", 3), load("return upper('x')", "=l", "t", string)()`;
    expect(sandbox.evaluate(code)).toEqual([true, "xxx", "X"]);
  });
});

describe("package", () => {
  test("is the script's own to change, and what require finds is the same", () => {
    const sandbox = new Sandbox({ modules: [frozenModule] });
    const code = `package.path, package.cpath, package.mine = "./lib/?.lua;" .. package.path, nil, 1
      package.loaded, package.preload = { string = 1 }, { frozen = print }
      return package.path, package.mine, require("frozen").one(), require("string") == string, require("package") == package`;
    expect(sandbox.evaluate(code)).toEqual(["./lib/?.lua;./?.lua;./?/init.lua", 1, 1, true, true]);
    expect(evaluate("return package.path, package.mine")).toEqual(["./?.lua;./?/init.lua", undefined]);
  });

  test("has a preload that can't be filled", async () => {
    expect(await message("package.preload.x = print")).toBe("t:1: attempt to modify a read-only table");
  });
});

// ---- states share nothing ----

describe("two states", () => {
  test("do not share globals", () => {
    const one = new Sandbox();
    const two = new Sandbox();
    one.evaluate("x = 1 print = nil _G.pairs = 5 string = {} _VERSION = nil");
    expect(two.evaluate("return x, type(print), type(pairs), type(string.rep), _VERSION")).toEqual([
      undefined,
      "function",
      "function",
      "function",
      "Lua 5.3",
    ]);
  });

  test("keep the libraries whatever the other does with its names", () => {
    const one = new Sandbox();
    one.evaluate("math, string, table, os, utf8, coroutine = nil");
    expect(new Sandbox().evaluate("return ('x'):rep(2), math.abs(-1), #table.pack(1), utf8.char(65)")).toEqual([
      "xx",
      1,
      1,
      "A",
    ]);
    expect(one.evaluate("return ('x'):rep(2)")).toEqual(["xx"]);
  });

  test("have random numbers of their own: a seed in one does not show in the other", () => {
    const draw = "local r = {} for i = 1, 5 do r[i] = math.random(1000000000) end return r";
    const seeded = new Sandbox();
    const other = new Sandbox();
    const first = seeded.evaluate(`math.randomseed(42) ${draw}`);
    expect(other.evaluate(draw)).not.toEqual(first);
    other.evaluate("math.randomseed(42)");
    seeded.evaluate(draw);
    expect(other.evaluate(draw)).toEqual(first);
  });

  test("do not share what require gives beyond its constants", () => {
    const modules = [frozenModule];
    const one = new Sandbox({ modules });
    one.evaluate(`pcall(function() require("frozen").list[1] = 9 end)`);
    expect(new Sandbox({ modules }).evaluate(`return require("frozen").list`)).toEqual([[3, 1, 2]]);
  });
});
