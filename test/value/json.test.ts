import fc from "fast-check";
import { expect, it } from "vitest";
import { fromJson, jsonText, parseJson, toJson } from "../../src/value/json.ts";
import { Float } from "../../src/value/value.ts";
import { awkwardValues, expectSame, list, values } from "../contract/values.ts";

it.each([...awkwardValues])("a value comes back from JSON text as it was: %s", (_, value) => {
  expectSame(fromJson(parseJson(JSON.stringify(toJson(value))), "value"), value);
});

it("a value comes back from JSON text as it was, whatever it is", () => {
  fc.assert(
    fc.property(values, (value) => {
      expectSame(fromJson(parseJson(JSON.stringify(toJson(value))), "value"), value);
    }),
    { numRuns: 1000 },
  );
});

it("digits beyond 2^53 are the integer that they say, and beyond 64 bits a float", () => {
  const text = '[9007199254740993, -9223372036854775808, {"a": 12345678901234567890}, "9007199254740993", 1e17]';
  const parsed = parseJson(text);
  expect(parsed).toEqual([9007199254740993n, -(2n ** 63n), { a: 1.2345678901234567e19 }, "9007199254740993", 1e17]);
  expect(() => parseJson('{"a" 1}')).toThrow(SyntaxError);
});

it("a number with a fraction or an exponent is no long integer", () => {
  const text = "[1234567890123456.5, 1234567890123456e2, 0.1234567890123456, 1e-0000000000000001]";
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(() => parseJson("01234567890123456")).toThrow(SyntaxError);
});

it("whole floats are told from integers", () => {
  expect(toJson(list(new Float(1), 2 ** 53, 1e21, 1))).toEqual([{ $float: 1 }, { $float: 2 ** 53 }, 1e21, 1]);
});

it("plain data with bigints has a text", () => {
  expect(jsonText({ id: 2n ** 60n })).toBe('{"id":{"$integer":"1152921504606846976"}}');
});
