/** How runs share the threads of a host: counted by threads and by order, not by time. */
import { readdirSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { LimitError, type MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import type { WorkerOptions } from "../../src/host/workers.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";

/** Calls of `gate.wait()` wait until it is opened. */
function gate() {
  let opened = () => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const begun: (() => void)[] = [];
  let count = 0;
  const wait = async () => {
    count++;
    for (const f of begun.splice(0)) f();
    await isOpen;
  };
  return {
    module: defineModule("gate", { wait: fn([], wait) }),
    open: () => opened(),
    /** Resolves when so many calls wait. */
    async holds(n: number) {
      while (count < n) await new Promise<void>((resolve) => begun.push(resolve));
    },
  };
}

async function open(workers: WorkerOptions, options: HostOptions = {}): Promise<Host> {
  const host = await Host.open(undefined, { isolation: "worker", workers: { spares: 0, ...workers }, ...options });
  onTestFinished(() => host.close());
  return host;
}

const failure = (run: Promise<unknown>): Promise<MoonkeepError> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

const osThreads = () => readdirSync("/proc/self/task").length;

const holding = 'return require("gate").wait()';

describe("the time of a run", () => {
  it("begins with the call: what waits for a thread too long ends with its time limit", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 1 }, { modules: [module] });
    const first = host.run(holding);
    await holds(1);
    const second = await failure(host.run("return 1", { timeout: 50 }));
    expect(second).toBeInstanceOf(LimitError);
    expect(second).toMatchObject({ kind: "TIMEOUT", limit: "time", value: 50, retryable: true });
    go();
    await first;
  });

  it("is what is left of it when the thread is there, and the error names all of it", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 1 }, { modules: [module] });
    const first = host.run(holding);
    await holds(1);
    const second = failure(host.run("while true do end", { timeout: 400 }));
    setTimeout(go, 200);
    await first;
    expect(await second).toMatchObject({ limit: "time", value: 400 });
  });

  it("is that of a hook's subscriber as well, and so is its signal", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 1 }, { modules: [module] });
    const yaml =
      'version: "1.0"\nnamespace: late\nentries:\n  - {name: f, kind: function.lua, source: "return function() end"}\n';
    const manifest = 'name: late\nversion: 1.0.0\nmoonkeep: "*"\nhooks:\n  - {on: order, call: f}\n';
    const path = folder({ "plugin.yaml": manifest, "registry.yaml": yaml });
    await host.plugins.load(path, { isolation: "worker", failures: 100 });
    const first = host.run(holding);
    await holds(1);
    const [late] = await host.hooks.emit("order", 1, { timeout: 30 });
    expect(late?.error).toMatchObject({ limit: "time", value: 30 });
    const [canceled] = await host.hooks.emit("order", 1, { signal: AbortSignal.timeout(20), timeout: 60_000 });
    expect(canceled?.error).toMatchObject({ kind: "CANCELED" });
    go();
    await first;
  });
});

describe("the queue for threads", () => {
  it("has a longest length", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 1, maxQueued: 2 }, { modules: [module] });
    const first = host.run(holding);
    await holds(1);
    const waiting = [host.run("return 1"), host.run("return 2")];
    const error = await failure(host.run("return 3"));
    expect(error).toMatchObject({ kind: "UNAVAILABLE", retryable: true });
    expect(error.message).toBe("no thread is free, and 2 runs wait for one: try again later");
    go();
    expect((await Promise.all([first, ...waiting])).map(({ value }) => value)).toEqual([undefined, 1, 2]);
  });

  it("has a longest wait", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 1, maxWait: "30ms" }, { modules: [module] });
    const first = host.run(holding);
    await holds(1);
    const error = await failure(host.run("return 1"));
    expect(error).toMatchObject({ kind: "UNAVAILABLE", retryable: true });
    expect(error.message).toBe("no thread was free for 30ms: try again later");
    go();
    await first;
  });

  it("lets a plugin have its share of threads, and no more, however much it asks for", async () => {
    const { module, open: go, holds } = gate();
    const host = await open({ max: 4 }, { modules: [module] });
    const plugin = (name: string, source: string) => {
      const yaml = `version: "1.0"\nnamespace: ${name}\nentries:\n  - {name: f, kind: function.lua, source: 'return function() ${source} end', modules: [gate]}\n`;
      return folder({
        "plugin.yaml": `name: ${name}\nversion: 1.0.0\nmoonkeep: "*"\nmodules: [gate]\n`,
        "registry.yaml": yaml,
      });
    };
    const grants = { modules: ["gate"] };
    await host.plugins.load(plugin("evil", 'require("gate").wait()'), { isolation: "worker", grants });
    await host.plugins.load(plugin("good", "return 1"), { isolation: "worker", grants });
    const evil = Array.from({ length: 8 }, () => host.call("evil:f"));
    await holds(2);
    const good = Array.from({ length: 20 }, () => host.call("good:f"));
    expect(await Promise.all(good)).toEqual(good.map(() => 1));
    go();
    await Promise.all(evil);
  });
});

describe("functions that came out of scripts", () => {
  it("never make more threads than max, and free theirs when nobody holds them any more", async () => {
    const host = await open({ max: 3 });
    await host.run("return 1");
    const before = osThreads() - 1;
    let most = 0;
    for (let i = 0; i < 24; i++) {
      await host.run("return function() end");
      most = Math.max(most, osThreads() - before);
    }
    expect(most).toBeLessThanOrEqual(3);
  });

  it("that are held keep their threads, and who wants one is told to release them", async () => {
    const host = await open({ max: 2 });
    const take = async () =>
      (await host.run("return function() return 7 end")).value as (() => Promise<number>) & { release(): void };
    const held = [await take(), await take()];
    const error = await failure(host.run("return 1"));
    expect(error).toMatchObject({ kind: "UNAVAILABLE", retryable: true });
    expect(error.message).toContain("keep all 2 threads: call release()");
    expect(await held[0]!()).toBe(7);
    held[0]!.release();
    expect((await host.run("return 1")).value).toBe(1);
    held[1]!.release();
  });
});
