import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

/**
 * What hostile scripts try, a file each in `scripts/`: its first lines say what it tries, where that comes from, and how
 * it must end. They run in a process of their own (judge.mjs) with a small heap, in each isolation; after each attack
 * the host serves other scripts, nothing that they share has changed, and memory comes back.
 */
const isolations = ["shared", "worker"] as const;

const folder = join(import.meta.dirname, "scripts");
const MiB = 1024 * 1024;
/** Far above what an attack within 32 MiB takes (V8 collects when it likes), and far below what it asks for. */
const MOST_GROWTH = 400 * MiB;
/** What an attack may leave behind: code that V8 compiled meanwhile, and the like. */
const MOST_LEFT = 40 * MiB;

/** The twelve that a host is judged by (README). */
const twelve = [
  "endless-loop",
  "endless-loop-in-pcall",
  "endless-loop-in-coroutines",
  "pattern-that-backtracks",
  "long-string",
  "string-that-doubles",
  "table-that-grows",
  "gsub-that-blows-up",
  "recursion",
  "hook-removed",
  "process-ended",
  "command-run",
  "library-loaded",
];

interface Attack {
  readonly name: string;
  readonly tries: string;
  /** `limit time, memory`, `error …`, `result …`: any of them. */
  readonly expected: readonly string[];
  /** What the process may grow by meanwhile, where that is known to be little. */
  readonly growth: number;
  /** The same in worker isolation, where it must end otherwise. */
  readonly inThread?: readonly string[];
}

interface Verdict {
  readonly attack: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly limit?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly cause?: string;
  /** What a neighbour got that ran meanwhile. */
  readonly meanwhile: unknown;
  /** What the process grew by at most, and what was left of it. */
  readonly grown: number;
  readonly left: number;
  /** `true`, or what the libraries look like afterwards. */
  readonly intact: true | string;
}

const header = (source: string, name: string) => new RegExp(`^-- ${name}: (.*)$`, "m").exec(source)?.[1];

const attacks: readonly Attack[] = readdirSync(folder).map((file) => {
  const source = readFileSync(join(folder, file), "utf8");
  const [tries, from, expected] = ["tries", "from", "expect"].map((name) => header(source, name));
  if (tries === undefined || from === undefined || expected === undefined) throw new Error(`${file}: no header`);
  const inThread = header(source, "expect in a thread")?.split(" | ");
  const most = header(source, "grows by at most");
  const growth = most === undefined ? MOST_GROWTH : Number(most) * MiB;
  const attack = { name: file.replace(".lua", ""), tries, expected: expected.split(" | "), growth };
  return inThread === undefined ? attack : { ...attack, inThread };
});

/**
 * Judges all attacks, and alone in a fresh process those that grew by too much or left too much, up to two more times:
 * the least counts. When V8 collects adds to what a process grew by and never takes from it, so whoever takes too much
 * takes too much each time.
 */
async function judgeAll(isolation: string): Promise<Map<string, Verdict | string>> {
  const verdicts = await judge(
    isolation,
    attacks.map(({ name }) => name),
  );
  for (const { name, growth } of attacks) {
    for (let time = 0; time < 2; time++) {
      const verdict = verdicts.get(name);
      if (typeof verdict !== "object" || (verdict.grown < growth && verdict.left < MOST_LEFT)) break;
      const again = (await judge(isolation, [name])).get(name)!;
      verdicts.set(name, typeof again === "string" ? again : leastOf(verdict, again));
    }
  }
  return verdicts;
}

const leastOf = (before: Verdict, again: Verdict): Verdict => ({
  ...again,
  grown: Math.min(before.grown, again.grown),
  left: Math.min(before.left, again.left),
});

/** Runs attacks in one process, and in a new one when an attack ended it. */
async function judge(isolation: string, names: readonly string[]): Promise<Map<string, Verdict | string>> {
  const verdicts = new Map<string, Verdict | string>();
  let rest = names;
  while (rest.length > 0) {
    const { output, end } = await run(isolation, rest);
    for (const line of output.split("\n")) {
      if (!line.startsWith("{")) continue;
      const verdict = JSON.parse(line) as Verdict;
      verdicts.set(verdict.attack, verdict);
    }
    const next = rest.findIndex((name) => !verdicts.has(name));
    if (next === -1) break;
    if (next === 0 && verdicts.size === 0 && names.length > 1)
      throw new Error(`not even the first attack was judged: ${end}`);
    verdicts.set(rest[next]!, `it ended the process: ${end}`);
    rest = rest.slice(next + 1);
  }
  return verdicts;
}

function run(isolation: string, names: readonly string[]): Promise<{ output: string; end: string }> {
  const files = names.map((name) => join(folder, `${name}.lua`));
  const flags = ["--expose-gc", "--max-old-space-size=700", join(import.meta.dirname, "judge.mjs")];
  const child = spawn(process.execPath, [...flags, isolation, ...files], { stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  let patience: NodeJS.Timeout;
  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => child.kill("SIGKILL"), 90_000); // one attack has a limit of 60 s at most
  };
  wait();
  child.stdout.on("data", (part: Buffer) => {
    output.push(part);
    wait();
  });
  child.stderr.on("data", (part: Buffer) => errors.push(part));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(patience);
      const said = Buffer.concat(errors).toString().slice(0, 2000);
      resolve({ output: Buffer.concat(output).toString(), end: `${signal ?? code} ${said}` });
    });
  });
}

/** Whether an attack ended as one of the ways says that it may. */
function isAsExpected(way: string, { value, error, limit, message }: Verdict): boolean {
  const [, kind, what] = /^(\w+) ?(.*)$/s.exec(way)!;
  if (kind === "limit") return error === "LimitError" && what!.split(", ").includes(limit!);
  if (kind === "error") return error !== undefined && error !== "LimitError" && message!.includes(what!);
  return error === undefined && JSON.stringify(value) === what;
}

/** Side by side, since each spends much of its time on waiting. */
const judged = new Map<string, Map<string, Verdict | string>>();

beforeAll(async () => {
  await Promise.all(isolations.map(async (isolation) => judged.set(isolation, await judgeAll(isolation))));
}, 900_000);

describe.each(isolations)("in %s isolation", (isolation) => {
  it.each(attacks)("$name: $tries", ({ name, expected, inThread, growth }) => {
    const allowed = (isolation === "worker" ? inThread : undefined) ?? expected;
    const verdict = judged.get(isolation)?.get(name);
    if (typeof verdict !== "object") throw new Error(verdict ?? "it was not run");
    expect(allowed, JSON.stringify(verdict)).toSatisfy((ways: readonly string[]) =>
      ways.some((way) => isAsExpected(way, verdict)),
    );
    expect(verdict.cause, "an exception of the host's").toBeUndefined();
    expect(verdict.kind).not.toBe("INTERNAL");
    expect(verdict).toMatchObject({ meanwhile: 42, intact: true });
    expect(verdict.grown).toBeLessThan(growth);
    expect(verdict.left).toBeLessThan(MOST_LEFT);
  });
});

it("has the twelve that a host is judged by, and sixty more", () => {
  expect(attacks.map(({ name }) => name)).toEqual(expect.arrayContaining(twelve));
  expect(attacks.length).toBeGreaterThan(72);
});
