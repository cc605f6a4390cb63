import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBinary } from "../../src/value/bytes.ts";
import { awkwardKeys, keys } from "../contract/values.ts";
import { cacheHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
const operations = ["get(KEY)", "set(KEY, 1)", "has(KEY)", "delete(KEY)", "entry(KEY)", "put(KEY, 1)"];

describe("a key", () => {
  it.each(operations)("is required by %s: neither nil nor empty", async (operation) => {
    await using host = await cacheHost();
    for (const key of ["nil", '""']) {
      expect(await host.refusal(`${cache} return cache:${operation.replace("KEY", key)}`)).toEqual({
        kind: "Invalid",
        message: "key is required",
        retryable: false,
      });
    }
    const name = operation.slice(0, operation.indexOf("("));
    expect((await host.refusal(`${cache} return cache:${name}()`)).message).toBe("key is required");
  });

  const noKeys = [
    ["true", "a boolean"],
    ["false", "a boolean"],
    ["{}", "a table"],
    ["print", "a function"],
    ["cache", "a userdata"],
    ["coroutine.create(print)", "a thread"],
    ['setmetatable({}, {__tostring = function() return "k" end})', "a table"],
  ] as const;

  it.each(operations)(
    "of %s is a string or a number: anything else is INVALID, by the name of its type",
    async (op) => {
      await using host = await cacheHost();
      for (const [key, type] of noKeys) {
        expect(await host.refusal(`${cache} return cache:${op.replace("KEY", key)}`)).toEqual({
          kind: "Invalid",
          message: `key must be a string or a number, got ${type}`,
          retryable: false,
        });
      }
    },
  );

  it.each([
    ["1", "1"],
    ["1.0", "1.0"],
    ["-0.0", "-0.0"],
    ["0.5", "0.5"],
    ["1e100", "1e+100"],
    ["1/0", "inf"],
    ["-1/0", "-inf"],
    ["2^31", "2147483648.0"],
    ["math.mininteger", "-9223372036854775808"],
  ])("that is the number %s is its tostring, %s", async (number, text) => {
    await using host = await cacheHost();
    const script = `${cache} cache:set(${number}, "v")
      return tostring(${number}), cache:get("${text}"), cache:entry(${number}).key, cache:delete("${text}")`;
    expect(await host.results(script)).toEqual([text, "v", text, true]);
  });

  it("that is NaN is its tostring, too", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} cache:set(0/0, 1) return cache:get(tostring(0/0))`)).toBe(1);
  });

  it("as a number and as its text is one key; the integer and the float are two", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set(1, "integer") cache:set(1.0, "float") cache:set("1", "text")
      return cache:get(1), cache:get(1.0)`;
    expect(await host.results(script)).toEqual(["text", "float"]);
  });

  it("is kept exactly as given: no namespace, no normalising, no trimming, no pattern", async () => {
    await using host = await cacheHost();
    const args = ["foo", ":foo", "foo:", "Foo", " foo", "foo ", "foo\0", "fo*", "é", "e\u0301", "__proto__", "nil"];
    const script = `${cache} local seen = {}
      for i, key in ipairs{...} do assert(not cache:has(key)) cache:set(key, i) end
      for i, key in ipairs{...} do seen[i] = cache:get(key) end return seen`;
    expect(await host.run(script, { args })).toEqual(args.map((_, i) => i + 1));
  });

  it("may have any bytes, and comes back with them", async () => {
    await using host = await cacheHost();
    const script = `${cache} local bytes = {} for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
      local all = table.concat(bytes)
      for _, key in ipairs{all, all:reverse(), "\\0", "\\xff\\xfe"} do
        cache:set(key, 1)
        assert(cache:entry(key).key == key and cache:list({prefix = key}).items[1].key == key)
      end return #cache:list().items`;
    expect(await host.run(script)).toBe(4);
  });

  it("may be as long as a string", async () => {
    await using host = await cacheHost();
    const script = `${cache} local key = ("k"):rep(2 ^ 20) cache:set(key .. "a", 1) cache:set(key .. "b", 2)
      return cache:get(key .. "a"), cache:get(key .. "b"), cache:has(key), #cache:entry(key .. "b").key`;
    expect(await host.results(script)).toEqual([1, 2, false, undefined, 2 ** 20 + 1].filter((x) => x !== undefined));
  });

  it("keeps apart all that are not the same bytes", async () => {
    await using host = await cacheHost({ max_size: 0 });
    const script = `${cache} local given = ...
      for i, key in ipairs(given) do cache:set(key, i) end
      for i, key in ipairs(given) do
        local e = cache:entry(key) assert(e.key == key and e.value == i)
      end
      for _, key in ipairs(given) do assert(cache:delete(key) and not cache:has(key)) end
      return #cache:list().items`;
    const several = fc.uniqueArray(fc.oneof(keys, fc.constantFrom(...awkwardKeys)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(several, async (some) => {
        expect(await host.run(script, { args: [some.map(fromBinary)] })).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
