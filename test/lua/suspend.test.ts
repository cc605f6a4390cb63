/** A host function that waits looks like any other to a script, wherever the script calls it. */
import { describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { raw } from "../../src/lua/boundary/function.ts";
import { defineModule } from "../../src/lua/boundary/module.ts";
import { callNoYield } from "../../src/lua/core/call.ts";
import "../../src/modules/errors-module.ts"; // the errors that scripts see
import { later } from "../support/later.ts";
import { Sandbox } from "../support/lua.ts";

const head = 'local later = require("later") local get, plain = later.get, later.plain ';
const run = (code: string, args: unknown[] = []) => new Sandbox({ modules: [later] }).run(head + code, args);

/** What a script does around a wait, and its results. */
type Case = readonly [what: string, code: string, ...results: unknown[]];

/** Runs each as a script, in a coroutine of its own, and in three of them inside each other. */
function waits(cases: readonly Case[]): void {
  test.each(cases.map(([what, code, ...results]) => ({ what, code, results })))("$what", async ({ code, results }) => {
    expect(await run(code)).toEqual(results);
    expect(await run(`return coroutine.wrap(function(...) ${code} end)(...)`)).toEqual(results);
    const nested = `local function body(...) ${code} end
      local function level(n, ...)
        if n == 0 then return body(...) end
        return select(2, assert(coroutine.resume(coroutine.create(level), n - 1, ...)))
      end
      return level(3)`;
    expect(await run(nested)).toEqual(results);
  });
}

describe("a call that waits, in an expression", () => {
  waits([
    ["is a statement", "get(1) return 'on'", "on"],
    ["has one result", "return get(1)", 1],
    [
      "has its error as the second result",
      "local v, e = later.fail('away') return v, e:kind(), e:message()",
      undefined,
      "Unavailable",
      "away",
    ],
    ["is the operand of operators", "return plain(2) + plain(3) * plain(4)", 14],
    ["is part of a concatenation", "return plain('a') .. plain('b') .. 'c' .. plain('d')", "abcd"],
    ["is compared", "return plain(1) < plain(2), plain(1) == plain(1), plain('b') <= plain('a')", true, true, false],
    ["is a condition", "if plain(false) then return 1 elseif plain(true) then return 2 end", 2],
    ["is on either side of and, or, not", "return plain(false) or plain(1) and not plain(2)", false],
    ["is an argument", "return math.max(plain(1), plain(3), plain(2))", 3],
    ["is the last argument, with all results", "return select('#', get(1))", 1],
    [
      "is an item of a table",
      "local t = { plain(1), x = plain(2), [plain('k')] = plain(4), get(5) } return t[1], t.x, t.k, t[2], #t",
      1,
      2,
      4,
      5,
      2,
    ],
    ["is an index", "local t = { a = 1 } t[plain('b')] = plain(2) return t[plain('a')], t.b", 1, 2],
    ["is a length", "return #plain('abc'), -plain(3), ~plain(0)", 3, -3, -1],
    ["is returned by a tail call", "local function f() return get(7) end return f()", 7],
    [
      "is called itself as the tail call of a method",
      "local o = { f = function(self, x) return plain(x) end } return o:f(4)",
      4,
    ],
    [
      "reaches a function of any number of arguments",
      "local function f(...) return select('#', ...), ... end return f(plain(1), get(2))",
      2,
      1,
      2,
    ],
    [
      "reads upvalues as they are after the wait",
      "local n = 1 local function f() local v = plain(1) return v + n end n = 5 return f()",
      6,
    ],
    [
      "is made at the bottom of a deep recursion",
      "local function f(n) if n == 0 then return plain(0) end return 1 + f(n - 1) end return f(5000)",
      5000,
    ],
    ["happens a thousand times", "local n = 0 for i = 1, 1000 do n = n + plain(i) end return n", 500500],
  ]);
});

describe("a call that waits, in a loop", () => {
  waits([
    ["is a bound of a numeric for", "local n = 0 for i = plain(1), plain(4), plain(2) do n = n + i end return n", 4],
    [
      "is the condition of while and repeat",
      "local n = 0 while plain(n) < 3 do n = n + 1 end repeat n = n + 1 until plain(n) > 5 return n",
      6,
    ],
    [
      "is the iterator of a for",
      "local function items(last, i) if i < last then return plain(i + 1) end end local n = 0 for i in items, 4, 0 do n = n + i end return n",
      10,
    ],
    [
      "is an iterator of the host's own",
      "local n = 0 for v in function() n = n + 1 return plain(n < 4) and n or nil end do get(v) end return n",
      4,
    ],
    [
      "is in the body of pairs",
      "local n = 0 for k, v in pairs({ a = 1, b = 2, 3 }) do n = n + plain(v) end return n",
      6,
    ],
    [
      "makes the iterator",
      "local function range(n) local i = plain(0) return function() i = i + 1 if i <= plain(n) then return i end end end local n = 0 for i in range(plain(3)) do n = n + i end return n",
      6,
    ],
    [
      "is left by break and goto",
      "for i = 1, 3 do if plain(i) == 2 then goto out end end ::out:: for i = 1, 3 do if plain(i) == 2 then return i end end",
      2,
    ],
  ]);
});

describe("a call that waits, in a protected call", () => {
  waits([
    ["is the protected function", "return pcall(plain, 1)", true, 1],
    ["is inside it", "return pcall(function(...) return plain(1), ... end, 2)", true, 1, 2],
    ["is inside many of them", "return pcall(pcall, pcall, pcall, plain, 1)", true, true, true, true, 1],
    [
      "raises its error there",
      "local ok, e = pcall(later.raise, 'away') return ok, errors and 1 or e:kind(), e:message()",
      false,
      "Unavailable",
      "away",
    ],
    ["is followed by an error", "return pcall(function() plain(1) error('later', 0) end)", false, "later"],
    [
      "is followed by an error of the VM",
      "return pcall(function() return plain(1) + {} end)",
      false,
      "t:1: attempt to perform arithmetic on a table value",
    ],
    ["is protected by xpcall", "return xpcall(plain, print, 1)", true, 1],
    [
      "is followed by an error that the handler sees",
      "return xpcall(function() plain(1) error('later', 0) end, function(m) return 'handled ' .. m end)",
      false,
      "handled later",
    ],
    [
      "raises what the handler sees",
      "return xpcall(later.raise, function(e) return 'handled ' .. e:message() end, 'away')",
      false,
      "handled away",
    ],
    [
      "leaves the handler of an outer xpcall in force",
      "return xpcall(function() xpcall(plain, print, 1) error('outer', 0) end, function(m) return 'handled ' .. m end)",
      false,
      "handled outer",
    ],
    [
      "comes after a caught error",
      "pcall(error, 'x') local v = plain(1) local ok = pcall(error, 'y') return v, ok, plain(2)",
      1,
      false,
      2,
    ],
    [
      "closes upvalues when an error unwinds",
      "local f local ok = pcall(function() local n = plain(1) f = function() n = n + 1 return n end error('x') end) return ok, f(), f()",
      false,
      2,
      3,
    ],
    [
      "is in the function that handles the result",
      "local function done(ok, v) return ok, plain(v) end return done(pcall(plain, 1))",
      true,
      1,
    ],
  ]);
});

describe("a call that waits, in a metamethod", () => {
  const object = (event: string, body: string) =>
    `local o o = setmetatable({}, { __${event} = ${body} }) local p = setmetatable({}, getmetatable(o)) `;
  waits([
    ["__index", `${object("index", "function(_, k) return plain(k) end")} return o.a, o["b"], o[1]`, "a", "b", 1],
    [
      "__index of a method call",
      `${object("index", "function(_, k) return plain(1) and function(self, x) return self == o, k, plain(x) end end")} return o:m(3)`,
      true,
      "m",
      3,
    ],
    [
      "__index of a global",
      "local env = setmetatable({}, { __index = function(_, k) return plain(k) end }) return load('return something', 'x', 't', env)()",
      "something",
    ],
    [
      "__newindex",
      `${object("newindex", "function(t, k, v) rawset(t, plain(k), plain(v) + 1) end")} o.a = 1 o[1] = 2 return o.a, o[1]`,
      2,
      3,
    ],
    [
      "__call",
      `${object("call", "function(self, x, ...) return self == o, plain(x), ... end")} return o(1, 2)`,
      true,
      1,
      2,
    ],
    [
      "__call as an iterator",
      `local i = 0 ${object("call", "function() i = i + 1 return plain(i < 4) and i or nil end")} local n = 0 for v in o do n = n + v end return n`,
      6,
    ],
    [
      "__add and the other operators",
      `${["add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr"].reduce((all, name) => `${all} m.__${name} = function(a, b) return plain("${name}") end`, "local m = {}")}
       local o = setmetatable({}, m) return o + 1, 1 - o, o * o, o / 1, o % 1, o ^ 1, o // 1, o & 1, 1 | o, o ~ o, o << 1, 1 >> o`,
      "add",
      "sub",
      "mul",
      "div",
      "mod",
      "pow",
      "idiv",
      "band",
      "bor",
      "bxor",
      "shl",
      "shr",
    ],
    [
      "__unm, __bnot and __len",
      `local m = { __unm = function() return plain(1) end, __bnot = function() return plain(2) end, __len = function() return plain(3) end }
       local o = setmetatable({}, m) return -o, ~o, #o`,
      1,
      2,
      3,
    ],
    [
      "__concat",
      `${object("concat", "function(a, b) return plain((a == o and 'o' or a) .. (b == o and 'o' or b)) end")} return o .. 'x', 'x' .. o, 'a' .. 'b' .. o .. 'c' .. 'd', 1 .. o .. 2`,
      "ox",
      "xo",
      "abocd",
      "1o2",
    ],
    [
      "__eq",
      `${object("eq", "function() return plain(true) end")} if o ~= p then return 1 end return o == p, not (o == p), o ~= p`,
      true,
      false,
      false,
    ],
    [
      "__lt",
      `${object("lt", "function(a, b) return plain(a == o) end")} if p < o then return 1 end return o < p, p < o, o > p, not (o < p)`,
      true,
      false,
      false,
      false,
    ],
    [
      "__le",
      `${object("le", "function(a, b) return plain(a == o) end")} return o <= p, p <= o, o >= p, not (p <= o)`,
      true,
      false,
      false,
      true,
    ],
    [
      "__lt in place of __le",
      `${object("lt", "function(a, b) return plain(a == o) end")} return o <= p, p <= o, o >= p, not (o <= p)`,
      true,
      false,
      false,
      false,
    ],
    [
      "one metamethod in another",
      `local inner = setmetatable({}, { __index = function(_, k) return plain(k) end }) ${object("index", "function(_, k) return inner[k] .. plain('!') end")} return o.a, o.b`,
      "a!",
      "b!",
    ],
    [
      "an error after the wait",
      `${object("index", "function(_, k) plain(k) error('no ' .. k, 0) end")} return pcall(function() return o.a end)`,
      false,
      "no a",
    ],
  ]);
});

describe("a call that waits, in coroutines of the script's own", () => {
  waits([
    [
      "is never seen by resume",
      "local co = coroutine.create(function(a) local b = plain(a) + coroutine.yield(plain('y')) return b, plain('r') end) local _, y = coroutine.resume(co, 1) return y, coroutine.resume(co, 2)",
      "y",
      true,
      3,
      "r",
    ],
    [
      "mixes with yields",
      "local f = coroutine.wrap(function(...) local n = plain(1) while true do n = n + plain((coroutine.yield(n, plain(n)))) end end) local a, b = f() local c = f(10) return a, b, c, f(plain(100))",
      1,
      1,
      11,
      111,
      111,
    ],
    [
      "is in a generator",
      "local function items() return coroutine.wrap(function() for i = 1, 4 do coroutine.yield(plain(i)) end end) end local n = 0 for v in items() do n = n + plain(v) end return n",
      10,
    ],
    [
      "is in a generator of generators",
      "local function inner(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(plain(i)) end end) end local function outer() return coroutine.wrap(function() for i = 1, 3 do for v in inner(i) do coroutine.yield(plain(v)) end end end) end local t = {} for v in outer() do t[#t + 1] = v end return table.concat(t, ' ')",
      "1 1 2 1 2 3",
    ],
    [
      "leaves the status what it was",
      "local co co = coroutine.create(function() plain(1) local s = coroutine.status(co) coroutine.yield() plain(1) return s end) coroutine.resume(co) local s = coroutine.status(co) local _, inner = coroutine.resume(co) return inner, s, coroutine.status(co)",
      "running",
      "suspended",
      "dead",
    ],
    [
      "leaves running what it was",
      "local co co = coroutine.create(function() plain(1) return coroutine.running() == co, select(2, coroutine.running()) end) return coroutine.resume(co)",
      true,
      true,
      false,
    ],
    [
      "raises its error out of resume",
      "local co = coroutine.create(function() plain(1) error('x', 0) end) local ok, e = coroutine.resume(co) return ok, e, coroutine.status(co)",
      false,
      "x",
      "dead",
    ],
    [
      "raises its error out of wrap",
      "local ok, e = pcall(coroutine.wrap(function() plain(1) error({ code = 1 }) end)) return ok, e.code",
      false,
      1,
    ],
    [
      "is in a pcall in a coroutine in a pcall",
      "return pcall(coroutine.wrap(function() return pcall(function() plain(1) error('in', 0) end) end))",
      true,
      false,
      "in",
    ],
    [
      "is in a metamethod in a coroutine",
      "local o = setmetatable({}, { __index = function(_, k) return plain(k) .. coroutine.yield(k) end }) local f = coroutine.wrap(function() return o.a end) return f(), f('!')",
      "a",
      "a!",
    ],
    [
      "is in several coroutines by turns",
      "local function worker(name) return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(plain(name) .. i) end return 'end' end) end local a, b, t = worker('a'), worker('b'), {} for i = 1, 4 do t[#t + 1] = a() t[#t + 1] = b() end return table.concat(t, ' ')",
      "a1 b1 a2 b2 a3 b3 end end",
    ],
    [
      "passes hundreds of values through",
      "local f = coroutine.wrap(function(...) local n = select('#', ...) plain(1) return n, coroutine.yield(...) end) local function pack(...) return select('#', ...), select(-1, ...) end local t = {} for i = 1, 250 do t[i] = i end local n, last = pack(f(table.unpack(t))) return n, last, (f())",
      250,
      250,
      250,
    ],
    [
      "is given on by a function that wraps",
      "local wrapped = coroutine.wrap(coroutine.wrap(function() return plain(5) end)) return wrapped()",
      5,
    ],
    [
      "wakes a coroutine that lay a while",
      "local co = coroutine.create(function() plain(1) coroutine.yield(1) plain(2) return 2 end) coroutine.resume(co) for i = 1, 5 do plain(i) end return coroutine.resume(co)",
      true,
      2,
    ],
  ]);
});

describe("code that the script loads", () => {
  waits([
    ["waits when it is called", "return load('return ...', 'x')(plain(3))", 3],
    ["waits inside", "return load('local get = ... return get(4)')(plain)", 4],
  ]);
});

describe("where the reference implementation can't be suspended", () => {
  test.each([
    ["a sort comparator", "table.sort({ 3, 2, 1 }, function(a, b) note(get(1)) return a < b end)"],
    [
      "an __lt that sort asks",
      "local m = { __lt = function() note(get(1)) return false end } table.sort({ setmetatable({}, m), setmetatable({}, m) })",
    ],
    [
      "a __tostring that tostring calls",
      "tostring(setmetatable({}, { __tostring = function() note(get(1)) return '' end }))",
    ],
    [
      "an __index that ipairs asks",
      "for _ in ipairs(setmetatable({}, { __index = function() note(get(1)) end })) do end",
    ],
    [
      "a __tostring that print calls",
      "print(setmetatable({}, { __tostring = function() note(get(1)) return '' end }))",
    ],
    [
      "a __tostring in a table that print shows",
      "print({ setmetatable({}, { __tostring = function() note(get(1)) return '' end }) })",
    ],
    ["a reader of load", "load(function() note(get(1)) end)"],
    ["a handler of xpcall", "xpcall(error, function() note(get(1)) end)"],
    ["a __pairs", "pairs(setmetatable({}, { __pairs = function() note(get(1)) return next, {} end }))"],
    ["a gsub callback", "('x'):gsub('x', function() note(get(1)) end)"],
    ["an __index that gsub asks", "('x'):gsub('x', setmetatable({}, { __index = function() note(get(1)) end }))"],
    [
      "a __tostring that format calls",
      "('%s'):format(setmetatable({}, { __tostring = function() note(get(1)) return '' end }))",
    ],
    [
      "an __index that table.concat asks",
      "table.concat(setmetatable({}, { __index = function() note(get(1)) return '' end }), ',', 1, 2)",
    ],
    [
      "an __index that table.unpack asks",
      "table.unpack(setmetatable({}, { __index = function() note(get(1)) end }), 1, 2)",
    ],
    [
      "a __len that table.insert asks",
      "table.insert(setmetatable({}, { __len = function() note(get(1)) return 0 end }), 1)",
    ],
    [
      "a __newindex that table.insert asks",
      "table.insert(setmetatable({}, { __newindex = function() note(get(1)) end }), 1)",
    ],
    [
      "a function in a sort comparator in a pcall",
      "pcall(table.sort, { 3, 2, 1 }, function(a, b) pcall(function() note(get(1)) end) return a < b end)",
    ],
    [
      "a coroutine that a sort comparator resumes",
      "table.sort({ 3, 2, 1 }, function(a, b) coroutine.wrap(function() note(get(1)) end)() return a < b end)",
    ],
  ])("%s can wait", async (_, code) => {
    const noted = "local value, err local function note(v, e) value, err = v, e end";
    const after = "return value, err, plain('on')";
    for (const body of [
      `${noted} ${code} ${after}`,
      `return coroutine.wrap(function() ${noted} ${code} ${after} end)()`,
    ]) {
      expect(await run(body)).toEqual([1, undefined, "on"]);
    }
  });

  test("sort and gsub go on with what they were doing", async () => {
    expect(
      await run(
        "local t = { 5, 2, 9, 1, 7 } table.sort(t, function(a, b) return get(a) < get(b) end) return table.concat(t, ' ')",
      ),
    ).toEqual(["1 2 5 7 9"]);
    expect(await run("return ('a1b22'):gsub('%d', function(d) return '<' .. get(d) .. '>' end)")).toEqual([
      "a<1>b<2><2>",
      3,
    ]);
    expect(
      await run(
        "return ('%s-%d-%s'):format(setmetatable({}, { __tostring = function() return get('x') end }), 5, true)",
      ),
    ).toEqual(["x-5-true"]);
  });
});

describe("a message handler of xpcall that waits", () => {
  test.each([
    ["before any wait", ""],
    ["after a wait of what failed", "get(0)"],
  ])("gives what xpcall answers, %s", async (_, wait) => {
    const code = `return xpcall(function() ${wait} error('e', 0) end, function(e) return get(e .. 1) .. 2 end)`;
    expect(await run(code)).toEqual([false, "e12"]);
    expect(await run(`return coroutine.wrap(function() ${code} end)()`)).toEqual([false, "e12"]);
  });

  test("sees the frames of what failed", async () => {
    expect(
      await run(`local function inner() error("e", 0) end
        local function outer() inner() return 1 end
        return xpcall(outer, function() get(1) return (debug.traceback("x", 2):gsub("%s+", " ")) end)`),
    ).toEqual([
      false,
      expect.stringMatching(/^x stack traceback: t:1: in upvalue 'inner' t:2: in function <t:2> .*in main chunk$/),
    ]);
  });

  test("is asked about its own error, too", async () => {
    expect(
      await run(`local n = 0
        return xpcall(error, function(e) n = n + 1 get(n) if n < 3 then error("again" .. n, 0) end return e .. n end, "first")`),
    ).toEqual([false, "again23"]);
  });

  test("is left for what lies below, once it has answered", async () => {
    expect(
      await run(`local log = {}
        local ok, e = xpcall(function()
          local ok, e = xpcall(error, function(e) return get("inner " .. e) end, "a")
          log[#log + 1] = e
          local ok, e = pcall(error, "b")
          log[#log + 1] = e
          error("c", 0)
        end, function(e) return get("outer " .. e) end)
        log[#log + 1] = e
        return table.concat(log, ", ")`),
    ).toEqual(["inner a, b, outer c"]);
  });

  test("may be a function of the host, and may yield", async () => {
    expect(await run("return xpcall(error, get, 'e')")).toEqual([false, "e"]);
    expect(
      await run(`local co = coroutine.wrap(function()
          return "end", xpcall(error, function(e) return e .. coroutine.yield("yielded") end, "e")
        end)
        return co(), co("!")`),
    ).toEqual(["yielded", "end", false, "e!"]);
  });

  test("may be asked by an error in a metamethod, a sort and a call that tail calls", async () => {
    expect(
      await run(`local h = function(e) return get(e) end
        local t = setmetatable({}, {__add = function() error("add", 0) end, __index = function() error("index", 0) end})
        local function tail() return error("tail", 0) end
        local function all(...) return select(2, ...) end
        return all(xpcall(function() return 1 + (t + 1) end, h)), all(xpcall(function() return t.x end, h)),
          all(xpcall(table.sort, h, {3, 2, 1}, function() error("sort", 0) end)), all(xpcall(function() return tail() end, h))`),
    ).toEqual(["add", "index", "sort", "tail"]);
  });
});

test("print, load and inspect go on with what they were doing", async () => {
  const sandbox = new Sandbox({ modules: [later] });
  await sandbox.run(`${head} local o = setmetatable({}, {__tostring = function() return get("o") end})
    print(1, o, {o, {o}, a = o}, "end")
    tostring = function(v) return get("mine") end
    print(1, {})`);
  expect(sandbox.printed.join("")).toBe("1\to\t{o, {o}, a = o}\tend\nmine\tmine\n");
  expect(
    await run(`local parts, i = {"return ", "1 ", "+ 2"}, 0
      local f = assert(load(function() i = i + 1 return get(parts[i]) end))
      return f(), select(2, load(function() get(1) error("broken", 0) end)), select(2, load(function() return get({}) end))`),
  ).toEqual([3, "broken", "t:3: reader function must return a string"]);
});

describe("a metamethod that os.time asks", () => {
  waits([
    [
      "waits for each field, and for where they go",
      `local read, written = {}, {}
      local fields = { year = 2024, month = 13, day = 1, hour = 0, isdst = false }
      local t = setmetatable({}, {
        __index = function(_, k) read[#read + 1] = k return plain(fields[k]) end,
        __newindex = function(_, k, v) written[k] = plain(v) end,
      })
      local moment = os.time(t)
      return moment == os.time{ year = 2025, month = 1, day = 1, hour = 0, isdst = false },
        table.concat(read, " "), written.year, written.month, written.yday, rawget(t, "year")`,
      true,
      "sec min hour day month year isdst",
      2025,
      1,
      1,
      undefined,
    ],
    [
      "fails after a wait",
      `local t = setmetatable({}, { __index = function(_, k) return plain(k == "day" and "x" or nil) end })
      return pcall(os.time, t)`,
      false,
      "field 'day' is not an integer",
    ],
  ]);
});

describe("where Lua can't be suspended", () => {
  const refused =
    /^this call has to wait, which is not possible inside a function that JavaScript called; make it before, and use its result there$/;
  /** Calls a function as JavaScript does that does not know of waits. */
  const stuck = defineModule("stuck", {
    call: raw([], () => (L) => {
      callNoYield(L, L.ci.funcOff + 1, 1);
      return 1;
    }),
  });
  const runStuck = (code: string) => new Sandbox({ modules: [later, stuck] }).run(head + code);
  const inside = (body: string) => `require("stuck").call(function() ${body} return 1 end)`;

  test("a call that waits gets an error that says so, and the script goes on", async () => {
    const noted = "local value, err local function note(v, e) value, err = v, e end";
    const after = "return value, err:kind(), err:retryable(), err:message(), plain('on')";
    for (const body of [
      `${noted} ${inside("note(get(1))")} ${after}`,
      `return coroutine.wrap(function() ${noted} ${inside("note(get(1))")} ${after} end)()`,
    ]) {
      expect(await runStuck(body)).toEqual([undefined, "Invalid", false, expect.stringMatching(refused), "on"]);
    }
  });

  test("an error of a call that was refused to wait bothers nobody", async () => {
    expect(await runStuck(`${inside("later.fail('away')")} get(1) return 'on'`)).toEqual(["on"]);
  });

  test("it is an error of the one call: raised, where the function raises its errors", async () => {
    const [message] = await runStuck(`local e ${inside("_, e = pcall(plain, 1)")} return e:message()`);
    expect(message).toMatch(refused);
  });
});

describe("what a script fails with after a wait", () => {
  const failure = (code: string) => new Sandbox({ modules: [later] }).failure(head + code);

  test("is the error of the call, with its place", async () => {
    const error = await failure("\n\nlocal function load_it() return later.raise('away') .. '' end\nload_it()");
    expect(error).toMatchObject({ kind: "UNAVAILABLE", message: "away", retryable: true });
    expect(error.luaStack.filter(({ line }) => line !== undefined)).toMatchObject([
      { source: "t", line: 3 },
      { source: "t", line: 4 },
    ]);
  });

  test("is an error of the script, with its place", async () => {
    expect((await failure("get(1)\nerror('later')")).message).toBe("t:2: later");
  });

  test("is what a bug of the host throws, which tells the script nothing", async () => {
    const { defineModule, fn } = await import("../../src/lua/boundary/module.ts");
    const bug = new TypeError("/secret/path");
    const broken = defineModule("broken", { call: fn([], () => Promise.reject(bug)) });
    const sandbox = new Sandbox({ modules: [broken] });
    const error = await sandbox.failure('require("broken").call()');
    expect(error).toMatchObject({ kind: "INTERNAL", cause: bug });
    expect(error.message).not.toContain("secret");
    expect(await sandbox.run('local ok, e = pcall(require("broken").call) return ok, e:kind()')).toEqual([
      false,
      "Internal",
    ]);
  });

  test("is an instance of MoonkeepError", async () => {
    expect(await failure("get(1) error({})")).toBeInstanceOf(MoonkeepError);
  });
});
