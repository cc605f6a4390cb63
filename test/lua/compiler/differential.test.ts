import { afterAll, describe, expect, it } from "vitest";
import { CompilerPrograms } from "./programs.ts";
import { compiler, hasLua, outcome, outcomesOfLua, type Way } from "./ways.ts";

/** FUZZ_MINUTES: for so long, with other programs each time. FUZZ_SEED: this program only. */
const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
const only = process.env.FUZZ_SEED === undefined ? undefined : Number(process.env.FUZZ_SEED);
const PROGRAMS = 40;

const interpreted: Way = { tier: null };
/** What programs are run by; the number is that of the program. */
const ways: Readonly<Record<string, (n: number) => readonly Way[]>> = {
  "compiled at the first call": () => [{ tier: compiler() }],
  "compiled with helpers for all that may be unusual": () => [{ tier: compiler({ isGeneric: true }) }],
  "compiled, and left at one instruction after the other": (n) =>
    Array.from({ length: 8 }, (_, i) => ({ tier: compiler({ leaveAt: ({ code }) => (7 * i + n) % code.length }) })),
  "compiled, and paused wherever it can be": () => [
    { tier: compiler(), pauses: 1 },
    { tier: compiler({ isGeneric: true }), pauses: 1 },
  ],
  "compiled, and paused now and then": (n) => [
    ...[2, 3, 5, 7, 11].map((every) => ({ tier: compiler(), pauses: every + (n % 4) })),
    { tier: compiler({ isGeneric: true }), pauses: 3 + (n % 5) },
  ],
};

/** Messages of the library, which docs/lua.md says more of, are not all in the words of the reference implementation. */
const withoutWords = (printed: string): string =>
  printed.replaceAll(/(t:\d+: )?(bad argument|attempt to compare|number has no integer).*/g, "a failure");

describe("random programs do the same", () => {
  const first = only ?? (minutes > 0 ? Math.floor(Math.random() * 2 ** 31) : 1);
  let count = 0;
  const seeds = function* () {
    const end = performance.now() + (minutes * 60_000) / (Object.keys(ways).length + 1);
    for (let n = 0; only === undefined ? n < PROGRAMS || performance.now() < end : n < 1; n++) yield first + n;
  };

  it.each(Object.entries(ways))(
    "%s",
    (_, waysOf) => {
      for (const seed of seeds()) {
        const program = new CompilerPrograms(seed).text();
        const expected = outcome(program, interpreted);
        for (const way of waysOf(seed)) expect(outcome(program, way), `FUZZ_SEED=${seed}\n${program}`).toBe(expected);
        count++;
      }
    },
    60_000 + minutes * 60_000,
  );

  it.skipIf(!hasLua)("as in the reference implementation, where the machine has it", () => {
    const count = only === undefined ? 4 * PROGRAMS : 1;
    // Those two compare whatever they are given there, and fail later.
    const programs = Array.from(
      { length: count },
      (_, n) => [first + n, new CompilerPrograms(first + n).text()] as const,
    ).filter(([, text]) => !/math\.(max|min)/.test(text));
    outcomesOfLua(programs.map(([, text]) => text)).forEach((expected, n) => {
      const [seed, text] = programs[n]!;
      expect(withoutWords(outcome(text, { tier: compiler() })), `FUZZ_SEED=${seed}\n${text}`).toBe(
        withoutWords(expected),
      );
    });
  });

  afterAll(() => {
    if (minutes > 0) console.log(`programs from ${first} on: ${count} runs`);
  });
});
