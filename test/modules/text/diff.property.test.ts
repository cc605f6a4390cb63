import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applied, readableChanges } from "../../../src/modules/text/changes.ts";
import { Effort } from "../../../src/modules/text/effort.ts";
import { Held } from "../../../src/modules/text/held.ts";
import { hunksOf, readHunks, writeHunk } from "../../../src/modules/text/hunk.ts";
import { type Change, changesBetween } from "../../../src/modules/text/myers.ts";
import { applyHunks } from "../../../src/modules/text/patch.ts";
import { type Symbols, symbolsOf, textOf } from "../../../src/modules/text/symbols.ts";
import { ByteString } from "../../../src/value/value.ts";

const forever = () => new Effort(0);

/** Few different characters, so that much is alike. */
const few = fc
  .array(fc.constantFrom("a", "b", " ", "\n", "é", "😀"), { maxLength: 40 })
  .map((parts) => symbolsOf(ByteString.fromText(parts.join(""))));
const anyBytes = fc.uint8Array({ maxLength: 30 }).map((bytes) => symbolsOf(new ByteString(bytes)));
const texts = fc.oneof({ weight: 3, arbitrary: few }, { weight: 1, arbitrary: anyBytes });
/** Two that have lines in common, long enough to be compared by lines. */
const documents = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean(), fc.boolean()), { minLength: 60, maxLength: 90 })
  .map((lines) => {
    const text = (keep: (line: [number, boolean, boolean]) => boolean) =>
      symbolsOf(
        ByteString.fromText(lines.map((line) => (keep(line) ? `${"word ".repeat(9)}${line[0]}\n` : "x ")).join("")),
      );
    return [text(([, first]) => first), text(([, , second]) => second)] as const;
  });

const pairs = fc.oneof({ weight: 9, arbitrary: fc.tuple(texts, texts) }, { weight: 1, arbitrary: documents });
const deletions = (changes: readonly Change[]) => changes.reduce((sum, { a0, a1 }) => sum + a1 - a0, 0);
const insertions = (changes: readonly Change[]) => changes.reduce((sum, { b0, b1 }) => sum + b1 - b0, 0);

/** What is between the changes is the same on both sides. */
function isScript(a: Symbols, b: Symbols, changes: readonly Change[]): boolean {
  let [atA, atB] = [0, 0];
  for (const { a0, a1, b0, b1 } of [...changes, { a0: a.length, a1: a.length, b0: b.length, b1: b.length }]) {
    if (a0 - atA !== b0 - atB || a0 < atA || a1 < a0 || b1 < b0) return false;
    for (let i = 0; i < a0 - atA; i++) if (a[atA + i] !== b[atB + i]) return false;
    [atA, atB] = [a1, b1];
  }
  return true;
}

/** The length of the longest common subsequence, by the table of all prefixes. */
function common(a: Symbols, b: Symbols): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const symbol of a) {
    const next = [0];
    for (let j = 0; j < b.length; j++) next.push(symbol === b[j] ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    row = next;
  }
  return row[b.length]!;
}

describe("differences", () => {
  it("are the fewest that there can be", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const changes = changesBetween(a, b, forever());
        expect(isScript(a, b, changes)).toBe(true);
        expect(a.length - deletions(changes)).toBe(common(a, b));
      }),
      { numRuns: 3000 },
    );
  });

  it("make the one text of the other, whatever the effort and the options", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0, 1e-9, 1e-6, 1e-5, 1), fc.nat(20), ([a, b], seconds, least) => {
        const changes = readableChanges(a, b, new Effort(seconds), least);
        expect(isScript(a, b, changes)).toBe(true);
        expect(applied(a, b, changes)).toEqual(b);
        expect(b.length).toBe(a.length - deletions(changes) + insertions(changes));
      }),
      { numRuns: 3000 },
    );
  });
});

const options = { threshold: 0.5, distance: 1000, deleteThreshold: 0.5 };

describe("patches", () => {
  it("make the one text of the other, through their own text", () => {
    fc.assert(
      fc.property(pairs, fc.nat(8), ([a, b], margin) => {
        const hunks = hunksOf(a, b, readableChanges(a, b, forever(), 4), margin);
        const read = hunks.flatMap((hunk) => readHunks(writeHunk(hunk), "patch", new Held()));
        expect(applyHunks(a, read, { ...options, threshold: 0 }, forever())).toEqual({ text: b, isWhole: true });
      }),
      { numRuns: 2000 },
    );
  });

  it("leave what was changed elsewhere", () => {
    const document = "Some words that stand before. The place: old. Some words that stand behind.";
    const symbols = (text: string) => symbolsOf(ByteString.fromText(text));
    const [a, b] = [symbols(document), symbols(document.replace("old", "new"))];
    const hunks = hunksOf(a, b, readableChanges(a, b, forever(), 4), 8);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (first, last) => {
        const changed = `${first}${document}${last}`;
        const outcome = applyHunks(symbols(changed), hunks, options, forever());
        expect(textOf(outcome.text).toString()).toBe(`${first}${document.replace("old", "new")}${last}`);
        expect(outcome.isWhole).toBe(true);
      }),
    );
  });

  it("onto any text end, and change nothing where they find no place", () => {
    fc.assert(
      fc.property(pairs, texts, ([a, b], other) => {
        const hunks = hunksOf(a, b, readableChanges(a, b, forever(), 4), 4);
        const outcome = applyHunks(other, hunks, { ...options, threshold: 0 }, forever());
        if (hunks.length === 1 && !outcome.isWhole) expect(outcome.text).toEqual(other);
        applyHunks(other, hunks, options, forever());
      }),
      { numRuns: 2000 },
    );
  });
});
