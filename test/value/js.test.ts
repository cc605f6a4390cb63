/** Values between JavaScript and Lua: the same on the way back, or refused with the place. */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJs, toJs } from "../../src/value/js.ts";
import { ByteString, Float, type Value } from "../../src/value/value.ts";
import { expectSame, list, record, str, values } from "../contract/values.ts";

const cycle: Record<string, unknown> = { deep: {} };
(cycle.deep as Record<string, unknown>).again = cycle;

describe("a value of JavaScript", () => {
  it.each<[string, unknown]>([
    ["a text", "é☾"],
    ["the empty text", ""],
    ["true", true],
    ["an integer", 42],
    ["an integer of more than 32 bits", 1_700_000_000_000],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER],
    ["a bigint beyond it", 2n ** 53n],
    ["the largest bigint", 2n ** 63n - 1n],
    ["the least bigint", -(2n ** 63n)],
    ["a fraction", 0.1],
    ["a float beyond every integer", 1e300],
    ["infinity", Number.POSITIVE_INFINITY],
    ["not a number", Number.NaN],
    ["minus zero", -0],
    ["bytes that are not UTF-8", Uint8Array.of(0xff, 0xfe)],
    ["an array", [1, "a", [true]]],
    ["an object", { a: 1, b: { c: "x" } }],
    ["names of JavaScript", JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}')],
    [
      "a Map of several types",
      new Map<unknown, unknown>([
        ["n", 1],
        [2.5, 2],
        [true, 3],
        [7, 4],
        [2n ** 60n, 5],
      ]),
    ],
  ])("comes back as it was: %s", (_, value) => {
    expect(toJs(fromJs(value, "value"))).toStrictEqual(value);
  });

  it.each<[string, unknown, unknown]>([
    ["a bigint that a number holds", 10n, 10],
    ["a whole Float", new Float(1), 1],
    ["undefined in an object, which is not there", { a: undefined, b: 1 }, { b: 1 }],
    ["an empty object, which Lua can't tell from an empty list", {}, []],
    ["bytes that are UTF-8", Buffer.from("hi"), "hi"],
    ["a Map of text", new Map([["a", 1]]), { a: 1 }],
    [
      "a Map of a sequence",
      new Map([
        [2, "b"],
        [1, "a"],
      ]),
      ["a", "b"],
    ],
    ["an object of another context", runInNewContext("({ a: 1 })"), { a: 1 }],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])("comes back as the README says: %s", (_, value, back) => {
    expect(toJs(fromJs(value, "value"))).toStrictEqual(back);
  });

  it("that is undefined, or null by itself, is nil", () => {
    expect([fromJs(undefined, "value"), fromJs(null, "value")]).toEqual([undefined, undefined]);
  });

  it.each<[string, unknown, RegExp]>([
    ["null in an object", { user: { name: null } }, /^value\.user\.name: null can't be given to Lua/],
    ["null in an array", [1, null, 3], /^value\[1\]: null can't be given to Lua/],
    ["null in a Map", new Map([["a", null]]), /^value\[a\]: null/],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    ["a hole in an array", { list: [1, , 3] }, /^value\.list\[1\]: a hole in an array/],
    ["undefined in an array", [undefined], /^value\[0\]: a hole in an array/],
    ["half of a surrogate pair", ["\ud83d"], /^value\[0\]: half of a surrogate pair/],
    ["one that would be a byte", "\udcff", /^value: half of a surrogate pair/],
    ["half of a surrogate pair in a name", { "\ud83d": 1 }, /half of a surrogate pair/],
    [
      "an integer of more than 64 bits",
      { id: 2n ** 63n },
      /^value\.id: the bigint 9223372036854775808 does not fit into the 64 bits/,
    ],
    ["a date", { at: new Date(0) }, /^value\.at: an instance of Date can't be given to Lua.*toISOString/],
    ["an instance of a class", new (class Cart {})(), /^value: an instance of Cart can't be given to Lua/],
    ["a Set", new Set([1]), /^value: an instance of Set .*an array/],
    ["other numbers of bytes", new Uint32Array(1), /^value: an instance of Uint32Array .*Uint8Array/],
    ["a promise", [Promise.resolve(1)], /^value\[0\]: an instance of Promise .*await it/],
    ["a regular expression", /x/, /^value: an instance of RegExp/],
    ["a function", { f() {} }, /^value\.f: a function can't be given to Lua/],
    ["a symbol", Symbol("x"), /^value: a symbol can't be given to Lua/],
    ["a cycle", cycle, /^value\.deep\.again: a value that contains itself/],
    ["not a number as a key", new Map([[Number.NaN, 1]]), /^value\[NaN\]: a key must be/],
    ["an object as a key", new Map([[{}, 1]]), /^value\[.*\]: a key must be/],
    [
      "two keys that are one",
      new Map<unknown, unknown>([
        [1, "a"],
        [1n, "b"],
      ]),
      /^value\[1\]: two keys of the Map are the same key in Lua/,
    ],
    [
      "a text and its bytes as keys",
      new Map<unknown, unknown>([
        ["a", 1],
        [Buffer.from("a"), 2],
      ]),
      /two keys of the Map/,
    ],
    [
      "what nests too deep",
      Array.from({ length: 129 }).reduce<unknown>((inner) => [inner], 1),
      /: nested deeper than 128 levels$/,
    ],
  ])("is refused with its place: %s", (_, value, message) => {
    expect(() => fromJs(value, "value")).toThrow(TypeError);
    expect(() => fromJs(value, "value")).toThrow(message);
  });
});

it("what a module answers may have bytes in its texts, as moonkeep writes them for people", () => {
  const bytes = new ByteString(Uint8Array.of(0x61, 0xff));
  expectSame(fromJs(bytes.toString(), "result", "module"), bytes);
  expect(() => fromJs("\ud83d", "result", "module")).toThrow("half of a surrogate pair");
  expect(() => fromJs("\udcc3\udca9", "result", "module")).toThrow("half of a surrogate pair"); // it would be "é"
  expect(() => fromJs({ a: null }, "result", "module")).toThrow("result.a: null");
});

it("an error's details are told as far as they can be", () => {
  expect(toJs(fromJs({ a: null, b: "\ud83d" }, "details", "details"))).toEqual({ b: "\ufffd" });
});

describe("a value of Lua", () => {
  /** Whole floats become integers in JavaScript, and nothing else changes. */
  function withoutFloats(value: Value): Value {
    return value instanceof Float && !Object.is(value.value, -0) ? value.value : value;
  }

  it("comes back as it was through JavaScript, but for whole floats", () => {
    fc.assert(
      fc.property(values, (value) => {
        const once = fromJs(toJs(value), "value")!;
        expectSame(fromJs(toJs(once), "value"), once);
        if (!(value instanceof ByteString) && typeof value === "object") return;
        expectSame(once, withoutFloats(value));
      }),
    );
  });

  it("has its text keys as own properties, whatever they are called", () => {
    const object = toJs(record({ a: 1 })) as object;
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    const awkward = toJs(fromJs(new Map([["__proto__", { x: 1 }]]), "value")) as Record<string, unknown>;
    expect(Object.keys(awkward)).toEqual(["__proto__"]);
    expect(awkward.x).toBeUndefined();
    expect(JSON.stringify(awkward)).toBe('{"__proto__":{"x":1}}');
  });

  it("is a bigint only where a number is not exact", () => {
    expect(toJs(list(1, 2n ** 53n, str("x")))).toEqual([1, 2n ** 53n, "x"]);
  });
});
