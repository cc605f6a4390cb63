import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDays, parseDuration } from "../../src/value/duration.ts";

describe("a time that something is kept", () => {
  test.each([
    ["1d", 86_400_000],
    ["1.5d", 129_600_000],
    ["7d12h", 648_000_000],
    ["1h30m", 5_400_000],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parseDays(text)).toBe(milliseconds);
  });

  test.each(["d", "1d1", "1dd", "1h1d", "-1d", "1D", "200000d", ""])("%j is none", (text) => {
    expect(parseDays(text)).toBeUndefined();
  });
});

describe("a duration", () => {
  test.each([
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["1.5s", 1500],
    ["0", 0],
    ["0s", 0],
    ["100us", 0.1],
    ["100\u00b5s", 0.1],
    ["100\u03bcs", 0.1],
    ["1ns", 0.000001],
    [".5h", 1_800_000],
    ["1.h", 3_600_000],
    ["1m1m", 120_000],
    ["1.005s", 1005],
    ["2562047h", 9_223_369_200_000],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    "",
    "5",
    "5 minutes",
    "1d",
    "-1s",
    "+1s",
    "1h 30m",
    "h",
    ".s",
    "1hm",
    "1H",
    "1e3s",
    "NaN",
    "00",
    "3000000h",
  ])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("of absurd length is none, at once", () => {
    expect(parseDuration(`${"9".repeat(4_000_000)}h`)).toBeUndefined();
  });

  test("is written as short as it can be", () => {
    expect([0, 5_400_000, 300_000, 1500, 0.25].map(formatDuration)).toEqual(["0", "1h30m", "5m", "1s500ms", "250us"]);
  });

  test("comes back as it was written, for any number of nanoseconds in any millisecond", () => {
    const time = fc.tuple(fc.nat(9_000_000_000), fc.nat(999_999)).map(([whole, nano]) => whole + nano / 1e6);
    // A number keeps nanoseconds only up to about 100 days.
    fc.assert(fc.property(time, (ms) => Math.abs(parseDuration(formatDuration(ms))! - ms) < 2e-6));
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), (ms) => parseDuration(formatDuration(ms)) === ms));
  });

  test("is the sum of its parts", () => {
    const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
    const part = fc.tuple(fc.nat(10_000), fc.constantFrom("h", "m", "s", "ms"));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([count, unit]) => `${count}${unit}`).join("");
        const sum = parts.reduce((total, [count, unit]) => total + count * units[unit as keyof typeof units], 0);
        expect(parseDuration(text)).toBe(sum);
      }),
    );
  });

  test("is read from any text without an error", () => {
    fc.assert(fc.property(fc.string(), (text) => (parseDuration(text) ?? 0) >= 0));
  });
});
