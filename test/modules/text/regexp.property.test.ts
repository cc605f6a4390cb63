import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { Engine } from "../../../src/modules/text/engine.ts";
import { patternSize } from "../../../src/security/pattern-size.ts";

/** What RE2 and JavaScript write alike, and mean alike. */
const patterns = fc.letrec<{ part: string; list: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(
      "a",
      "b",
      "é",
      "€",
      "😀",
      ".",
      "[ab]",
      "[^a]",
      "[é-ÿ]",
      "\\d",
      "\\w",
      "\\W",
      "^",
      "$",
      "\\b",
      "\\.",
      "\\x61",
    ),
    fc.tuple(fc.constantFrom("(", "(?:"), tie("list")).map(([open, inner]) => `${open}${inner})`),
    fc.tuple(tie("list"), tie("list")).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie("list"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "??"))
      .map(([inner, times]) => `(?:${inner}x)${times}`),
  ),
  list: fc.array(tie("part"), { maxLength: 4 }).map((parts) => parts.join("")),
})).list;

const texts = fc.array(fc.constantFrom("a", "b", "x", "é", "€", "😀", "1", " ", "\n", "."), { maxLength: 30 });

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

describe("regular expressions", () => {
  it("find what JavaScript's find", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, parts) => {
        const text = parts.join("");
        const engine = new Engine(pattern);
        const found = engine.find(engine.input(bytes(text)), 0, true);
        const match = new RegExp(pattern, "ud").exec(text);
        const inBytes = (at: number) => Buffer.byteLength(text.slice(0, at));
        const [expected] = match?.indices ?? [];
        expect(found?.slice(0, 2)).toEqual(expected?.map(inBytes));
        expect(engine.test(engine.input(bytes(text)))).toBe(match !== null);
      }),
      { numRuns: 3000 },
    );
  });

  it("find the same with the machine for long texts as with the one for short texts", () => {
    const end = "\n".repeat(300_000);
    fc.assert(
      fc.property(patterns, texts, (pattern, parts) => {
        fc.pre(!pattern.includes("$"));
        const engine = new Engine(pattern);
        const short = bytes(`${parts.join("")}\n\n\n`);
        const long = Buffer.concat([short, Buffer.from(end)]);
        const found = engine.find(engine.input(short), 0, true);
        fc.pre(found !== undefined && found[1]! < short.length - 2);
        expect(engine.find(engine.input(long), 0, true)).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  it("are never larger than their text says", () => {
    const piece = fc.constantFrom(
      ..."a b ( ) (?: (?P<n> [a-z] [^]] []] [[:alpha:]_] [\\]{2}] [[] * + ? | . ^ $ {2} {3,} {1,20} {0,7} {30} \\d".split(
        " ",
      ),
      ..."\\pL \\p{Greek} \\{ \\( \\x{61} \\Qa(b\\E \\Q \\E { } (?i) [\\pL\\d] [a{5}] é 😀 \\b".split(" "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const pattern = pieces.join("");
        let compiled: RE2JS;
        try {
          compiled = RE2JS.compile(pattern);
        } catch {
          return;
        }
        expect(patternSize(pattern)).toBeGreaterThanOrEqual(compiled.programSize());
      }),
      { numRuns: 20_000 },
    );
  });
});
