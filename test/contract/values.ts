import fc from "fast-check";
import { expect } from "vitest";
import { toBinary } from "../../src/value/bytes.ts";
import {
  ByteString,
  equal,
  Float,
  float,
  floatKey,
  integer,
  type Key,
  noItems,
  Table,
  type TableKey,
  type Value,
} from "../../src/value/value.ts";

/** A key from a literal with one character per byte. */
export const key = (text: string): Key => text as Key;

/** A string value from a text. */
export const str = (text: string): ByteString => ByteString.fromText(text);

/** A table value of a sequence. */
export const list = (...items: Value[]): Table => new Table(items, [], []);

/** A table value of fields. */
export const record = (fields: Record<string, Value>): Table =>
  new Table(noItems, Object.keys(fields).map(str), Object.values(fields));

const bytes = fc.uint8Array({ maxLength: 24 });

/** Keys that have broken stores before: zero bytes, high bytes, patterns of SQL and Redis, names of JavaScript. */
export const awkwardKeys: readonly Key[] = [
  "a",
  "a\0",
  "a\0\0",
  "a\xff",
  "a\xff\xff",
  "ab",
  "b",
  "\0",
  "\xff",
  "\xff\xff",
  ":a",
  "a:",
  "%",
  "_",
  "a_",
  "a*",
  "a?",
  "[a]",
  "a\\",
  "A",
  " a",
  "a ",
  "'",
  '"',
  "{a}",
  "\r\n",
  "\xc3\xa9",
  "e\xcc\x81",
  "\xed\xa0\x80",
  "__proto__",
  "constructor",
  "nil",
  "1",
  "1.0",
  "k".repeat(512),
].map(key);

/** Any key: bytes of all kinds, and the awkward ones. Never empty, because the store module refuses that. */
export const keys: fc.Arbitrary<Key> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 24 }).map(toBinary),
  fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", ":", "\0", "\xff") }).map(key),
  fc.constantFrom(...awkwardKeys),
);

const integers = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, 1, -1, 2 ** 31 - 1));
const longIntegers = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(2n ** 53n, 2n ** 31n, -(2n ** 63n)))
  .map((n) => integer(n)!);
const floats = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, -1, 2 ** 31, 2 ** 53, 0.1, 5e-324)).map(float);
const strings = bytes.map((content) => new ByteString(content));
const scalars: fc.Arbitrary<Value> = fc.oneof(integers, longIntegers, floats, strings, fc.boolean());

/** Keys of tables as Lua makes them: no NaN, and whole floats are integers, minus zero among them. */
const tableKeys: fc.Arbitrary<TableKey> = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.double({ noNaN: true }).map(floatKey),
  longIntegers,
  strings,
  fc.boolean(),
);

const identity = (tableKey: TableKey) => (tableKey instanceof ByteString ? `s${tableKey.binary}` : tableKey);

/** A table of both parts. A key that the sequence holds, or that would continue it, is no field. */
function tableOf(items: readonly Value[], fields: readonly (readonly [TableKey, Value])[]): Table {
  const inSequence = (tableKey: TableKey) =>
    typeof tableKey === "number" && Number.isInteger(tableKey) && tableKey >= 1 && tableKey <= items.length + 1;
  const kept = fields.filter(([tableKey]) => !inSequence(tableKey));
  return new Table(
    items,
    kept.map(([tableKey]) => tableKey),
    kept.map(([, value]) => value),
  );
}

/** Any value: all scalars, and tables of them, mixed, sparse and nested. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value; table: Value }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalars, tie("table")),
  table: fc
    .tuple(
      fc.array(tie("value"), { maxLength: 4 }),
      fc.uniqueArray(fc.tuple(tableKeys, tie("value")), { maxLength: 4, selector: ([tableKey]) => identity(tableKey) }),
    )
    .map(([items, fields]) => tableOf(items, fields)),
})).value;

/** Values that a store may well get wrong, by name. */
export const awkwardValues: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["false", false],
  ["true", true],
  ["an integer", 42],
  ["the float of the same number", new Float(42)],
  ["zero", 0],
  ["the float zero", new Float(0)],
  ["minus zero", new Float(-0)],
  ["the least integer", -(2 ** 31)],
  ["an integer of more than 32 bits", 2 ** 31],
  ["the float of the same number", new Float(2 ** 31)],
  ["the largest integer that a double holds with all below it", Number.MAX_SAFE_INTEGER],
  ["the integer after it", 2n ** 53n],
  ["the float of that number", 2 ** 53],
  ["the largest integer", 2n ** 63n - 1n],
  ["the least integer of all", -(2n ** 63n)],
  ["two integers that are one as floats", list(2n ** 60n, 2n ** 60n + 1n)],
  ["the largest float", Number.MAX_VALUE],
  ["the smallest float", 5e-324],
  ["a fraction", 0.1],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["minus infinity", Number.NEGATIVE_INFINITY],
  ["the empty string", str("")],
  ["a string of every byte", new ByteString(Uint8Array.from({ length: 256 }, (_, byte) => byte))],
  ["a string that is no UTF-8", new ByteString(Uint8Array.of(0xff, 0xfe, 0xc3, 0x28))],
  ["a string of digits", str("42")],
  ["a string of JSON", str('{"a":[1,null]}')],
  ["a string of a mebibyte", new ByteString(new Uint8Array(2 ** 20).map((_, i) => i * 31))],
  ["the empty table", list()],
  ["a sequence", list(1, new Float(1), 1.5, str("1"), true)],
  ["a record", record({ name: str("Alice"), __proto: str("x"), "": 0 })],
  ["a record with names of JavaScript", new Table([], ["__proto__", "constructor", "toString"].map(str), [1, 2, 3])],
  ["a table of both parts", new Table([1, 2], [str("n"), 4, 0, -1, 0.5, true, false], [1, 2, 3, 4, 5, 6, 7])],
  ["a sparse table", new Table([], [2, 1000, 2 ** 31, 2 ** 40, 2n ** 60n, 2n ** 60n + 1n], [1, 2, 3, 4, 5, 6])],
  ["a table with a number and its text as keys", new Table([1], [str("1"), str("1.0")], [2, 3])],
  ["tables 128 deep", Array.from({ length: 127 }).reduce<Value>((inner) => list(inner), list())],
  [
    "ten thousand items",
    new Table(
      Array.from({ length: 10_000 }, (_, i) => i),
      [],
      [],
    ),
  ],
]);

/** Fails unless both are the same to Lua, integers and floats kept apart. */
export function expectSame(actual: Value | undefined, expected: Value): void {
  if (actual !== undefined && equal(actual, expected)) return;
  expect(actual).toStrictEqual(expected);
  expect.unreachable("the values look alike, but are not the same to Lua");
}
