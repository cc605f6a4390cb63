/** A thread that a script has taken over, and what it can do to the host: a real one, which says what it likes. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { rest } from "../../src/lua/boundary/arg.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { anything } from "../../src/modules/params.ts";
import { HostThread } from "../../src/worker/host-thread.ts";
import type { Pool } from "../../src/worker/pool.ts";
import { ThreadRun } from "../../src/worker/run.ts";
import { ConstantHandles } from "../../src/worker/shapes.ts";
import { folder } from "../registry/support.ts";

const MiB = 2 ** 20;
const taken = new URL("./hostile/thread.mjs", import.meta.url).href;
const doors = defineModule("doors", { open: fn([rest(anything("what"))], (_, what) => what.length) });

/** Runs a script whose thread is another one's. @returns how the run failed */
async function attacked(
  attack: string,
  timeout = 15_000,
): Promise<{ error: unknown; thread: HostThread; printed: number }> {
  const code = `globalThis.attack = ${JSON.stringify(attack)}; await import(${JSON.stringify(taken)});`;
  const entry = join(folder({ "thread.mjs": code }), "thread.mjs");
  const thread = new HostThread([], new ConstantHandles(new Map()), 8 * MiB, entry);
  const one = { take: async () => ({ thread, rest() {}, end() {} }) } as unknown as Pool;
  const loads = { modules: new Map([["doors", doors]]) };
  let printed = 0;
  const setting = {
    principal: "somebody",
    loads,
    context: {},
    limits: { timeout, memory: 8 * MiB },
    signal: undefined,
    traced: false,
    compile: true,
    io: false,
    outer: undefined,
    again: <T>(call: (signal: undefined) => Promise<T>) => call(undefined),
    party: { plugin: "", actor: "somebody" },
    since: performance.now(),
    print: () => void printed++,
  };
  const run = await ThreadRun.open(one, setting);
  const script = { source: Buffer.from("return 1"), name: "=t", arg: true, args: [], loads } as const;
  const error = await run.outcome(script).catch((e: unknown) => e);
  return { error, thread, printed };
}

/** What is in no heap: messages that were never taken are freed a little after the thread has ended. */
async function resident(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return process.memoryUsage().rss;
}

describe("a thread that was taken over is ended, and the host goes on, when it sends", () => {
  it.each([
    "more text than it may have",
    "more text than it may have, in parts",
    "one table a hundred thousand times",
    "one table a hundred thousand times as results",
    "a long error",
    "an error of long places",
    "a chain of errors at many places",
    "an error with a long text at many places of its details",
    "a long reason",
    "a reason that is deep",
    "output that it goes on writing to",
    "more output than it may have",
    "a result without a number of instructions",
    "a result of endless work",
    "a table of more parts than are read in one step",
    "details of more parts than are read in one step",
    "a packed table that is not bytes",
    "a packed table that it goes on writing to",
    "a packed table that is no table",
    "a packed table that is cut off",
    "a packed table within another",
    "more packed tables than it may have",
    "a packed table as a result that is no table",
    "nothing, and throws undefined",
    "nothing, and throws null",
    "a limit that is a list of lists",
    "a limit that is not a number",
    "more results than there are",
    "tables that double",
    "arguments with holes",
    "results that have a slice of their own",
    "a context that has a slice of its own",
    "more with its output than is read",
    "output of a few bytes of a large buffer",
  ])("%s", async (attack) => {
    const { error, thread } = await attacked(attack);
    expect(error).toBeInstanceOf(MoonkeepError);
    expect(error).toMatchObject({ kind: "INTERNAL" });
    expect((error as Error).message.length).toBeLessThan(2000);
    expect(thread.isDead).toBe(true);
  });

  it.each(["gigabytes of results", "gigabytes after it was found out", "gigabytes to its own output"])(
    "%s",
    async (attack) => {
      const before = await resident();
      const { error, thread } = await attacked(attack);
      expect(error).toMatchObject({ kind: "INTERNAL" });
      expect(thread.isDead).toBe(true);
      await thread.kill();
      expect((await resident()) - before).toBeLessThan(500 * MiB);
    },
  );

  it.each(["a million lines", "a million questions", "a million signals"])(
    "%s: the clock goes on, and its time ends it",
    async (attack) => {
      const { error, thread } = await attacked(attack, 500);
      expect(error).toBeInstanceOf(LimitError);
      expect(error).toMatchObject({ limit: "time" });
      expect(thread.isDead).toBe(true);
    },
  );
});
