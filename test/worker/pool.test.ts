/** Threads: who gets which, and what is left of them when a script ends badly. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { LimitError } from "../../src/errors.ts";
import type { Limits } from "../../src/limits.ts";
import { HostThread } from "../../src/worker/host-thread.ts";
import { Patience } from "../../src/worker/patience.ts";
import { type Need, Pool, type PoolOptions } from "../../src/worker/pool.ts";
import { ThreadRun } from "../../src/worker/run.ts";
import { ConstantHandles } from "../../src/worker/shapes.ts";
import { project } from "../support/cli.ts";

const MiB = 2 ** 20;

const pool = (options: Partial<PoolOptions> = {}, memory = 32 * MiB) => {
  const all = { max: 2, perPlugin: 2, maxQueued: 100, maxWait: 60_000, spares: 0, reuse: true, script: undefined };
  const made = new Pool({ ...all, ...options }, new Map(), memory);
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.close(new Error("closed")) });
};

async function run(threads: Pool, code: string, principal = "somebody", limits: Limits = {}): Promise<unknown> {
  const loads = { modules: new Map() };
  const setting = {
    principal,
    loads,
    context: {},
    limits,
    signal: undefined,
    again: <T>(call: (signal: undefined) => Promise<T>) => call(undefined),
    traced: false,
    compile: true,
    io: false,
    outer: undefined,
    party: { plugin: "", actor: principal },
    since: performance.now(),
  };
  const one = await ThreadRun.open(threads, { ...setting, print() {} });
  return (await one.outcome({ source: Buffer.from(code), name: "=t", arg: true, args: [], loads })).value;
}

const need = (principal: string, memory = MiB): Need => ({
  principal,
  party: { plugin: "", actor: principal },
  memory,
  isCalled: false,
  isNested: false,
});
const patience = (signal?: AbortSignal, deadline = Number.POSITIVE_INFINITY) =>
  new Patience({ signal, deadline, late: () => new Error("late") });

const take = async (threads: Pool, principal: string, memory?: number) => {
  const { thread, end } = await threads.take(need(principal, memory), patience());
  return { thread, done: end };
};

test("a thread is used again for the same principal, and for no other one", async () => {
  await using threads = pool();
  const first = await take(threads, "alice");
  first.done(true);
  const second = await take(threads, "alice");
  expect(second.thread).toBe(first.thread);
  second.done(true);
  const third = await take(threads, "bob");
  expect(third.thread).not.toBe(first.thread);
  third.done(true);
});

test("a thread is not used again after a script that did not end of its own accord, nor where it is not wanted", async () => {
  for (const [reuse, clean] of [
    [true, false],
    [false, true],
  ] as const) {
    await using threads = pool({ reuse });
    const first = await take(threads, "alice");
    first.done(clean);
    const second = await take(threads, "alice");
    expect(second.thread).not.toBe(first.thread);
    expect(first.thread.isDead).toBe(true);
    second.done(true);
  }
});

test("a thread whose heap is too small for a script is not used for it", async () => {
  await using threads = pool();
  const first = await take(threads, "alice");
  first.done(true);
  const second = await take(threads, "alice", 64 * MiB);
  expect(second.thread).not.toBe(first.thread);
  second.done(true);
});

test("whoever waits for a place gets it in turn, or gives up by its signal", async () => {
  await using threads = pool({ max: 1 });
  const first = await take(threads, "alice");
  const giveUp = new AbortController();
  const second = threads.take(need("bob"), patience(giveUp.signal));
  const third = take(threads, "carol");
  giveUp.abort("too late");
  await expect(second).rejects.toMatchObject({ kind: "CANCELED", cause: "too late" });
  first.done(true);
  (await third).done(true);
});

test("memory that nobody measured ends with the heap of the thread, and takes nothing with it", async () => {
  // A thread for scripts of 1 MiB, and a script in it that has no limit.
  const thread = new HostThread([], new ConstantHandles(new Map()), MiB);
  const one = { take: async () => ({ thread, rest() {}, end() {} }) } as unknown as Pool;
  const endless = "local t = {} while true do t[#t + 1] = {} end";
  await expect(run(one, endless)).rejects.toMatchObject({ limit: "memory", value: MiB });
  expect(thread.isDead).toBe(true);
});

test("a thread that waits for scripts does not keep the process alive", async () => {
  const code = `
    import { Host } from ${JSON.stringify(`${project}/dist/index.js`)};
    const host = await Host.open(undefined, { isolation: "worker", workers: { spares: 2 } });
    console.log((await host.run("return 40 + 2")).value);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
    timeout: 15_000,
  });
  expect(stdout).toBe("42\n");
});

test("a limit is hit in the thread before the thread is", async () => {
  await using threads = pool();
  const error = await run(threads, 'local s = "x" while true do s = s .. s end', "a", { memory: 8 * MiB }).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ limit: "memory", value: 8 * MiB });
});

test.runIf(process.platform === "linux")(
  "a thread that is ended while it starts leaves none of its files open",
  async () => {
    const open = () => readdirSync("/proc/self/fd").length;
    await new HostThread([], new ConstantHandles(new Map()), MiB).kill(); // what Node.js opens once for all threads
    const before = open();
    for (let milliseconds = 15; milliseconds < 75; milliseconds += 5) {
      const threads = Array.from({ length: 3 }, () => new HostThread([], new ConstantHandles(new Map()), MiB));
      await setTimeout(milliseconds);
      await Promise.all(threads.map((thread) => thread.kill()));
    }
    expect(open()).toBeLessThanOrEqual(before);
  },
  60_000,
);

test.runIf(process.platform === "linux")(
  "the script of threads is read in one step, so that its file is not left open whenever a thread ends",
  async () => {
    const script = join(project, "dist/bin/thread.cjs");
    const open = () => readdirSync("/proc/self/fd").length;
    const endedAfter = async (milliseconds: number) => {
      const worker = new Worker(script, { stdout: true, stderr: true });
      worker.on("error", () => {}); // it has no data to work with
      await setTimeout(milliseconds);
      await worker.terminate();
    };
    await endedAfter(0);
    const before = open();
    for (let i = 0; i < 200; i++) await endedAfter(i % 40);
    expect(open()).toBeLessThanOrEqual(before);
  },
  60_000,
);

test("a thread that never comes up is ended all the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thread-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "script.mjs"), "while (true) {}");
  const thread = new HostThread([], new ConstantHandles(new Map()), MiB, join(folder, "script.mjs"));
  await thread.kill(new Error("not wanted any more"));
  await expect(thread.ready).rejects.toThrow("not wanted any more");
  expect(thread.isDead).toBe(true);
});

test("a thread that can't be started fails the run that needs it, and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thread-"));
  const script = join(folder, "script.mjs");
  writeFileSync(script, `import ${JSON.stringify(`${project}/dist/bin/thread.cjs`)};`);
  await using threads = pool({ max: 4, spares: 1, script });
  expect(await run(threads, "return 1")).toBe(1);
  rmSync(folder, { recursive: true });
  const { done } = await take(threads, "bob"); // the spare one, for which another is to be started
  await setTimeout(20);
  done(false);
  await setTimeout(20);
  await expect(run(threads, "return 1", "carol")).rejects.toThrow("threads can't start: there is no");
  expect(threads.counts).toMatchObject({ running: 0, waiting: 0 });
});

test.each(["starts", "is to be ended first"])(
  "whoever gives up while its thread %s is gone at once, and the thread is not lost",
  async (_, why = _) => {
    await using threads = pool({ max: 1, spares: 1 });
    if (why !== "starts") (await take(threads, "alice")).done(true);
    for (const end of ["signal", "time", "caller"] as const) {
      const giveUp = new AbortController();
      const one = patience(giveUp.signal, end === "time" ? performance.now() + 5 : undefined);
      const taken = threads.take(need(`bob ${end}`), one);
      if (end === "signal") giveUp.abort("too late");
      if (end === "caller") one.end(new Error("the caller ended"));
      const expected = { signal: "canceled", time: "late", caller: "the caller ended" }[end];
      const began = performance.now();
      await expect(taken).rejects.toThrow(expected);
      expect(performance.now() - began).toBeLessThan(2000); // a thread that starts takes 50 ms, on a busy machine 500
    }
    expect(threads.counts).toMatchObject({ running: 0, waiting: 0 });
    const { done } = await take(threads, "carol");
    done(true);
  },
);

test("who has given up already gets no thread", async () => {
  await using threads = pool();
  await expect(threads.take(need("alice"), patience(AbortSignal.abort("no")))).rejects.toMatchObject({ cause: "no" });
  await expect(threads.take(need("alice"), patience(undefined, performance.now()))).rejects.toThrow("late");
  expect(threads.counts).toMatchObject({ running: 0, threads: 0 });
});

test("a thread that comes up when nobody waits for it any more is ready for the next one", async () => {
  await using threads = pool({ max: 1, spares: 1 });
  const giveUp = new AbortController();
  const first = threads.take(need("alice"), patience(giveUp.signal));
  giveUp.abort();
  await expect(first).rejects.toMatchObject({ kind: "CANCELED" });
  expect(threads.counts).toMatchObject({ running: 0, idle: 1, threads: 1 });
  const { done } = await take(threads, "bob");
  expect(threads.counts).toMatchObject({ running: 1, threads: 1 });
  done(true);
});
