import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LimitError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import type { RunOptions } from "../../src/host/run-options.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";
import { where } from "../support/host.ts";

const registry = (limits = "") => `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: all
    kind: security.policy
    policy: {actions: "*", resources: app:cache, effect: allow}
    groups: [all]
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}${limits}}
`;

const open = (limits?: string, options = {}) =>
  Host.open(join(folder({ "registry.yaml": registry(limits) }), "registry.yaml"), { print() {}, ...where, ...options });

/** Tells whether the event loop has turned. */
let hasTurned = false;
const turning = defineModule("turn", {
  begin: plain([], () => {
    hasTurned = false;
    setTimeout(() => (hasTurned = true));
  }),
  seen: plain([], () => hasTurned),
});

async function hit(code: string, options: RunOptions, host?: Promise<Host>): Promise<LimitError> {
  await using opened = await (host ?? open());
  await opened.run("return 1"); // the start of a thread takes a part of the time
  const error = await opened.run(code, options).catch((e: unknown) => e);
  if (error instanceof LimitError) return error;
  throw new Error(`no limit was hit: ${JSON.stringify(error)}`);
}

const store = 'local s = require("store").get("app:cache") ';

describe("a limit", () => {
  it.each<[RunOptions, string, string, number]>([
    [{ timeout: 50 }, "while true do end", "time", 50],
    [{ timeout: "50ms" }, "while true do end", "time", 50],
    [{ instructions: 1000 }, "while true do end", "instructions", 1000],
    [{ memory: "4MiB" }, "local t = {} for i = 1, 1e6 do t[i] = {} end", "memory", 4 * 2 ** 20],
    [{ stringLength: 100 }, 'return ("x"):rep(101)', "stringLength", 100],
    [{ stringLength: "1KiB" }, 'local s = "x" while true do s = s .. s end', "stringLength", 1024],
    [{ coroutines: 5 }, "local t = {} for i = 1, 20 do t[i] = coroutine.create(print) end", "coroutines", 5],
    [{ output: 10 }, 'print("12345") print("12345")', "output", 10],
    [{ storeOperations: 3 }, `${store} while true do s:get("k") end`, "storeOperations", 3],
    [{ storeBytes: 1000 }, `${store} while true do s:set("k", ("x"):rep(100)) end`, "storeBytes", 1000],
  ])("%j ends: %s", async (options, code, limit, value) => {
    const error = await hit(code, options);
    expect(error).toMatchObject({ limit, value, details: { limit, value } });
    const kinds: Record<string, string> = {
      time: "TIMEOUT",
      instructions: "TIMEOUT",
      memory: "RESOURCE_EXHAUSTED",
      stringLength: "RESOURCE_EXHAUSTED",
      coroutines: "RESOURCE_EXHAUSTED",
    };
    expect(error.kind).toBe(kinds[limit] ?? "RATE_LIMITED");
    expect(error.luaStack[0]).toMatchObject({ source: "script", line: 1 });
  });

  it.each<[RunOptions, string]>([
    [{ stringLength: 100 }, 'return #("x"):rep(100)'],
    [{ output: 12 }, 'print("12345") print("12345")'],
    [{ coroutines: 5 }, "for i = 1, 100 do coroutine.wrap(print)() end"],
    [{ coroutines: 5 }, "for i = 1, 100 do coroutine.create(print) end"],
    [{ storeOperations: 3 }, `${store} for i = 1, 3 do s:get("k") end`],
    [{ memory: "8MiB" }, 'for i = 1, 1e5 do local s = ("x"):rep(1000) .. i end'],
    [{ memory: "8MiB" }, "for i = 1, 1e5 do local t = { i, { i } } end"],
  ])("%j lets pass what stays within it: %s", async (options, code) => {
    await using host = await open();
    await expect(host.run(code, options)).resolves.toBeDefined();
  });

  it("of time is looked at after each call of the host that takes long", async () => {
    const began: number[] = [];
    const slow = plain([], () => {
      began.push(performance.now());
      while (performance.now() - began.at(-1)! < 5) {}
    });
    const modules = [defineModule("slow", { call: slow })];
    const code = 'local slow = require("slow") while true do slow.call() end';
    await hit(code, { timeout: 50, isolation: "shared" }, open("", { modules }));
    const late = began.filter((time) => time > began[0]! + 50);
    expect(late.length).toBeLessThanOrEqual(2);
  });

  it("can't be caught, and nothing of the script runs after it", async () => {
    const printed: string[] = [];
    const code = `for i = 1, 3 do
      pcall(function() local t = setmetatable({}, { __gc = print }) while true do end end)
      print("caught")
    end`;
    const options = { instructions: 5000, print: (line: Uint8Array) => printed.push(String(line)) };
    expect((await hit(code, options)).limit).toBe("instructions");
    expect(printed).toEqual([]);
  });

  it("counts over all coroutines", async () => {
    const code = "while true do coroutine.wrap(function() for i = 1, 100 do end end)() end";
    expect((await hit(code, { instructions: 10_000, coroutines: 0 })).limit).toBe("instructions");
  });

  it("is the same at each run: instructions are counted exactly", async () => {
    const lines = await Promise.all(
      [1, 2, 3].map(
        async () =>
          (await hit("local n = 0\nwhile true do\n n = n + 1\n n = n * 1\nend", { instructions: 12_345 })).luaStack[0]!
            .line,
      ),
    );
    expect(new Set(lines).size).toBe(1);
  });

  it("is the run's, else the registry's, else the host's; 0 takes it away", async () => {
    const own = ", limits: {instructions: 2000}";
    const host = { limits: { instructions: 3000 } };
    const loop = "while true do end";
    expect((await hit(loop, { instructions: 1000 }, open(own, host))).value).toBe(1000);
    expect((await hit(loop, {}, open(own, host))).value).toBe(2000);
    expect((await hit(loop, {}, open("", host))).value).toBe(3000);
    expect((await hit(loop, { instructions: 0, timeout: 50 }, open(own, host))).limit).toBe("time");
  });

  it("can be any of them in the registry", async () => {
    const limits =
      ", limits: {memory: 4MiB, string_length: 1KiB, coroutines: 9, value_depth: 3, output: 1KB, store_operations: 7, store_bytes: 2KiB}";
    expect((await hit(`${store} while true do s:get("k") end`, {}, open(limits))).value).toBe(7);
    expect((await hit('return ("x"):rep(1025)', {}, open(limits))).value).toBe(1024);
    await using host = await open(limits);
    const { value } = await host.run(`${store} return select(2, s:set("k", {{{{}}}})):message()`);
    expect(value).toMatch(/a table nested deeper than 3/);
  });

  it.each<[object, string]>([
    [{ timeout: "soon" }, 'timeout: expected a duration such as "1s" or "250ms", got "soon"'],
    [{ timeout: -1 }, "timeout: expected milliseconds"],
    [{ instructions: 1.5 }, "instructions: expected a whole number, 0 or more, got 1.5"],
    [{ memory: "64M" }, 'memory: expected a size such as "64MiB", got "64M"'],
    [{ valueDepth: 129 }, "valueDepth: expected a whole number, from 0 to 128, got 129"],
  ])("%j is refused", async (options, message) => {
    await using host = await open();
    const refused = await host.run("return 1", options).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(RangeError);
    expect((refused as RangeError).message).toContain(message);
    await expect(open("", { limits: options })).rejects.toThrow(RangeError);
  });

  it("is counted for each run anew, and for each state by itself", async () => {
    await using host = await open();
    const code = "for i = 1, 200 do end return true";
    for (let i = 0; i < 20; i++) expect((await host.run(code, { instructions: 1000 })).value).toBe(true);
  });
});

describe("a run that can be interrupted", () => {
  const bodies = Array.from({ length: 12 }, (_, n) => "x = x + 1 ".repeat(n));

  it.each(bodies)("lets the event loop turn wherever its slices end: %s", async (body) => {
    await using host = await open("", { modules: [turning] });
    const code = `local turn, x = require("turn"), 0 turn.begin() while not turn.seen() do ${body} end`;
    await host.run(code, { interruptible: true, isolation: "shared", instructions: 1_000_000_000 });
  });

  // Each is a search that goes back some four million times, and is paused in the middle.
  const setUp = 'local s, p = ("a"):rep(3000) .. "b" .. ("a"):rep(10) .. "c", "(.-)b%1c"';
  it.each([
    ["find", "local a, b, c = s:find(p)", "return a, b, c", [2991, 3012, "a".repeat(10)]],
    ["match within pcall", "local _, a = pcall(string.match, s, p)", "return a", ["a".repeat(10)]],
    [
      "find in a coroutine, called by a comparator",
      "local n = 0 table.sort({2, 1}, function(a, b) n = coroutine.wrap(function() return (s:find(p)) end)() return a < b end)",
      "return n",
      [2991],
    ],
    [
      "find, called by a metamethod",
      "local t = setmetatable({}, {__index = function() return (s:find(p)) end}) local n = t.x",
      "return n",
      [2991],
    ],
    ["gmatch", "local n = 0 for a in (s .. s):gmatch(p) do n = n + #a end", "return n", [20]],
    ["gsub with text", 'local a, n = s:gsub(p, "<%1>")', "return #a, a:sub(-12), n", [3002, `<${"a".repeat(10)}>`, 1]],
    ["gsub with a table", 'local a, n = s:gsub(p, {["aaaaaaaaaa"] = "!"})', "return #a, a:sub(-1), n", [2991, "!", 1]],
    [
      "gsub with a function",
      'local a, n = s:gsub(p, function(x) return "<" .. #x .. ">" end)',
      "return #a, a:sub(-4), n",
      [2994, "<10>", 1],
    ],
  ] as const)(
    "lets the event loop turn within a long match, and %s comes to the same",
    async (_, search, answer, values) => {
      await using host = await open("", { modules: [turning] });
      const code = `local turn = require("turn") ${setUp} turn.begin() ${search} local seen = turn.seen() ${answer}, seen`;
      const run = await host.run(code, { interruptible: true, isolation: "shared" });
      expect(run.values).toEqual([...values, true]);
    },
  );

  it("gives each match of gmatch to one of two coroutines that share the iterator, and pause in it", async () => {
    await using host = await open("", { modules: [turning] });
    const code = `local turn, s = require("turn"), ("a"):rep(500) .. "b" .. ("a"):rep(10) .. "c" turn.begin()
      local all
      repeat
        local iterator, found, done = (s .. s):gmatch("()(.-)b%2c"), {}, channel.new()
        local function take() for at in iterator do found[#found + 1] = at end end
        coroutine.spawn(function() take() done:send(true) end)
        take()
        done:receive()
        table.sort(found)
        all = table.concat(found, " ")
      until turn.seen() or all ~= "491 1003"
      return all`;
    const { values } = await host.run(code, { interruptible: true, isolation: "shared" });
    expect(values).toEqual(["491 1003"]);
  });

  it("lets a signal end a long match", async () => {
    await using host = await open();
    const code = 'return string.find(("a"):rep(30000), (".-"):rep(20) .. "b")';
    const run = host.run(code, { interruptible: true, isolation: "shared", signal: AbortSignal.timeout(50) });
    await expect(run).rejects.toMatchObject({ kind: "CANCELED" });
  });
});
