import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  band,
  bnot,
  bor,
  bxor,
  digitsOf,
  eq,
  fromBigInt,
  fromFloat,
  hashOfInt64,
  Int64,
  type Integer,
  idiv,
  le,
  lt,
  MAX_INTEGER,
  MIN_INTEGER,
  mod,
  mul,
  neg,
  remainder,
  shl,
  shr,
  sub,
  tagOf,
  toBigInt,
  toFloat,
  toText,
  ult,
  unsignedText,
  wrapBigInt,
} from "../../../src/lua/vm/int64.ts";
import { INT64, INTEGER } from "../../../src/lua/vm/types.ts";

const wrap = (b: bigint) => BigInt.asIntN(64, b);
const integer = (b: bigint): Integer => wrapBigInt(wrap(b));

/** Integers of every size, with those near powers of two more often. */
const edges = fc
  .tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([power, offset, negative]) => {
    const near = (1n << BigInt(power)) + BigInt(offset);
    return wrap(negative ? -near : near);
  });
const bits = fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer().map(BigInt));

/** The canonical form: a number when it is safe, never minus zero, and an Int64 otherwise. */
function expectInteger(actual: Integer, expected: bigint): void {
  expect(toBigInt(actual)).toBe(expected);
  const number = Number(expected);
  if (Number.isSafeInteger(number)) expect(Object.is(actual, number)).toBe(true);
  else expect(actual).toBeInstanceOf(Int64);
}

const floorDiv = (a: bigint, b: bigint) => a / b - (a % b !== 0n && a % b < 0n !== b < 0n ? 1n : 0n);
const logicalRight = (a: bigint, n: bigint) => (n >= 64n ? 0n : wrap(BigInt.asUintN(64, a) >> n));
const left = (a: bigint, n: bigint) => (n >= 64n ? 0n : wrap(a << n));

describe("what BigInt says, wrapped to 64 bits", () => {
  const runs = { numRuns: 3000 };
  const ofTwo = (name: string, ours: (a: Integer, b: Integer) => Integer, theirs: (a: bigint, b: bigint) => bigint) =>
    test(name, () =>
      fc.assert(
        fc.property(bits, bits, (a, b) => expectInteger(ours(integer(a), integer(b)), wrap(theirs(a, b)))),
        runs,
      ),
    );
  const ofDivision = (
    name: string,
    ours: (a: Integer, b: Integer) => Integer,
    theirs: (a: bigint, b: bigint) => bigint,
  ) =>
    test(name, () =>
      fc.assert(
        fc.property(bits, bits, (a, b) => {
          fc.pre(b !== 0n);
          expectInteger(ours(integer(a), integer(b)), wrap(theirs(a, b)));
        }),
        runs,
      ),
    );

  ofTwo("add", add, (a, b) => a + b);
  ofTwo("sub", sub, (a, b) => a - b);
  ofTwo("mul", mul, (a, b) => a * b);
  ofDivision("idiv", idiv, floorDiv);
  ofDivision("mod", mod, (a, b) => a - floorDiv(a, b) * b);
  ofDivision("remainder", remainder, (a, b) => a % b);
  ofTwo("band", band, (a, b) => a & b);
  ofTwo("bor", bor, (a, b) => a | b);
  ofTwo("bxor", bxor, (a, b) => a ^ b);

  test("shl and shr, whatever the count", () =>
    fc.assert(
      fc.property(bits, fc.oneof(fc.integer({ min: -70, max: 70 }).map(BigInt), bits), (a, n) => {
        expectInteger(shl(integer(a), integer(n)), n < 0n ? logicalRight(a, -n) : left(a, n));
        expectInteger(shr(integer(a), integer(n)), n < 0n ? left(a, -n) : logicalRight(a, n));
      }),
      runs,
    ));

  test("neg, bnot, and text in decimal, octal and hexadecimal", () =>
    fc.assert(
      fc.property(bits, (a) => {
        const i = integer(a);
        const unsigned = BigInt.asUintN(64, a);
        expectInteger(neg(i), wrap(-a));
        expectInteger(bnot(i), ~a);
        expect(toText(i)).toBe(String(a));
        expect(unsignedText(i)).toBe(String(unsigned));
        expect(digitsOf(i, 8)).toBe(unsigned.toString(8));
        expect(digitsOf(i, 16)).toBe(unsigned.toString(16));
        expect(toFloat(i)).toBe(Number(a));
        expect(tagOf(i)).toBe(Number.isSafeInteger(Number(a)) ? INTEGER : INT64);
      }),
      runs,
    ));

  test("order and sameness, unsigned order too", () =>
    fc.assert(
      fc.property(bits, fc.oneof(bits, fc.constant(undefined)), (a, other) => {
        const b = other ?? a;
        const [i, j] = [integer(a), integer(b)];
        expect([eq(i, j), lt(i, j), le(i, j)]).toEqual([a === b, a < b, a <= b]);
        expect(ult(i, j)).toBe(BigInt.asUintN(64, a) < BigInt.asUintN(64, b));
      }),
      runs,
    ));

  test("order and sameness of integers and floats, exactly", () => {
    const floats = fc.oneof(
      bits.map(Number),
      fc.double(),
      fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), Infinity, -Infinity, NaN, 0.5, 2 ** 63 - 1024),
    );
    fc.assert(
      fc.property(bits, floats, (a, f) => {
        const i = integer(a);
        // BigInt and number compare exactly in JavaScript.
        const same = !(a < f) && !(a > f) && !Number.isNaN(f);
        expect([eq(i, f), eq(f, i)]).toEqual([same, same]);
        expect([lt(i, f), lt(f, i), le(i, f), le(f, i)]).toEqual([a < f, f < a, a <= f, f <= a]);
      }),
      runs,
    );
  });

  test("an integer from a float is exact, or is not there", () =>
    fc.assert(
      fc.property(fc.oneof(bits.map(Number), fc.double()), (f) => {
        const isThere = Number.isInteger(f) && f >= -(2 ** 63) && f < 2 ** 63;
        const i = fromFloat(f);
        if (isThere) expectInteger(i!, BigInt(f));
        else expect(i).toBeUndefined();
      }),
      runs,
    ));
});

describe("at the edges", () => {
  test.each<[string, Integer, bigint]>([
    ["the largest and one", add(MAX_INTEGER, 1), -(2n ** 63n)],
    ["the least less one", sub(MIN_INTEGER, 1), 2n ** 63n - 1n],
    ["the largest twice", mul(MAX_INTEGER, 2), -2n],
    ["the largest times itself", mul(MAX_INTEGER, MAX_INTEGER), 1n],
    ["minus the least", neg(MIN_INTEGER), -(2n ** 63n)],
    ["the least by minus one", idiv(MIN_INTEGER, -1), -(2n ** 63n)],
    ["the least modulo minus one", mod(MIN_INTEGER, -1), 0n],
    ["the least by two", idiv(MIN_INTEGER, 2), -(2n ** 62n)],
    ["the largest by the least", idiv(MAX_INTEGER, MIN_INTEGER), -1n],
    ["the largest modulo the least", mod(MAX_INTEGER, MIN_INTEGER), -1n],
    ["2^53 - 1 and one", add(Number.MAX_SAFE_INTEGER, 1), 2n ** 53n],
    ["2^53 less one", sub(integer(2n ** 53n), 1), 2n ** 53n - 1n],
    ["-2^53 + 1 less one", sub(Number.MIN_SAFE_INTEGER, 1), -(2n ** 53n)],
    ["minus five by two", idiv(-5, 2), -3n],
    ["minus five modulo three", mod(-5, 3), 1n],
    ["zero times minus one", mul(0, -1), 0n],
    ["zero by minus one", idiv(0, -1), 0n],
    ["minus four modulo two", mod(-4, 2), 0n],
    ["2^53 - 1 by two, and its sign", idiv(Number.MAX_SAFE_INTEGER, -2), -(2n ** 52n)],
  ])("%s", (_, actual, expected) => expectInteger(actual, expected));

  test("a bigint of more than 64 bits is not an integer", () => {
    expect(fromBigInt(2n ** 63n)).toBeUndefined();
    expect(fromBigInt(-(2n ** 63n) - 1n)).toBeUndefined();
    expectInteger(fromBigInt(2n ** 63n - 1n)!, 2n ** 63n - 1n);
    expectInteger(fromBigInt(-(2n ** 63n))!, -(2n ** 63n));
  });

  test("what two Int64 are found by in a Map is the same if and only if they are", () => {
    const hash = (b: bigint) => hashOfInt64(integer(b) as Int64);
    expect(hash(2n ** 53n)).toBe(hash(2n ** 53n));
    expect(new Set([2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 2n ** 62n, 2n ** 53n + 2n ** 32n].map(hash)).size).toBe(5);
  });

  test("minus zero is the integer zero", () => {
    expect(Object.is(fromFloat(-0), 0)).toBe(true);
  });
});
