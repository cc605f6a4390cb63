import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PrefixSizes } from "../../src/host/store-sizes.ts";
import type { Key } from "../../src/value/value.ts";

const key = (text: string) => text as Key;
/** The encoding of `true` has so many bytes. */
const VALUE = 2;

function sizesOf(keys: readonly string[], options: Partial<ConstructorParameters<typeof PrefixSizes>[0]> = {}) {
  const sizes = new PrefixSizes({ prefix: key(""), separator: ":", depth: 1, most: 20, ...options });
  for (const one of [...keys].sort()) sizes.add(key(one), true);
  return sizes;
}

const room = (prefix: string, ...keys: string[]) => ({
  prefix,
  entries: keys.length,
  bytes: keys.reduce((sum, one) => sum + one.length + VALUE, 0),
});

describe("the sizes of a store", () => {
  const keys = ["user:1", "user:2", "user:2:cart", "order:1:2:3", "plain"];

  it("are told by what stands before a separator, the largest first, and keys without one have no prefix", () => {
    const { result, entries, bytes } = sizesOf(keys);
    expect(result.prefixes).toEqual([
      room("user:", "user:1", "user:2", "user:2:cart"),
      room("order:", "order:1:2:3"),
      room("", "plain"),
    ]);
    expect(result.others).toEqual({ prefixes: 0, entries: 0, bytes: 0 });
    expect([entries, bytes]).toEqual([5, keys.join("").length + 5 * VALUE]);
  });

  it("go as deep as asked, behind the prefix that is given", () => {
    expect(sizesOf(keys, { depth: 2 }).result.prefixes.map(({ prefix }) => prefix)).toEqual([
      "user:",
      "order:1:",
      "user:2:",
      "",
    ]);
    const under = sizesOf(["user:1", "user:2", "user:2:cart"], { prefix: key("user:") });
    expect(under.result.prefixes).toEqual([room("user:", "user:1", "user:2"), room("user:2:", "user:2:cart")]);
    expect(sizesOf(["a--b--c"], { separator: "--", depth: 5 }).result.prefixes).toEqual([room("a--b--", "a--b--c")]);
  });

  it("are exact for the largest prefixes and for the others together, however many there are", () => {
    const part = fc.stringMatching(/^[ab]{0,3}$/);
    const names = fc.uniqueArray(
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), (given, depth, most) => {
        const all = sizesOf(given, { depth, most: 1000 }).result.prefixes;
        const held = sizesOf(given, { depth, most, held: 1 }).result;
        expect(held.prefixes).toEqual(all.slice(0, most));
        const others = all.slice(most);
        expect(held.others).toEqual({
          prefixes: others.length,
          entries: others.reduce((sum, { entries }) => sum + entries, 0),
          bytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
        });
      }),
      { numRuns: 500 },
    );
  });
});
