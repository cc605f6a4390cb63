/** Scripts that wait: many at once, under limits, and called from JavaScript. */
import { describe, expect, onTestFinished, test } from "vitest";
import { CanceledError, LimitError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import type { RunOptions } from "../../src/host/run-options.ts";
import { text } from "../../src/lua/boundary/arg.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import type { LuaFunction } from "../../src/lua/run/outside.ts";
import { later, turn } from "../support/later.ts";

/** `gate.wait(name)` waits until the test opens the gate of that name, and answers what the test gives. */
function gates() {
  const open = new Map<string, (value: unknown) => void>();
  const wait = plain([text("name")], (_, name) => new Promise((resolve) => open.set(name, resolve)));
  return {
    module: defineModule("gate", { wait }),
    /** Lets the script that waits there go on, and gives it time to. */
    async open(name: string, value: unknown = name): Promise<void> {
      const resolve = open.get(name);
      if (resolve === undefined) throw new Error(`nobody waits at ${name}`);
      open.delete(name);
      resolve(value);
      await turn();
    },
    get waiting(): string[] {
      return [...open.keys()];
    },
  };
}

async function setUp() {
  const gate = gates();
  const host = await Host.open(undefined, { modules: [later, gate.module], print() {} });
  onTestFinished(() => host.close());
  const run = async (code: string, options?: RunOptions) =>
    (await host.run(`local later, wait = require("later"), require("gate").wait ${code}`, options)).value;
  return { gate, run };
}

const failure = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => "it ended well",
    (e: unknown) => e,
  );

describe("scripts that wait at the same time", () => {
  test("go on in the order in which their answers come", async () => {
    const { gate, run } = await setUp();
    const order: unknown[] = [];
    const runs = ["a", "b", "c"].map((name) => run(`return wait("${name}")`).then((value) => order.push(value)));
    await turn();
    for (const name of ["b", "c", "a"]) await gate.open(name);
    await Promise.all(runs);
    expect(order).toEqual(["b", "c", "a"]);
  });

  test("don't keep others from running", async () => {
    const { gate, run } = await setUp();
    const waiting = run('return wait("a")');
    expect(await run("local n = 0 for i = 1, 1000 do n = n + later.plain(1) end return n")).toBe(1000);
    await gate.open("a");
    expect(await waiting).toBe("a");
  });

  test("may be a thousand, each with coroutines of its own, and take little memory", async () => {
    const { gate, run } = await setUp();
    const code = (i: number) =>
      `local t = {} for v in coroutine.wrap(function() for j = 1, 3 do coroutine.yield(wait("${i}." .. j)) end end) do t[#t + 1] = v end return table.concat(t, " ")`;
    const before = process.memoryUsage().rss;
    const runs = Array.from({ length: 1000 }, (_, i) => run(code(i)));
    await turn();
    expect(gate.waiting).toHaveLength(1000);
    const perScript = (process.memoryUsage().rss - before) / 1000;
    expect(perScript).toBeLessThan(256 * 1024); // some 70 KB; what V8 has not collected yet counts too
    for (let j = 1; j <= 3; j++) for (const name of gate.waiting.toReversed()) await gate.open(name);
    expect(await Promise.all(runs)).toEqual(runs.map((_, i) => `${i}.1 ${i}.2 ${i}.3`));
  });
});

describe("a limit", () => {
  test("of time ends a wait", async () => {
    const { run } = await setUp();
    const error = await failure(run("\nlater.never()", { timeout: 20 }));
    expect(error).toMatchObject({ limit: "time", kind: "TIMEOUT", retryable: true });
    expect((error as LimitError).luaStack.find(({ line }) => line !== undefined)).toMatchObject({ line: 2 });
  });

  test("of time ends a wait that pcall and coroutines are around, and nothing runs after it", async () => {
    const { run } = await setUp();
    const lines: string[] = [];
    const print = (line: Uint8Array) => void lines.push(String(line));
    const code = "pcall(coroutine.wrap(function() xpcall(later.never, print) print('on') end)) print('on')";
    expect(await failure(run(code, { timeout: 20, print }))).toBeInstanceOf(LimitError);
    await turn();
    expect(lines).toEqual([]);
  });

  test("of time counts over all waits", async () => {
    const { run } = await setUp();
    expect(await failure(run("while true do later.plain(1) end", { timeout: 30 }))).toMatchObject({ limit: "time" });
  });

  test.each([
    [{ timeout: 30 }, "time", "while true do end"],
    [{ timeout: 30 }, "time", "pcall(function() while true do end end)"],
    [{ timeout: 30 }, "time", "string.find(('a'):rep(30000), ('.-'):rep(9) .. 'b')"],
    [{ instructions: 10_000 }, "instructions", "while true do end"],
    [{ memory: "4MiB" }, "memory", "local t = {} for i = 1, 1e6 do t[i] = {} end"],
    [{ stringLength: 100 }, "stringLength", "return ('x'):rep(101)"],
    [{ coroutines: 5 }, "coroutines", "local t = {} for i = 1, 20 do t[i] = coroutine.create(print) end"],
    [{ output: 10 }, "output", "print('12345678901')"],
  ])("%j ends a script that waited: %s", async (limits, limit, code) => {
    const { run } = await setUp();
    expect(await failure(run(`later.get(1) ${code}`, limits))).toMatchObject({ limit });
    expect(await failure(run(`coroutine.wrap(function() later.get(1) ${code} end)()`, limits))).toMatchObject({
      limit,
    });
  });

  test("counts instructions over all waits", async () => {
    const { run } = await setUp();
    const code = "while true do later.plain(1) for i = 1, 100 do end end";
    expect(await failure(run(code, { instructions: 5000 }))).toMatchObject({ limit: "instructions" });
  });

  test("of one script ends no other", async () => {
    const { gate, run } = await setUp();
    const sound = run('local n = wait("a") for i = 1, 1000 do n = n + 1 end return n', { timeout: 10_000 });
    expect(await failure(run("later.get(1) while true do end", { timeout: 20 }))).toBeInstanceOf(LimitError);
    expect(await failure(run("later.never()", { timeout: 20 }))).toBeInstanceOf(LimitError);
    await gate.open("a", 1);
    expect(await sound).toBe(1001);
  });
});

describe("an AbortSignal", () => {
  test("ends a wait", async () => {
    const { gate, run } = await setUp();
    const controller = new AbortController();
    const ended = failure(run('pcall(wait, "a") return "on"', { signal: controller.signal }));
    await turn();
    controller.abort(new Error("enough"));
    const error = await ended;
    expect(error).toBeInstanceOf(CanceledError);
    expect(error).toMatchObject({ kind: "CANCELED", message: "the run was canceled", cause: new Error("enough") });
    await gate.open("a"); // too late, and nothing comes of it
  });

  test("that is given while the script computes ends it at its next wait", async () => {
    const controller = new AbortController();
    const cancel = defineModule("cancel", { now: plain([], () => controller.abort()) });
    await using host = await Host.open(undefined, { modules: [later, cancel], print() {} });
    const code = 'require("cancel").now() require("later").get(1) return "on"';
    expect(await failure(host.run(code, { signal: controller.signal }))).toBeInstanceOf(CanceledError);
  });

  test("may be shared by many runs, and keeps nothing of those that have ended", async () => {
    const { run } = await setUp();
    const controller = new AbortController();
    const { signal } = controller;
    let [listeners, most] = [0, 0];
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      most = Math.max(most, ++listeners);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for (let i = 0; i < 20; i++) expect(await run("later.get(1) later.get(2) return 1", { signal })).toBe(1);
    expect(await failure(run("later.get(1) error('x')", { signal }))).toBeInstanceOf(Error);
    expect(listeners).toBe(0);
    const ended = Array.from({ length: 20 }, () => failure(run("later.never()", { signal })));
    await turn();
    controller.abort();
    for (const error of await Promise.all(ended)) expect(error).toBeInstanceOf(CanceledError);
    expect(listeners).toBe(0);
    expect(most).toBe(1); // Node warns of more than ten
  });
});

describe("a Lua function that JavaScript calls", () => {
  const take = async (code: string, options?: RunOptions) => {
    const { gate, run } = await setUp();
    const f = (await run(code, options)) as LuaFunction;
    onTestFinished(() => f.release());
    return { gate, f };
  };

  test("may wait", async () => {
    const { f } = await take("local n = 0 return function(by) n = n + later.plain(by) return n end");
    expect(await f(1)).toBe(1);
    expect(await f(2)).toBe(3);
  });

  test("may wait in several calls at once, each on its own stack", async () => {
    const { gate, f } = await take("return function(name) local here = name return here .. wait(name) .. here end");
    const calls = ["a", "b", "c"].map((name) => f(name));
    await turn();
    await gate.open("c", 3);
    await gate.open("a", 1);
    await gate.open("b", 2);
    expect(await Promise.all(calls)).toEqual(["a1a", "b2b", "c3c"]);
  });

  test("may fail in one call while another waits", async () => {
    const { gate, f } = await take(
      'return function(name) if name == "bad" then error("bad", 0) end return wait(name) end',
    );
    const waiting = f("a");
    expect(await failure(f("bad"))).toMatchObject({ message: "bad" });
    await gate.open("a", 1);
    expect(await waiting).toBe(1);
  });

  test("may wait within coroutines in several calls at once", async () => {
    const { gate, f } = await take(`return function(name)
      local co = coroutine.wrap(function() coroutine.yield(wait(name .. 1)) return wait(name .. 2) end)
      return co() .. co()
    end`);
    const calls = [f("a"), f("b")];
    await turn();
    for (const name of ["b1", "a1", "a2", "b2"]) await gate.open(name);
    expect(await Promise.all(calls)).toEqual(["a1a2", "b1b2"]);
  });

  test("is ended by the time limit of its run, counted for each call", async () => {
    const { f } = await take("return function(forever) if forever then later.never() end return later.plain(1) end", {
      timeout: 50,
    });
    expect(await failure(f(true))).toMatchObject({ limit: "time" });
    expect(await f(false)).toBe(1);
  });

  test("may be released while it waits", async () => {
    const { gate, f } = await take('return function() return wait("a") .. wait("b") end');
    const waiting = failure(f());
    await turn();
    f.release();
    await gate.open("a");
    expect(await waiting).toMatchObject({ kind: "INVALID", message: "the script has ended" });
  });

  test("can't resume a coroutine that waits in another call", async () => {
    const { gate, f } = await take(`local co = coroutine.create(function() return wait("a") end)
      local wrapped = coroutine.wrap(function() return wait("b") end)
      return function(what)
        if what == "resume" then return select(2, coroutine.resume(co)) end
        if what == "wrap" then return wrapped() end
        return coroutine.status(co)
      end`);
    const [resumed, wrapped] = [f("resume"), f("wrap")];
    await turn();
    expect(await f("status")).toBe("normal");
    expect(await f("resume")).toBe("cannot resume non-suspended coroutine");
    expect(await failure(f("wrap"))).toMatchObject({
      message: expect.stringContaining("cannot resume non-suspended coroutine"),
    });
    await gate.open("a", 1);
    await gate.open("b", 2);
    expect(await Promise.all([resumed, wrapped])).toEqual([1, 2]);
    expect(await f("status")).toBe("dead");
  });
});
