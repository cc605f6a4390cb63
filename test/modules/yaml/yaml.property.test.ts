import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../../src/errors.ts";
import { decode } from "../../../src/modules/yaml/decode.ts";
import { encode } from "../../../src/modules/yaml/encode.ts";
import { fromJs } from "../../../src/value/js.ts";
import { parseJson } from "../../../src/value/json.ts";
import { equal } from "../../../src/value/value.ts";
import { jsonValues, plainJson, yamlTables } from "../../support/data.ts";

describe("yaml", () => {
  it("decodes what it encodes to the same value", () => {
    fc.assert(
      fc.property(
        yamlTables,
        fc.array(fc.constantFrom("a", "1", "", "b"), { maxLength: 3 }),
        fc.boolean(),
        (table, fieldOrder, sort) => {
          const text = encode(table, { fieldOrder, sort }).toString();
          expect(equal(decode(text)!, table), text).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("reads JSON, which is YAML", () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        const text = JSON.stringify(plainJson(value));
        expect(equal(decode(text)!, fromJs(parseJson(text), "json")!), text).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads any text or says what is wrong with it", () => {
    const piece = fc.constantFrom(
      ..."a b 1 - : ? | > & * ! % @ ` # [ ] { } , ' \" &a *a !!str << --- ... ~ true".split(" "),
      " ",
      "\n",
      "  ",
      ": ",
      "- ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        try {
          decode(pieces.join(""));
        } catch (e) {
          expect(e).toBeInstanceOf(MoonkeepError);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
