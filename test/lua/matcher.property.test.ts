import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { pause } from "../../src/lua/core/pause.ts";
import { Matcher, PAUSED, TRIES } from "../../src/lua/library/matcher.ts";
import { patternOf } from "../../src/lua/library/patterns.ts";
import type { LuaState } from "../../src/lua/vm/types.ts";

/*
 * A search that is paused after any number of tries, again and again, comes to what it comes to at once; and so does one
 * that begins at each place of the subject in turn, without leaving out those where no match can begin.
 */

/** A thread that may be suspended anywhere, and has all the instructions that it wants. */
const L = { nny: 0, l_G: { fuel: Number.POSITIVE_INFINITY, host: { resumers: [] } } } as unknown as LuaState;

interface Outcome {
  readonly start: number;
  readonly end: number | undefined;
  readonly captures: readonly (readonly [number, number])[];
}

function outcome(matcher: Matcher, start: number): Outcome {
  if (start < 0) return { start, end: undefined, captures: [] };
  const captures = Array.from({ length: matcher.level }, (_, i) => [matcher.starts[i]!, matcher.lengths[i]!] as const);
  return { start, end: matcher.end, captures };
}

/** What a search comes to, or what it fails with. @param pauses after how many tries it is paused, one after the other */
function search(subject: string, pattern: string, from: number, pauses: readonly number[]): Outcome | string {
  const matcher = new Matcher(L, subject, patternOf(pattern));
  pause.turn = pauses.length > 0;
  let n = 0;
  const countDown = () => {
    if (pauses.length > 0) matcher.count(TRIES - pauses[n++ % pauses.length]!);
  };
  try {
    countDown();
    let start = matcher.search(from);
    while (start === PAUSED) {
      countDown();
      start = matcher.goOn();
    }
    return outcome(matcher, start);
  } catch (error) {
    return String((error as { value: unknown }).value);
  }
}

/** The same without leaving out a place. */
function searchEverywhere(subject: string, pattern: string, from: number): Outcome | string {
  if (pattern.startsWith("^")) return search(subject, pattern, from, []);
  for (let at = from; at <= subject.length; at++) {
    const here = search(subject, `^${pattern}`, at, []);
    if (typeof here === "string" || here.start >= 0) return here;
  }
  return { start: -1, end: undefined, captures: [] };
}

const single = fc.constantFrom("a", "b", "c", ".", "%a", "%d", "[ab]", "[^a]", "[b-c]", "%u");
const often = fc.constantFrom("", "", "", "*", "+", "-", "?");
const simple = fc.tuple(single, often).map(([one, many]) => one + many);
const special = fc.constantFrom("()", "%bab", "%f[b]", "%f[%a]", "%1", "(a", "[a", "%");
const item = fc.oneof(
  { weight: 8, arbitrary: simple },
  { weight: 2, arbitrary: fc.array(simple, { minLength: 1, maxLength: 3 }).map((parts) => `(${parts.join("")})`) },
  { weight: 1, arbitrary: special },
);
const patterns = fc
  .tuple(fc.constantFrom("", "", "", "", "^"), fc.array(item, { maxLength: 5 }), fc.constantFrom("", "", "$"))
  .map(([begin, items, end]) => begin + items.join("") + end);
const subjects = fc.array(fc.constantFrom("a", "b", "c", "1"), { maxLength: 14 }).map((list) => list.join(""));

afterEach(() => {
  pause.turn = false;
});

describe("a search", () => {
  it.each(["c1", "%d+", "c(%d)", "[c]%d*"])("is paused after many tries: %s", (pattern) => {
    const matcher = new Matcher(L, "abc1", patternOf(pattern));
    pause.turn = true;
    matcher.count(TRIES);
    expect(matcher.search(0)).toBe(PAUSED);
    expect(matcher.goOn()).toBe(pattern === "%d+" ? 3 : 2);
    expect(matcher.end).toBe(4);
  });

  it("comes to the same, wherever it is paused", () => {
    fc.assert(
      fc.property(
        subjects,
        patterns,
        fc.nat(3),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        (s, p, from, pauses) => {
          fc.pre(from <= s.length);
          const { turn } = pause;
          try {
            expect(search(s, p, from, pauses)).toEqual(search(s, p, from, []));
          } finally {
            pause.turn = turn;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("leaves out no place where a match may begin", () => {
    fc.assert(
      fc.property(subjects, patterns, fc.nat(3), (s, p, from) => {
        fc.pre(from <= s.length);
        expect(search(s, p, from, [])).toEqual(searchEverywhere(s, p, from));
      }),
      { numRuns: 1000 },
    );
  });
});
