/** However a thread or a call in it ends: whoever waits for something of it hears of that, and nothing is left over. */
import { afterAll, describe, expect, it } from "vitest";
import { CanceledError, LimitError, MoonkeepError } from "../../src/errors.ts";
import type { Limits } from "../../src/limits.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import { HostThread } from "../../src/worker/host-thread.ts";
import type { Patience } from "../../src/worker/patience.ts";
import type { Pool } from "../../src/worker/pool.ts";
import { ThreadRun } from "../../src/worker/run.ts";
import { ConstantHandles } from "../../src/worker/shapes.ts";

const script = new URL("./hostile/puppet.mjs", import.meta.url);
const threads = new Set<HostThread>();
afterAll(() => Promise.all([...threads].map((one) => one.kill())));

/** A script in such a thread, and what its host is asked: `wait` never answers, `remains` asks back. */
async function start(
  source: string,
  used = new HostThread([], new ConstantHandles(new Map()), Infinity, script),
  signals: (AbortSignal | undefined)[] = [],
) {
  threads.add(used);
  const answers: ((value: string) => void)[] = [];
  const asked: Promise<Limits>[] = [];
  const wait = plain([], () => new Promise<string>((resolve) => void answers.push(resolve)));
  const doors = defineModule("doors", {
    wait,
    say: plain([], () => "said"),
    remains: plain([], () => {
      asked.push(run.remains());
      asked.at(-1)!.catch(() => {});
      return new Promise<string>((resolve) => void answers.push(resolve));
    }),
  });
  const loads = { modules: new Map([["doors", doors]]) };
  const one = { take: async () => ({ thread: used, rest() {}, end() {} }) } as unknown as Pool;
  const setting = {
    principal: "somebody",
    loads,
    context: {},
    limits: { timeout: 60_000 },
    signal: undefined,
    traced: false,
    compile: true,
    io: false,
    outer: undefined,
    again: <T>(call: (signal: AbortSignal | undefined) => Promise<T>) => call(signals.shift()),
    party: { plugin: "", actor: "somebody" },
    since: performance.now(),
    print() {},
  };
  const run: ThreadRun = await ThreadRun.open(one, setting);
  const outcome = run
    .outcome({ source: Buffer.from(source), name: "=t", arg: true, args: [], loads })
    .catch((e: unknown) => e);
  return { outcome, asked, answers, run, thread: used };
}

/** What is open when it ends: nothing, a question of the thread's, one of the host's in turn, or several. */
const opens = {
  nothing: "",
  "a question": 'ask(1, "wait");',
  "what may still be used": 'ask(1, "remains"); next();',
  "what may still be used, answered": 'ask(1, "remains"); next(); say("remains", {});',
};
/** How it ends, and with what. */
const ends: Readonly<Record<string, readonly [code: string, kind: string]>> = {
  "a limit": ['say("failed", limit, 0, true)', "TIMEOUT"],
  "an error": ['say("failed", error, 0, true)', "INVALID"],
  results: ['say("done", [1], 0)', "none"],
  "a failure of its own": ['say("broke", "why")', "INTERNAL"],
  nonsense: ['say("nonsense")', "INTERNAL"],
  "an error that nobody catches": ['setTimeout(() => { throw new Error("oh") })', "INTERNAL"],
  "its exit": ["process.exit()", "UNAVAILABLE"],
  "closing its line": ["port.close()", "UNAVAILABLE"],
  "more results": ['say("done", [1], 0); say("done", [2], 0)', "none"],
};
const cases = Object.entries(opens).flatMap(([open, before]) =>
  Object.entries(ends).map(([end, [code, kind]]) => ({ open, end, source: before + code, kind })),
);
/** Of a script that waits for an answer, only that its time is up, or that it broke, is believed. */
const isBelieved = (open: string, end: string) =>
  open === "nothing" || !["an error", "results", "more results"].includes(end);

const isAnswerOrEnd = (said: unknown) => said instanceof CanceledError || Object.keys(said as object).length === 0;

describe("with a question open or none, everyone who waits hears of", () => {
  it.each(cases)("$end ($open)", async ({ open, end, source, kind }) => {
    const { outcome, asked, thread } = await start(source);
    const result = await outcome;
    const expected = isBelieved(open, end) ? kind : "INTERNAL";
    if (expected === "none") expect(result).toMatchObject({ value: 1 });
    else expect(result).toMatchObject({ kind: expected });
    if (expected === "INTERNAL") expect(thread.isDead).toBe(true);
    const isAnswered = open.endsWith("answered");
    for (const one of asked) {
      // Of what a thread said last before it crashed, Node.js does not deliver all.
      if (isAnswered) expect(await one.catch((e: unknown) => e)).toSatisfy(isAnswerOrEnd);
      else await expect(one).rejects.toMatchObject({ kind: "CANCELED" });
    }
    expect(asked).toHaveLength(open.startsWith("what") ? 1 : 0);
  });

  it.each(Object.entries(opens))("being killed (%s)", async (_, before) => {
    const { outcome, asked, thread } = await start(`${before} say("print", Uint8Array.of(65));`);
    if (before.includes("remains")) await expect.poll(() => asked.length).toBe(1);
    await thread.kill(new MoonkeepError("UNAVAILABLE", "no more"));
    expect(await outcome).toMatchObject({ kind: expect.stringMatching("UNAVAILABLE|INTERNAL") });
    for (const one of asked) await one.catch((e: unknown) => expect(e).toMatchObject({ kind: "CANCELED" }));
  });
});

it("what a script may still use is not asked when it does not wait, nor of whoever has its thread next", async () => {
  const { outcome, run, thread } = await start('say("done", [1], 0)');
  await outcome;
  await expect(run.remains()).rejects.toMatchObject({ kind: "CANCELED" });
  const next = await start('ask(7, "wait"); next(); say("done", [2], 0)', thread);
  await expect.poll(() => next.answers.length).toBe(1);
  await expect(run.remains()).rejects.toMatchObject({ kind: "CANCELED" });
  next.answers[0]!("answer");
  expect(await next.outcome).toMatchObject({ value: 2 });
});

it("an answer that comes when its call is over is not taken for that to a later question of the same number", async () => {
  const first = await start('ask(1, "wait"); say("failed", limit, 0, true)');
  expect(await first.outcome).toBeInstanceOf(LimitError);
  const second = await start('ask(1, "wait"); const [, , { values }] = next(); say("done", values, 0)', first.thread);
  await expect.poll(() => second.answers.length).toBe(1);
  first.answers[0]!("stale");
  second.answers[0]!("its own");
  expect(await second.outcome).toMatchObject({ value: "its own" });
});

/** The same, called by a script that waits for it. */
const called = (outer: ThreadRun, pool: Pool) =>
  ThreadRun.open(pool, {
    principal: "somebody",
    loads: { modules: new Map() },
    context: {},
    limits: {},
    signal: undefined,
    traced: false,
    compile: true,
    io: false,
    outer,
    again: <T>(call: (signal: undefined) => Promise<T>) => call(undefined),
    party: { plugin: "", actor: "somebody" },
    since: performance.now(),
    print() {},
  });

describe("a run that still waits for its thread hears of the end of the script that calls it:", () => {
  it.each([['say("failed", limit, 0, true)'], ['say("broke", "why")'], ["process.exit()"], ['say("nonsense")']])(
    "%s",
    async (end) => {
      const { outcome, run, answers } = await start(`ask(1, "wait"); next(); say("remains", {}); next(); ${end}`);
      await expect.poll(() => answers.length).toBe(1);
      let isWaiting = false;
      const busy = {
        take(_: unknown, patience: Patience) {
          isWaiting = true;
          return patience.wait(new Promise(() => {}));
        },
      };
      const waits = called(run, busy as unknown as Pool).catch((e: unknown) => e);
      await expect.poll(() => isWaiting).toBe(true);
      answers[0]!("go on");
      await outcome;
      expect(await waits).toMatchObject({ kind: "CANCELED", message: "the run that called this one has ended" });
      await expect(called(run, busy as unknown as Pool)).rejects.toMatchObject({ kind: "CANCELED" });
    },
  );
});

it("a call of a function that waits for the one before hears its signal", async () => {
  const second = new AbortController();
  const kept = await start('globalThis.onCall = ""; say("done", [{ function: 0 }], 0)', undefined, [
    undefined,
    second.signal,
    AbortSignal.abort("too late"),
  ]);
  const f = ((await kept.outcome) as { value: () => Promise<unknown> }).value;
  const calls = [f(), f(), f()].map((call) => call.catch((e: unknown) => e));
  second.abort("enough");
  expect(await calls[1]).toMatchObject({ kind: "CANCELED", cause: "enough" });
  expect(await calls[2]).toMatchObject({ kind: "CANCELED", cause: "too late" });
  expect(kept.thread.isDead).toBe(false);
  await kept.thread.kill(new MoonkeepError("UNAVAILABLE", "no more"));
  expect(await calls[0]).toMatchObject({ kind: "UNAVAILABLE" });
});
