import { describe, expect, test } from "vitest";
import { nearest } from "../../src/value/nearest.ts";

describe("the nearest name", () => {
  const names = ["max_size", "cleanup_interval", "eviction", "none", "lru"];

  test.each([
    ["max_sze", "max_size"],
    ["max_sizes", "max_size"],
    ["amx_size", "max_size"],
    ["MAX_SIZE", "max_size"],
    ["lur", "lru"],
    ["cleanup_intervall", "cleanup_interval"],
  ])("of %s is %s", (name, meant) => {
    expect(nearest(name, names)).toBe(meant);
  });

  test.each(["prefix", "no", "x", "", "max", "interval"])("of %j is none", (name) => {
    expect(nearest(name, names)).toBeUndefined();
  });

  test("is the closest, and the first of equals", () => {
    expect(nearest("cachd", ["cachet", "cache", "cacha"])).toBe("cache");
  });

  test("is none for a text of any length that is like nothing", () => {
    expect(nearest("a".repeat(1_000_000), ["a".repeat(1_000_001)])).toBeUndefined();
    expect(nearest("cache", ["a".repeat(1_000_000)])).toBeUndefined();
  });

  test("counts two swapped letters as one slip", () => {
    expect(nearest("ab1", ["ba1"])).toBe("ba1");
  });
});
