/** `moonkeep check --fix` keeps the meaning of programs: what they print is the same before and after. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CompilerPrograms } from "../lua/compiler/programs.ts";
import { OUT_OF_TIME, outcome } from "../lua/compiler/ways.ts";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const PROGRAMS = 60;

/** Few names for many variables, so that they hide each other, and those that a fix would take are taken. */
const names = ["a", "b", "_a", "_a_", "_b"];
const withFewNames = (program: string): string =>
  program.replaceAll(/\bv(\d+)\b/g, (_, n: string) => names[Number(n) % names.length]!);

const programs = Array.from({ length: PROGRAMS }, (_, seed) => {
  const text = new CompilerPrograms(seed).text();
  return [`${seed}.lua`, seed % 2 === 0 ? text : withFewNames(text)] as const;
});

it("keeps what random programs do", async () => {
  const cwd = folder(Object.fromEntries(programs));
  const { code } = await moonkeep(["check", "--fix", ...programs.map(([name]) => name)], { cwd });
  expect([0, 1]).toContain(code); // 1: some have mistakes that no fix mends
  let fixed = 0;
  for (const [name, before] of programs) {
    const after = readFileSync(join(cwd, name), "utf8");
    if (after === before) continue;
    fixed++;
    const expected = outcome(before, { tier: null });
    if (!expected.includes(OUT_OF_TIME))
      expect(outcome(after, { tier: null }), `${before}\n----\n${after}`).toBe(expected);
  }
  expect(fixed).toBeGreaterThan(PROGRAMS / 2);
});
