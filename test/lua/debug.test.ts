import { describe, expect, test } from "vitest";
import { evaluate, message, result } from "../support/lua.ts";

describe("debug.traceback", () => {
  test("is the message and where the call was made", () => {
    expect(result('return debug.traceback("what")')).toBe("what\nstack traceback:\n\tt:1: in main chunk");
    expect(result("return debug.traceback()")).toBe("stack traceback:\n\tt:1: in main chunk");
    expect(result("return debug.traceback(12)")).toBe("12\nstack traceback:\n\tt:1: in main chunk");
  });

  test("begins at a level, and takes another coroutine", () => {
    expect(result("local function f() return (debug.traceback('m', 2)) end\nlocal x = f()\nreturn x")).toBe(
      "m\nstack traceback:\n\tt:2: in main chunk",
    );
    const code =
      "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return debug.traceback(co)";
    expect(result(code)).toBe("stack traceback:\n\tt:1: in function <t:1>");
  });

  test("gives back what is neither text nor nil", () => {
    expect(evaluate("local t = {} return debug.traceback(t) == t, debug.traceback(true)")).toEqual([true, true]);
  });

  test("is a handler of xpcall", () => {
    const said = result("return select(2, xpcall(function() error('no') end, debug.traceback))");
    expect(said).toMatch(/^t:1: no\nstack traceback:\n\tt:1: in function <t:1>/);
  });
});

describe("debug.getinfo", () => {
  test("says where a function is, and what it is called", () => {
    const code =
      "local function f() return debug.getinfo(1) end\nlocal i = f()\nreturn i.short_src, i.currentline, i.what, i.name, i.namewhat, i.source";
    expect(evaluate(code)).toEqual(["t", 1, "Lua", "f", "local", "@t"]);
    expect(evaluate("local i = debug.getinfo(1) return i.what, i.currentline, i.name")).toEqual(["main", 1, undefined]);
    expect(evaluate("local i = debug.getinfo(print) return i.what, i.short_src, i.currentline")).toEqual([
      "C",
      "[C]",
      -1,
    ]);
  });

  test("is nil beyond the stack", () => {
    expect(evaluate("return debug.getinfo(100) == nil, debug.getinfo(-1) == nil")).toEqual([true, true]);
  });

  test("gives no function and no variable", () => {
    expect(evaluate("local i = debug.getinfo(1, 'nSltufL') return i.func == nil, i.activelines == nil")).toEqual([
      true,
      true,
    ]);
  });

  test("refuses what is no level and what is no option", async () => {
    expect(await message("debug.getinfo(1, 'X')")).toBe("t:1: bad argument #2 to 'getinfo' (invalid option)");
    expect(await message("debug.getinfo({})")).toContain("bad argument #1 to 'getinfo' (number expected, got table)");
  });
});
