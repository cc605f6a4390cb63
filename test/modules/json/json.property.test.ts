import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../../src/errors.ts";
import { decode } from "../../../src/modules/json/decode.ts";
import { encode } from "../../../src/modules/json/encode.ts";
import { isNull, type Json } from "../../../src/modules/json/null.ts";
import { ByteString, equal, Float, Table, type Value } from "../../../src/value/value.ts";
import { jsonValues, plainJson } from "../../support/data.ts";

const options = fc.record({
  indent: fc.integer({ min: 0, max: 8 }),
  empty: fc.constantFrom("array", "object"),
  sort: fc.boolean(),
}) as fc.Arbitrary<{ indent: number; empty: "array" | "object"; sort: boolean }>;

const read = (text: string) => decode(ByteString.fromText(text), { nulls: true });

/** What was decoded, as `JSON.parse` gives it: of a name that is there twice the last counts there, too. */
function asParsed(json: Json): unknown {
  if (isNull(json)) return null;
  if (json instanceof Table) return json.keys.length > 0 ? fromEntries(json) : json.items.map(asParsed);
  if (typeof json === "bigint") return Number(json);
  return json instanceof Float ? unsigned(json.value) : json instanceof ByteString ? json.toString() : json;
}

/** `-0` without a point is an integer in Lua, which has no minus zero of those. */
const unsigned = (n: unknown) => (n === 0 ? 0 : n);
const parsed = (text: string) => JSON.parse(text, (_, value) => unsigned(value));

const fromEntries = ({ keys, values }: Table) =>
  JSON.parse(`{${keys.map((key, i) => `${JSON.stringify(String(key))}:${JSON.stringify(asParsed(values[i]!))}`)}}`);

/** `[]` and `{}` are one table in Lua. */
const emptied = (text: string) => text.replace(/\{\s*\}/g, "[]");

describe("json", () => {
  it("decodes what it encodes to the same value", () => {
    fc.assert(
      fc.property(jsonValues, options, (value, given) => {
        expect(equal(read(encode(value, given).toString()) as Value, value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("encodes what JSON.parse reads as the same", () => {
    fc.assert(
      fc.property(jsonValues, options, (value, given) => {
        const text = encode(value, { ...given, empty: "array" }).toString();
        expect(JSON.parse(text)).toEqual(plainJson(value));
      }),
      { numRuns: 3000 },
    );
  });

  it("decodes what JSON.stringify writes as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.constantFrom("", " ", "\t"), (value, indent) => {
        const text = emptied(JSON.stringify(value, null, indent));
        fc.pre(text.isWellFormed());
        expect(asParsed(read(text))).toEqual(parsed(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("takes the texts that JSON.parse takes, and no others", () => {
    const piece = fc.constantFrom(
      ...'[ ] { } , : " \\ true null 1 -1 0 01 1. .5 1e5 1E+2 - + e "a" "a": "\\u00e9" "\\ud83d\\ude00" "\\q" "\\"" a /'.split(
        " ",
      ),
      " ",
      "\n",
      "\t",
      "\u00a0",
      "\0",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = emptied(pieces.join(""));
        fc.pre(!/e\+?\d{3}/i.test(text)); // what is beyond a float is refused here, and Infinity there
        let expected: unknown;
        try {
          expected = parsed(text);
        } catch {
          expect(() => read(text)).toThrow(MoonkeepError);
          return;
        }
        expect(asParsed(read(text))).toEqual(expected);
      }),
      { numRuns: 20_000 },
    );
  });
});
