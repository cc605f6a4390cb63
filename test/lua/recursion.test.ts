import { describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import { evaluate, Sandbox } from "../support/lua.ts";

/** Scripts that nest without end. Each ends in an error that pcall catches: what it says. */
const endless: readonly (readonly [what: string, code: string, says: RegExp])[] = [
  ["a function that calls itself", "local function f() return 1 + f() end f()", /^t:1: stack overflow$/],
  [
    "a function of many locals",
    `local function f(${names("a", 150)}) return 1 + f(a1) end f()`,
    /^t:1: stack overflow$/,
  ],
  ["a function of any number of arguments", "local function f(...) return 1 + f(1, ...) end f()", /stack overflow/],
  ["two functions that call each other", "local f, g function f() g() end function g() f() end f()", /stack overflow$/],
  ["a method that calls itself", "local t = {} function t:f() self:f() end t:f()", /stack overflow$/],
  ["a constructor", "local function f() return { f() } end f()", /stack overflow$/],
  ["__index functions", meta("__index", "return t.x"), /C stack overflow/],
  [
    "an __index that is its own table",
    "local t = {} t.__index = t setmetatable(t, t) return t.x",
    /'__index' chain too long; possible loop$/,
  ],
  ["__newindex functions", meta("__newindex", "t.x = 1"), /C stack overflow/],
  [
    "a __newindex that is its own table",
    "local t = {} t.__newindex = t setmetatable(t, t) t.x = 1",
    /'__newindex' chain too long; possible loop$/,
  ],
  ["a chain of 3000 __index tables", chain("__index", "return t.x"), /'__index' chain too long; possible loop$/],
  ["a __call that calls itself", meta("__call", "t()"), /stack overflow/],
  [
    "a __call that is its own table",
    "local t = {} t.__call = t setmetatable(t, t) t()",
    /attempt to call a table value \(local 't'\)$/,
  ],
  ["a chain of 300 __call tables", chain("__call", "t()", 300), /attempt to call a table value/],
  [
    "__eq",
    "local m = {} local a, b = setmetatable({}, m), setmetatable({}, m) m.__eq = function(x, y) return x == y end return a == b",
    /C stack overflow/,
  ],
  ["__lt", meta("__lt", "return t < t"), /C stack overflow/],
  ["__le", meta("__le", "return t <= t"), /C stack overflow/],
  ["__lt in place of __le", meta("__lt", "return t <= t"), /C stack overflow/],
  ["__concat", meta("__concat", "return t .. 'x'"), /C stack overflow/],
  ["__len", meta("__len", "return #t"), /C stack overflow/],
  ["__unm", meta("__unm", "return -t"), /C stack overflow/],
  ["__add", meta("__add", "return t + 1"), /C stack overflow/],
  ["__band", meta("__band", "return t & 1"), /C stack overflow/],
  ["__tostring", meta("__tostring", "return tostring(t)"), /C stack overflow/],
  ["__tostring and string.format", meta("__tostring", "return ('%s'):format(t)"), /C stack overflow/],
  ["__tostring and print", meta("__tostring", "print(t)"), /C stack overflow/],
  ["__pairs", meta("__pairs", "return pairs(t)"), /C stack overflow/],
  ["an iterator", "local function f() for _ in f do end end f()", /: stack overflow/],
  ["a gsub callback", "local function f(s) return (s:gsub('.', f)) end f('x')", /C stack overflow/],
  [
    "a gsub callback under patterns that nest",
    `local p = ("(.?"):rep(30) .. (")"):rep(30) local function f(s) return (("x"):rep(40):gsub(p, f)) end f()`,
    /stack overflow/,
  ],
  [
    "a gsub table",
    "local t = setmetatable({}, { __index = function(t, k) return (k:gsub('.', t)) end }) return ('x'):gsub('.', t)",
    /C stack overflow/,
  ],
  ["a sort comparator", "local function f() table.sort({ 1, 2, 3 }, f) end f()", /C stack overflow/],
  ["table.concat over __index", meta("__index", "return table.concat(t, ',', 1, 2)"), /C stack overflow/],
  ["table.unpack over __index", meta("__index", "return table.unpack(t, 1, 2)"), /C stack overflow/],
  ["coroutine.wrap", "local function f() return coroutine.wrap(f)() end f()", /C stack overflow/],
  [
    "coroutine.resume",
    "local function f() return assert(coroutine.resume(coroutine.create(f))) end f()",
    /C stack overflow/,
  ],
  [
    "a coroutine in an __index",
    "local t = setmetatable({}, { __index = function(t) return coroutine.wrap(function() return t.x end)() end }) return t.x",
    /C stack overflow/,
  ],
  ["assert over pcall", "local function f() assert(pcall(f)) end f()", /C stack overflow/],
  ["assert over xpcall", "local function f() assert(xpcall(f, function(e) return e end)) end f()", /C stack overflow/],
  ["a load reader", "local function f() return assert(load(f)) end f()", /C stack overflow/],
  [
    "load in load",
    "local s = 'local s = ... return 1 + load(s)(s, table.unpack({}, 1, 1000))' return load(s)(s)",
    /stack overflow$|too many results to unpack$/,
  ],
  [
    "a script that loads itself in a pcall",
    "local s = 'local s = ... return assert(pcall(load(s), s))' return load(s)(s)",
    /attempt to call a nil value$/,
  ],
  ["select over itself", "local function f(...) return 1 + select('#', f(f, ...)) end f()", /stack overflow/],
];

function names(prefix: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`).join(", ");
}

/** A table whose metamethod does what triggers it. */
function meta(event: string, body: string): string {
  return `local t = setmetatable({}, {}) getmetatable(t).${event} = function() ${body} end ${body}`;
}

function chain(event: string, body: string, length = 3000): string {
  return `local t = {} for i = 1, ${length} do t = setmetatable({}, { ${event} = t }) end ${body}`;
}

describe("a script that nests without end", () => {
  test.each(endless)("%s: is a Lua error, and the script goes on", (_, code, says) => {
    const sandbox = new Sandbox();
    const guarded = `local ok, err = pcall(function() ${code} end)
      local sum = 0 for i = 1, 10 do sum = sum + i end
      return ok, tostring(err), sum`;
    const [ok, problem, sum] = sandbox.evaluate(guarded);
    expect(problem).toMatch(says);
    expect([ok, sum]).toEqual([false, 55]);
    expect(sandbox.evaluate("return 1 + 1")).toEqual([2]);
  });

  test.each([
    ["pcall in pcall", "local n = 0 local function f() n = n + 1 return pcall(f) end f() return n"],
    ["xpcall in xpcall", "local n = 0 local function f() n = n + 1 return xpcall(f, print) end f() return n"],
    [
      "pcall in a coroutine in pcall",
      "local n = 0 local function f() n = n + 1 return pcall(coroutine.wrap(f)) end f() return n",
    ],
    [
      "coroutine.resume",
      "local n = 0 local function f() n = n + 1 return coroutine.resume(coroutine.create(f)) end f() return n",
    ],
  ])("%s: ends at the depth that the VM allows, without an error", (_, code) => {
    const [depth] = evaluate(code) as [number];
    expect(depth).toBeGreaterThan(50);
    expect(depth).toBeLessThan(250);
  });

  test("uncaught, it is the error of the run, and the state goes on", async () => {
    const sandbox = new Sandbox();
    const error = await sandbox.failure("local function f() return 1 + f() end f()");
    expect([error.kind, error.message]).toEqual(["UNKNOWN", "t:1: stack overflow"]);
    expect(sandbox.evaluate("return 1")).toEqual([1]);
  });

  test("can overflow again and again, at any depth, with the same error each time", () => {
    const code = `local function f() return 1 + f() end
      local seen = {}
      local function at(depth)
        if depth == 0 then for i = 1, 2 do seen[#seen + 1] = select(2, pcall(f)) end return 1 end
        local one = at(depth - 1) return one
      end
      at(30000) at(0) return seen`;
    expect(new Set(evaluate(code)[0] as string[])).toEqual(new Set(["t:1: stack overflow"]));
  });

  test("can overflow again and again in a coroutine", () => {
    const code = `local function f() return 1 + f() end
      local function at(depth)
        if depth == 0 then return select(2, pcall(f)) .. "; " .. select(2, pcall(f)) end
        local text = at(depth - 1) return text
      end
      return coroutine.wrap(function() return at(30000) end)()`;
    expect(evaluate(code)).toEqual(["t:1: stack overflow; t:1: stack overflow"]);
  });

  test("a handler that overflows too is an error in error handling", () => {
    const code = `local function f() return 1 + f() end
      local function h() return 1 + h() end
      return xpcall(f, h)`;
    const [ok, problem] = evaluate(code);
    expect(ok).toBe(false);
    expect(problem).toMatch(/error in error handling|stack overflow/);
  });

  test("an overflow leaves room for its handler", () => {
    const code = `local function f() return 1 + f() end
      return xpcall(f, function(err) local t = {} for i = 1, 50 do t[i] = i end return err .. " handled " .. #t end)`;
    expect(evaluate(code)).toEqual([false, "t:1: stack overflow handled 50"]);
  });
});

describe("nesting that is deep and ends", () => {
  test.each<[string, string, unknown]>([
    ["20 000 calls", "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(20000)", 20000],
    [
      "a million tail calls",
      "local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(1000000)",
      "end",
    ],
    [
      "150 pcalls",
      "local function f(n) if n == 0 then return 'end' end return select(2, pcall(f, n - 1)) end return f(150)",
      "end",
    ],
    [
      "150 coroutines",
      "local function f(n) if n == 0 then return 'end' end return coroutine.wrap(f)(n - 1) end return f(150)",
      "end",
    ],
    ["1500 __index tables", `${chain("__index", "", 1500)} return t.x == nil`, true],
    ["100 000 arguments", "return select('#', table.unpack({}, 1, 100000))", 100000],
    [
      "100 000 results",
      "local t = {} for i = 1, 100000 do t[i] = i end local n = #{ table.unpack(t) } return n",
      100000,
    ],
    [
      "a string built from 100 000 parts",
      "local t = {} for i = 1, 100000 do t[i] = 'x' end return #table.concat(t)",
      100000,
    ],
    [
      "tables nested 100 000 deep, if nobody looks",
      "local t = {} for i = 1, 100000 do t = { t } end return type(t)",
      "table",
    ],
  ])("%s", (_, code, expected) => {
    expect(evaluate(code)).toEqual([expected]);
  });

  test.each([
    ["table.unpack({}, 1, 1000000)", "too many results to unpack"],
    ["table.unpack({}, math.mininteger, math.maxinteger)", "too many results to unpack"],
    ["string.byte(('x'):rep(1000000), 1, -1)", "string slice too long"],
    ["(('x'):rep(300)):match(('x?'):rep(300) .. ('x'):rep(300))", "pattern too complex"],
    ["(('('):rep(40)):match(('('):rep(40))", "too many captures"],
  ])("%s is an error", (code, says) => {
    const [ok, problem] = evaluate(`return pcall(function() return ${code} end)`);
    expect(ok).toBe(false);
    expect(problem).toContain(says);
  });
});

describe("the parser", () => {
  const deep: readonly (readonly [string, string])[] = [
    ["200 000 parentheses", `"return " .. ("("):rep(200000)`],
    ["closed parentheses", `"return " .. ("("):rep(5000) .. "1" .. (")"):rep(5000)`],
    ["nested tables", `"return " .. ("{"):rep(5000) .. ("}"):rep(5000)`],
    ["nested functions", `("return function() "):rep(5000) .. ("end "):rep(5000)`],
    ["nested blocks", `("do "):rep(5000) .. ("end "):rep(5000)`],
    ["nested loops", `("while true do "):rep(5000) .. ("end "):rep(5000)`],
    ["nested ifs", `("if x then "):rep(5000) .. ("end "):rep(5000)`],
    ["a long concatenation", `"return " .. ("'a' .. "):rep(5000) .. "'b'"`],
    ["a tower of powers", `"return " .. ("2 ^ "):rep(5000) .. "1"`],
    ["many minuses", `"return " .. ("- "):rep(5000) .. "1"`],
    ["many nots", `"return " .. ("not "):rep(5000) .. "1"`],
    ["nested calls", `"return " .. ("f("):rep(5000) .. (")"):rep(5000)`],
    ["nested indexes", `"return " .. ("t["):rep(5000) .. "1" .. ("]"):rep(5000)`],
    ["nested assignments", `("a, "):rep(5000) .. "a = 1"`],
  ];

  test.each(deep)("%s are a syntax error, not a crash", (_, source) => {
    const [f, problem, after] = evaluate(`local f, err = load(${source}, "=s") return f, err, load("return 7")()`);
    expect(f).toBeUndefined();
    expect(problem).toMatch(/^s:1: (too many .* \(limit is 200\) in|.*overflow|.*expected near)/);
    expect(after).toBe(7);
  });

  test.each(deep)("%s are a syntax error for the host too", async (_, source) => {
    const sandbox = new Sandbox();
    const [text] = sandbox.evaluate(`return ${source}`) as [string];
    expect(() => sandbox.load(text)).toThrow(MoonkeepError);
    expect(sandbox.evaluate("return 7")).toEqual([7]);
  });

  test.each<[string, string, unknown]>([
    ["150 parentheses", `("("):rep(150) .. "1" .. (")"):rep(150)`, 1],
    ["a sum of 20 000 numbers", `("1 + "):rep(20000) .. "1"`, 20001],
    ["a chain of 2000 ands", `("1 and "):rep(2000) .. "2"`, 2],
    ["a table of 50 000 items", `"#{" .. ("1,"):rep(50000) .. "}"`, 50000],
    ["a call of 200 arguments", `"select('#'" .. (",1"):rep(200) .. ")"`, 200],
    [
      "2000 elseifs",
      `"(function(x) if x == 1 then return 1 " .. ("elseif x == 2 then return 2 "):rep(2000) .. "else return 3 end end)(5)"`,
      3,
    ],
  ])("%s are fine", (_, source, expected) => {
    expect(evaluate(`return assert(load("return " .. ${source}))()`)).toEqual([expected]);
  });

  test.each([
    ["more than 200 local variables", `"local " .. ("a, "):rep(250) .. "a"`, "too many local variables"],
    ["a jump to nowhere", `"goto x"`, "no visible label 'x'"],
    [
      "more than 250 registers",
      `"return f(" .. ("1, "):rep(300) .. "1)"`,
      "function or expression needs too many registers",
    ],
  ])("%s are a syntax error", (_, source, says) => {
    expect(evaluate(`return load(${source}, "=s")`)[1]).toContain(says);
  });
});

describe("a JavaScript stack that is already deep", () => {
  /** Calls `f` where only about a part of the stack is left. */
  function nearTheEnd(left: number, f: () => unknown): unknown {
    let deepest = 0;
    const measure = (depth: number): void => {
      deepest = depth;
      measure(depth + 1);
    };
    try {
      measure(0);
    } catch {
      // That was the end.
    }
    const descend = (depth: number): unknown => (depth === 0 ? f() : descend(depth - 1));
    return descend(Math.floor(deepest * (1 - left)));
  }

  const scripts = {
    "a recursion": "local function f(n) if n > 0 then return 1 + f(n - 1) end end return pcall(f, 10000)",
    metamethods: `return pcall(function() ${meta("__index", "return t.x")} end)`,
    "gsub callbacks": "local function f(s) return (s:gsub('.', f)) end return pcall(f, 'x')",
    coroutines: "local function f() return coroutine.wrap(f)() end return pcall(f)",
    "pcall in pcall": "local function f() return pcall(f) end return f()",
    parentheses: `return load(("("):rep(1000))`,
    patterns: `return pcall(string.match, ("x"):rep(150), ("x?"):rep(150))`,
    nothing: "return 1",
  };

  test.each(Object.entries(scripts))(
    "%s end in a result or an error, never in a crash, and the state goes on",
    (_, code) => {
      const sandbox = new Sandbox();
      const f = sandbox.load(code);
      for (const left of [0.5, 0.25, 0.1, 0.06, 0.04, 0.02, 0.01, 0.005]) {
        try {
          nearTheEnd(left, () => sandbox.state.run(f, []));
        } catch (e) {
          // Where not even the call has room, JavaScript says so itself.
          expect(e instanceof MoonkeepError || e instanceof RangeError).toBe(true);
        }
        expect(
          sandbox.evaluate(
            "local t = setmetatable({}, { __index = function(_, k) return k end }) return t.x, pcall(error, 'e')",
          ),
        ).toEqual(["x", false, "e"]);
      }
    },
  );

  test("a host function that calls back into Lua without end is an error", async () => {
    const back = defineModule("back", { call: plain([], (run: () => unknown) => run()) });
    const sandbox: Sandbox = new Sandbox({
      modules: [back],
      call: () => sandbox.evaluate("return require('back').call()")[0],
    });
    const error = await sandbox.failure("require('back').call()");
    expect(error).toBeInstanceOf(MoonkeepError);
    expect(sandbox.evaluate("return 5")).toEqual([5]);
  });
});
