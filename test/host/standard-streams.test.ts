import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import type { RunOptions } from "../../src/host/run-options.ts";
import { everythingAllowed, ScriptHost, where } from "../support/host.ts";

/** What a script returns that reads these parts, and what it wrote. */
async function run(code: string, input: readonly string[] = [], options: RunOptions = {}) {
  const output: string[] = [];
  const errors: string[] = [];
  const print = (bytes: Uint8Array) => void output.push(Buffer.from(bytes).toString());
  await using host = await Host.open(undefined, where);
  const io = {
    input: Readable.from(input.map((part) => Buffer.from(part))),
    error: (bytes: Uint8Array) => void errors.push(Buffer.from(bytes).toString()),
  };
  const { values } = await host.run(code, { print, io, ...options });
  return { values, output: output.join(""), errors: errors.join("") };
}

describe("io", () => {
  it("is there only for a run that is given it, and then is what require gives", async () => {
    await using host = await Host.open(undefined, where);
    expect((await host.run("return io")).value).toBeUndefined();
    expect((await run('return require("io") == io, package.loaded.io == io')).values).toEqual([true, true]);
  });

  it.each([
    'local t = {} for name, value in pairs(_G) do t[name] = value end return t["i" .. "o"]',
    'return _ENV["i" .. "o"]',
    'return load("return i" .. "o")()',
    'return require("i" .. "o")',
    'return package.loaded["i" .. "o"]',
    'return type(io) == "table" and io',
  ])("is there however it is reached: %s", async (code) => {
    expect((await run(`local found = (function() ${code} end)() return found.write == nil`)).values).toEqual([false]);
  });

  it.each(["throws", "rejects"])("ends with a warning of the process where the end of an input %s", async (how) => {
    const fail = () => {
      throw new Error("the connection is gone");
    };
    const input = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ value: Buffer.from("a\nb\n"), done: false }),
        return: how === "throws" ? fail : async () => fail(),
      }),
    };
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    await using host = await Host.open(undefined, where);
    expect((await host.run("return io.read()", { io: { input } })).value).toBe("a");
    expect((await warned).message).toBe("an input failed when its script had ended: the connection is gone");
  });

  it("writes text and numbers where print writes, and errors apart", async () => {
    const code = 'print("first") io.write("a", 1, 2.5, "\\n"):write("b") io.stdout:write("c") io.stderr:write("no", 1)';
    expect(await run(code)).toEqual({ values: [], output: "first\na12.5\nbc", errors: "no1" });
  });

  it("reads lines, numbers, bytes and all, however the input comes in parts", async () => {
    const input = [" 4", "2 re", "st\nabc", "def\nli", "ne\n\nlast"];
    const code = `
      local n, rest = io.read("n", "l")
      local bytes, line = io.read(3, "L")
      local lines = {}
      for l in io.lines() do lines[#lines + 1] = l if #lines == 2 then break end end
      return n, rest, bytes, line, lines, io.read("*a"), io.read("a"), io.read("l") == nil, io.read(1) == nil`;
    expect((await run(code, input)).values).toEqual([
      42,
      " rest",
      "abc",
      "def\n",
      ["line", ""],
      "last",
      "",
      true,
      true,
    ]);
  });

  it.each([
    ["-0x1Fp4 ", -496],
    ["1e3,", 1000],
    [".5\n", 0.5],
    ["12", 12],
    ["x", undefined],
    ["", undefined],
  ])("reads %j as a number", async (text, number) => {
    expect((await run('return io.read("n")', [text])).values).toEqual(number === undefined ? [undefined] : [number]);
  });

  it("stops at the first that is not there", async () => {
    expect((await run('return select("#", io.read("l", "l", "l")), io.read("l")', ["one\n"])).values).toEqual([
      2,
      undefined,
    ]);
  });

  it("is at its end when it is given no input", async () => {
    expect((await run('return io.read("a"), io.read() == nil', [], { io: {} })).values).toEqual(["", true]);
  });

  it("lets other coroutines run while it waits", async () => {
    let go = () => {};
    const first = new Promise<void>((resolve) => {
      go = resolve;
    });
    async function* input() {
      await first;
      yield "late\n";
    }
    const tick = setTimeout(() => go(), 50);
    const code = 'return io.read("l")';
    expect((await run(code, [], { io: { input: input() } })).values).toEqual(["late"]);
    clearTimeout(tick);
  });

  /** So many parts, all of them ready at once. */
  function* ready(part: Uint8Array, count = Number.POSITIVE_INFINITY): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) yield part;
  }
  const input = (parts: Iterable<Uint8Array>) => ({
    [Symbol.asyncIterator]: () => {
      const iterator = parts[Symbol.iterator]();
      const end = async () => ({ done: true as const, value: undefined });
      return { next: async () => iterator.next(), return: end };
    },
  });

  it.each([
    ['io.read("a")', "x"],
    ["io.read(20000000)", "x"],
    ['io.read("l")', "x"],
    ['io.read("n") or io.read("a")', " "],
    ['("x"):rep(select(2, (io.read("a")):gsub("\\n", "")) * 2)', "x\n"],
  ])("reads 16 MiB in parts of any size, and all of it: %s", async (read, text) => {
    for (const size of [512, 65536]) {
      const parts = ready(Buffer.alloc(size, text), 2 ** 24 / size);
      const { values } = await run(`return #(${read})`, [], { io: { input: input(parts) }, timeout: "60s" });
      expect(values, String(size)).toEqual([text === " " ? 0 : 2 ** 24]);
    }
  });

  it.each(['io.read("a")', "io.read(1 << 40)", 'io.read("l")', 'io.read("n")', 'while true do io.read("L") end'])(
    "keeps the time limit, and nobody waiting, when the input is ready without end: %s",
    async (read) => {
      let turns = 0;
      const beat = setInterval(() => turns++, 5);
      const text = read.includes("n") ? " " : "x";
      const endless = input(ready(Buffer.alloc(10, read.includes("L") ? "\n" : text)));
      const failure = run(read, [], { io: { input: endless }, timeout: 300, memory: "1GiB" });
      await expect(failure).rejects.toMatchObject({ limit: "time" });
      clearInterval(beat);
      expect(turns).toBeGreaterThan(2);
    },
  );

  it("counts what is read as work", async () => {
    const parts = ready(Buffer.alloc(2 ** 20));
    const code = "while true do io.read(1 << 20) end";
    await expect(
      run(code, [], { io: { input: input(parts) }, instructions: 100_000, timeout: 0 }),
    ).rejects.toMatchObject({ limit: "instructions" });
  });

  it("counts what is written as output, and bounds what is read by the memory", async () => {
    await expect(run('io.stderr:write(("x"):rep(2000))', [], { output: 1000 })).rejects.toMatchObject({
      limit: "output",
    });
    const input = Array.from({ length: 40 }, () => "x".repeat(2 ** 20));
    await expect(run('return io.read("a")', input, { memory: "16MiB" })).rejects.toMatchObject({
      kind: "RESOURCE_EXHAUSTED",
    });
  });

  it.each([
    ["io.write({})", "bad argument #1 to 'write' (string expected, got table)"],
    ['io.write("a", nil)', "bad argument #2 to 'write' (string expected, got nil)"],
    ['io.read("x")', "bad argument #1 to 'read' (invalid format)"],
    ['io.lines("file")', "only the standard input can be read"],
  ])("refuses %s at the line that calls", async (code, message) => {
    await expect(run(`local x\n${code}`)).rejects.toThrow(
      new RegExp(`^script:2: .*${message.replace(/[()]/g, "\\$&")}`),
    );
  });

  it("has nothing that opens files", async () => {
    const code =
      "local names = {} for name in pairs(io) do names[#names + 1] = name end table.sort(names) return table.concat(names, ' ')";
    expect((await run(code)).values).toEqual(["input lines output read stderr stdin stdout type write"]);
  });

  it("is no business of the functions that a script calls", async () => {
    await using host = await ScriptHost.open([
      ...everythingAllowed,
      { name: "f", kind: "function.lua", source: "return function() return io == nil end" },
    ]);
    expect((await host.host.run('return require("funcs").call("app:f")', { io: {} })).value).toBe(true);
  });
});

describe("os.exit", () => {
  const exit = async (code: string) => {
    await using host = await ScriptHost.open(everythingAllowed);
    return await host.host.run(code);
  };

  it.each([
    ["os.exit()", 0],
    ["os.exit(true)", 0],
    ["os.exit(false)", 1],
    ["os.exit(3)", 3],
    ["pcall(os.exit, 4) error('caught')", 4],
    ["coroutine.wrap(function() os.exit(5) end)() error('went on')", 5],
    ["coroutine.spawn(function() os.exit(6) end) require('time').sleep('1s') error('waited')", 6],
  ])("%s ends the script, and the run says so", async (code, value) => {
    expect(await exit(code)).toEqual({ value: undefined, values: [], exit: value });
  });

  it("refuses what is no code", async () => {
    await expect(exit("os.exit({})")).rejects.toThrow("bad argument #1 to 'exit' (number expected, got table)");
  });

  it("of a function ends its call, which answers nothing", async () => {
    await using host = await ScriptHost.open([
      ...everythingAllowed,
      { name: "f", kind: "function.lua", source: "return function() os.exit(3) end" },
    ]);
    expect(await host.host.call("app:f")).toBeUndefined();
    expect((await host.host.run('return require("funcs").call("app:f") == nil, "on"')).values).toEqual([true, "on"]);
  });
});

describe("os.getenv", () => {
  it("answers what env.get does, and nil where that refuses", async () => {
    await using host = await ScriptHost.open(
      [
        { name: "os_env", kind: "env.storage.os" },
        { name: "home", kind: "env.variable", variable: "MY_HOME", storage: "app:os_env" },
        ...everythingAllowed,
      ],
      { env: { MY_HOME: "/home/ada", SECRET: "s" } },
    );
    expect((await host.host.run('return os.getenv("MY_HOME"), os.getenv("SECRET")')).values).toEqual([
      "/home/ada",
      undefined,
    ]);
  });
});

describe("compatible: true", () => {
  it("adds what Lua 5.3 has only for compatibility, to functions and libraries too", async () => {
    await using host = await ScriptHost.open([
      { name: "host", kind: "host.config", compatible: true, security: { strict_mode: false } },
      { name: "f", kind: "function.lua", source: "return function() return math.pow(2, 10) end" },
    ]);
    const code =
      "return math.pow(2, 3), math.log10(1000), math.cosh(0), math.sinh(0), math.tanh(0), math.atan2(0, 1), unpack({1, 2})";
    expect((await host.host.run(code)).values).toEqual([8, 3, 1, 0, 0, 0, 1, 2]);
    expect((await host.host.run('return require("math") == math, math.floor(1.5)')).values).toEqual([true, 1]);
    expect(await host.host.call("app:f")).toBe(1024);
  });

  it("is off by default", async () => {
    await using host = await ScriptHost.open([]);
    expect((await host.host.run("return math.pow == nil and unpack == nil")).value).toBe(true);
  });
});
