import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatSize, parseSize } from "../../src/value/size.ts";

describe("a size", () => {
  test.each([
    ["64MiB", 67_108_864],
    ["10KB", 10_000],
    ["10kB", 10_000],
    ["1.5GiB", 1_610_612_736],
    ["2.3KB", 2300],
    ["1 MB", 1_000_000],
    ["7B", 7],
    ["0B", 0],
    ["1TiB", 2 ** 40],
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    "",
    "64",
    "64mb",
    "64Mb",
    "64 megs",
    "-1KB",
    "1.5B",
    "0.0001KB",
    "KB",
    "1e3B",
    "9999999999999TB",
    "1  MB",
  ])("%j is none", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test("comes back as it was written", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
    expect([0, 1001, 65_536, 4 * 2 ** 20, 10_000].map(formatSize)).toEqual(["0B", "1001B", "64KiB", "4MiB", "10KB"]);
  });
});
