import { describe, expect, it } from "vitest";
import { rateOutOfRange } from "../../src/stores/errors.ts";
import { acting, cacheHost, memory, policy, ScriptHost, stopClock } from "../support/host.ts";

const cache = `local s = store.get("app:cache")`;

/** Only keys that begin with `a:` may be read and written. */
const onlyA = (...actions: string[]) => [
  memory("cache"),
  acting(),
  policy("held", "allow", "store.get"),
  policy("mine", "allow", actions, "*", {
    conditions: [{ field: "meta.key", operator: "matches", value: "^a:" }],
  }),
];

describe("increment, in a script", () => {
  it("counts, keeps integers and floats apart, and goes through 64 bits exactly", async () => {
    await using host = await cacheHost();
    const script = `${cache} s:set("big", math.maxinteger - 1)
      return s:increment("n"), s:increment("n", 4), s:increment("n", -7), s:increment("n", 0.5), math.type(s:increment("f", 1.0)),
        s:increment("big") == math.maxinteger, s:increment("new", 1, {initial = 41})`;
    expect(await host.results(script)).toEqual([1, 5, -2, -1.5, "float", true, 42]);
  });

  it("answers CONFLICT with the number beyond a bound, and writes nothing", async () => {
    await using host = await cacheHost();
    const script = `${cache} s:set("n", 9) s:increment("n", 1, {max = 10}) return s:increment("n", 1, {max = 10})`;
    expect(await host.refusal(script)).toMatchObject({
      kind: "Conflict",
      message: "the number is 10, and the result would be beyond max 10",
      details: { number: 10 },
    });
  });

  it.each([
    ['increment("n", "1")', "by must be a number, got a string"],
    ['increment("n", 0/0)', "by must be a finite number"],
    ['increment("n", 1, {max = "10"})', "option max must be a number, got a string"],
    ['increment("n", 1, {most = 10})', 'there is no option "most"; the options are ttl, initial, max, min'],
    ['increment("word")', 'the value of key "word" is not a number'],
    ["increment()", "key is required"],
    ['rate("r")', "option limit is required"],
    ['rate("r", {limit = 1})', "option per is required"],
    ['rate("r", {limit = 0, per = 1})', "option limit must be a finite number above 0, got 0"],
    ['rate("r", {limit = 1e15, per = 1e-9, burst = 1e300, cost = 5e-324})', rateOutOfRange],
    ['rate("r", {limit = 5e-324, per = 1e308})', rateOutOfRange],
    ['rate("r", {limit = 1e308, per = 5e-324})', rateOutOfRange],
    ['rate("r", {limit = 1, per = 1, burst = 1e300})', rateOutOfRange],
    ['rate("r", {limit = 1, per = 1, cost = 1e308})', rateOutOfRange],
    ['rate("r", {limit = 1, per = 1, window = "fixed"})', 'option window must be "sliding"'],
    [
      'rate("r", {limit = 1, per = 1, window = "sliding", burst = 2})',
      "a sliding window has no burst; leave the option burst out",
    ],
    [
      'rate("word", {limit = 1, per = 1, window = "sliding"})',
      'key "word" holds a value that rate can\'t use: it does not belong to a sliding window; use another key, or delete it',
    ],
    [
      'rate("word", {limit = 1, per = 1})',
      'key "word" holds an entry that never expires, which rate can\'t use; use another key, or delete it',
    ],
    ['expire("n", -1)', "ttl must be a finite number of seconds, 0 or more, got -1"],
    ['delete("n", {if_version = "a", if_value = 1})', "if_version and if_value can't both be given"],
  ])("refuses %s as INVALID", async (call, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal(`${cache} s:set("word", "seven") return s:${call}`);
    expect(refusal).toMatchObject({ kind: "Invalid", message });
  });
});

describe("time to live, in a script", () => {
  it("is asked, changed and given anew", async () => {
    await using host = await cacheHost();
    const script = `${cache} s:set("k", 1) local never = s:ttl("k")
      s:set("k", 1, 100) local left = s:ttl("k") s:expire("k", 50) local less = s:ttl("k")
      return never == math.huge, left > 99 and left <= 100, less > 49 and less <= 50, s:touch("k"), s:expire("k"), s:ttl("k") == math.huge,
        s:ttl("none"), s:expire("none", 1), s:touch("none")`;
    expect(await host.results(script)).toEqual([true, true, true, true, true, true, undefined, false, false]);
  });
});

describe("delete with a condition, in a script", () => {
  it("deletes the version or the value that it names, and no other", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = s:put("k", {1, 2})
      local _, version = s:delete("k", {if_version = "other"}) local _, value = s:delete("k", {if_value = {1, 3}})
      local there = s:has("k") local gone = s:delete("k", {if_value = {1, 2}}) e = s:put("k", false)
      return version:message(), value:message(), there, gone, s:delete("k", {if_version = e.version}), s:delete("k", {if_value = false})`;
    expect(await host.results(script)).toEqual(["version mismatch", "value mismatch", true, true, true, false]);
  });
});

describe("delete with a condition", () => {
  it("is refused to who may not read, whether the guess is right or not, and whether the key is there", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("some", "allow", ["store.get", "store.key.delete"]),
      acting(),
    ]);
    await host.host.store("app:cache").set("k", "secret");
    const { version } = (await host.host.store("app:cache").entry("k"))!;
    for (const k of ["k", "none"]) {
      for (const guess of [
        'if_value = "secret"',
        'if_value = "other"',
        `if_version = "${version}"`,
        'if_version = "x"',
      ]) {
        expect(await host.refusal(`${cache} return s:delete("${k}", {${guess}})`)).toMatchObject({
          kind: "PermissionDenied",
          message: `not allowed to read key: ${k}`,
        });
      }
    }
    expect(await host.run(`${cache} return s:delete("k")`)).toBe(true);
  });
});

describe("rate, in a script", () => {
  it("by a sliding window lets no more through in any time of its length", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    const ask = `local s, n = store.get("app:cache"), 0
      for i = 1, 8 do if s:rate("r", {limit = 4, per = 10, window = "sliding"}).allowed then n = n + 1 end end return n`;
    expect(await host.run(ask)).toBe(4);
    clock.advance(10_000);
    expect(await host.run(ask)).toBe(0); // all of them lie within the last ten seconds
    clock.advance(5_000);
    expect(await host.run(ask)).toBe(2);
    clock.advance(20_000);
    expect(await host.run(ask)).toBe(4);
    const left = 'return store.get("app:cache"):rate("r", {limit = 4, per = 10, window = "sliding"}).retry_after';
    expect(await host.run(left)).toBe(12.5);
  });

  it("allows a burst, then says how long to wait", async () => {
    await using host = await cacheHost();
    const script = `${cache} local t = {}
      for i = 1, 4 do local r = s:rate("r", {limit = 3, per = 60}) t[i] = {r.allowed, r.remaining, r.retry_after > 15} end return t`;
    expect(await host.run(script)).toEqual([
      [true, 2, false],
      [true, 1, false],
      [true, 0, false],
      [false, 0, true],
    ]);
  });
});

describe("many keys, in a script", () => {
  it("are read, written and deleted in one call", async () => {
    await using host = await cacheHost();
    const script = `${cache} local n, err = s:set_many({a = 1, b = false, [7] = "seven"}) assert(n == 3 and err == nil)
      assert(s:set_many({{key = "c", value = {1}}, {key = "c", value = {2}}}, 60) == 1)
      local t = s:get_many({"a", "b", "c", "none", 7})
      return t.a, t.b, t.c, t.none, t["7"], s:delete_many({"a", "none"}), s:has("a"), s:ttl("c") <= 60`;
    expect(await host.results(script)).toEqual([1, false, [2], undefined, "seven", 1, false, true]);
  });

  it("ask the policies key by key: what is refused is told beside the answer", async () => {
    await using host = await ScriptHost.open(onlyA("store.key.get", "store.key.set", "store.key.delete"));
    const script = `${cache} local n, err = s:set_many({["a:1"] = 1, ["b:1"] = 2})
      local values, why = s:get_many({"a:1", "b:1"}) local gone, denied = s:delete_many({"a:1", "b:1"})
      return n, said(err), values["a:1"], why:kind(), why:details().keys["b:1"].message, gone, denied:message()`;
    const [n, err, value, kind, message, gone, denied] = await host.results(script);
    expect([n, value, kind, gone]).toEqual([1, 1, "PermissionDenied", 1]);
    expect(err).toMatchObject({
      kind: "PermissionDenied",
      message: "1 of 2 keys failed: not allowed to write key: b:1",
    });
    expect([message, denied]).toEqual([
      "not allowed to read key: b:1",
      "1 of 2 keys failed: not allowed to delete key: b:1",
    ]);
  });

  it.each([
    ["get_many()", "keys must be a list of keys: strings that are not empty, or integers"],
    ["get_many({a = 1})", "keys must be a list of keys: strings that are not empty, or integers"],
    ['get_many({""})', "keys must be a list of keys: strings that are not empty, or integers"],
    ["set_many({1})", "entries must be a table of values by key, or a list of {key = …, value = …}"],
    [
      'set_many({{key = "k", value = 1}, ttl = 60})',
      'entries is a list of {key = …, value = …}, and has the key "ttl" beside it; give one or the other',
    ],
    [
      'set_many({{key = "k", value = 1}, [3] = {key = "m", value = 1}})',
      'entries is a list of {key = …, value = …}, and has the key "3" beside it; give one or the other',
    ],
    [
      'set_many({{key = "k", value = 1}, {key = "m", value = 1, ttl = 60}})',
      'entries[2] has the field "ttl"; an entry of a list has key and value',
    ],
  ])("refuses %s as INVALID", async (call, message) => {
    await using host = await cacheHost();
    expect(await host.refusal(`${cache} return s:${call}`)).toMatchObject({ kind: "Invalid", message });
  });

  it("are at most a thousand, and each is an operation for the limit", async () => {
    await using host = await cacheHost();
    const script = `${cache} local t = {} for i = 1, 1001 do t[i] = i end return s:get_many(t)`;
    expect((await host.refusal(script)).message).toBe("at most 1000 keys can be given at once, got 1001");
    const limited = { storeOperations: 5 };
    expect(await host.failure(`${cache} s:get_many({1, 2, 3, 4, 5, 6})`, limited)).toMatchObject({
      limit: "storeOperations",
    });
  });
});

describe("policies and limited handles", () => {
  it.each([
    ["increment", "store.key.set", "not allowed to read key: a:1"],
    ["increment", "store.key.get", "not allowed to write key: a:1"],
    ["ttl", "store.key.set", "not allowed to read key: a:1"],
    ["expire", "store.key.get", "not allowed to write key: a:1"],
    ["touch", "store.key.get", "not allowed to write key: a:1"],
  ])("%s is refused to whom only %s is allowed", async (method, action, message) => {
    await using host = await ScriptHost.open(onlyA(action));
    expect(await host.refusal(`${cache} return s:${method}("a:1")`)).toMatchObject({
      kind: "PermissionDenied",
      message,
    });
  });

  it("a handle with a prefix reaches no other key, by any of them", async () => {
    await using host = await cacheHost();
    const script = `local s = store.get("app:cache", {prefix = "a:"})
      for _, call in ipairs{"increment", "ttl", "expire", "touch"} do
        local _, err = s[call](s, "b:1") assert(err:kind() == errors.PERMISSION_DENIED, call)
      end
      local _, err = s:rate("b:1", {limit = 1, per = 1}) assert(err:kind() == errors.PERMISSION_DENIED)
      return s:increment("a:1")`;
    expect(await host.run(script)).toBe(1);
  });
});
