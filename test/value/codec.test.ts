import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, EncodingProblem, encode } from "../../src/value/codec.ts";
import { fromJson, toJson } from "../../src/value/json.ts";
import { type ByteString, equal, Table, type Value } from "../../src/value/value.ts";
import { awkwardValues, expectSame, list, str, values } from "../contract/values.ts";

interface Vectors {
  readonly values: readonly { readonly what: string; readonly json: unknown; readonly hex: string }[];
  /** Read, and no longer written. */
  readonly old: readonly { readonly what: string; readonly json: unknown; readonly hex: string }[];
  readonly refused: readonly { readonly what: string; readonly hex: string; readonly problem: string }[];
}

const vectors = JSON.parse(readFileSync(new URL("../../docs/codec-vectors.json", import.meta.url), "utf8")) as Vectors;
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The value in some bytes, or undefined when they are refused as they should be. */
function decoded(bytes: Uint8Array): Value | undefined {
  try {
    return decode(bytes);
  } catch (e) {
    expect(e).toBeInstanceOf(EncodingProblem);
    expect((e as EncodingProblem).offset).toBeLessThanOrEqual(bytes.length);
    return undefined;
  }
}

describe("the examples of the encoding", () => {
  it.each(vectors.values)("$what", ({ json, hex }) => {
    const value = fromJson(json, "value");
    expect(hexOf(encode(value))).toBe(hex.replaceAll(" ", ""));
    expectSame(decode(bytesOf(hex)), value);
    expect(toJson(value)).toEqual(json);
  });

  it.each(vectors.old)("reads $what", ({ json, hex }) => {
    const value = decode(bytesOf(hex));
    expectSame(value, fromJson(json, "value"));
    expectSame(decode(encode(value)), value);
  });

  it.each(vectors.refused)("refuses $what", ({ hex, problem }) => {
    expect(() => decode(bytesOf(hex))).toThrow(
      new EncodingProblem(problem.replace(/^byte \d+: /, ""), offsetIn(problem)),
    );
  });
});

const offsetIn = (problem: string) => Number(/^byte (\d+)/.exec(problem)![1]) - 1;

describe("a value as bytes", () => {
  it.each([...awkwardValues])("comes back as it was: %s", (_, value) => {
    expectSame(decode(encode(value)), value);
  });

  it("comes back as it was, whatever it is", () => {
    fc.assert(
      fc.property(values, (value) => equal(decode(encode(value)), value)),
      { numRuns: 2000 },
    );
  });

  it("keeps the order of its keys", () => {
    const keys = ["z", "a", "m"].map(str);
    expect((decode(encode(new Table([], keys, [1, 2, 3]))) as Table).keys).toEqual(keys);
  });

  it("shares no memory with what was given or with what comes next", () => {
    const first = encode(str("first"));
    const before = hexOf(first);
    const value = decode(first) as ByteString;
    first.fill(0);
    encode(str("other"));
    expect(value.toString()).toBe("first");
    expect(hexOf(encode(str("first")))).toBe(before);
  });

  it("may be a part of a larger buffer", () => {
    const bytes = encode(list(1.25, str("x".repeat(100))));
    const around = Buffer.concat([Buffer.from("xyz"), bytes, Buffer.from("xyz")]);
    expectSame(decode(around.subarray(3, 3 + bytes.length)), list(1.25, str("x".repeat(100))));
  });

  it("is refused when it nests deeper than a value can", () => {
    const deep = Array.from({ length: 128 }).reduce<Value>((inner) => list(inner), list());
    expect(() => encode(deep)).toThrow(RangeError);
    expectSame(decode(encode(list(1))), list(1)); // and the next one is written as always
  });
});

describe("any bytes", () => {
  const anything = fc
    .tuple(fc.constantFrom(0xc1, 0xc0), fc.uint8Array({ maxLength: 60 }))
    .map(([format, bytes]) => Uint8Array.of(format, ...bytes));

  /** A key that was a float in the first format may be an integer of 64 bits now, and is written as that. */
  function expectToBe(value: Value, bytes: Uint8Array): void {
    const written = encode(value);
    if (bytes[0] === 0xc1 && written[0] === 0xc0) expectSame(decode(written), value);
    else expect(hexOf(written)).toBe(hexOf(bytes));
  }

  it("are a value that is written as just these bytes, or a problem", () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        const value = decoded(bytes);
        if (value !== undefined) expectToBe(value, bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  it("that were a value, and are damaged in places, are another value or a problem", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, damage, (value, changes) => {
        const bytes = encode(value);
        for (const [at, byte] of changes) bytes[1 + (at % Math.max(1, bytes.length - 1))] = byte;
        const other = decoded(bytes);
        if (other !== undefined) expectToBe(other, bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it("are a problem when a value was cut off, or goes on", () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, cut) => {
        const bytes = encode(value);
        expect(decoded(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
        expect(decoded(Uint8Array.of(...bytes, cut & 0xff))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it("that promise more than there is take no memory for it", () => {
    for (const promise of ["e8 ffffffff07 00", "e8 00 ffffffff07", "e8 ffffffff07 ffffffff07", "e7 ffffffff07"]) {
      expect(() => decode(bytesOf(`c1 ${promise}`))).toThrow("the end is missing");
    }
  });

  it("that nest tables without end are a problem, however many they are", () => {
    expectSame(
      decode(bytesOf(`${"c1".repeat(128)} c0`)),
      list(list([...Array(125)].reduce((inner) => list(inner), list()))),
    );
    expect(() => decode(bytesOf(`${"c1".repeat(129)} c0`))).toThrow("tables nested deeper than 128");
    expect(() => decode(bytesOf("c1".repeat(1_000_000)))).toThrow("tables nested deeper than 128");
    expect(() => decode(bytesOf("d1 c1".repeat(1000)))).toThrow(EncodingProblem);
  });

  it("hold a million parts, and not one more", () => {
    const million = new Table(new Array(1_000_000).fill(0), [], []);
    expect(encode(million)).toHaveLength(1 + 5 + 1_000_000);
    expectSame(decode(encode(million)), million);
    expect(() => decode(encode(new Table([...million.items, 0], [], [])))).toThrow("more than 1000000 parts");
  });
});
