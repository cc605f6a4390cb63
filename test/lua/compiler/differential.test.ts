import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed as first, minutes, only, saySeed } from "../../fuzz/asked.ts";
import { CompilerPrograms } from "./programs.ts";
import { compiler, hasLua, OUT_OF_TIME, outcome, outcomesOfLua, type Way } from "./ways.ts";

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

/**
 * In a table with holes, more than one length is right, and keys may come in any order: programs for both
 * implementations take the smallest length, and the keys by their text.
 */
const HEAD = `
local function length(t)
  if type(t) ~= "table" or getmetatable(t) then return #t end
  local n = 0
  while rawget(t, n + 1) ~= nil do n = n + 1 end
  return n
end
local function ordered(t)
  local keys, at = {}, 0
  for k in next, t do keys[#keys + 1] = k end
  local text = function(k) return (math.type(k) or type(k)) .. (type(k) == "table" and "" or tostring(k)) end
  table.sort(keys, function(a, b) return text(a) < text(b) end)
  return function()
    at = at + 1
    return keys[at], keys[at] ~= nil and rawget(t, keys[at])
  end
end`.replaceAll("\n", " ");
const forBoth = (program: string): string =>
  `${HEAD} ${program.replaceAll(/#([vp][\d_]+)/g, "length($1)").replaceAll(/ in (?:next, |pairs)(.*) do/g, " in ordered($1) do")}`;

/**
 * Those two compare whatever they are given there, and fail later; and loops to the largest and the smallest integer
 * wrap around. docs/lua.md has both.
 */
const differsThere = /math\.(max|min)|, 0x7fffffffffffffff do|, \(-0x7fffffffffffffff-1\), -1 do/;

describe("random programs do the same", () => {
  const time = (minutes * 60_000) / (Object.keys(ways).length + 1);
  let count = 0;
  beforeAll(() => saySeed("compiled and interpreted"));
  afterAll(() => {
    if (minutes > 0) console.log(`programs from ${first} on: ${count} runs`);
  });

  it.each(Object.entries(ways))(
    "%s",
    (_, waysOf) => {
      const end = performance.now() + time;
      for (let n = 0; only === undefined ? n < PROGRAMS || performance.now() < end : n < 1; n++) {
        const seed = first + n;
        const program = new CompilerPrograms(seed).text();
        const expected = outcome(program, interpreted);
        if (expected.includes(OUT_OF_TIME)) continue;
        for (const way of waysOf(seed)) expect(outcome(program, way), `FUZZ_SEED=${seed}\n${program}`).toBe(expected);
        count++;
      }
    },
    60_000 + time,
  );

  it.skipIf(!hasLua)(
    "as in the reference implementation, where the machine has it",
    () => {
      const end = performance.now() + time;
      const atOnce = only === undefined ? PROGRAMS : 1;
      for (let n = 0; only === undefined ? n < 4 * PROGRAMS || performance.now() < end : n < 1; n += atOnce)
        count += compareWithLua(first + n, atOnce);
    },
    60_000 + time,
  );
});

/** @returns how many programs were compared */
function compareWithLua(from: number, count: number): number {
  const programs = Array.from({ length: count }, (_, n) => [from + n, new CompilerPrograms(from + n).text()] as const)
    .filter(([, text]) => !differsThere.test(text))
    .map(([seed, text]) => [seed, forBoth(text)] as const);
  outcomesOfLua(programs.map(([, text]) => text)).forEach((expected, n) => {
    const [seed, text] = programs[n]!;
    const printed = withoutWords(outcome(text, { tier: compiler() }));
    expect(printed, `FUZZ_SEED=${seed}\n${text}`).toBe(withoutWords(expected));
  });
  return programs.length;
}
