/**
 * Four processes use a store at once in every way there is, while what they need is killed, stopped and cut off. What
 * each asked and was told is written down with times of a clock that all share, and judged when it is over.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { random } from "../fuzz/program.ts";
import { type EntrySource, ScriptHost } from "../support/host.ts";
import { Processes } from "./processes.ts";
import { readRecord, type Written } from "./record.ts";

/** How many of them there are at a time. */
const PROCESSES = 4;
/** The last fault is so long before the end, in nanoseconds. */
const LAST = 3_000_000_000n;
/** How long a process may take to come to its end. */
const PATIENCE = 30_000;

/** Something that is done to a server, or to the way to it, and undone before it returns. */
export type Fault = (wait: (most: number) => Promise<void>) => Promise<void>;

export interface Backend {
  /** How the process of this number gets to the database: an entry `db`, and a store `app:store` in it. */
  entries(number: number): readonly EntrySource[];
  /** What may befall the server. */
  readonly faults: Readonly<Record<string, Fault>>;
}

export interface Hammered {
  readonly record: Written;
  /** What happened, and how often. */
  readonly faults: Readonly<Record<string, number>>;
  /** What is there at the end. */
  readonly kept: ReadonlyMap<string, unknown>;
}

/**
 * @param seconds how long
 * @param seed of the faults
 */
export async function hammer({ entries, faults }: Backend, seconds: number, seed: number): Promise<Hammered> {
  const folder = mkdtempSync(join(tmpdir(), "hammer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  const processes = new Processes(folder, end);
  onTestFinished(() => processes.kill());
  let number = 0;
  for (; number < PROCESSES; number++) processes.start(entries(number));

  const next = random(seed);
  const wait = (most: number) => setTimeout(most * (0.2 + 0.8 * next()));
  const all: Backend["faults"] = {
    ...faults,
    "a process stops": async () => {
      const victim = processes.pick(next());
      victim?.kill("SIGSTOP");
      await wait(1200);
      victim?.kill("SIGCONT");
    },
    "a process is killed": async () => {
      processes.pick(next())?.kill("SIGKILL");
      await wait(300);
      processes.start(entries(number++));
    },
  };
  const names = Object.keys(all);
  const tally: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  await setTimeout(1500); // they start
  for (let i = 0; process.hrtime.bigint() < end - LAST && !processes.haveFailed; i++) {
    // Each of them once first.
    const name = names[i < names.length ? i : Math.floor(next() * names.length)]!;
    await all[name]!(wait);
    tally[name]!++;
    await wait(1000);
  }
  if (processes.haveFailed) processes.kill();
  const failed = await processes.ended(Number((end - process.hrtime.bigint()) / 1_000_000n) + PATIENCE);
  const record = readRecord(processes.logs);
  if (failed.length > 0) throw new Error(`not all processes came to their end: ${failed}`);
  return { record, faults: tally, kept: await keptIn(entries(number), record) };
}

/** What is in the store of each key whose value counts. */
async function keptIn(entries: readonly EntrySource[], { asked }: Written): Promise<ReadonlyMap<string, unknown>> {
  await using host = await ScriptHost.open(entries);
  const store = host.host.store("app:store");
  const keys = [...new Set(asked.map(({ key }) => key))].filter((key) => key === "total" || key.startsWith("sum:"));
  for (let tries = 0; ; tries++) {
    try {
      const values = await store.getMany(keys);
      return new Map(keys.map((key, i) => [key, values[i]]));
    } catch (e) {
      if (tries > 200) throw e;
      await setTimeout(50);
    }
  }
}
