import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileWildcard, compileWildcards } from "../../src/security/pattern.ts";

describe("a pattern of actions or resources", () => {
  it.each([
    ["*", "", true],
    ["*", "anything: at all", true],
    ["store.get", "store.get", true],
    ["store.get", "store.get2", false],
    ["store.*", "store.", true],
    ["store.*", "store.key.get", true],
    ["store.*", "storeXget", false],
    ["*.get", "store.key.get", true],
    ["*.get", ".get", true],
    ["*.get", "store.gets", false],
    ["store.*.get", "store.key.get", true],
    ["store.*.get", "store.get", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "acb", false],
    ["*b*b*", "xbx", false],
    ["a**c", "abc", true],
    ["app:[x]", "app:x", false],
    ["app:[x]", "app:[x]", true],
    ["a.c", "abc", false],
    ["a*", "a*", true],
    ["line*", "line\nbreak", true],
  ])("%s matches %j: %s", (pattern, text, expected) => {
    expect(compileWildcard(pattern)(text)).toBe(expected);
  });

  it("is one of several", () => {
    const matches = compileWildcards(["a", "b*"]);
    expect(["a", "b", "bc", "ab"].map(matches)).toEqual([true, true, true, false]);
  });

  it("does as the regular expression that it stands for", () => {
    const words = fc.stringMatching(/^[ab*.]{0,8}$/);
    const texts = fc.stringMatching(/^[ab.]{0,12}$/);
    fc.assert(
      fc.property(words, texts, (pattern, text) => {
        const same = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "s");
        expect(compileWildcard(pattern)(text)).toBe(same.test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("takes linear time, whatever the pattern", () => {
    expect(compileWildcard(`${"*a".repeat(5000)}*b`)("a".repeat(100_000))).toBe(false);
  });
});
