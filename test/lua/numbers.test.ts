import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equal, Float, float } from "../../src/value/value.ts";
import { evaluate, message, result, Sandbox, value } from "../support/lua.ts";

const INFINITY = Number.POSITIVE_INFINITY;
/** The value of an expression, integers as numbers and floats as Floats. */
function expectNumber(expression: string, expected: number | Float): void {
  const n = value(`return ${expression}`);
  expect(n instanceof Float ? n.value : n).toBe(expected instanceof Float ? expected.value : expected);
  expect(equal(n!, expected instanceof Float ? float(expected.value) : expected)).toBe(true);
  expect(result(`return math.type(${expression})`)).toBe(
    expected instanceof Float || !Number.isInteger(n) ? "float" : "integer",
  );
}

describe("integers have 64 bits", () => {
  const LEAST = "-9223372036854775808";
  const LARGEST = "9223372036854775807";

  test.each([
    ["0x7fffffffffffffff", LARGEST],
    ["9223372036854775807", LARGEST],
    ["9223372036854775808", "9.2233720368548e+18"],
    ["-9223372036854775808", "-9.2233720368548e+18"],
    ["0x7fffffffffffffff + 1", LEAST],
    ["0x8000000000000000 - 1", LARGEST],
    ["0x7fffffffffffffff * 2", "-2"],
    ["2147483647 + 1", "2147483648"],
    ["65536 * 65536", "4294967296"],
    ["4294967296 * 4294967296", "0"],
    ["1234567 * 7654321", "9449772114007"],
    ["123456789012 * 987654321098", "-347190634250006584"],
    ["-0x8000000000000000", LEAST],
    ["0x8000000000000000 // -1", LEAST],
    ["0x8000000000000000 % -1", "0"],
    ["0x80000000", "2147483648"],
    ["0xffffffff", "4294967295"],
    ["0xffffffffffffffff", "-1"],
    ["0x1ffffffffffffffff", "-1"],
    ["9007199254740991 + 1", "9007199254740992"],
    ["9007199254740992 + 1", "9007199254740993"],
    ["9007199254740993 - 1", "9007199254740992"],
    ["9007199254740993 - 2", "9007199254740991"],
    ["-9007199254740991 - 2", "-9007199254740993"],
    ["9007199254740993 % 10", "3"],
    ["9007199254740993 // 2", "4503599627370496"],
    ["1e3", "1000.0"],
    ["1 << 31", "2147483648"],
    ["1 << 32", "4294967296"],
    ["1 << 62", "4611686018427387904"],
    ["1 << 63", LEAST],
    ["1 << 64", "0"],
    ["1 << -1", "0"],
    ["-1 >> 1", LARGEST],
    ["-1 >> 32", "4294967295"],
    ["-1 >> 63", "1"],
    ["-1 >> 64", "0"],
    ["-1 >> -4", "-16"],
    ["-1 << 1", "-2"],
    ["1 << 0x8000000000000000", "0"],
    ["~0", "-1"],
    ["~0x8000000000000000", LARGEST],
    ["~5.0", "-6"],
    ["0xf0f0f0f0f0f0 & 0xff00000000ff", "263882790666480"],
    ["0xf0 | 0x0f", "255"],
    ["5 ~ 3", "6"],
    ["3.0 | 0", "3"],
    [`"7" & 3`, "3"],
    ["2^31 | 0", "2147483648"],
    ["2^53 | 0", "9007199254740992"],
    ["-2^63 | 0", LEAST],
    ["7 // 2", "3"],
    ["-7 // 2", "-4"],
    ["0 // -5", "0"],
    ["0 * -5", "0"],
    ["-5 % 5", "0"],
  ])("%s is %s, folded and computed", (expression, text) => {
    expect(result(`return tostring(${expression})`)).toBe(text);
    // The same with its first operand in a variable.
    const [, operand, rest] = /^(-?["\w.]+|~)(.*)$/.exec(expression)!;
    if (operand !== "~") expect(result(`local n = ${operand} return tostring(n ${rest})`)).toBe(text);
    else expect(result(`local n = ${rest} return tostring(~n)`)).toBe(text);
  });

  test.each([
    ["2^63 | 0", "number has no integer representation"],
    ["1.5 & 1", "number has no integer representation"],
    ["1 // 0", "attempt to divide by zero"],
    ["1 % 0", "attempt to perform 'n%0'"],
    ["0x8000000000000000 // 0", "attempt to divide by zero"],
    ["0x8000000000000000 % 0", "attempt to perform 'n%0'"],
  ])("%s is an error", async (expression, expected) => {
    expect(await message(`return ${expression}`)).toBe(`t:1: ${expected}`);
  });

  test("every operation is that of 64-bit integers", () => {
    const sandbox = new Sandbox();
    const edges = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n].flatMap((n) => [n - 1n, n, n + 1n, -n]);
    const integer = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
      fc.integer().map(BigInt),
      fc.constantFrom(...edges).map((n) => BigInt.asIntN(64, n)),
    );
    const literal = (n: bigint) => `0x${BigInt.asUintN(64, n).toString(16)}`;
    const operations =
      "a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ~ b, -a, ~a, a << (b & 63), a >> (b & 63), a < b, a <= b, a == b";
    const wrap = (n: bigint) => String(BigInt.asIntN(64, n));
    fc.assert(
      fc.property(
        integer,
        integer.filter((n) => n !== 0n),
        (a, b) => {
          const rest = ((a % b) + b) % b;
          const shift = b & 63n;
          const expected = [
            ...[a + b, a - b, a * b, (a - rest) / b, rest, a & b, a | b, a ^ b, -a, ~a, a << shift].map(wrap),
            wrap(BigInt.asUintN(64, a) >> shift),
            ...[a < b, a <= b, a === b].map(String),
          ];
          const code = `local a, b = ${literal(a)}, ${literal(b)} local r = { ${operations} }
            for i = 1, #r do r[i] = tostring(r[i]) end return table.concat(r, " ")`;
          expect(sandbox.evaluate(code)).toEqual([expected.join(" ")]);
        },
      ),
    );
  });

  test.each([
    ["9007199254740993 == 2^53", false],
    ["9007199254740992 == 2^53", true],
    ["9007199254740993 > 2^53", true],
    ["0x7fffffffffffffff < 2^63", true],
    ["0x7fffffffffffffff == 2^63", false],
    ["0x8000000000000000 == -2^63", true],
    ["0x8000000000000000 <= -2^63", true],
    ["0x7fffffffffffffff < 1/0", true],
    ["0x7fffffffffffffff < 0/0 or 0x7fffffffffffffff >= 0/0", false],
    ["0x7fffffffffffffff + 0.0 == 2^63", true],
  ])("%s is %s", (expression, expected) => {
    expect(result(`return ${expression}`)).toBe(expected);
    const [, operand, rest] = /^(\S+)(.*)$/.exec(expression)!;
    expect(result(`local n = ${operand} return n ${rest}`)).toBe(expected);
  });

  test("integers beyond 2^53 are keys of their own", () => {
    const code = `local t = { [9007199254740992] = "a", [9007199254740993] = "b", [0x7fffffffffffffff] = "c" }
      t[9007199254740993] = t[9007199254740993] .. "!"
      local keys = {} for k, v in next, t do keys[#keys + 1] = k .. v end table.sort(keys)
      return t[2^53], t[9007199254740991 + 2], t[1 << 63], table.concat(keys, " ")`;
    expect(evaluate(code)).toEqual(["a", "b!", undefined, "9007199254740992a 9007199254740993b! 9223372036854775807c"]);
  });
});

describe("floats", () => {
  test.each<[string, number | Float]>([
    ["7 / 2", 3.5],
    ["6 / 2", new Float(3)],
    ["2 ^ 10", new Float(1024)],
    ["1 + 1.0", new Float(2)],
    ["-7 // 2", -4],
    ["7 // -2", -4],
    ["7.0 // 2", new Float(3)],
    ["-7.5 // 2", new Float(-4)],
    ["-7 % 3", 2],
    ["7 % -3", -2],
    ["-6 % 3", 0],
    ["5.5 % 2", 1.5],
    ["-5.5 % 2", 0.5],
    ["5.5 % -2", -0.5],
    ["5 % math.huge", new Float(5)],
    ["-5 % math.huge", INFINITY],
    ["3 // 0.0", INFINITY],
    ["-3 // 0.0", -INFINITY],
    ["3 % 0.0", Number.NaN],
    ["0 / 0", Number.NaN],
    ["0x.8p1", new Float(1)],
    ["0xA.8", 10.5],
    ["3e-2", 0.03],
    [".5", 0.5],
    ["5.", new Float(5)],
    ["1e308 * 10", INFINITY],
    ["5e-324 / 2", new Float(0)],
    [`"10" + 5`, new Float(15)],
    [`"10.0" + 5`, new Float(15)],
    [`"0x10" * 1`, new Float(16)],
    ["-0.0", new Float(-0)],
    ["0.0 * -1", new Float(-0)],
  ])("%s", expectNumber);

  test.each([
    ["1 == 1.0", true],
    ["0/0 == 0/0", false],
    ["0/0 < 1 or 0/0 > 1 or 0/0 <= 0/0", false],
    ["0.0 == -0.0", true],
    ["1 < 1.5 and 1.5 < 2", true],
    [`"1" == 1`, false],
  ])("%s is %s", (expression, expected) => {
    expect(result(`return ${expression}`)).toBe(expected);
  });

  test("a whole float and the integer are one key", () => {
    expect(
      evaluate(
        "local t = { [1] = 'a', [2^31] = 'b' } t[1.0] = 'c' t[2^53] = 'd' return t[1], t[2147483648], #t, t[2^53]",
      ),
    ).toEqual(["c", "b", 1, "d"]);
    expect(evaluate("local t = { [3.0] = 1 } return math.type((next(t)))")).toEqual(["integer"]);
  });

  test("minus zero is the key 0, and no integer", () => {
    const code = "local t = { [-0.0] = 1 } local key = next(t) return t[0], math.type(key), 1 / key";
    expect(evaluate(code)).toEqual([1, "integer", INFINITY]);
    expect(evaluate("return 1 / math.floor(-0.0), 1 / math.ceil(-0.5), 1 / math.tointeger(-0.0)")).toEqual([
      INFINITY,
      INFINITY,
      INFINITY,
    ]);
  });

  test.each([
    ["t[0/0] = 1", "table index is NaN"],
    ["t[nil] = 1", "table index is nil"],
  ])("%s is an error, reading it is not", async (code, expected) => {
    expect(await message(`local t = {} ${code}`)).toBe(`t:1: ${expected}`);
    expect(result("local t = {} return t[0/0] == nil and t[nil] == nil")).toBe(true);
  });
});

describe("numbers as text", () => {
  test.each([
    ["1", "1"],
    ["1.0", "1.0"],
    ["-0.0", "-0.0"],
    ["0.1", "0.1"],
    ["1/3", "0.33333333333333"],
    ["3.14159265358979", "3.1415926535898"],
    ["1e14", "1e+14"],
    ["99999999999999", "99999999999999"],
    ["99999999999999.0", "99999999999999.0"],
    ["-123456789012345", "-123456789012345"],
    ["-123456789012345.0", "-1.2345678901234e+14"],
    ["12345678901234.5", "12345678901234.0"],
    ["2^53", "9.007199254741e+15"],
    ["1e15", "1e+15"],
    ["1e100", "1e+100"],
    ["1e-5", "1e-05"],
    ["0.0001", "0.0001"],
    ["123456.789e3", "123456789.0"],
    ["5e-324", "4.9406564584125e-324"],
    ["1/0", "inf"],
    ["-1/0", "-inf"],
    ["0/0", "-nan"],
    ["0x8000000000000000", "-9223372036854775808"],
    ["3000000000", "3000000000"],
    ["3e9", "3000000000.0"],
  ])("%s is %j, by tostring, by .. and by table.concat", (expression, text) => {
    expect(evaluate(`local n = ${expression} return tostring(n), n .. "", table.concat { n }`)).toEqual([
      text,
      text,
      text,
    ]);
  });

  test("is what %.14g writes, and looks like a float", () => {
    const sandbox = new Sandbox();
    const code = `local n = ... local text = string.format("%.14g", n) if not text:find("[^-0-9]") then text = text .. ".0" end
      return tostring(n) == text, tostring(n), text`;
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: -20, max: 40 }), (n, power) => {
        expect(sandbox.evaluate(code, [new Float(n)])[0]).toBe(true);
        expect(sandbox.evaluate(code, [new Float(Math.round(n) / 2 ** power)])[0]).toBe(true);
      }),
    );
  });
});

describe("numbers from outside", () => {
  test.each([
    [1, "integer", "1"],
    [-(2 ** 31), "integer", "-2147483648"],
    [2 ** 31, "integer", "2147483648"],
    [-(2 ** 31) - 1, "integer", "-2147483649"],
    [2 ** 53, "float", "9.007199254741e+15"],
    [1.5, "float", "1.5"],
    [-0, "float", "-0.0"],
    [INFINITY, "float", "inf"],
    [Number.NaN, "float", "-nan"],
    [10n, "integer", "10"],
    [2n ** 40n, "integer", "1099511627776"],
    [new Float(1), "float", "1.0"],
  ])("%s arrives as %s %s", (given, type, text) => {
    expect(evaluate("local n = ... return math.type(n), tostring(n)", given)).toEqual([type, text]);
  });
});

describe("for loops", () => {
  test.each([
    ["1, 3", [1, 2, 3]],
    ["3, 1", []],
    ["3, 1, -1", [3, 2, 1]],
    ["1, 2, 0.5", [1, 1.5, 2]],
    ["1, 2.9", [1, 2]],
    ["-1, -2.9, -1", [-1, -2]],
    ["1, -math.huge", []],
    ["math.huge, 1", []],
    ["3000000000, 3000000002", [3000000000, 3000000001, 3000000002]],
    ["2147483646.0, 2147483649", [2147483646, 2147483647, 2147483648, 2147483649]],
    ["0.1, 0.35, 0.1", [0.1, 0.2, 0.30000000000000004]],
  ])("over %s", (range, expected) => {
    expect(result(`local r = {} for i = ${range} do r[#r + 1] = i if #r == 5 then break end end return r`)).toEqual(
      expected,
    );
  });

  const LARGEST = "0x7fffffffffffffff";
  const LEAST = "0x8000000000000000";
  const END = "9223372036854775807";
  test.each([
    [`${LARGEST} - 1, ${LARGEST}`, `9223372036854775806 ${END}`],
    [`${LARGEST} - 1, math.huge`, `9223372036854775806 ${END}`],
    [`${LARGEST} - 3, ${LARGEST}, 2`, `9223372036854775804 9223372036854775806`],
    [`${LEAST} + 1, ${LEAST}, -1`, "-9223372036854775807 -9223372036854775808"],
    [`${LEAST}, ${LEAST} + 1`, "-9223372036854775808 -9223372036854775807"],
    [`${LEAST}, ${LARGEST}, ${LARGEST}`, `-9223372036854775808 -1 9223372036854775806`],
    [`${LARGEST}, ${LEAST}, ${LEAST}`, `${END} -1`],
    [`${LARGEST}, ${LEAST}`, ""],
    [`9007199254740990, 9007199254740994, 2`, "9007199254740990 9007199254740992 9007199254740994"],
    ["0, 2147483647, 1000000000", "0 1000000000 2000000000"],
    ["1, 0/0", ""],
    ["3, -math.huge, -9007199254740992", "3 -9007199254740989 -18014398509481981 -27021597764222973"],
    [`"1", 2`, "1.0 2.0"],
    [`1, "2"`, "1 2"],
  ])("over %s ends", (range, expected) => {
    const code = `local r = {} for i = ${range} do r[#r + 1] = tostring(i) if #r == 4 then break end end
      return table.concat(r, " ")`;
    expect(result(code)).toBe(expected);
  });

  test.each([
    ["for i = 1, 'x' do end", "'for' limit must be a number"],
    ["for i = 1, 2, {} do end", "'for' step must be a number"],
    ["for i = nil, 2 do end", "'for' initial value must be a number"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });
});

describe("tonumber", () => {
  test.each<[string, number | Float | undefined]>([
    [`"10"`, 10],
    [`"  10  "`, 10],
    [`"-0x10"`, -16],
    [`"0xffffffff"`, 2 ** 32 - 1],
    [`"1e1"`, new Float(10)],
    [`"0x1p4"`, new Float(16)],
    [`".5"`, 0.5],
    [`"5."`, new Float(5)],
    [`"3000000000"`, 3e9],
    [`"-2147483648"`, -(2 ** 31)],
    [`"inf"`, undefined],
    [`"nan"`, undefined],
    [`"1e"`, undefined],
    [`"0x"`, undefined],
    [`"1 2"`, undefined],
    [`""`, undefined],
    [`" "`, undefined],
    [String.raw`"1\0"`, undefined],
    [String.raw`"\xff"`, undefined],
    [`"١"`, undefined],
    ["{}", undefined],
    ["nil", undefined],
    ["5", 5],
    ["5.0", new Float(5)],
    [`"ff", 16`, 255],
    [`"FF", 16`, 255],
    [`"-ff", 16`, -255],
    [`"+10", 2`, 2],
    [String.raw`" \t\n zz \v\f\r ", 36`, 1295],
    [`"7fffffff", 16`, 2 ** 31 - 1],
    [`"8", 8`, undefined],
    [`"1.0", 10`, undefined],
    [`"", 10`, undefined],
    [`"-", 10`, undefined],
    [`"- 1", 10`, undefined],
    [`"1 1", 10`, undefined],
    [`"1e1", 16`, 0x1e1],
    [`"10", 10.0`, 10],
    [`"10", nil`, 10],
  ])("of %s", (args, expected) => {
    const n = value(`return tonumber(${args})`);
    if (expected === undefined) expect(n).toBeUndefined();
    else expect(n !== undefined && equal(n, expected instanceof Float ? float(expected.value) : expected)).toBe(true);
  });

  test.each([
    ["tonumber()", "bad argument #1 to 'tonumber' (value expected)"],
    [`tonumber("10", 1)`, "bad argument #2 to 'tonumber' (base out of range)"],
    [`tonumber("10", 37)`, "bad argument #2 to 'tonumber' (base out of range)"],
    ["tonumber(10, 10)", "bad argument #1 to 'tonumber' (string expected, got number)"],
    [`tonumber("10", {})`, "bad argument #2 to 'tonumber' (number expected, got table)"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });

  test("reads every numeral that an integer can have in every base", () => {
    const sandbox = new Sandbox();
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 36 }), (n, base) => {
        expect(sandbox.evaluate("return tonumber(...)", [n.toString(base), base])).toEqual([n]);
      }),
    );
  });
});

describe("math", () => {
  test.each<[string, number | Float]>([
    ["math.floor(3.7)", 3],
    ["math.floor(-3.2)", -4],
    ["math.ceil(3.2)", 4],
    ["math.floor(1 / 0)", INFINITY],
    ["math.tointeger(3.0)", 3],
    ["math.fmod(-7, 3)", -1],
    ["math.fmod(7.5, 2)", 1.5],
    ["math.max(1, 2.5, -1)", 2.5],
    ["math.min(3, 1, 2)", 1],
    ["(math.modf(3.7))", 3],
    ["math.sqrt(16)", new Float(4)],
    ["math.log(8, 2)", new Float(3)],
    ["math.log(1000, 10)", 2.9999999999999996 === Math.log10(1000) ? 2.9999999999999996 : new Float(3)],
    ["math.exp(0)", new Float(1)],
    ["math.pi", Math.PI],
    ["math.huge", INFINITY],
    ["math.atan(1, 1)", Math.PI / 4],
    ["math.deg(math.pi)", new Float(180)],
  ])("%s", expectNumber);

  test.each([
    ["math.tointeger(3.5)", undefined],
    ["math.type('1')", undefined],
    ["math.ult(1, -1)", true],
  ])("%s is %s", (expression, expected) => {
    expect(result(`return ${expression}`)).toBe(expected);
  });

  test("random gives a float of [0, 1), and whole numbers from 1 or from a first to a last one", () => {
    const code = `local ok = true for i = 1, 2000 do
        local f, six, range, edge = math.random(), math.random(6), math.random(-2, 2), math.random(0, math.maxinteger)
        ok = ok and f >= 0 and f < 1 and math.type(f) == "float" and six >= 1 and six <= 6 and math.type(six) == "integer"
          and range >= -2 and range <= 2 and math.type(edge) == "integer" and edge >= 0 and math.random(math.mininteger, -1) < 0
      end return ok, math.random(1), math.random(5, 5)`;
    expect(evaluate(code)).toEqual([true, 1, 5]);
  });

  test("random reaches every number of its range about as often", () => {
    const code =
      "math.randomseed(1) local r = { 0, 0, 0, 0, 0 } for i = 1, 10000 do local n = math.random(5) r[n] = r[n] + 1 end return r";
    for (const count of result(code) as number[]) expect(count).toBeGreaterThan(1800);
  });

  test("randomseed makes a sequence repeatable, each seed another", () => {
    const draw = (seed: string) =>
      result(`math.randomseed(${seed}) local r = {} for i = 1, 4 do r[i] = math.random(1000000) end return r`);
    expect(draw("42")).toEqual(draw("42"));
    const sequences = ["0", "1", "-1", "42", "3e9", "2^40", "0.5", "1 / 0"].map((seed) => JSON.stringify(draw(seed)));
    expect(new Set(sequences.slice(0, 6)).size).toBe(6);
  });

  test("unseeded states draw differently", () => {
    const draw = () => JSON.stringify(result("local r = {} for i = 1, 4 do r[i] = math.random() end return r"));
    expect(draw()).not.toBe(draw());
  });

  test.each([
    ["math.random(0)", "bad argument #1 to 'random' (interval is empty)"],
    ["math.random(2, 1)", "bad argument #1 to 'random' (interval is empty)"],
    ["math.random(math.mininteger, math.maxinteger)", "bad argument #1 to 'random' (interval too large)"],
    ["math.random(1, 2, 3)", "wrong number of arguments"],
    ["math.random(1.5)", "bad argument #1 to 'random' (number has no integer representation)"],
    ["math.random('x')", "bad argument #1 to 'random' (number expected, got string)"],
    ["math.randomseed()", "bad argument #1 to 'randomseed' (number expected, got no value)"],
    ["math.floor('x')", "bad argument #1 to 'floor' (number expected, got string)"],
    ["math.fmod(1, 0)", "bad argument #2 to 'fmod' (zero)"],
    ["math.max()", "bad argument #1 to 'max' (value expected)"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toMatch(`t:1: ${expected}`);
  });
});
