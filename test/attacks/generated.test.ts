/**
 * Every function of every module and of Lua's library, with arguments that somebody would give who wants to do harm,
 * under 1 s and 32 MiB: as a script, as a function of the registry, as a plugin's hook and after a wait, in both
 * isolations. Each call settles, with an error of a kind that scripts may get, and the host serves others afterwards.
 *
 *   npx vitest run test/attacks/generated.test.ts                 some of them, the same each time
 *   FUZZ_MINUTES=60 npx vitest run test/attacks/generated.test.ts as many as there is time for, with another seed each time
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { modules } from "../../src/modules/index.ts";
import { minutes, saySeed, seed } from "../fuzz/asked.ts";
import { type Case, casesFor } from "./generated/cases.ts";
import { allTargets } from "./generated/targets.ts";

/** Where each verdict is written as a line of JSON, for whoever looks for the slow and the large ones. */
const log = process.env.FUZZ_LOG;
/** In CI: what fits into a minute. */
const SAMPLE = 1000;
const MiB = 1024 * 1024;
/** Far above what a call within 32 MiB takes, and far below what it asks for. */
const MOST_GROWTH = 400 * MiB;
/** A process that says nothing for so long has its event loop blocked. */
const PATIENCE = 60_000;

interface Verdict {
  readonly index: number;
  readonly wrong?: string;
  readonly ms: number;
  readonly grown: number;
  readonly ended: string;
  /** What another script got instead of its result. */
  readonly other?: string;
  /** What is wrong with the store. */
  readonly store?: string;
}

/** @param wanted asked before each case. @returns what is wrong, by the case that it happened in */
async function judge(cases: readonly Case[], wanted: () => boolean): Promise<{ count: number; findings: string[] }> {
  const findings: string[] = [];
  let at = 0;
  while (at < cases.length && wanted()) {
    const child = spawn(
      process.execPath,
      [
        "--max-old-space-size=700",
        join(import.meta.dirname, "generated/judge.mjs"),
        JSON.stringify(modules.map(({ name }) => name)),
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    const said: string[] = [];
    child.stderr.on("data", (part: Buffer) => said.push(part.toString()));
    child.stdin.on("error", () => {}); // it has ended, which is told below
    const closed = new Promise<string>((resolve) => {
      child.on("close", (code, signal) => resolve(`${signal ?? code} ${said.join("").slice(0, 1500)}`));
    });
    const send = () => {
      if (at < cases.length && wanted()) child.stdin.write(`${JSON.stringify({ ...cases[at]!, index: at })}\n`);
      else child.stdin.end();
    };
    let patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    let running = false;
    send();
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("{")) continue;
      clearTimeout(patience);
      patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      const verdict = JSON.parse(line) as Verdict & { begun?: number };
      running = verdict.begun !== undefined;
      if (running) continue;
      findings.push(...findingsOf(verdict, cases[at]!));
      if (log !== undefined) appendFileSync(log, `${JSON.stringify({ ...verdict, ...cases[at] })}\n`);
      at++;
      send();
    }
    const end = await closed;
    clearTimeout(patience);
    if (running) findings.push(told(cases[at++]!, `it ended or blocked the process: ${end}`));
    else if (end !== "0 ") throw new Error(`the judge failed: ${end}`);
  }
  return { count: at, findings };
}

function findingsOf({ wrong, other, store, grown }: Verdict, one: Case): string[] {
  return [
    ...(wrong === undefined ? [] : [wrong]),
    ...(other === undefined ? [] : [`another script got ${other}`]),
    ...(store === undefined ? [] : [`a store is torn: ${store}`]),
    ...(grown < MOST_GROWTH ? [] : [`the process grew by ${Math.round(grown / MiB)} MiB`]),
  ].map((what) => told(one, what));
}

const told = ({ name, way, isolation, code }: Case, what: string) =>
  `${name}\n  ${isolation}, ${way}: ${what}\n  ${code}`;

it(
  "no function is led astray by what it is given",
  async () => {
    saySeed("functions with arguments that do harm");
    const all = casesFor(await allTargets(), seed);
    const end = performance.now() + minutes * 60_000;
    const cases = minutes > 0 ? all : all.slice(0, SAMPLE);
    const { count, findings } = await judge(cases, () => minutes === 0 || performance.now() < end);
    console.log(`FUZZ_SEED=${seed}: ${count} of ${all.length} calls`);
    expect(findings, findings.join("\n\n")).toEqual([]);
    if (minutes === 0) expect(count).toBe(SAMPLE);
  },
  (minutes * 60 + 600) * 1000,
);
