import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awkwardValues, values } from "../contract/values.ts";
import { cacheHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';

/** `same(a, b)`: both are the same to Lua in every part, integers and floats, and the two zeros, kept apart. */
const same = `local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    if a ~= a then return b ~= b end
    return a == b and math.type(a) == math.type(b) and (a ~= 0 or 1 / a == 1 / b)
  end
  for k, v in next, a do if not same(v, b[k]) then return false end end
  for k in next, b do if a[k] == nil then return false end end
  return true
end`;

/** Whether a value comes back the same from each operation that answers values. */
const roundTrip = `${cache} ${same} local given = ...
  cache:set("set", given) cache:put("put", given)
  return same(given, cache:get("set")) and same(given, cache:entry("put").value)
    and same(given, cache:list({prefix = "put"}).items[1].value)`;

describe("a value", () => {
  it.each([...awkwardValues])("that is %s comes back the same", async (_, value) => {
    await using host = await cacheHost();
    expect(await host.run(roundTrip, { args: [value] })).toBe(true);
  });

  it("of any shape comes back the same", async () => {
    await using host = await cacheHost();
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await host.run(roundTrip, { args: [value] })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps keys of tables as they are: text, integer, float and boolean", async () => {
    await using host = await cacheHost();
    const script = `${cache} ${same}
      local given = {1, 2, nil, 4, [1.5] = "a", ["1"] = "b", [true] = "c", [false] = "d", [-1] = "e", [0] = "f", [1e300] = "g"}
      cache:set("k", given) return same(given, cache:get("k")), math.type(next(cache:get("k")))`;
    expect(await host.results(script)).toEqual([true, "integer"]);
  });

  it("is copied on the way in: changing it later changes nothing", async () => {
    await using host = await cacheHost();
    const script = `${cache} local t = {inner = {1}}
      cache:set("k", t) t.inner[1] = 2 t.more = true return cache:get("k")`;
    expect(await host.run(script)).toEqual({ inner: [1] });
  });

  it("is copied on the way out: each call answers a table of its own", async () => {
    await using host = await cacheHost();
    const script = `${cache} local entry = cache:put("k", {inner = {1}})
      cache:get("k").inner[1] = 2
      entry.value.inner[1] = 3
      cache:entry("k").value.inner = 4
      cache:list().items[1].value.inner = 5
      return cache:get("k"), cache:get("k") == cache:get("k")`;
    expect(await host.results(script)).toEqual([{ inner: [1] }, false]);
  });

  it("has a copy of a subtable in each place where it is shared", async () => {
    await using host = await cacheHost();
    const script = `${cache} local shared = {1} cache:set("k", {a = shared, b = shared})
      local got = cache:get("k") return got.a ~= got.b, got`;
    expect(await host.results(script)).toEqual([true, { a: [1], b: [1] }]);
  });

  it("loses its metatables, and none of them is called", async () => {
    await using host = await cacheHost();
    const script = `${cache} local called = {}
      local meta = setmetatable({}, {__index = function(_, name) return function() called[#called + 1] = name end end})
      for _, name in ipairs{"__index", "__newindex", "__pairs", "__len", "__eq", "__tostring", "__call", "__gc"} do
        meta[name] = function() called[#called + 1] = name end
      end
      cache:set("k", {1, inner = setmetatable({2}, meta)})
      local got = cache:get("k").inner
      return #called, getmetatable(got) == nil, #got, cache:get("k").inner[2]`;
    expect(await host.results(script)).toEqual([0, true, 1, undefined]);
  });

  it("of another script is data, whatever it was there", async () => {
    await using host = await cacheHost();
    await host.run(`${cache} cache:set("k", setmetatable({1}, {__index = {x = 1}, __metatable = "locked"}))`);
    expect(await host.results(`${cache} local t = cache:get("k") return t, t.x, getmetatable(t)`)).toEqual([
      [1],
      undefined,
      undefined,
    ]);
  });
});

describe("what can't be stored is INVALID, with its place", () => {
  const refused = [
    ["print", "value: a function can't be stored"],
    ["coroutine.create(print)", "value: a coroutine can't be stored"],
    ["cache", "value: a userdata can't be stored"],
    ['errors.new("x")', "value: a userdata can't be stored"],
    ["{user = {callback = print}}", "value.user.callback: a function can't be stored"],
    ["{1, {2, print}}", "value[2][2]: a function can't be stored"],
    ['{["first name"] = {print}}', 'value["first name"][1]: a function can\'t be stored'],
    ["{[1.5] = print}", "value[1.5]: a function can't be stored"],
    ["{[true] = print}", "value[true]: a function can't be stored"],
    ["{a = {[print] = 1}}", "value.a: a function as a key can't be stored"],
    ["{[{}] = 1}", "value: a table as a key can't be stored"],
    ["{[cache] = 1}", "value: a userdata as a key can't be stored"],
    ["cycle", "value.self: a table that contains itself can't be stored"],
    ["{deep = cycle}", "value.deep.self: a table that contains itself can't be stored"],
    ["setmetatable({print}, {__index = {}})", "value[1]: a function can't be stored"],
  ] as const;

  it.each(refused)("%s", async (value, message) => {
    await using host = await cacheHost();
    const prepare = `${cache} local cycle = {} cycle.self = cycle`;
    for (const call of [`set("k", ${value})`, `put("k", ${value})`]) {
      expect(await host.refusal(`${prepare} return cache:${call}`)).toEqual({
        kind: "Invalid",
        message,
        retryable: false,
      });
    }
    expect(await host.run(`${cache} return cache:has("k")`)).toBe(false);
  });

  it("tables nested 128 deep are stored, 129 deep are not", async () => {
    await using host = await cacheHost();
    const nested = `${cache} local t = {} for i = 2, ... do t = {t} end`;
    expect(await host.run(`${nested} return cache:set("k", t)`, { args: [128] })).toBe(true);
    const refusal = await host.refusal(`${nested} return cache:set("k", t)`, { args: [129] });
    expect(refusal.kind).toBe("Invalid");
    expect(refusal.message).toBe(
      "value[1][1][1][1][1] ... [1][1][1][1][1]: a table nested deeper than 128 levels can't be stored",
    );
  });

  it("a table that doubles in each of its levels, which is more than a million parts", async () => {
    await using host = await cacheHost();
    const script = `${cache} local t = {1} for i = 1, 25 do t = {t, t} end return cache:set("k", t)`;
    const refusal = await host.refusal(script);
    expect(refusal.kind).toBe("Invalid");
    expect(refusal.message).toMatch(/: a table with more than 1000000 parts can't be stored$/);
  });

  it("leaves the value that was there", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} cache:set("k", 1) cache:set("k", {print}) return cache:get("k")`)).toBe(1);
  });
});
