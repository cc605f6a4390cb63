import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { defineModule, fn, type Module, plain } from "../../src/lua/boundary/module.ts";
import { errorsModule } from "../../src/modules/errors-module.ts";
import { evaluate, failure, message, result, Sandbox } from "../support/lua.ts";

/** What a host function may throw by mistake, and no script may learn of. */
const thrown: Readonly<Record<string, () => unknown>> = {
  "a TypeError": () => new TypeError("secret /etc/passwd"),
  "a RangeError": () => new RangeError("secret range"),
  "an Error with a cause": () => new Error("secret", { cause: process }),
  "an Error whose message can't be read": () =>
    Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("secret");
      },
    }),
  "a string": () => "secret text",
  "the empty string": () => "",
  "a number": () => 42,
  undefined: () => undefined,
  null: () => null,
  false: () => false,
  "a symbol": () => Symbol("secret"),
  "a function": () => () => process,
  "an object": () => ({ secret: process }),
  "an object without prototype": () => Object.create(null),
  "an object that can't become a string": () => ({
    toString() {
      throw new Error("secret");
    },
  }),
  "a Proxy": () => new Proxy({}, {}),
  "a Proxy of an error": () => new Proxy(new MoonkeepError("INVALID", "secret"), {}),
  "a Proxy that throws at every touch": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "something that only looks like an error of ours": () => Object.create(MoonkeepError.prototype),
};

const host = (make: () => unknown): Module =>
  defineModule("host", {
    result: fn([], () => {
      throw make();
    }),
    plain: plain([], () => {
      throw make();
    }),
    later: fn([], async () => {
      await null;
      throw make();
    }),
    laterPlain: plain([], () => Promise.reject(make())),
  });

const LEAK = /secret|process|proxy|typeerror|rangeerror|node_modules|\.[jt]s\b|file:|\/(?:src|test|dist)\/| {4}at /i;

describe("a host function that throws", () => {
  describe.each(Object.entries(thrown))("%s", (_, make) => {
    const sandbox = () => new Sandbox({ modules: [host(make), errorsModule] });

    test.each(["result", "plain", "later", "laterPlain"])(
      "from %s is an INTERNAL error to pcall, without a word of the host",
      async (name) => {
        const results = await sandbox().run(`local ok, e = pcall(require("host").${name})
        return ok, type(e), e:kind(), e:message(), tostring(e), e:stack(), e:retryable(), e:details(), getmetatable(e)`);
        expect(results.slice(0, 5)).toEqual([false, "userdata", "Internal", "internal error", "internal error"]);
        expect(results[5]).toMatch(/^internal error\nstack traceback:\n\tt:1: in main chunk/);
        expect(results.slice(6)).toEqual([false, undefined, false]);
        expect(inspect(results)).not.toMatch(LEAK);
      },
    );

    test("is the cause of what the embedder gets, who alone sees it", async () => {
      const value = make();
      const lua = new Sandbox({ modules: [host(() => value), errorsModule] });
      const error = await lua.failure("return require('host').plain()");
      expect([error.kind, error.message]).toEqual(["INTERNAL", "internal error"]);
      expect(error.message + error.traceback).not.toMatch(LEAK);
      // What can't even be asked what it is comes as the error of asking.
      if (!/Proxy (that|of)|looks like/.test(_)) expect(Object.is(error.cause, value)).toBe(true);
    });

    test("passes as the same error through coroutines, handlers and error()", async () => {
      const code = `local host = require("host")
        local ok1, a = coroutine.resume(coroutine.create(host.plain))
        local ok2, b = pcall(coroutine.wrap(host.plain))
        local ok3, c = xpcall(host.plain, function(e) return e:message() .. "!" end)
        local ok4, d = pcall(function() local ok, e = pcall(host.plain) error(e) end)
        return ok1, tostring(a), ok2, tostring(b), ok3, c, ok4, tostring(d)`;
      expect(await sandbox().run(code)).toEqual([
        false,
        "internal error",
        false,
        "internal error",
        false,
        "internal error!",
        false,
        "internal error",
      ]);
    });
  });

  test.each<[string, () => unknown]>([
    ["a function", () => () => 1],
    ["a symbol", () => Symbol("secret")],
    ["a class instance", () => new Date()],
    ["a Set", () => new Set([1])],
    ["globalThis", () => globalThis],
    [
      "a cycle",
      () => {
        const cycle: Record<string, unknown> = {};
        cycle.self = cycle;
        return cycle;
      },
    ],
    ["a function in a table", () => ({ a: [() => 1] })],
    ["a bigint that no number holds", () => 2n ** 64n + 1n],
  ])("returning %s is the same: such a value never reaches a script", async (_, make) => {
    const modules = [
      defineModule("host", { f: fn([], make), p: plain([], make), later: fn([], async () => make()) }),
      errorsModule,
    ];
    for (const name of ["f", "p", "later"]) {
      const lua = new Sandbox({ modules });
      expect(await lua.run(`local ok, e = pcall(require("host").${name}) return ok, type(e), tostring(e)`)).toEqual([
        false,
        "userdata",
        "internal error",
      ]);
    }
  });

  test("a stack overflow in it is Lua's own", async () => {
    const deep = (): unknown => [deep()];
    const modules = [defineModule("host", { deep: fn([], deep) })];
    expect(await new Sandbox({ modules }).run("return pcall(require('host').deep)")).toEqual([false, "stack overflow"]);
  });

  test("memory that runs out in it is Lua's own", async () => {
    const modules = [
      defineModule("host", { huge: fn([], () => new Uint8Array(2 ** 50)), text: fn([], () => "x".repeat(2 ** 30)) }),
    ];
    const code = "local host = require('host') return select(2, pcall(host.huge)), select(2, pcall(host.text))";
    expect(await new Sandbox({ modules }).run(code)).toEqual(["not enough memory", "not enough memory"]);
  });
});

// ---- error, pcall, xpcall ----

describe("error and pcall", () => {
  test.each([
    ["nil", "error(nil)", undefined],
    ["nothing", "error()", undefined],
    ["false", "error(false)", false],
    ["a number", "error(42)", 42],
    ["a string with its place", "error('x')", "t:1: x"],
    ["a string at level 0", "error('x', 0)", "x"],
    ["a string at level 1", "error('x', 1)", "t:1: x"],
    ["a string at level 2", "local function f() error('x', 2) end\nf()", "t:2: x"],
    ["a string at level 3", "local function f() error('x', 3) end local function g() f() end\ng()", "t:2: x"],
    ["a string at a level that is not there", "error('x', 50)", "x"],
    ["a table", "error({ code = 7 })", { code: 7 }],
    ["the text of an assert, with its place", "assert(false, 'no')", "t:1: no"],
    ["an assert without text", "assert(nil)", "t:1: assertion failed!"],
    ["an assert of a table", "assert(false, { 1 })", [1]],
    ["an assert of nothing", "assert()", "t:1: bad argument #1 to 'assert' (value expected)"],
  ])("pcall gives %s", (_, code, expected) => {
    expect(evaluate(`return pcall(load([==[${code}]==], "=t"))`)).toEqual([false, expected]);
  });

  test.each([
    ["local x x.y = 1", "attempt to index a nil value (local 'x')"],
    ["return x.y.z", "attempt to index a nil value (global 'x')"],
    ["local t = {} return t.a.b", "attempt to index a nil value (field 'a')"],
    ["nothing()", "attempt to call a nil value (global 'nothing')"],
    ["local t = {} t:f()", "attempt to call a nil value (method 'f')"],
    ["return 1 + {}", "attempt to perform arithmetic on a table value"],
    ["return 'a' + 1", "attempt to perform arithmetic on a string value"],
    ["return {} .. 'x'", "attempt to concatenate a table value"],
    ["return 1 < 'x'", "attempt to compare number with string"],
    ["return {} < {}", "attempt to compare two table values"],
    ["return #5", "attempt to get length of a number value"],
    ["return 'x' & 1", "attempt to perform bitwise operation on a string value"],
    ["local x = nil return -x", "attempt to perform arithmetic on a nil value (local 'x')"],
    ["return setmetatable({}, { __name = 'My.Type' }) + 1", "attempt to perform arithmetic on a My.Type value"],
    ["setmetatable(1, {})", "bad argument #1 to 'setmetatable' (table expected, got number)"],
    ["('x'):rep({})", "bad argument #1 to 'rep' (number expected, got table)"],
    ["string.rep()", "bad argument #1 to 'rep' (string expected, got no value)"],
    ["setmetatable(setmetatable({}, { __metatable = 1 }), {})", "cannot change a protected metatable"],
    ["return next({}, 'x')", "invalid key to 'next'"],
    ["table.concat({ {} })", "invalid value (table) at index 1 in table for 'concat'"],
    ["select(0)", "bad argument #1 to 'select' (index out of range)"],
    ["table.insert({ 1 }, 5, 2)", "bad argument #2 to 'insert' (position out of bounds)"],
    ["table.sort({ 1, 'x' })", "attempt to compare"],
  ])("%s says what is wrong and where", async (code, expected) => {
    expect(await message(code)).toMatch(
      `t:1: ${expected}`
        .replace("t:1: attempt to compare", "attempt to compare")
        .replace("t:1: invalid key", "invalid key"),
    );
  });

  test("an error object keeps its identity through any number of pcalls, coroutines and rethrows", () => {
    const code = `local object = setmetatable({}, { __tostring = function() return "mine" end })
      local _, a = pcall(error, object)
      local _, b = pcall(function() local _, e = pcall(error, object) error(e, 2) end)
      local _, c = coroutine.resume(coroutine.create(function() error(object) end))
      local _, d = pcall(coroutine.wrap(function() error(object) end))
      local _, e = xpcall(error, function(x) return x end, object)
      return a == object, b == object, c == object, d == object, e == object, tostring(e)`;
    expect(evaluate(code)).toEqual([true, true, true, true, true, "mine"]);
  });

  test("pcall gives all results, nils too", () => {
    expect(evaluate("return pcall(function(...) return ..., nil end, 1, nil, 3)")).toEqual([true, 1, undefined]);
    expect(evaluate("return select('#', pcall(function() return nil, nil end)), pcall(select, '#', nil, nil)")).toEqual(
      [3, true, 2],
    );
  });

  test("pcall of what is no function says so", () => {
    expect(evaluate("return pcall(5)")).toEqual([false, "attempt to call a number value"]);
    expect(evaluate("return pcall(nil)")).toEqual([false, "attempt to call a nil value"]);
  });

  test("locals and upvalues are as the error left them", () => {
    const code = `local n = 0 local function f() n = n + 1 local m = n pcall(function() m = m + 10 error("x") end) return m end
      return f(), f(), n`;
    expect(evaluate(code)).toEqual([11, 12, 2]);
  });

  test.each([
    ["the run", "error('x')"],
    ["print", "print(setmetatable({}, { __tostring = function() error('inner') end }))"],
    ["tostring", "tostring(setmetatable({}, { __tostring = function() error('inner') end }))"],
  ])("an error in __tostring while %s formats is an error like any", async (_, code) => {
    expect(await message(code)).toMatch(/^t:1: (x|inner)$/);
  });

  test("an uncaught error object says what it is by its __tostring, with its fields as details", async () => {
    const error = await failure(
      "error(setmetatable({ code = 7 }, { __tostring = function(e) return 'E' .. e.code end }))",
    );
    expect([error.kind, error.message, error.details]).toEqual(["UNKNOWN", "E7", { code: 7 }]);
    expect(error.traceback).toContain("t:1: in main chunk");
    expect(error.stack).toContain("E7");
  });

  test.each([
    ["raises", "error('inner')"],
    ["raises the object again", "error(e)"],
    ["gives a table", "return {}"],
    ["waits", "require('time').sleep('1ms') return 'x'"],
  ])("an error object whose __tostring %s is a table value", async (_, body) => {
    const error = await failure(`error(setmetatable({}, { __tostring = function(e) ${body} end }))`);
    expect(error.message).toBe("(error object is a table value)");
  });

  test("an error object whose __tostring never ends is ended by the limit of the run", async () => {
    const error = await failure("error(setmetatable({}, { __tostring = function() while true do end end }))", {
      instructions: 100_000,
    });
    expect(error).toMatchObject({ name: "LimitError", limit: "instructions" });
  });

  test("what an error object says is cut where it is long", async () => {
    const error = await failure("error(setmetatable({}, { __tostring = function() return ('x'):rep(1e6) end }))");
    expect(error.message).toMatch(/^x{16384}…$/);
  });

  test.each([
    ["nil", "(error object is a nil value)"],
    ["{}", "(error object is a table value)"],
    ["print", "(error object is a function value)"],
    ["coroutine.create(print)", "(error object is a thread value)"],
    ["true", "true"],
    ["42", "42"],
    ["1.5", "1.5"],
    ["'text'", "t:1: text"],
  ])("uncaught, error(%s) is an error of the run", async (value, expected) => {
    const error = await failure(`error(${value})`);
    expect([error.kind, error.retryable, error.message]).toEqual(["UNKNOWN", undefined, expected]);
  });
});

describe("xpcall", () => {
  test("hands the error to its handler, where it happened, and answers what that returns", () => {
    const code = `local inside = false
      local function f(...) inside = true local x = ... error(x) end
      local seen
      local function handler(e) seen = inside return "handled " .. tostring(e), "more" end
      local r = table.pack(xpcall(f, handler, "arg")) r[4] = seen return r`;
    expect(result(code)).toEqual(
      new Map<unknown, unknown>([
        [1, false],
        [2, "handled t:2: arg"],
        [4, true],
        ["n", 2],
      ]),
    );
  });

  test.each([
    [
      "a runtime error",
      "local x return xpcall(function() return x.y end, function(e) return '<' .. e .. '>' end)",
      [false, "<t:1: attempt to index a nil value (upvalue 'x')>"],
    ],
    ["an error without value", "return xpcall(error, function(e) return e == nil end)", [false, true]],
    ["a handler that returns nothing", "return xpcall(error, function() end, 'x')", [false, undefined]],
    ["a handler that returns a table", "return xpcall(error, function(e) return { e } end, 'x')", [false, ["x"]]],
    [
      "success, with all results",
      "return xpcall(function(...) return ... end, print, 1, nil, 3)",
      [true, 1, undefined, 3],
    ],
    ["a handler that is a library function", "return xpcall(error, string.upper, 'x')", [false, "X"]],
    [
      "a handler that catches errors of its own",
      "return xpcall(error, function(e) return e .. tostring(pcall(error)) end, 'x')",
      [false, "xfalse"],
    ],
    [
      "an inner xpcall of another handler",
      "return xpcall(function() error((select(2, xpcall(error, string.upper, 'in'))), 0) end, function(e) return 'out ' .. e end)",
      [false, "out IN"],
    ],
  ])("%s", (_, code, expected) => {
    expect(evaluate(code)).toEqual(expected);
  });

  test.each([
    ["that raises", "function() error('again') end"],
    ["that raises its error", "error"],
    ["that calls nil", "function() local x x() end"],
    ["that recurses", "function() local function f() return f() + 1 end return f() end"],
  ])("a handler %s ends in an error, and the script goes on", (_, handler) => {
    const [ok, type, after] = evaluate(
      `local ok, e = xpcall(error, ${handler}, 'x') return ok, type(e), pcall(error, 1)`,
    );
    expect([ok, type, after]).toEqual([false, "string", false]);
  });

  test("wants a function for its handler", async () => {
    expect(await message("xpcall(print)")).toBe("t:1: bad argument #2 to 'xpcall' (function expected, got no value)");
  });

  test("outside its xpcall a handler is not asked", () => {
    expect(evaluate("local n = 0 xpcall(error, function() n = n + 1 end) pcall(error) return n")).toEqual([1]);
  });
});

// ---- load ----

describe("syntax errors", () => {
  test.each([
    ["x =", "t:1: unexpected symbol near <eof>"],
    ["x = = 1", "t:1: unexpected symbol near '='"],
    ["\n\nlocal 1", "t:3: <name> expected near '1'"],
    ["if x then", "t:1: 'end' expected near <eof>"],
    ["if x\nthen", "t:2: 'end' expected (to close 'if' at line 1) near <eof>"],
    ["x = 'abc", "t:1: unfinished string near <eof>"],
    ["x = [[abc", "t:1: unfinished long string (starting at line 1) near <eof>"],
    ["--[[ abc", "t:1: unfinished long comment (starting at line 1) near <eof>"],
    [String.raw`x = "\q"`, String.raw`t:1: invalid escape sequence near '"\q'`],
    [String.raw`x = "\300"`, String.raw`t:1: decimal escape too large near '"\300"'`],
    ["x = 3..4", "t:1: malformed number near '3..4'"],
    ["goto nowhere", "t:1: no visible label 'nowhere' for <goto> at line 1"],
    ["break", "t:1: <break> at line 1 not inside a loop"],
    ["::a:: ::a::", "t:1: label 'a' already defined on line 1"],
    ["return ... , function() return ... end", "t:1: cannot use '...' outside a vararg function near '...'"],
    ["x y", "t:1: syntax error near 'y'"],
    ["a.b:c = 1", "t:1: function arguments expected near '='"],
    ["f() = 1", "t:1: syntax error near '='"],
    ["local x <const> = 1", "t:1: unexpected symbol near '<'"],
    ["@", "t:1: unexpected symbol near '@'"],
    ["x = \xff", "t:1: unexpected symbol near '<\\195>'"],
    ["for = 1", "t:1: <name> expected near '='"],
    ["return return", "t:1: unexpected symbol near 'return'"],
  ])("%j", (source, expected) => {
    const sandbox = new Sandbox();
    let error: unknown;
    try {
      sandbox.load(source);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(MoonkeepError);
    const { kind, message: text } = error as MoonkeepError;
    expect(text).toBe(expected);
    expect(kind).toBe("INVALID");
    expect(sandbox.evaluate("return load(..., '=t')", [source])).toEqual([undefined, expected]);
  });

  test("name the file of a chunk", () => {
    expect(() => new Sandbox().load("\nx =", "@scripts/main.lua")).toThrow(
      "scripts/main.lua:2: unexpected symbol near <eof>",
    );
  });
});

describe("load", () => {
  test.each([
    ["a function", "return load('return 1 + 1')()", [2]],
    ["the arguments of the chunk", "return load('return ...')(1, 2)", [1, 2]],
    ["an empty chunk", "return load('')()", []],
    ["globals of the script", "x = 5 return load('return x')()", [5]],
    ["an environment of its own", "return load('y = 1 return x', 'n', 't', { x = 6 })()", [6]],
    [
      "no environment",
      "return pcall(load('return x', '=n', 't', nil))",
      [false, "n:1: attempt to index a nil value (upvalue '_ENV')"],
    ],
    [
      "pieces from a function",
      "local p = { 'return ', '1', ' + 2' } local i = 0 return load(function() i = i + 1 return p[i] end)()",
      [3],
    ],
    [
      "pieces until an empty one",
      "local p = { 'return 1', '', ' + 2' } local i = 0 return load(function() i = i + 1 return p[i] end)()",
      [1],
    ],
    [
      "a piece that is a number",
      "local p = { 'return ', 12 } local i = 0 return load(function() i = i + 1 return p[i] end)()",
      [12],
    ],
    [
      "a piece that is no text",
      "return load(function() return {} end)",
      [undefined, "t:1: reader function must return a string"],
    ],
    ["an error of the function", "return load(function() error('reader', 0) end)", [undefined, "reader"]],
    ["an error object of the function", "return load(function() error({ 1 }) end)", [undefined, [1]]],
    ["the name of the chunk", "return load('x =', '=my name')", [undefined, "my name:1: unexpected symbol near <eof>"]],
    ["the name of a file", "return load('x =', '@my.lua')", [undefined, "my.lua:1: unexpected symbol near <eof>"]],
    ["its text for a name", "return load('x =')", [undefined, `[string "x ="]:1: unexpected symbol near <eof>`]],
    [
      "its first line for a name",
      "return load('\\nx =')",
      [undefined, `[string "..."]:2: unexpected symbol near <eof>`],
    ],
    [
      "a long name, cut",
      `return load('x =', '@' .. ('d/'):rep(50))`,
      [undefined, `...${"d/".repeat(50).slice(-56)}:1: unexpected symbol near <eof>`],
    ],
    [
      "a name that just fits",
      `return load('x =', '=' .. ('n'):rep(58))`,
      [undefined, `${"n".repeat(58)}:1: unexpected symbol near <eof>`],
    ],
    [
      "a binary chunk",
      String.raw`return load("\27Lua\x53")`,
      [undefined, "attempt to load a binary chunk (only text is allowed)"],
    ],
    [
      "a binary chunk, whatever the mode says",
      String.raw`return load("\27Lua\x53", "n", "b")`,
      [undefined, "attempt to load a binary chunk (only text is allowed)"],
    ],
    [
      "a binary chunk from a function",
      String.raw`local n = 0 return load(function() n = n + 1 return n == 1 and "\27Lua" or nil end)`,
      [undefined, "attempt to load a binary chunk (only text is allowed)"],
    ],
    [
      "text where binary is asked for",
      "return load('return 1', 'n', 'b')",
      [undefined, "attempt to load a text chunk (mode is 'b')"],
    ],
    ["text by the mode 'bt'", "return load('return 1', 'n', 'bt')()", [1]],
  ])("%s", (_, code, expected) => {
    expect(evaluate(code)).toEqual(expected);
  });

  test("wants a string or a function", async () => {
    expect(await message("load({})")).toBe("t:1: bad argument #1 to 'load' (function expected, got table)");
    expect(await message("load()")).toBe("t:1: bad argument #1 to 'load' (function expected, got no value)");
  });
});

// ---- tracebacks ----

describe("a traceback", () => {
  const lines = async (code: string) =>
    (await failure(code)).traceback
      .split("\n")
      .slice(1)
      .map((line) => line.trim());

  test("names each function by what called it, innermost first, with its line", async () => {
    const code = `function g() error("x") end
      local t = {}
      function t.field() g() end
      function t:method() t.field() end
      local u = function() t:method() end
      local function v() u() end
      setmetatable(t, { __index = function() v() end, __add = function() return t.missing end })
      for _ in function() return t + 1 end do end`;
    expect(await lines(code)).toEqual([
      "t:1: in function 'g'",
      "t:3: in field 'field'",
      "t:4: in method 'method'",
      "t:5: in upvalue 'u'",
      "t:6: in upvalue 'v'",
      "t:7: in metamethod '__index'",
      "t:7: in metamethod '__add'",
      "t:8: in for iterator 'for iterator'",
      "t:8: in main chunk",
    ]);
  });

  test("leaves host functions out, and says where a function without name was written", async () => {
    expect(await lines("local function f() error('x') end\ntable.sort({ 1, 2 }, function() f() end)")).toEqual([
      "t:1: in upvalue 'f'",
      "t:2: in function <t:2>",
      "t:2: in main chunk",
    ]);
    expect(await lines("pcall(error)\nstring.rep()")).toEqual(["t:2: in main chunk"]);
  });

  test("of a function that was tail called says where it was written", async () => {
    expect(await lines("local function f()\nerror('x') end\nlocal function g() return f() end\ng()")).toEqual([
      "t:2: in function <t:1>",
      "t:4: in main chunk",
    ]);
  });

  test("shows the first and the last levels of a deep stack, each with its name", async () => {
    const error = await failure(
      "local function f(n) if n == 0 then error('x') end local y = f(n - 1) return y end\nf(100)",
    );
    const frames = error.luaStack.map(({ source, line, name }) => (line === undefined ? source : `${line} ${name}`));
    expect(frames).toEqual([
      ...Array(10).fill("1 upvalue 'f'"),
      "...",
      ...Array(9).fill("1 upvalue 'f'"),
      "1 local 'f'",
      "2 main chunk",
    ]);
  });

  test.each([18, 19, 20, 21])("of %i nested calls has every level, or says that some are left out", async (depth) => {
    const error = await failure(
      `local function f(n) if n == 0 then error('x') end local y = f(n - 1) return y end\nf(${depth})`,
    );
    const gap = error.luaStack.some(({ source }) => source === "...");
    expect(error.luaStack.length + (gap ? depth + 2 - error.luaStack.length : 0)).toBe(depth + 2);
    expect(gap).toBe(depth >= 20);
  });

  test("is there for a syntax error in a loaded chunk too", async () => {
    expect(await lines("\nassert(load('x ='))")).toEqual(["t:2: in main chunk"]);
  });

  test("is that of the main thread when a coroutine's error passes through it", async () => {
    const code = "local co = coroutine.wrap(function() error('x') end)\nlocal function f() co() end\nf()";
    expect(await lines(code)).toEqual(["t:2: in local 'f'", "t:3: in main chunk"]);
  });

  test("of an error object stays where the error was made", async () => {
    const lua = new Sandbox({ modules: [errorsModule] });
    const code = `local errors = require("errors")
      local function make() return errors.new("CONFLICT", "x") end
      local e = make()
      local function raise() error(e) end
      raise()`;
    const error = await lua.failure(code);
    expect([error.kind, error.message]).toEqual(["CONFLICT", "x"]);
    expect(error.luaStack.map(({ line }) => line)).toEqual([2, 3]);
  });

  test("of what a host function refuses is where the script called it", async () => {
    const refuse = defineModule("host", {
      refuse: fn([], () => {
        throw new MoonkeepError("CONFLICT", "no");
      }),
    });
    const lua = new Sandbox({ modules: [refuse, errorsModule] });
    const code = `local host = require("host")
      local function ask() local _, e = host.refuse() return e end
      local e = ask()
      error(e)`;
    const error = await lua.failure(code);
    expect(error.luaStack.map(({ line, name }) => `${line} ${name}`)).toEqual(["2 local 'ask'", "3 main chunk"]);
  });

  test("shows a chunk's name as messages do", async () => {
    for (const name of [
      "=x",
      `=${"n".repeat(58)}`,
      `=${"n".repeat(80)}`,
      `@${"d/".repeat(60)}.lua`,
      "return 1",
      "a\nb",
    ]) {
      const lua = new Sandbox();
      const f = lua.load("error('x')", name);
      let error: MoonkeepError | undefined;
      try {
        lua.state.run(f, []);
      } catch (e) {
        error = e as MoonkeepError;
      }
      expect(error!.message).toBe(`${error!.luaStack[0]!.source}:1: x`);
    }
  });

  test("can be asked for long after the script has ended", async () => {
    const lua = new Sandbox();
    const error = await lua.failure("local function f() error('x') end f()");
    lua.evaluate("local function g(n) if n > 0 then return 1 + g(n - 1) end return 0 end g(100)");
    lua.state.close();
    expect(error.traceback).toBe("stack traceback:\n\tt:1: in local 'f'\n\tt:1: in main chunk");
  });
});

test("the parser's depth is counted in C levels, as Lua says it", async () => {
  expect(await message(`return ${"(".repeat(300)}1${")".repeat(300)}`)).toMatch(/too many C levels \(limit is 200\)/);
});
