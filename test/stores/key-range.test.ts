import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterPrefix, startOf, successor } from "../../src/stores/key-range.ts";
import { key, keys } from "../contract/values.ts";

describe("a range of keys", () => {
  it("has what begins with a prefix, and nothing else", () => {
    fc.assert(
      fc.property(keys, keys, fc.nat(3), (one, other, cut) => {
        const prefix = key(other.slice(0, cut));
        const end = afterPrefix(prefix);
        const inside = one >= startOf(prefix, undefined) && (end === undefined || one < end);
        expect(inside).toBe(one.startsWith(prefix));
      }),
      { numRuns: 2000 },
    );
  });

  it("ends nowhere when the prefix is the last there can be", () => {
    expect(["", "\xff", "\xff\xff"].map((prefix) => afterPrefix(key(prefix)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(afterPrefix(key("a\xff\xff"))).toBe("b");
  });

  it("begins right after a key", () => {
    fc.assert(fc.property(keys, keys, (one, other) => one > other === one >= successor(other)));
    expect([startOf(key("b"), key("a")), startOf(key("b"), key("b")), startOf(key(""), undefined)]).toEqual([
      "b",
      "b\0",
      "",
    ]);
  });
});
