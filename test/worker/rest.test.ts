/** Threads between two runs, some of which were taken over: one that goes on computing is ended, and given to nobody. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { HostThread } from "../../src/worker/host-thread.ts";
import { Pool } from "../../src/worker/pool.ts";
import { ThreadRun } from "../../src/worker/run.ts";

const puppet = new URL("./hostile/puppet.mjs", import.meta.url);

/** Threads that do what the texts of their scripts say; without a script of its own, real ones. */
function pool(script: URL | undefined, max = 2) {
  const options = { max, perPlugin: max, maxQueued: 100, maxWait: 60_000, spares: 0, reuse: true, script };
  const threads = new Pool(options, new Map(), 32 * 2 ** 20);
  const used: HostThread[] = [];
  const take: Pool["take"] = async (...args) => {
    const taken = await Pool.prototype.take.apply(threads, args);
    used.push(taken.thread);
    return taken;
  };
  const close = () => threads.close(new Error("closed"));
  onTestFinished(close);
  return Object.assign(threads, { take, used });
}

async function run(threads: Pool, code: string, principal = "somebody"): Promise<unknown> {
  const loads = { modules: new Map() };
  const setting = {
    principal,
    loads,
    context: {},
    limits: { memory: 32 * 2 ** 20 },
    signal: undefined,
    again: <T>(call: (signal: undefined) => Promise<T>) => call(undefined),
    traced: false,
    compile: true,
    io: false,
    outer: undefined,
    party: { plugin: "", actor: principal },
    since: performance.now(),
    print() {},
  };
  const one = await ThreadRun.open(threads, setting);
  return (await one.outcome({ source: Buffer.from(code), name: "=t", arg: true, args: [], loads })).value;
}

const compute = "for (;;) {}";
const done = 'say("done", [1], 0);';
const confirm = (more: string) => `globalThis.onEnd = 'say("ended"); ${more}'; ${done}`;

describe("its script's outcome is there, and the next run gets another thread, when a thread", () => {
  it.each(
    Object.entries({
      "goes on computing": `${done} ${compute}`,
      "computes instead of confirming that it left its script": `globalThis.onEnd = "${compute}"; ${done}`,
      "does not confirm that it left its script": `globalThis.onEnd = ""; ${done}`,
      "says something else": `globalThis.onEnd = 'say("done", [1], 0)'; ${done}`,
      "says more than that": `globalThis.onEnd = 'say("ended", 1)'; ${done}`,
      "closes its line": `${done} port.close()`,
      "closes its line, and computes": `${done} port.close(); ${compute}`,
      "closes its line instead of confirming": `globalThis.onEnd = "port.close()"; ${done}`,
      exits: `globalThis.onEnd = "process.exit()"; ${done}`,
    }),
  )("%s", async (_, code) => {
    const threads = pool(puppet);
    expect(await run(threads, code)).toBe(1);
    expect(await run(threads, 'say("done", [2], 0)')).toBe(2);
    const [first, second] = threads.used;
    expect(first!.isDead).toBe(true);
    expect(second).not.toBe(first);
  });
});

describe("a thread is ended that is at rest, and", () => {
  it.each(
    Object.entries({
      computes: confirm(compute),
      "computes most of the time": confirm(
        "setInterval(() => { const end = Date.now() + 80; while (Date.now() < end); }, 100)",
      ),
      "waits for what never comes": confirm("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"),
      "confirms twice": confirm('say("ended")'),
      "closes its line": confirm("port.close()"),
      "computes, while a function that came out keeps it": `say("done", [{ function: 0 }], 0); ${compute}`,
    }),
  )("%s", async (_, code) => {
    const threads = pool(puppet);
    const kept = await run(threads, code);
    await expect.poll(() => threads.used[0]!.isDead, { timeout: 30_000 }).toBe(true);
    expect(await run(threads, 'say("done", [2], 0)')).toBe(2);
    expect(kept).toBeDefined();
  });
});

it("a thread may not confirm that it left a script before it is asked", async () => {
  await expect(run(pool(puppet), `say("ended"); ${done}`)).rejects.toMatchObject({ kind: "INTERNAL" });
});

it("a thread that does not confirm keeps no other principal waiting, and nobody beyond the end of the host", async () => {
  const threads = pool(puppet, 1);
  const silent = `globalThis.onEnd = ""; ${done}`;
  await run(threads, silent);
  expect(await run(threads, silent, "another")).toBe(1);
  expect(threads.used[0]!.isDead).toBe(true);
  const waiting = run(threads, done, "another");
  await threads.close(new Error("closed"));
  await expect(waiting).rejects.toMatchObject({ kind: "UNAVAILABLE" });
  expect(threads.counts).toMatchObject({ running: 0, waiting: 0, threads: 0 });
});

it("runs one after the other, and side by side, have the same threads again and again", async () => {
  const threads = pool(undefined);
  for (let i = 0; i < 20; i++) expect(await run(threads, `return ${i}`)).toBe(i);
  expect(new Set(threads.used).size).toBe(1);
  await Promise.all(
    [1, 2].map(async (n) => {
      for (let i = 0; i < 20; i++) expect(await run(threads, `return ${n}`)).toBe(n);
    }),
  );
  expect(new Set(threads.used).size).toBe(2);
});

it("a thread at rest that does nothing is left alone, and nobody looks at one that works or has ended", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const release = vi.spyOn(HostThread.prototype, "release");
  onTestFinished(() => void release.mockRestore());
  const threads = pool(puppet, 1);
  const turn = () => new Promise(setImmediate);
  await run(threads, done);
  expect(vi.getTimerCount()).toBe(1);
  await release.mock.results[0]!.value;
  vi.advanceTimersByTime(3_600_000);
  const next = run(threads, 'setTimeout(() => say("done", [2], 0), 50)');
  while (vi.getTimerCount() > 0) await turn();
  expect(await next).toBe(2);
  expect(threads.used[1]).toBe(threads.used[0]);
  expect(vi.getTimerCount()).toBe(1);
  await threads.close(new Error("closed"));
  expect(vi.getTimerCount()).toBe(0);
});

it("what a thread confirmed while the host was busy itself counts", async () => {
  const threads = pool(undefined, 1);
  await run(threads, "return 1");
  const until = performance.now() + 1000;
  while (performance.now() < until);
  expect(await run(threads, "return 2")).toBe(2);
  expect(threads.used[1]).toBe(threads.used[0]);
});
