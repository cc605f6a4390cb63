/** What is read in steps comes to the same as what is read at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, EncodingProblem, encode } from "../../src/value/codec.ts";
import { decodeInSteps } from "../../src/value/codec-steps.ts";
import { toJs } from "../../src/value/js.ts";
import { toJsInSteps } from "../../src/value/js-steps.ts";
import { isLarge, Packed } from "../../src/value/packed.ts";
import { ByteString, equal, Table, type Value } from "../../src/value/value.ts";
import { values } from "../contract/values.ts";

const tables = values.filter((value) => value instanceof Table);
const DEEPEST = 100;

function toEnd<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const outcomeOf = <T>(read: () => T): T | string => {
  try {
    return read();
  } catch (e) {
    if (!(e instanceof EncodingProblem)) throw e;
    return e.message;
  }
};

describe("a table that is read from bytes in steps", () => {
  it("is the same, however many parts a step has, and keeps its bytes", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 7 }), (table, atOnce) => {
        const bytes = encode(table);
        const read = toEnd(decodeInSteps(bytes, DEEPEST, atOnce));
        expect(read).toBeInstanceOf(Packed);
        expect(equal(read, table)).toBe(true);
        expect(read.size).toBe((table as Table).size);
        expect(encode(read)).toEqual(bytes);
      }),
    );
  });

  it("is refused as when it is read at once, whatever is wrong with the bytes", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(tables, damage, fc.nat(), fc.integer({ min: 1, max: 7 }), (table, changes, cut, atOnce) => {
        const whole = encode(table);
        for (const [at, byte] of changes) whole[1 + (at % (whole.length - 1))] = byte;
        const bytes = cut % 3 === 0 ? whole.slice(0, 1 + (cut % whole.length)) : whole;
        const atOnceRead = outcomeOf(() => decode(bytes));
        const read = outcomeOf(() => toEnd(decodeInSteps(bytes, DEEPEST, atOnce)));
        if (typeof atOnceRead === "string") expect(typeof read).toBe("string");
        else if (atOnceRead instanceof Table) expect(equal(read as Value, atOnceRead)).toBe(true);
        else expect(read).toBe("byte 1: no table begins here");
      }),
      { numRuns: 500 },
    );
  });

  it("is not disturbed by others that are read between its steps", () => {
    fc.assert(
      fc.property(tables, tables, (one, other) => {
        const steps = [one, other].map((table) => decodeInSteps(encode(table), DEEPEST, 1));
        const read: Value[] = [];
        for (let round = 0; read[0] === undefined || read[1] === undefined; round++) {
          const i = round % 2;
          if (read[i] === undefined) {
            const step = steps[i]!.next();
            if (step.done === true) read[i] = step.value;
          }
          expect(decode(encode(one)) instanceof Table).toBe(true);
        }
        expect(equal(read[0]!, one) && equal(read[1]!, other)).toBe(true);
      }),
    );
  });

  it("is nested no deeper than it may be", () => {
    const nest = (depth: number): Table => new Table(depth === 1 ? [] : [nest(depth - 1)], [], []);
    expect(equal(toEnd(decodeInSteps(encode(nest(5)), 5)), nest(5))).toBe(true);
    expect(() => toEnd(decodeInSteps(encode(nest(6)), 5))).toThrow("tables nested deeper than 5");
  });
});

it("a table that JavaScript gets in steps is the same as at once, however many parts a step has", () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 7 }), (table, atOnce) => {
      expect(toEnd(toJsInSteps(table as Table, atOnce))).toEqual(toJs(table));
    }),
  );
  const own = new Table([], [ByteString.fromText("__proto__")], [1]);
  expect(Object.getOwnPropertyDescriptor(toEnd(toJsInSteps(own)), "__proto__")?.value).toBe(1);
});

it("a value is large by its parts, those of the tables in it included, or by its bytes", () => {
  const list = (count: number, item: Value): Table => new Table(new Array<Value>(count).fill(item), [], []);
  expect(isLarge(1)).toBe(false);
  expect(isLarge(list(2000, 1))).toBe(false);
  expect(isLarge(list(2001, 1))).toBe(true);
  expect(isLarge(list(50, list(39, true)))).toBe(false);
  expect(isLarge(list(50, list(40, true)))).toBe(true);
  expect(isLarge(new Table([], [ByteString.fromText("a")], [list(2000, 1)]))).toBe(true);
  expect(isLarge(list(1, new ByteString(new Uint8Array(2 ** 18))))).toBe(true);
});
