import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBinary } from "../../src/value/bytes.ts";
import { ByteString, equal, type Table, type Value } from "../../src/value/value.ts";
import { str } from "../contract/values.ts";
import { evaluate, message, result, Sandbox } from "../support/lua.ts";

/** Byte strings that have met in one hash before: few different bytes, few different lengths. */
const alike = fc
  .uint8Array({ maxLength: 3 })
  .map((bytes) => bytes.map((byte) => [0, 1, 2, 3, 16, 18, 33, 35, 0x7f, 0xff][byte % 10]!));
const bytes = fc.oneof(alike, fc.uint8Array({ maxLength: 40 }));

describe("strings as keys", () => {
  test.each([
    [String.raw`"\1\35"`, String.raw`"\18\3"`],
    [String.raw`"\1\1"`, String.raw`"\17"`],
    [String.raw`"\0"`, `""`],
    [`"1"`, "1"],
    [`"true"`, "true"],
    [`"|61"`, `"a"`],
    [String.raw`"\xe9"`, String.raw`"\xc3\xa9"`],
    [`"__proto__"`, `"constructor"`],
  ])("%s and %s are two keys", (a, b) => {
    expect(evaluate(`local t = {} t[${a}] = 1 t[${b}] = 2 return t[${a}], t[${b}], ${a} == ${b}`)).toEqual([
      1,
      2,
      false,
    ]);
  });

  test("a table is a map from byte strings, whatever bytes they have", () => {
    const sandbox = new Sandbox();
    const code = `local keys, t = ..., {} for i, key in ipairs(keys) do t[key] = i end
      local n = 0 for _ in pairs(t) do n = n + 1 end
      local found = {} for i, key in ipairs(keys) do found[i] = t[key] end return found, n`;
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 30 }), (keys) => {
        const model = new Map(keys.map((key, i) => [Buffer.from(key).toString("latin1"), i + 1]));
        const expected = keys.map((key) => model.get(Buffer.from(key).toString("latin1")));
        expect(sandbox.evaluate(code, [keys])).toEqual([expected, model.size]);
      }),
    );
  });

  test("long keys, and keys that differ in their last byte alone, are told apart", () => {
    const code = `local long = ("k"):rep(100000) local t = { [long .. "a"] = 1, [long .. "b"] = 2 }
      return t[("k"):rep(100000) .. "a"], t[long .. "b"], t[long]`;
    expect(evaluate(code)).toEqual([1, 2, undefined]);
  });

  test("a string of 25 MB can be a key, and can be compared", () => {
    const code = `local mb = ("0123456789abcdef"):rep(65536) local big = mb:rep(25) local t = { [big] = 1 }
      return #big, t[mb:rep(25)], t[big .. "x"], big < big .. "x", big == mb:rep(25)`;
    expect(evaluate(code)).toEqual([25 * 2 ** 20, 1, undefined, true, true]);
  });
});

describe("the order of strings", () => {
  test.each([
    [String.raw`"\t"`, `"a"`],
    [`""`, String.raw`"\0"`],
    [`"a"`, String.raw`"a\0"`],
    [`"Z"`, `"a"`],
    [`"z"`, `"ä"`],
    [String.raw`"\x7f"`, String.raw`"\x80"`],
    [`"10"`, `"9"`],
  ])("%s is less than %s", (a, b) => {
    expect(evaluate(`return ${a} < ${b}, ${b} < ${a}, ${a} <= ${b}, ${b} <= ${a}, ${a} > ${b}`)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test("is that of their bytes", () => {
    const sandbox = new Sandbox();
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const order = Buffer.compare(a, b);
        expect(sandbox.evaluate("local a, b = ... return a < b, a <= b, a == b", [a, b])).toEqual([
          order < 0,
          order <= 0,
          order === 0,
        ]);
      }),
    );
  });

  test("is the one that table.sort makes", () => {
    const sandbox = new Sandbox();
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 20 }), (list) => {
        const [sorted] = sandbox.values("local t = ... table.sort(t) return t", [list]);
        const expected = list.map((item) => new ByteString(item)).sort((a, b) => Buffer.compare(a.bytes, b.bytes));
        expect(((sorted as Table).items as ByteString[]).map(({ binary }) => binary)).toEqual(
          expected.map(({ binary }) => binary),
        );
      }),
    );
  });
});

describe("the string library works on bytes", () => {
  test.each([
    [String.raw`#"\0\255é"`, 4],
    [String.raw`("\0\255"):byte(1, -1)`, 0],
    [String.raw`("x\0y"):rep(2, "\0") == "x\0y\0x\0y"`, true],
    [String.raw`("\1\2\255"):reverse() == "\255\2\1"`, true],
    [String.raw`("aé\0Z"):upper() == "Aé\0Z"`, true],
    [String.raw`("a\0b\0c"):find("\0", 3, true)`, 4],
    [String.raw`("a\0b"):match("%z(.)")`, "b"],
    [String.raw`("héllo"):gsub("[\128-\255]+", "?")`, "h?llo"],
    [String.raw`table.concat({ "\0", "\255" }) == "\0\255"`, true],
    [String.raw`("\0a" .. "\255") == "\0a\255"`, true],
    [String.raw`string.char(0, 127, 255) == "\0\127\255"`, true],
    [`("x"):rep(0) == "" and ("x"):rep(-5) == "" and (""):rep(1000) == ""`, true],
    [`("abc"):sub(-2) .. ("abc"):sub(2, 2) .. ("abc"):sub(0) .. ("abc"):sub(5)`, "bcbabc"],
    [`select("#", ("abc"):byte(1, -1))`, 3],
    [`("key = value"):match("^(%w+)%s*=%s*(%w+)$")`, "key"],
    [`("x"):find("")`, 1],
    [`string.unpack("<i2", string.pack("<i2", -300))`, -300],
    [`string.unpack(">d", string.pack(">d", 0.1))`, 0.1],
    [String.raw`string.unpack("s1", "\3abcd")`, "abc"],
    [`string.packsize("<!4 i1 i4")`, 8],
    [`utf8.len("aé€😀")`, 4],
    [`utf8.char(97, 233, 8364, 128512)`, "aé€😀"],
    [String.raw`select(2, utf8.len("ab\xff"))`, 3],
    [`utf8.codepoint("€")`, 0x20ac],
  ])("%s", (code, expected) => {
    expect(result(`return ${code}`)).toBe(expected);
  });

  test("what a string means to Lua is what its bytes say, in a chunk too", () => {
    const chunk = fromBinary('return "\xff\x00", #"\xff\xfe"' as never);
    const [first, second] = new Sandbox().values(chunk);
    expect([(first as ByteString).bytes, second]).toEqual([Uint8Array.of(0xff, 0), 2]);
  });
});

// ---- format ----

type Row = readonly [format: string, value: string, expected: string];

const rows: readonly Row[] = readFileSync(join(import.meta.dirname, "printf.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t") as unknown as Row);

describe("string.format", () => {
  test.each([...new Set(rows.map(([format]) => format))])("%j does what C's printf does", (format) => {
    const cases = rows.filter((row) => row[0] === format);
    const values = cases.map(([, value]) => value).join(", ");
    const code = `local f = ... local r = {} for i, v in ipairs({ ${values} }) do r[i] = f:format(v) end return r`;
    expect(result(code, format)).toEqual(cases.map(([, , expected]) => expected));
  });

  test.each([
    ["%d", "3000000000.0", "3000000000"],
    ["%d", "-9007199254740991.0", "-9007199254740991"],
    ["%d", `"10"`, "10"],
    ["%5.1f", `"2.25"`, "  2.2"],
    ["%x", "-1", "ffffffffffffffff"],
    ["%X", "math.mininteger", "8000000000000000"],
    ["%x", "4294967296.0", "100000000"],
    ["%x", "-3000000000.0", "ffffffff4d2fa200"],
    ["%i%%", "5", "5%"],
    ["%c%c", "72, 105", "Hi"],
    ["%3c|", "65", "  A|"],
    ["%-3c|", "65", "A  |"],
    ["%f", "0/0", "-nan"],
    ["%5.1f|%-5.1f|%05.1f", "1/0, -1/0, 1/0", "  inf|-inf |  inf"],
    ["%f %E %G", "1/0, -1/0, 0/0", "inf -INF -NAN"],
    ["%s %s %s %s", "nil, true, 1, 1.0", "nil true 1 1.0"],
    ["%s", "setmetatable({}, { __tostring = function() return 'mine' end })", "mine"],
    ["%5s|%-5s|%.2s|%5.1s|", `"ab", "ab", "abc", "abc"`, "   ab|ab   |ab|    a|"],
    ["%.0s|", `"abc"`, "|"],
    ["%.20s", `"abc"`, "abc"],
    ["plain", "", "plain"],
    ["%%", "", "%"],
  ])("%j of %s", (format, values, expected) => {
    const args = values === "" ? "" : `, ${values}`;
    expect(result(`return string.format(${JSON.stringify(format)}${args})`)).toBe(expected);
  });

  test("keeps every byte of a string, and counts width and precision in bytes", () => {
    const code = String.raw`local s = "\xff\1é" return ("%s"):format(s .. "\0") == s .. "\0", ("[%6s]"):format(s) == "[  " .. s .. "]", ("%.1s"):format(s) == "\xff"`;
    expect(evaluate(code)).toEqual([true, true, true]);
  });

  test("keeps every byte of the format", () => {
    expect(result(String.raw`return ("\0%d\xff%s"):format(1, "é") == "\0" .. "1\xffé"`)).toBe(true);
  });

  test.each([
    [`("%d"):format("x")`, "bad argument #1 to 'format' (number expected, got string)"],
    [`string.format("%d", "x")`, "bad argument #2 to 'format' (number expected, got string)"],
    [`string.format("%s %d", 1, 1.5)`, "bad argument #3 to 'format' (number has no integer representation)"],
    [`string.format("%d", 1e300)`, "bad argument #2 to 'format' (number has no integer representation)"],
    [`string.format("%d", 1 / 0)`, "bad argument #2 to 'format' (number has no integer representation)"],
    [`string.format("%d", {})`, "bad argument #2 to 'format' (number expected, got table)"],
    [`string.format("%s")`, "bad argument #2 to 'format' (no value)"],
    [`string.format("%d %d", 1)`, "bad argument #3 to 'format' (no value)"],
    [`string.format("%c", "x")`, "bad argument #2 to 'format' (number expected, got string)"],
    [`string.format("%q", {})`, "bad argument #2 to 'format' (value has no literal form)"],
    [`string.format("%q", print)`, "bad argument #2 to 'format' (value has no literal form)"],
    ["string.format({})", "bad argument #1 to 'format' (string expected, got table)"],
    [`string.format("%y", 1)`, "invalid option '%y' to 'format'"],
    [`string.format("%", 1)`, String.raw`invalid option '%<\0>' to 'format'`],
    [`string.format("%F", 1)`, "invalid option '%F' to 'format'"],
    [String.raw`string.format("%5s", "\0")`, "bad argument #2 to 'format' (string contains zeros)"],
    [String.raw`string.format("%\n", 1)`, String.raw`invalid option '%<\10>' to 'format'`],
    [`string.format("%ld", 1)`, "invalid option '%l' to 'format'"],
    [`string.format("%-+ #0-d", 1)`, "invalid format (repeated flags)"],
    [`string.format("%100d", 1)`, "invalid format (width or precision too long)"],
    [`string.format("%.100d", 1)`, "invalid format (width or precision too long)"],
    [
      `string.format("%s", setmetatable({}, { __tostring = function() return {} end }))`,
      "'__tostring' must return a string",
    ],
  ])("%s says what is wrong", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });
});

describe("%q", () => {
  const literal = (code: string) => result(`return string.format("%q", ${code})`);

  test.each([
    [String.raw`"a\n\0b\"\\"`, String.raw`"a\@\0b\"\\"`.replace("@", "\n")],
    [String.raw`"\0001\r\127\1279"`, String.raw`"\0001\13\127\1279"`],
    ["1", "1"],
    ["math.mininteger", "0x8000000000000000"],
    ["0.1", "0x1.999999999999ap-4"],
    ["1.0", "0x1p+0"],
    ["1 / 0", "1e9999"],
    ["-1 / 0", "-1e9999"],
    ["0 / 0", "(0/0)"],
    ["nil", "nil"],
    ["true", "true"],
  ])("writes %s as a literal", (code, expected) => {
    expect(literal(code)).toBe(expected);
  });

  test("reads back as the same value, bytes and kinds of number and all", () => {
    const sandbox = new Sandbox();
    const plain = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((content): Value => new ByteString(content)),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.double().filter((n) => !Number.isInteger(n) || Math.abs(n) >= 2 ** 31),
      fc.boolean(),
    );
    const code = `return load("return " .. string.format("%q", ...))()`;
    fc.assert(
      fc.property(plain, (given) => {
        const [back] = sandbox.values(code, [given]);
        expect(back !== undefined && equal(back, given)).toBe(true);
      }),
    );
    expect(
      sandbox.evaluate(`local back = load("return " .. string.format("%q", -0.0))() return 1 / back, math.type(back)`),
    ).toEqual([-Infinity, "float"]);
    expect(equal(sandbox.values(code, [str("\r\n\t")])[0]!, str("\r\n\t"))).toBe(true);
  });
});

describe("strings put together by ..", () => {
  test("are what table.concat makes of the parts: as bytes, as keys, and in order", () => {
    const sandbox = new Sandbox();
    const code = `local parts, keys = ...
      local t = {}
      for i, part in ipairs(parts) do if keys[i] then t[part] = i end end
      local a, b, c = parts[1], parts[2], parts[3]
      local whole, pairwise, expected = a .. b .. c .. 7 .. 1.5, (a .. b) .. c, table.concat(parts)
      local t = { [pairwise] = true }
      return whole == expected .. "71.5", pairwise == expected, t[expected], pairwise <= expected, #pairwise,
        table.concat({ pairwise:byte(1, -1) }, " ") == table.concat({ expected:byte(1, -1) }, " ")`;
    const part = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 100, maxLength: 200 }));
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (parts, keys) => {
        const length = parts.reduce((sum, { length }) => sum + length, 0);
        expect(sandbox.evaluate(code, [parts, keys])).toEqual([true, true, true, true, length, true]);
      }),
    );
  });
});
