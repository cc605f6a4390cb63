/**
 * The memory limit holds while compiled code has memory in its hands and something that it called calls back into Lua,
 * in both isolations; and nothing is ended by it that lets go of what it has made.
 *
 *   npx vitest run test/attacks/nested.test.ts                   some programs, the same each time
 *   FUZZ_MINUTES=60 npx vitest run test/attacks/nested.test.ts   as many as there is time for, others each time
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { type Program, programs } from "./nested/programs.ts";

const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
const seed = Number(process.env.FUZZ_SEED ?? (minutes > 0 ? (Math.random() * 2 ** 31) | 0 : 1));
const SAMPLE = 32;
const MiB = 2 ** 20;
/** Well above what V8 adds to 32 MiB, and far below what is taken where the limit doesn't hold. */
const MOST_GROWTH = 160 * MiB;

interface Verdict {
  readonly ended: unknown;
  readonly grown: number;
}

/** Numbers over [0, 1). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function* first(count: number): Generator<Program> {
  let left = count;
  for (const program of programs(randomFrom(seed))) {
    if (left-- === 0) return;
    yield program;
  }
}

/** @returns what is wrong. A process that ends or hangs ends the judging. */
async function judge(isolation: string, cases: Iterable<Program>, wanted: () => boolean): Promise<string[]> {
  const findings: string[] = [];
  const child = spawn(process.execPath, ["--expose-gc", join(import.meta.dirname, "nested/judge.mjs"), isolation], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, MOONKEEP_COMPILE_AFTER: seed % 2 === 0 ? "1" : "0" },
  });
  let said = "";
  child.stderr.on("data", (part: Buffer) => {
    said += part;
  });
  child.stdin.on("error", () => {}); // it has ended, which is told below
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const program of cases) {
    if (!wanted()) break;
    child.stdin.write(`${JSON.stringify(program)}\n`);
    const patience = setTimeout(() => child.kill("SIGKILL"), 90_000);
    const { value, done } = await answers.next();
    clearTimeout(patience);
    if (done === true) return [...findings, told(program, `it ended or blocked the process: ${said.slice(-1500)}`)];
    findings.push(...wrongWith(program, JSON.parse(value) as Verdict).map((what) => told(program, what)));
  }
  child.stdin.end();
  return findings;
}

function wrongWith({ result }: Program, { ended, grown }: Verdict): string[] {
  const isAsExpected = result === undefined ? ended === "memory" || ended === "time" : ended === result;
  return [
    ...(isAsExpected ? [] : [`it ended with ${String(ended)}`]),
    ...(grown < MOST_GROWTH ? [] : [`the process grew by ${Math.round(grown / MiB)} MiB`]),
  ];
}

const told = ({ name, code }: Program, what: string) => `${name}: ${what}\n  ${code}`;

describe.each(["shared", "worker"])("in %s isolation", (isolation) => {
  it(
    "no callback hides what compiled code has",
    async () => {
      const end = performance.now() + (minutes * 60_000) / 2;
      const cases = minutes > 0 ? programs(randomFrom(seed)) : first(SAMPLE);
      const findings = await judge(isolation, cases, () => minutes === 0 || performance.now() < end);
      expect(findings, `FUZZ_SEED=${seed}\n${findings.join("\n\n")}`).toEqual([]);
    },
    (minutes * 30 + 300) * 1000,
  );
});
