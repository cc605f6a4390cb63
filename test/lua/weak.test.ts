/** Weak tables, as the manual has them (§2.5.2): they are cleared by `collectgarbage`, and when memory is used up. */
import { describe, expect, test } from "vitest";
import { State } from "../../src/lua/run/state.ts";
import { ByteString } from "../../src/value/value.ts";
import { later } from "../support/later.ts";
import { evaluate, Sandbox } from "../support/lua.ts";
import { compiler } from "./compiler/ways.ts";

/** What each of them has to say of the rest of a script, and what it says when it is right. */
type Case = readonly [what: string, code: string, ...results: unknown[]];

const head = `
  local function weak(mode) return setmetatable({}, { __mode = mode }) end
  local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
  local function fill(t, f, n) for i = 1, n or 10 do f(t, i) end end
`;

/** Runs each interpreted, compiled, with only its loops compiled, and in a coroutine inside of pcall. */
function cases(list: readonly Case[]): void {
  test.each(list.map(([what, code, ...results]) => ({ what, code: head + code, results })))(
    "$what",
    ({ code, results }) => {
      const loopsOnly = compiler({ calls: 1, rounds: 1 });
      expect(evaluate(code)).toEqual(results);
      expect(evaluate(`return select(2, pcall(coroutine.wrap(function() ${code} end)))`)).toEqual(results);
      expect(
        evaluate(`return coroutine.wrap(function() return select(2, pcall(function() ${code} end)) end)()`),
      ).toEqual(results);
      for (const [text, how] of [
        [code, { compile: false }],
        [code, { tier: compiler() }],
        [`${code} -- another text, which nobody has compiled yet`, { tier: loopsOnly }],
      ] as const) {
        const state = new State({ modules: new Map(), call: {}, print: () => {}, ...how });
        const cells = state.run(state.load(Buffer.from(text), "=t"), []) as readonly { value: unknown }[];
        expect(cells.map(({ value }) => (value instanceof ByteString ? String(value) : value))).toEqual(results);
      }
    },
  );
}

describe("a table with weak values", () => {
  cases([
    [
      "loses those that nobody else has",
      `local t = weak("v") fill(t, function(t, i) t[i] = {} end) collectgarbage() return count(t)`,
      0,
    ],
    [
      "keeps those that somebody has",
      `local t, mine = weak("v"), {} t[1], t.x, t[mine] = mine, {}, {} collectgarbage() return t[1] == mine, t.x == nil, count(t)`,
      true,
      true,
      1,
    ],
    [
      "keeps what is reached through others",
      `local t, mine = weak("v"), { {} } t.x = mine[1] collectgarbage() return t.x == mine[1]`,
      true,
    ],
    [
      "keeps its keys alive as long as the values are",
      `local t, w, v = weak("v"), weak("k"), {} do local k = {} t[k] = v w[k] = 1 end collectgarbage() local n = count(w) v = nil collectgarbage() collectgarbage() return n, count(t), count(w)`,
      1,
      0,
      0,
    ],
    [
      "loses functions and coroutines",
      `local t = weak("v") fill(t, function(t, i) t[i] = function() return i end t[-i] = coroutine.create(print) t[i / 4] = coroutine.wrap(print) end) collectgarbage() return count(t)`,
      0,
    ],
    [
      "keeps strings, numbers and booleans, which are values",
      `local t = weak("v") for i = 1, 5 do t[i] = "s" .. i end t.n, t.f, t.b = 2^60 | 0, 0.5, false collectgarbage() return count(t), t[3]`,
      8,
      "s3",
    ],
    [
      "keeps functions of the library",
      `local t = weak("v") t[1], t[2] = print, string collectgarbage() return count(t)`,
      2,
    ],
    [
      "is filled again",
      `local t = weak("v") fill(t, function(t, i) t[i] = {} end) collectgarbage() for i = 1, 3 do t[i] = i end return #t, t[3]`,
      3,
      3,
    ],
    [
      "is what its metatable says when it is collected",
      `local m = {} local t = setmetatable({ {}, {} }, m) collectgarbage() local before = count(t) m.__mode = "v" collectgarbage() return before, count(t)`,
      2,
      0,
    ],
  ]);
});

describe("a table with weak keys", () => {
  cases([
    [
      "loses the entries whose keys nobody else has",
      `local t, k = weak("k"), {} t[k] = 1 fill(t, function(t) t[{}] = {} end) collectgarbage() return count(t), t[k]`,
      1,
      1,
    ],
    [
      "is an ephemeron table: a value that alone leads to its key does not keep it",
      `local t = weak("k") fill(t, function(t) local k = {} t[k] = { k } end) collectgarbage() return count(t)`,
      0,
    ],
    [
      "follows chains through its own values",
      `local t, first = weak("k"), {} local k = first for i = 1, 1000 do local n = {} t[k] = n k = n end k = nil collectgarbage() local all = count(t) first.used = 1 first = nil collectgarbage() return all, count(t)`,
      1000,
      0,
    ],
    [
      "follows chains through several of them",
      `local a, b, first = weak("k"), weak("k"), {} local k = first for i = 1, 100 do local n, m = {}, {} a[k] = n b[n] = m k = m end k = nil collectgarbage() local all = count(a) + count(b) first.used = 1 first = nil collectgarbage() return all, count(a) + count(b)`,
      200,
      0,
    ],
    [
      "keeps entries with keys that are values",
      `local t = weak("k") t[1], t[2.5], t.x, t[true] = {}, {}, {}, {} collectgarbage() return count(t)`,
      4,
    ],
    [
      "keeps a value that is reached by its key alone",
      `local t, k = weak("k"), {} t[k] = { "v" } collectgarbage() return t[k][1]`,
      "v",
    ],
  ]);
});

describe("a table that is weak in both", () => {
  cases([
    [
      "loses an entry when either is gone",
      `local t, o = weak("kv"), {} t[o] = {} t[{}] = o t[o] = o t[1] = o t[2] = {} collectgarbage() return count(t), t[o] == o, t[1] == o`,
      2,
      true,
      true,
    ],
  ]);
});

describe("collecting", () => {
  cases([
    [
      "may happen while a table is gone through",
      `local t = weak("kv") for i = 1, 100 do t[{}] = i end local n = 0 for k in pairs(t) do n = n + 1 collectgarbage() end return n`,
      1,
    ],
    [
      "lets go of what a key was that was taken out",
      `local t, w = {}, weak("k") do local k = {} w[k] = 1 t[k] = 1 t[k] = nil end collectgarbage() return count(w)`,
      0,
    ],
    [
      "lets go of closures",
      `local w = weak("v") local function make(x) return function() return x end end fill(w, function(w, i) w[i] = make({}) end) collectgarbage() return count(w)`,
      0,
    ],
    [
      "keeps what variables of functions have",
      `local w, f = weak("v"), nil do local x = {} w[1] = x f = function() return x end end collectgarbage() return w[1] == f()`,
      true,
    ],
    [
      "keeps what the stack of a suspended coroutine has",
      `local w = weak("v") local co = coroutine.wrap(function() local x = {} w[1] = x coroutine.yield() return x end) co() collectgarbage() return w[1] == co()`,
      true,
    ],
    [
      "keeps what the caller has",
      `local w = weak("v") local function f(x) w[1] = x collectgarbage() return w[1] == x end return f({}) and f({})`,
      true,
    ],
    [
      "clears nothing where the library is in the middle of something",
      `local w, n = weak("v"), 0 table.sort({ 3, 2, 1 }, function(a, b) w[1] = {} collectgarbage() n = count(w) return a < b end) return n`,
      1,
    ],
    [
      "finds the count lower when there is less",
      `local t = {} for i = 1, 10000 do t[i] = {} end collectgarbage() local much = collectgarbage("count") t[1] = nil t = nil collectgarbage() return collectgarbage("count") < much / 10`,
      true,
    ],
  ]);

  test("keeps what a file returned that was loaded", () => {
    expect(
      evaluate(
        "local w = setmetatable({ require('string'), package.loaded }, { __mode = 'v' }) collectgarbage() return #w",
      ),
    ).toEqual([2]);
  });

  test("clears nothing while another coroutine waits in a function of a module", async () => {
    const code = `local later, w = require("later"), setmetatable({}, { __mode = "v" })
      coroutine.spawn(function() later.get(1) end)
      later.plain(1)
      local function look() w[1] = {} collectgarbage() return type(w[1]) end
      coroutine.spawn(function() later.get(2) later.get(3) later.get(4) end)
      later.get(5)
      local during = look()
      for i = 1, 10 do later.get(i) end
      return during, look()`;
    expect(await new Sandbox({ modules: [later] }).run(code)).toEqual(["table", "nil"]);
  });
});

describe("under a memory limit", () => {
  const cache = (mode: string, make: string) => `local cache = setmetatable({}, { __mode = "${mode}" })
    for i = 1, 40000 do local s = ${make} end return true`;
  const all = [
    ["values", cache("v", "{ i, i, i, i } cache[i % 20000] = s")],
    ["keys", cache("k", "{ i, i, i, i } cache[s] = { s }")],
  ] as const;

  test.each(all)("a script that has weak %s as its cache does not run out of memory", (_, code) => {
    for (const how of [{ compile: false }, { tier: compiler() }, {}]) {
      const state = new State({ modules: new Map(), call: {}, print: () => {}, ...how });
      const results = state.run(state.load(Buffer.from(code), "=t"), [], { memory: 2 ** 20 });
      expect((results as readonly { value: unknown }[])[0]?.value).toBe(true);
    }
  });

  test("what is weak and reached counts", () => {
    const code = `local keep, cache = {}, setmetatable({}, { __mode = "v" })
      for i = 1, 40000 do keep[i] = { i, i, i, i } cache[i] = keep[i] end`;
    for (const how of [{ compile: false }, { tier: compiler() }]) {
      const state = new State({ modules: new Map(), call: {}, print: () => {}, ...how });
      const f = state.load(Buffer.from(code), "=t");
      expect(() => state.run(f, [], { memory: 2 ** 20 })).toThrow(/memory/);
    }
  });
});
