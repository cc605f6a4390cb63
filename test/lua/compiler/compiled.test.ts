import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { LimitError } from "../../../src/errors.ts";
import { defineModule, plain } from "../../../src/lua/boundary/module.ts";
import type { CodeTier } from "../../../src/lua/compiler/tier.ts";
import { Chunk } from "../../../src/lua/run/chunk.ts";
import { State } from "../../../src/lua/run/state.ts";
import { compiler, outcome } from "./ways.ts";

const wait = defineModule("wait", {
  later: plain([], () => new Promise((resolve) => setTimeout(() => resolve(7), 0))),
});

const run = async (text: string, limits: object = {}, tier: CodeTier | null = compiler()) => {
  const state = new State({ modules: new Map([["wait", wait]]), call: undefined, print() {}, tier });
  const results = await state.run(state.load(Buffer.from(text), "=t"), [], { timeout: 20_000, ...limits });
  return results.map(({ value }) => (typeof value === "object" && value !== null ? String(value) : value));
};

describe("compiled code", () => {
  it("waits inside of pcall, with its variables", async () => {
    const text = `local later = require("wait").later
      local function leaf(i) local a = i * 2 local b = later() return a + b end
      local function body(i) local c = i * 3 local ok, v = pcall(leaf, i) return v + c end
      local s = 0 for i = 1, 50 do s = s + body(i) end return s`;
    expect(await run(text)).toEqual([50 * 7 + (5 * 50 * 51) / 2]);
  });

  it("protects calls as the interpreter does: any number of values, errors of all kinds, waits and yields", async () => {
    const text = `local later = require("wait").later
      local log = {}
      local function note(...)
        local t = table.pack(...)
        for i = 1, t.n do t[i] = type(t[i]) == "table" and "table" or tostring(t[i]) end
        log[#log + 1] = t.n .. ":" .. table.concat(t, " ")
      end
      local function none() end
      local function all(...) return ... end
      local function level(n) error("level " .. n, n) end
      local function nothing(a) return a.x.y end
      local function native() return ("x"):rep(1, 2, 3), string.rep() end
      local function nest(n) if n == 0 then error({}) end local ok, e = pcall(nest, n - 1) error(e, 0) end
      local function tail(n, ...) if n > 0 then return tail(n - 1, ...) end return select("#", ...) end
      local function trace() return (debug.traceback("here"):gsub("%s+", " ")) end
      local function waiting(a) local b = a * 2 local c = later() if c + b == 13 then error("odd") end return a, b, c end
      local function deep(n) local ok, e = pcall(deep, n + 1) if ok then return e end return tostring(e):sub(-30) end
      local function counted() local n = 0 return pcall(function() n = n + 1 error(n) end), n end
      for i = 1, 12 do
        note(pcall(none)) note(pcall(none, 1, 2)) note(pcall(all)) note(pcall(all, i, nil, 3)) note(pcall(all, 1, 2, 3, 4, i))
        note(pcall(level, i % 4)) note(pcall(nothing, {})) note(pcall(nothing)) note(pcall(native)) note(pcall(nest, 5))
        note(pcall(tail, 30, i, i)) note(pcall(waiting, i)) note(pcall(pcall, waiting, i)) note(pcall(trace)) note(counted())
        note(xpcall(function(x) note(pcall(nothing, x)) return x.y.z end, function(e) return "handled " .. e end, {}))
        local co = coroutine.wrap(function(a)
          for j = 1, 3 do note(pcall(function(x) local y = coroutine.yield(x) if y == 2 then error("two") end return y, x end, a + j)) end
          return "over"
        end)
        note(co(i)) note(co(1)) note(co(2)) note(co(3))
        note(pcall(pcall)) note(pcall(nil)) note(pcall(setmetatable({}, {__call = all}), i))
      end
      note(deep(1))
      return table.concat(log, "\\n")`;
    const compiled = await run(text);
    expect(compiled).toEqual(await run(text, {}, null));
    expect(String(compiled)).toMatch(/level 1/);
  });

  it("stops what runs in a protected call when time is up, and what recurs through protected calls", async () => {
    for (const text of [
      "local function f() while true do end end for i = 1, 9 do pcall(f) end return 1",
      "local function f() pcall(f) end for i = 1, 1e9 do pcall(f) end return 1",
      "local function f(t) while true do t[#t + 1] = {} end end for i = 1, 9 do pcall(f, {}) end return 1",
    ]) {
      await expect(run(text, { instructions: 5e5, memory: 8 * 2 ** 20 })).rejects.toThrow(LimitError);
    }
  });

  it("computes with numbers at all edges of how they are kept as the interpreter does, variables and constants", () => {
    const edges =
      "1 -1 3 -3 7 0.5 2147483647 -2147483648 2147483648 4294967295 9007199254740991 -9007199254740991 9007199254740992"
        .concat(
          " 9007199254740993 4503599627370497.5 2.0^53 0x7fffffffffffffff (-0x7fffffffffffffff-1) 2.0^63 -2.0^63 0 0.0 -0.0 (0/0)",
        )
        .split(" ");
    const constants = [
      "3",
      "-3",
      "65537",
      "2147483648",
      "-9007199254740991",
      "9007199254740991",
      "2.0",
      "0x7fffffffffffffff",
    ];
    const operators = "+ - * / // % & | ~ << >> < <= ==".split(" ");
    const variables = operators.map((operator) => `function(a, b) return a ${operator} b end`);
    const fixed = operators.flatMap((operator) =>
      constants.map((b) => `function(a) return a ${operator} ${b}, ${b} ${operator} a end`),
    );
    const text = `local edges = { ${edges.join(", ")} }
      local function show(v) if v ~= v then return "nan" end return (math.type(v) or type(v)) .. " " .. tostring(v) end
      local line
      local function note(ok, x, y) line[#line + 1] = show(x) if y ~= nil then line[#line + 1] = show(y) end end
      for i, f in ipairs { ${fixed.join(",\n")} } do
        line = { i }
        for _, a in ipairs(edges) do note(pcall(f, a)) end
        print(table.concat(line, ", "))
      end
      for i, f in ipairs { ${variables.join(",\n")} } do
        line = { i }
        for _, a in ipairs(edges) do for _, b in ipairs(edges) do note(pcall(f, a, b)) end end
        print(table.concat(line, ", "))
      end`;
    const expected = outcome(text, { tier: null });
    for (const isGeneric of [false, true]) expect(outcome(text, { tier: compiler({ isGeneric }) })).toBe(expected);
  });

  it('leaves the frame of a callee that is paused alone, where variables of "and" and "or" will be', () => {
    const text = `local function show(v)
        local t = math.type(v) or type(v)
        if t == "integer" or t == "string" or t == "boolean" or t == "nil" then return tostring(v) end
      end
      local function note(...)
        local t = table.pack(...)
        for i = 1, t.n do t[i] = show(t[i]) end
        print(table.concat(t, " "))
      end
      local function f(a, b, c, ...)
        repeat
          local x = 9007199254740991
          for i = 1, 70 do x = x * 2.0 if i % 23 == 0 then note(x, x == x + 0.0, x < 2^53) end end
          local y = c
          if ("0x10" * a) and (9 + c) then
            local z = (rawequal((x | y), (x).n))
            local n = 0
            for i = 1, z do
              do none[-0.0] = (c and c) end
            end
          end
        until false
      end
      for r = 1, 6 do note(pcall(f, r, 1)) end`;
    const expected = outcome(text, { tier: null });
    for (const pauses of [3, 10, 11, 12, 13]) expect(outcome(text, { tier: compiler(), pauses })).toBe(expected);
  });

  it("finds a key that is put together around a number, however it was put together", async () => {
    const text = `local concat, format = table.concat, string.format
      local kinds, seen, log = {"user:", "1", "", ("x"):rep(60), "ab"}, {}, {}
      for i = 1, 12 do seen[-i] = i end
      local function two(a, b) return a .. b end
      local function three(a, b, c) return a .. b .. c end
      local function note(key, value)
        local before = seen[key]
        seen[key] = value
        log[#log + 1] = key .. "=" .. tostring(before) .. (rawequal(key, format("%s", key)) and "" or "!")
      end
      for round = 1, 3 do
        for i, kind in ipairs(kinds) do
          for _, n in ipairs {0, 7, 12, 2147483647, 2147483648, -1, 1.5, 1e15} do
            note(two(kind, n), i) note(two(n, kind), i) note(concat({kind, n}), i)
            note(three(kind, n, kind), i) note(three(kind, kind, n), i) note(three(n, kind, kind), i)
            note(three(kind, n, n), i) note(format("%s%s%s", kind, n, kind), i)
          end
        end
        for i = 1, 200 do note(two("k", i), i) note("k" .. i .. "z", -i) end
      end
      local keys = {} for k, v in pairs(seen) do keys[#keys + 1] = k .. "=" .. v end
      return concat(log, " ") .. "\\n" .. concat(keys, " ") .. #keys`;
    expect(await run(text)).toEqual(await run(text, {}, null));
  });

  it("waits in metamethods, iterators, coroutines and comparisons, with its variables", async () => {
    const text = `local later = require("wait").later
      local M = {} M.__add = function(a, b) return later() + b end M.__index = function(t, k) return later() end
      M.__lt = function(a, b) return later() == 7 end M.__call = function(self, x) return later() + x end
      M.__concat = function() return later() end M.__newindex = function(t, k, v) rawset(t, "set", later() + v) end
      local function each(n) return function(_, i) if i < n then return i + 1, later() end end, nil, 0 end
      local function body(i)
        local o = setmetatable({}, M)
        local a, b = o + i, o.x
        local c = o < o and 1 or 2
        local d = 0 for _, v in each(2) do d = d + v end
        local co = coroutine.wrap(function(x) local y = coroutine.yield(later()) return y + later() + x end)
        local e = co(1)
        o.y = 1
        return a + b + c + d + e + co(2) + o(i) + (o .. 1) + o.set
      end
      local s = 0 for i = 1, 20 do s = s + body(i) end return s`;
    expect(await run(text)).toEqual(await run(text, {}, null));
  });

  it("resumes as the interpreter does: with any number of values, with errors, and what can't be resumed", async () => {
    const text = `local create, resume, wrap, yield = coroutine.create, coroutine.resume, coroutine.wrap, coroutine.yield
      local log = {}
      local function note(...)
        local t = table.pack(...)
        for i = 1, t.n do t[i] = type(t[i]) == "table" and "table" or tostring(t[i]) end
        log[#log + 1] = table.concat(t, " ")
      end
      local function count(...) return select("#", ...) end
      local function body(i)
        local co = create(function(a, ...)
          local b = yield(a + i, ...)
          local c, d = yield(b, a)
          error("at " .. c .. d)
        end)
        note(resume(co, 1, 2, 3))
        note(resume(co))
        note(resume(co, 4, 5, 6, 7, 8))
        note(resume(co, 9))
        note(resume(coroutine.running()))
        note(pcall(resume, i))
        local self
        self = wrap(function() note(pcall(self)) note(resume(coroutine.running(), 1)) return i end)
        note(self())
        note(pcall(self, 1, 2, 3))
        note(pcall(wrap(function() error("text") end)))
        note(pcall(wrap(function() error({}) end)))
        note(pcall(function() local t = wrap(function(x) return x.y.z end) return t({}) end))
        note(wrap(function(...) return count(...), ... end)(1, nil, 3, 4, 5, nil))
        note(wrap(function() end)())
        note(count(wrap(function() return table.unpack({}, 1, 500) end)()))
        local a, b, c = wrap(function() return i, i + 1 end)()
        note(a, b, c)
        local outer = wrap(function() local inner = wrap(function() yield(1) yield(2) end) inner() yield(inner()) end)
        note(outer())
        for k, v in wrap(function() for k = 1, 3 do yield(k, i) end end) do note(k, v) end
      end
      for i = 1, 12 do body(i) end
      return table.concat(log, "\\n")`;
    const [log] = await run(text);
    expect(log).toEqual((await run(text, {}, null))[0]);
    expect(String(log).split("\n").slice(0, 9)).toEqual([
      "true 2 2 3",
      "true nil 1",
      "false t:13: at 45",
      "false cannot resume dead coroutine",
      "false cannot resume non-suspended coroutine",
      "false bad argument #1 to 'coroutine.resume' (thread expected)",
      "false cannot resume non-suspended coroutine",
      "false cannot resume non-suspended coroutine",
      "1",
    ]);
  });

  it("fails as the interpreter does, wherever the error is raised and caught", async () => {
    const text = `local log = {}
      local function note(...)
        local t = table.pack(...)
        for i = 1, t.n do t[i] = type(t[i]) == "table" and "table" .. tostring(t[i].code) or tostring(t[i]) end
        log[#log + 1] = table.concat(t, " ")
      end
      local M = {}
      local function raise(e, level) error(e, level) end
      M.__index = function(t, k) raise(k) end
      M.__newindex = function(t, k, v) raise({ code = v }) end
      M.__add = function(a, b) error("add", 2) end
      M.__eq = function() error("eq") end
      M.__lt = function() error(nil) end
      M.__le = function() error() end
      M.__concat = function() error("concat", 0) end
      M.__len = function() error(12) end
      M.__unm = function() error(true) end
      M.__call = function(self, x) return error("call " .. tostring(x)) end
      local function o() return setmetatable({}, M) end
      local function tail(e) return error(e) end
      local function deeper(n) if n == 0 then return tail("deep") end return (deeper(n - 1)) end
      local function iterate() for k in function(_, k) raise("iterator", 2) end do note(k) end end
      local function loop(i) for k = 1, 100 do if k == i + 50 then error("loop " .. k) end end end
      local function kept(i)
        local n = i
        local function get() n = n + 1 return n end
        local ok, e = pcall(function() n = n + 10 error({ code = n, get = get }) end)
        note(ok, e, e.get(), n)
        error({ code = get, get = get })
      end
      local function body(i)
        note(pcall(raise, "one")) note(pcall(raise, "two", 2)) note(pcall(raise, { code = i })) note(pcall(raise))
        note(pcall(error)) note(pcall(error, "plain")) note(pcall(error, "x", 3)) note(pcall(raise, "y", {}))
        note(pcall(function() return o().key end)) note(pcall(function() o().key = i end))
        note(pcall(function() return o() + 1 end)) note(pcall(function() return o() == o() end))
        note(pcall(function() return o() < o() end)) note(pcall(function() return o() <= o() end))
        note(pcall(function() return o() .. "" end)) note(pcall(function() return #o() end))
        note(pcall(function() return -o() end)) note(pcall(o(), i)) note(pcall(function() local v = o()(i) end))
        note(pcall(tail, "tail")) note(pcall(deeper, i)) note(pcall(iterate)) note(pcall(loop, i))
        note(pcall(table.sort, { 3, 1, 2 }, function() error("sort") end))
        note(pcall(string.gsub, "abc", "b", function() error("gsub") end))
        note(pcall(pcall, raise, "nested"))
        note(pcall(function() local ok, e = pcall(raise, "inner") raise("outer: " .. tostring(e)) end))
        note(xpcall(raise, function(e) return "handled " .. tostring(e) .. debug.traceback("", 2):gsub("%s+", " ") end, "x"))
        note(xpcall(function() note(pcall(raise, "within")) error("after") end, function(e) return e .. "!" end))
        note(pcall(xpcall, raise, function(e) error("handler") end, "y"))
        note(coroutine.resume(coroutine.create(function() note(pcall(raise, "in it")) coroutine.yield() end)))
        local co = coroutine.wrap(function() local ok, e = pcall(function() coroutine.yield(1) error("later") end) note(ok, e) raise("last") end)
        note(co()) note(pcall(co))
        local ok, e = pcall(kept, i)
        note(ok, e.get(), e.get())
        note(select("#", pcall(raise)))
      end
      for i = 1, 20 do body(i) end
      return table.concat(log, "\\n")`;
    const [log] = await run(text);
    expect(String(log).split("\n")).toEqual(String((await run(text, {}, null))[0]).split("\n"));
    expect(String(log).split("\n").slice(0, 4)).toEqual(["false t:8: one", "false two", "false table1", "false nil"]);
  });

  it("shows where an error was raised that nothing catches", async () => {
    const text = `local function inner(i) if i == 300 then error("at last") end return i end
      local function outer(i) local a = inner(i) return a + 1 end
      for i = 1, 300 do outer(i) end`;
    await expect(run(text)).rejects.toMatchObject({
      message: "t:1: at last",
      luaStack: [{ line: 1 }, { line: 2 }, { line: 3 }],
    });
  });

  it("reads and writes lists of any types as the interpreter does", async () => {
    const text = `local values = { 1, 2.0, 2.5, "x", true, false, 2^60 | 0, {}, print, 9007199254740993, -0.0, 0 }
      local function show(v) return math.type(v) or type(v), tostring(type(v) == "table" and "t" or type(v) == "function" and "f" or v) end
      local function body(i)
        local a, b = values[i % #values + 1], values[i // #values % #values + 1]
        local made, grown, listed = { a, b, a }, {}, { a, nil, b, [2] = 5, [4] = b }
        for k = 1, 4 do grown[k] = k % 2 == 0 and a or b end
        grown[2] = nil
        grown[3] = a
        grown[#grown + 1] = b
        table.insert(grown, 1, a)
        table.insert(made, 2, b)
        local out = { #grown, #made }
        for _, t in ipairs { made, grown, listed } do
          for k = 1, 6 do out[#out + 1] = table.concat({ show(t[k]) }, ":") end
        end
        out[#out + 1] = table.concat({ show(table.remove(grown, 1)) }, ":")
        for k, v in pairs(grown) do out[#out + 1] = k .. table.concat({ show(v) }, ":") end
        made[1], made[2], made[3], made[4] = nil
        local empty = { nil }
        empty[1] = nil
        out[#out + 1] = #empty
        made[1] = b
        out[#out + 1] = table.concat({ show(made[1]) }, ":")
        return table.concat(out, " ")
      end
      local lines = {}
      for i = 0, #values * #values - 1 do lines[#lines + 1] = body(i) end
      return table.concat(lines, "\\n")`;
    const [compiled] = await run(text);
    const [interpreted] = await run(text, {}, null);
    expect(compiled).toBe(interpreted);
    expect(String(compiled).split("\n")).toHaveLength(144);
  });

  it("compares numbers at the edges as the interpreter does, variables and constants", () => {
    const edges =
      "0 0.0 -0.0 1 1.5 9007199254740991 9007199254740992 9007199254740993 2^53 -2^53 0x20000000000001 1e308 2^63 -2^63 (0/0) (1/0)";
    const numbers = [
      ...edges.split(" "),
      "0x7fffffffffffffff",
      "0x8000000000000000",
      "-9007199254740992",
      '"1"',
      "nil",
    ];
    for (const b of numbers) {
      const all = (x: string, y: string) => ["==", "~=", "<", "<=", ">", ">="].map((o) => `${x} ${o} ${y}`).join(", ");
      const of = (a: string) => (x: string, y: string) =>
        /nil|"/.test(a + b) ? `${x} == ${y}, ${x} ~= ${y}` : all(x, y);
      const known = numbers.map((a) => `do local a = ${a} print(${of(a)("a", b)}, ${of(a)(b, "a")}) end`);
      const either = numbers.map((a) => `do local a = o and ${a} or 0.5 print(${of(a)("a", b)}, ${of(a)(b, "a")}) end`);
      const unknown = numbers.filter((a) => !/nil|"/.test(a + b)).map((a) => `print(with(${a})) print(of(${a}, ${b}))`);
      const text = `local o = ... == nil
        local function of(x, y) return ${of("")("x", "y")} end
        local function with(x) return ${of("")("x", b)}, ${of("")(b, "x")} end
        ${[...known, ...either, ...unknown].join("\n")}`;
      const expected = outcome(text, { tier: null });
      expect(expected).not.toContain("error");
      expect(outcome(text, { tier: compiler() })).toBe(expected);
      expect(outcome(text, { tier: compiler({ isGeneric: true }) })).toBe(expected);
    }
  });

  it("is paused for its memory to be measured, with all that it holds", async () => {
    const text = `local function g(n) local t = {} for i = 1, n do t[i] = { 1 } end return #t end
      for i = 1, 100 do g(10) end return g(3000000)`;
    await expect(run(text, { memory: 32 * 2 ** 20 })).rejects.toThrow(/memory limit/);
    // … and what it lets go of does not count.
    const frugal = `local function g(n) local t = {} for i = 1, n do t[i] = { 1 } end return #t end
      local s = 0 for i = 1, 2000 do s = s + g(1000) end return s`;
    expect(await run(frugal, { memory: 4 * 2 ** 20 })).toEqual([2_000_000]);
  });

  it("is suspended in a callee without touching its variables, whatever later closures of the caller capture", () => {
    const program = (filling: number) => `do
        local function copy(t) local r = {} for k, v in next, t do r[k] = v end return r end
        for _, n in ipairs { "string", "table", "math" } do local l = copy(_G[n]) print(n, l.sort == _G[n].sort, l.rep == _G[n].rep) end
      end
      local a, b, c, d, e, f, g, h, i, j, k
      function F() return a, b, c, d, e, f, g, h, i, j, k end
      ${"x = y ".repeat(filling)}`;
    for (const text of [program(1), program(500)]) {
      const expected = outcome(text, { tier: null });
      expect(expected).toContain("math");
      for (let pauses = 1; pauses < 20; pauses++) expect(outcome(text, { tier: compiler(), pauses })).toBe(expected);
    }
  });

  it("is suspended in a callee without touching its variables, where a later call has an argument by `or`", () => {
    const text = `local function inner(a) return a end
      local function two(a, b) local c = a * 2 local d = inner(b) return c + d end
      local function three(a, b, c) return a + b + c end
      local function f(n, p, q)
        local sum = 0
        for i = 1, n do sum = sum + two(i, 1) + three(10, 20, p or q) end
        return sum
      end
      for i = 1, 4 do print(f(10, false, 500)) end`;
    const expected = outcome(text, { tier: null });
    for (let pauses = 1; pauses < 30; pauses++) expect(outcome(text, { tier: compiler(), pauses })).toBe(expected);
  });

  it("is stopped by memory in callees, strings and coroutines", async () => {
    for (const text of [
      "local function f() local t = {} while true do t[#t + 1] = {1} end end f()",
      "local s = 'x' while true do s = s .. s end",
      "local function f(...) return f('x', ...) end f()",
      "local t = {} local function f() t[#t + 1] = coroutine.wrap(f) end while true do f() end",
    ]) {
      await expect(run(text, { memory: 16 * 2 ** 20, timeout: 10_000 }), text).rejects.toThrow(LimitError);
    }
  });

  it("is stopped by time and instructions, and nothing catches that", async () => {
    const text = "local function f(n) if n == 0 then return 0 end return f(n - 1) end while true do pcall(f, 20) end";
    await expect(run(text, { timeout: 200 })).rejects.toThrow(/time limit/);
    await expect(run(text, { instructions: 1_000_000 })).rejects.toThrow(/instructions/);
    await expect(run("while true do end", { instructions: 1_000_000 })).rejects.toThrow(/instructions/);
  });

  it("overflows the stack where the interpreter does, with its variables", () => {
    const text = `local function f(n) local a = n * 2 return a + f(n + 1) end
      local function outer(n) local keep = { n } local ok, e = pcall(f, 1) return keep[1], ok, e end
      for i = 1, 3 do print(outer(i)) end
      local g local function h(n) return 1 + g(n) end function g(n) return 1 + h(n) end
      print(pcall(h, 1))
      print(select(2, xpcall(h, function(m) return "handled " .. m end, 1)))`;
    const expected = outcome(text, { tier: null });
    expect(expected).toContain("t:1: stack overflow");
    expect(outcome(text, { tier: compiler() })).toBe(expected);
  });

  it("calls in tail position without an end, and shows them as such", () => {
    const text = `local function f(n) if n == 0 then return "end" end return f(n - 1) end
      print(f(300000))
      local function even(n) if n == 0 then return error("at the end", 2) end return odd(n - 1) end
      function odd(n) return even(n - 1) end
      print(pcall(even, 1000))
      local function last() error("who", 2) end
      local function middle() return last() end
      local function first() middle() end
      for i = 1, 3 do print(pcall(first)) end`;
    expect(outcome(text, { tier: compiler() })).toBe(outcome(text, { tier: null }));
  });

  it("takes any number of open results", () => {
    const text = `local function many(n) if n == 0 then return end return n, many(n - 1) end
      local function count(...) return select("#", ...) end
      local function use(n) return count(many(n)), #{ many(n) }, (count(0, many(n))) end
      for i = 0, 40 do print(use(i % 7)) end`;
    expect(outcome(text, { tier: compiler() })).toBe(outcome(text, { tier: null }));
  });

  it("leaves a function too large to be compiled as a whole to its loops", () => {
    const lines = Array.from({ length: 900 }, (_, i) => `x = x + ${i} if x > 1000000 then x = x - 999999 end`);
    const text = `local function big(x) for i = 1, 3 do ${lines.join("\n")} end return x end
      for i = 1, 3 do print(big(i)) end`;
    expect(outcome(text, { tier: compiler() })).toBe(outcome(text, { tier: null }));
  });

  it("is given up where it is left again and again", () => {
    const text = `local function f(a, b) return a + b end
      local s = 0
      for i = 1, 20000 do s = f(i % 2 == 0 and "1" or 1.5, i % 3 == 0 and 2 ^ 53 or 1) end
      print(s)`;
    expect(outcome(text, { tier: compiler() })).toBe(outcome(text, { tier: null }));
  });

  it("belongs to the text, and serves every state", async () => {
    const tier = compiler();
    const chunk = Chunk.compile(
      Buffer.from("local n = ... local function f(x) return x.v + n end return f({ v = 2 })"),
      "=t",
    );
    const values: unknown[] = [];
    for (let n = 0; n < 5; n++) {
      const state = new State({ modules: new Map(), call: undefined, print() {}, tier });
      const [result] = await state.run(state.use(chunk), [{ type: 19, value: n } as never], {});
      values.push(result!.value);
    }
    expect(values).toEqual([2, 3, 4, 5, 6]);
  });

  it("is not there where a process may not make code of text", () => {
    const program = `import { State } from "./index.js"; const { Host } = await import("./index.js");
      const host = await Host.open();
      console.log((await host.run("local s = 0 for i = 1, 100000 do s = s + i end return s")).value);
      await host.close();`.replace(/import \{ State \}[^;]*;/, "");
    const args = [
      "--disallow-code-generation-from-strings",
      "--input-type=module",
      "-e",
      program.replaceAll("./index.js", new URL("../../../dist/index.js", import.meta.url).href),
    ];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("5000050000\n");
  });
});
