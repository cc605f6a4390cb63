/** Values that formats of text can express, for property tests. */
import fc from "fast-check";
import { ByteString, Float, float, integer, noItems, Table, type Value } from "../../src/value/value.ts";

/** Texts with all that has a meaning somewhere. */
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(
      "a",
      "1",
      " ",
      "\n",
      "\t",
      ":",
      "-",
      "#",
      "'",
      '"',
      "\\",
      "é",
      "😀",
      "\u2028",
      "\0",
      "|",
      ">",
      "[",
      "{",
      ",",
    ),
    maxLength: 12,
  }),
  fc.constantFrom(
    "",
    "true",
    "null",
    "~",
    "1",
    "1.0",
    "-0",
    ".nan",
    "0x1",
    "1e5",
    "yes",
    "- a",
    "a: b",
    "--- ",
    "...",
    "\ufeffa",
  ),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "<<",
    "=",
    "a\nb\n",
    "\n",
    "\n\n",
    " a\n",
    "a\n\n",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
  ),
);
const strings = texts.map((text) => ByteString.fromText(text));
const integers = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)));
const longIntegers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => integer(n)!);
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, -1, 2 ** 31, 2 ** 53, 1e21, 1e300, 5e-324, 0.1),
);
const special = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

/** Tables that are a list or have names, not both; floats that are no numbers to JSON where `all` says so. */
const values = (all: boolean): { value: fc.Arbitrary<Value>; table: fc.Arbitrary<Table> } =>
  fc.letrec<{ value: Value; table: Table }>((tie) => ({
    table: fc.oneof(
      { depthSize: "small" },
      fc.array(tie("value"), { maxLength: 5 }).map((items) => new Table(items, noItems, noItems)),
      fc
        .uniqueArray(fc.tuple(strings, tie("value")), { maxLength: 5, selector: ([name]) => name.binary })
        .map((fields) => new Table(noItems, ...unzip(fields))),
    ),
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      strings,
      integers,
      longIntegers,
      (all ? fc.oneof(finite, special) : finite).map(float),
      fc.boolean(),
      tie("table"),
    ),
  }));

const unzip = (fields: readonly [ByteString, Value][]): [ByteString[], Value[]] => [
  fields.map(([name]) => name),
  fields.map(([, value]) => value),
];

export const jsonValues: fc.Arbitrary<Value> = values(false).value;
export const yamlTables: fc.Arbitrary<Table> = values(true).table;

/** The value as JavaScript's JSON has it. */
export function plainJson(value: Value): unknown {
  if (value instanceof Float) return value.value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof ByteString) return value.toString();
  if (!(value instanceof Table)) return value;
  if (value.keys.length === 0) return value.items.map(plainJson);
  // A name such as "__proto__" is a name here.
  return Object.defineProperties(
    {},
    Object.fromEntries(
      value.keys.map((key, i) => [
        `${key}`,
        { value: plainJson(value.values[i]!), enumerable: true, writable: true, configurable: true },
      ]),
    ),
  );
}
