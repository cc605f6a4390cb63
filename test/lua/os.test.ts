import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { evaluate, message, result, Sandbox, value } from "../support/lua.ts";

const DAY = 86_400;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("os.date", () => {
  const [head, ...lines] = readFileSync(join(import.meta.dirname, "strftime.tsv"), "utf8")
    .trimEnd()
    .split("\n");
  const formats = head!.split("\t").slice(1);
  const rows = lines.map((line) => line.split("\t"));

  test.each(formats.map((format, i) => [format, i + 1] as const))(
    "%s does what C's strftime does, in UTC",
    (format, column) => {
      const seconds = rows.map((row) => Number(row[0]));
      const code =
        "local f, times = ... local r = {} for i, t in ipairs(times) do r[i] = os.date('!' .. f, t) end return r";
      expect(result(code, format, seconds)).toEqual(rows.map((row) => row[column]));
    },
  );

  test("gives the fields of any day that JavaScript knows, in UTC", () => {
    const sandbox = new Sandbox();
    const edge = fc.constantFrom(0, -1, DAY, -62135596800, -62135596801, -60000000000, 253402300800, 8.64e12, -8.63e12);
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: -8.63e12, max: 8.64e12 }), fc.integer({ min: -7e10, max: 4e11 }), edge),
        (seconds) => {
          const at = new Date(seconds * 1000);
          const first = new Date(at);
          first.setUTCMonth(0, 1);
          expect(sandbox.evaluate("return os.date('!*t', ...)", [seconds])).toEqual([
            {
              year: at.getUTCFullYear(),
              month: at.getUTCMonth() + 1,
              day: at.getUTCDate(),
              hour: at.getUTCHours(),
              min: at.getUTCMinutes(),
              sec: at.getUTCSeconds(),
              wday: at.getUTCDay() + 1,
              yday: Math.round((at.getTime() - first.getTime()) / (DAY * 1000)) + 1,
              isdst: false,
            },
          ]);
        },
      ),
    );
  });

  test.each([
    ["%n%t", "\n\t"],
    ["%Ey %EY %Od %OH", "70 1970 01 00"],
    ["%Z %z", "GMT +0000"],
    ["%s", "0"],
    ["a\u00e9%%b", "a\u00e9%b"],
    ["", ""],
  ])("%j", (format, expected) => {
    expect(result("return os.date('!' .. ..., 0)", format)).toBe(expected);
  });

  test("keeps the bytes of its format", () => {
    expect(result(String.raw`return os.date("!\0\xff%Y", 0) == "\0\xff1970"`)).toBe(true);
  });

  test("without arguments says what time it is", () => {
    const [text, fields] = evaluate(`return os.date(), os.date("*t")`) as [string, { year: number }];
    expect(text).toMatch(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/);
    expect(fields.year).toBeGreaterThan(2024);
  });

  test("speaks of local time, and of UTC with an exclamation mark", () => {
    vi.stubEnv("TZ", "America/New_York");
    const code = `local t = ... return os.date("%Y-%m-%d %H:%M %z", t), os.date("!%H:%M %z", t), os.date("*t", t).isdst`;
    expect(evaluate(code, 1704067200)).toEqual(["2023-12-31 19:00 -0500", "00:00 +0000", false]);
    expect(evaluate(code, 1719792000)).toEqual(["2024-06-30 20:00 -0400", "00:00 +0000", true]);
    vi.stubEnv("TZ", "Asia/Kolkata");
    expect(evaluate(code, 0)).toEqual(["1970-01-01 05:30 +0530", "00:00 +0000", false]);
  });

  test.each([
    ["os.date('%Q')", "bad argument #1 to 'date' (invalid conversion specifier '%Q')"],
    ["os.date('%')", "bad argument #1 to 'date' (invalid conversion specifier '%')"],
    ["os.date('%E')", "bad argument #1 to 'date' (invalid conversion specifier '%E')"],
    ["os.date('%Y', 1.5)", "bad argument #2 to 'date' (number has no integer representation)"],
    ["os.date('%Y', 1e20)", "bad argument #2 to 'date' (number has no integer representation)"],
    ["os.date('%Y', 1e17)", "time result cannot be represented in this installation"],
    ["os.date('%Ez')", "bad argument #1 to 'date' (invalid conversion specifier '%Ez')"],
    ["os.date('%Y', 0/0)", "bad argument #2 to 'date' (number has no integer representation)"],
    ["os.date('%Y', 'x')", "bad argument #2 to 'date' (number expected, got string)"],
    ["os.date({})", "bad argument #1 to 'date' (string expected, got table)"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });
});

describe("os.time", () => {
  test("without a table says what time it is, in whole seconds", () => {
    const before = Math.floor(Date.now() / 1000);
    const now = result("return os.time()") as number;
    expect(Number.isInteger(now) && now >= before && now <= before + 60).toBe(true);
  });

  test.each([
    ["{ year = 1970, month = 1, day = 1, hour = 0 }", 0],
    ["{ year = 1970, month = 1, day = 1 }", DAY / 2],
    ["{ year = 2038, month = 1, day = 19, hour = 3, min = 14, sec = 8 }", 2 ** 31],
    ["{ year = 2100, month = 1, day = 1, hour = 0 }", 4102444800],
    ["{ year = 9999, month = 12, day = 31, hour = 23, min = 59, sec = 59 }", 253402300799],
    ["{ year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 59 }", -1],
    ["{ year = 50, month = 1, day = 1, hour = 0 }", -60589296000],
    ["{ year = 2024, month = 14, day = -3, hour = 25, min = -1, sec = 61 }", Date.UTC(2024, 13, -3, 25, -1, 61) / 1000],
    [`{ year = "2000", month = "1", day = 1.0, hour = 0 }`, 946684800],
  ])("of %s", (table, expected) => {
    vi.stubEnv("TZ", "UTC");
    expect(value(`return os.time(${table})`)).toBe(expected);
  });

  test("takes isdst at its word: an hour that summer time is ahead", () => {
    const code = `local month = ...
      local function at(isdst) return os.time{ year = 2024, month = month, day = 1, isdst = isdst } end
      return at(true) - at(nil), at(false) - at(nil)`;
    vi.stubEnv("TZ", "America/New_York");
    expect(evaluate(code, 1)).toEqual([-3600, 0]);
    expect(evaluate(code, 7)).toEqual([0, 3600]);
  });

  test("writes what its table comes to back into it", () => {
    vi.stubEnv("TZ", "UTC");
    expect(result("local t = { year = 2023, month = 14, day = 32, hour = 24, x = 1 } os.time(t) return t")).toEqual({
      year: 2024,
      month: 3,
      day: 4,
      hour: 0,
      min: 0,
      sec: 0,
      wday: 2,
      yday: 64,
      isdst: false,
      x: 1,
    });
  });

  test("is the inverse of os.date('*t'), in any place", () => {
    for (const zone of ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]) {
      vi.stubEnv("TZ", zone);
      const sandbox = new Sandbox();
      fc.assert(
        fc.property(fc.integer({ min: -2e9, max: 6e9 }), (seconds) => {
          // An hour that the clock shows twice has two answers.
          const [back] = sandbox.evaluate("return os.time(os.date('*t', ...))", [seconds]) as [number];
          expect([0, 3600, 86400]).toContain(Math.abs(back - seconds));
        }),
        { numRuns: 30 },
      );
    }
  });

  test.each([
    ["os.time({})", "field 'day' missing in date table"],
    ["os.time({ year = 2000 })", "field 'day' missing in date table"],
    ["os.time({ day = 1, month = 1 })", "field 'year' missing in date table"],
    ["os.time({ year = 2000, month = 1, day = 1.5 })", "field 'day' is not an integer"],
    ["os.time({ year = 'x', month = 1, day = 1 })", "field 'year' is not an integer"],
    ["os.time({ year = 2000, month = 1, day = {} })", "field 'day' is not an integer"],
    ["os.time({ year = 2^50, month = 1, day = 1 })", "field 'year' is out-of-bound"],
    ["os.time({ year = 2^30, month = 1, day = 1 })", "field 'year' is out-of-bound"],
    ["os.time(5)", "bad argument #1 to 'time' (table expected, got number)"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });
});

describe("os.clock and os.difftime", () => {
  test("the clock is a float of seconds that never goes back", () => {
    expect(evaluate("local a = os.clock() local b = os.clock() return math.type(a), b >= a, a >= 0")).toEqual([
      "float",
      true,
      true,
    ]);
  });

  test("the difference of two times is a float", () => {
    expect(evaluate("local d = os.difftime(3000000000, 2999999990) return d, math.type(d)")).toEqual([10, "float"]);
  });

  test.each([
    ["os.difftime(1)", "bad argument #2 to 'difftime' (number expected, got no value)"],
    ["os.difftime('x', 1)", "bad argument #1 to 'difftime' (number expected, got string)"],
  ])("%s is an error", async (code, expected) => {
    expect(await message(code)).toBe(`t:1: ${expected}`);
  });
});
