import { afterEach, describe, expect, it } from "vitest";
import { decode, encode } from "../../src/value/codec.ts";
import { decodeLarge } from "../../src/value/codec-steps.ts";
import { making } from "../../src/value/making.ts";
import { ByteString, equal, noItems, Table } from "../../src/value/value.ts";

/** Whoever counts memory is told while a value is read, and not when it is too late. */
describe("what reading a value makes", () => {
  const { told } = making;
  afterEach(() => {
    making.told = told;
  });

  const text = (n: number) => ByteString.fromText(`text ${n}`);
  const count = 100_000;
  const numbers = Array.from({ length: count }, (_, i) => i);
  const strings = new Table(numbers.map(text), noItems, noItems);
  const tables = new Table(
    numbers.map((n) => new Table([n], noItems, noItems)),
    noItems,
    noItems,
  );
  const fields = new Table(noItems, numbers.map(text), numbers);
  const integers = new Table(numbers, noItems, noItems);

  it.each([
    ["strings", strings, 80, 300],
    ["tables", tables, 80, 200],
    ["fields", fields, 80, 400],
    ["integers", integers, 8, 20],
  ])("is told in parts: %s", (_, value, least, most) => {
    for (const read of [decode, decodeLarge]) {
      let all = 0;
      let largest = 0;
      making.told = (bytes) => {
        all += bytes;
        largest = Math.max(largest, bytes);
      };
      expect(equal(read(encode(value)), value)).toBe(true);
      expect(all).toBeGreaterThan(least * count);
      expect(all).toBeLessThan(most * count);
      if (value !== integers && value !== fields) expect(largest).toBeLessThan(all / 4);
    }
  });

  it.each([
    ["at once", decode],
    ["in steps", decodeLarge],
  ])("may end the reading, and the next value is read as ever: %s", (_, read) => {
    const bytes = encode(strings);
    making.told = () => {
      throw new RangeError("enough");
    };
    expect(() => read(bytes)).toThrow("enough");
    making.told = told;
    expect(equal(read(bytes), strings)).toBe(true);
    expect(equal(decode(encode(tables)), tables)).toBe(true);
  });
});
