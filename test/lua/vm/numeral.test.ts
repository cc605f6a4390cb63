import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Integer, toBigInt, toText } from "../../../src/lua/vm/int64.ts";
import { floatText, numberText, numeral, readInBase, readNumeral } from "../../../src/lua/vm/numeral.ts";
import { FLOAT, INT64, INTEGER, NIL } from "../../../src/lua/vm/types.ts";

/** A number as its type and its text: "integer 5", "float 0x1p-1074" would be "float 4.9406564584125e-324". */
function read(text: string): string {
  const tag = readNumeral(text);
  if (tag === NIL) return "nil";
  return `${tag === FLOAT ? "float" : "integer"} ${tag === FLOAT ? exact(numeral.value as number) : toText(numeral.value)}`;
}

/** All that there is of a float. */
const exact = (n: number) => (Object.is(n, -0) ? "-0" : String(n));

const numerals: readonly (readonly [text: string, expected: string])[] = [
  ["0", "integer 0"],
  ["-0", "integer 0"],
  ["007", "integer 7"],
  [" \t\n\v\f\r42 \n", "integer 42"],
  ["+7", "integer 7"],
  ["9007199254740991", "integer 9007199254740991"],
  ["9007199254740993", "integer 9007199254740993"],
  ["9223372036854775807", "integer 9223372036854775807"],
  ["9223372036854775808", "float 9223372036854776000"],
  ["-9223372036854775808", "integer -9223372036854775808"],
  ["-9223372036854775809", "float -9223372036854776000"],
  ["9999999999999999999", "float 10000000000000000000"],
  ["18446744073709551616", "float 18446744073709552000"],
  ["00000000000000000000000000000000005", "integer 5"],
  ["0x10", "integer 16"],
  ["-0xA", "integer -10"],
  ["0X7fffffffffffffff", "integer 9223372036854775807"],
  ["0xffffffffffffffff", "integer -1"],
  ["0x1ffffffffffffffff", "integer -1"],
  ["-0xffffffffffffffff", "integer 1"],
  ["0x", "nil"],
  ["0xg", "nil"],
  ["0x.p1", "nil"],
  ["0x1p", "nil"],
  ["0x1p+", "nil"],
  ["0x1p4", "float 16"],
  ["0x.8", "float 0.5"],
  ["0xA.8p1", "float 21"],
  ["-0x0p1", "float -0"],
  ["0x1p-1074", "float 5e-324"],
  ["0x1p-1075", "float 0"],
  ["0x1.8p-1075", "float 5e-324"],
  ["0x1.fffffffffffff7p1023", "float 1.7976931348623157e+308"],
  ["0x1.fffffffffffff8p1023", "float Infinity"],
  ["0x1p99999999999999999999", "float Infinity"],
  ["0x1p-99999999999999999999", "float 0"],
  ["0x0p99999999999999999999", "float 0"],
  ["0x20000000000001.0", "float 9007199254740992"],
  ["0x20000000000001.0000000000000000000000000000000001", "float 9007199254740994"],
  ["0x20000000000003.0", "float 9007199254740996"],
  ["1.", "float 1"],
  [".5", "float 0.5"],
  ["-.5", "float -0.5"],
  [".", "nil"],
  ["1e2", "float 100"],
  ["1E+2", "float 100"],
  ["1e", "nil"],
  ["1e+", "nil"],
  ["e1", "nil"],
  [".e1", "nil"],
  ["1e400", "float Infinity"],
  ["-1e400", "float -Infinity"],
  ["-0.0", "float -0"],
  ["1e-400", "float 0"],
  ["1 2", "nil"],
  ["1_000", "nil"],
  ["--1", "nil"],
  ["- 1", "nil"],
  ["", "nil"],
  [" ", "nil"],
  ["nan", "nil"],
  ["inf", "nil"],
  ["Infinity", "nil"],
  ["0b1", "nil"],
  ["0o7", "nil"],
  ["1\u0000", "nil"],
  ["1n", "nil"],
  ["1\u00a0", "nil"],
];

describe("text as a number", () => {
  test.each(numerals)("%j is %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test("a numeral of a megabyte is read in linear time", () => {
    expect(read("1".repeat(1e6))).toBe("float Infinity");
    expect(read(`${"1".repeat(1e6)}x`)).toBe("nil");
    expect(read(`0x${"1".repeat(1e6)}`)).toBe("integer 1229782938247303441");
    expect(read(`${" ".repeat(1e6)}1${" ".repeat(1e6)}`)).toBe("integer 1");
  });

  test("integers are read back as they are written", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (b) => {
        expect(readNumeral(String(b))).not.toBe(FLOAT);
        expect(toBigInt(numeral.value)).toBe(b);
      }),
    ));

  test.each<[string, number, Integer | undefined]>([
    ["ff", 16, 255],
    ["-zz", 36, -1295],
    [" 101 ", 2, 5],
    ["8", 8, undefined],
    ["", 10, undefined],
    ["-", 10, undefined],
    ["1.0", 10, undefined],
    ["ffffffffffffffff", 16, -1],
  ])("%j in base %d", (text, base, expected) => {
    expect(readInBase(text, base)).toBe(expected);
  });
});

const floats: readonly (readonly [n: number, text: string])[] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-5, "-5.0"],
  [0.1, "0.1"],
  [1 / 3, "0.33333333333333"],
  [2 / 3, "0.66666666666667"],
  [Math.E, "2.718281828459"],
  [100000.5, "100000.5"],
  [1e14, "1e+14"],
  [1e15, "1e+15"],
  [-1e15, "-1e+15"],
  [99999999999999, "99999999999999.0"],
  [123456789012345, "1.2345678901234e+14"],
  [99999999999999.5, "1e+14"],
  [2 ** 53, "9.007199254741e+15"],
  [2 ** 63, "9.2233720368548e+18"],
  [1e100, "1e+100"],
  [1e-4, "0.0001"],
  [1e-5, "1e-05"],
  [0.000123456789012345, "0.00012345678901234"],
  [5e-324, "4.9406564584125e-324"],
  [1.7976931348623157e308, "1.7976931348623e+308"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "-nan"],
];

describe("a number as text", () => {
  test.each(floats)("the float %d is %s", (n, text) => {
    expect(floatText(n)).toBe(text);
  });

  test("integers have no point", () => {
    expect(numberText(INTEGER, 5)).toBe("5");
    readNumeral("-9223372036854775808");
    expect(numberText(INT64, numeral.value)).toBe("-9223372036854775808");
  });
});

const lua = spawnSync("lua5.3", ["-v"]).status === 0;

describe.runIf(lua)("lua5.3 says the same", () => {
  const run = (code: string, input: string) => spawnSync("lua5.3", ["-e", code], { input, encoding: "latin1" }).stdout;

  test("of text", () => {
    const code =
      'for line in io.lines() do local s = line:gsub("%x%x ", function(h) return string.char(tonumber(h, 16)) end) ' +
      'local n = tonumber(s) print(n and math.type(n) .. " " .. (n == math.floor(n) and n % 1 == 0 and string.format(math.type(n) == "integer" and "%d" or "%.0f", n) or string.format("%.17g", n)) or "nil") end';
    const hex = (text: string) =>
      [...Buffer.from(text, "latin1")].map((b) => `${b.toString(16).padStart(2, "0")} `).join("");
    const theirs = run(code, `${numerals.map(([text]) => hex(text)).join("\n")}\n`)
      .trimEnd()
      .split("\n");
    const plain = (text: string) => {
      const [type, n] = text.split(" ") as [string, string];
      return n === undefined ? type : `${type} ${type === "float" ? Number(n) : n}`;
    };
    expect(theirs.map((text) => plain(text.replace("inf", "Infinity")))).toEqual(
      numerals.map(([, expected]) => plain(expected)),
    );
  });

  test("of a thousand floats", () => {
    const some = fc.sample(fc.double({ noNaN: true }), 1000);
    const hex = some.map((n) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(n);
      return bytes.toString("hex");
    });
    const code =
      'for line in io.lines() do print((string.unpack(">d", (line:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end))))) end';
    expect(
      run(code, `${hex.join("\n")}\n`)
        .trimEnd()
        .split("\n"),
    ).toEqual(some.map(floatText));
  });
});
