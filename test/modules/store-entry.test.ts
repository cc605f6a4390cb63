import { describe, expect, it } from "vitest";
import { cacheHost, stopClock } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';

describe("entry", () => {
  it("answers key, value and version alone", async () => {
    await using host = await cacheHost();
    const [entry, error, count] = await host.results(
      `${cache} cache:set("k", {1}) local e, err = cache:entry("k") return e, err, select("#", cache:entry("k"))`,
    );
    expect(entry).toEqual({ key: "k", value: [1], version: expect.stringMatching(/./) });
    expect([error, count]).toEqual([undefined, 1]);
  });

  it("answers one nil for a key that is missing", async () => {
    await using host = await cacheHost();
    expect(await host.results(`${cache} return select("#", cache:entry("k")), cache:entry("k")`)).toEqual([
      1,
      undefined,
    ]);
  });

  it("has the value false where false is stored", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} cache:set("k", false) return cache:entry("k").value`)).toBe(false);
  });
});

describe("put", () => {
  it("answers the new entry, which entry and list then tell", async () => {
    await using host = await cacheHost();
    const script = `${cache} local p, err = cache:put("k", {1}) return p, cache:entry("k"), cache:list().items[1], err == nil`;
    const [put, entry, listed, none] = await host.results(script);
    expect(put).toEqual({ key: "k", value: [1], version: expect.any(String) });
    expect([entry, listed, none]).toEqual([put, put, true]);
  });

  it("writes over what is there when no condition is given", async () => {
    await using host = await cacheHost();
    for (const opts of ["", ", nil", ", {}", ", {only_if_absent = false}", ", {ttl = 60}"]) {
      expect(await host.run(`${cache} cache:set("k", 1) return cache:put("k", 2${opts}).value`)).toBe(2);
    }
  });
});

describe("a version", () => {
  it("is a new one after each write, and the same one until then", async () => {
    await using host = await cacheHost();
    const script = `${cache} local seen, n = {}, 0
      local function note(v) assert(type(v) == "string" and not seen[v], v) seen[v] = true n = n + 1 end
      for i = 1, 20 do
        note(cache:put("k", 1).version)
        cache:set("k", 1)
        local v = cache:entry("k").version
        note(v) cache:get("k") cache:has("k") cache:set("other", i)
        assert(cache:entry("k").version == v and cache:list({prefix = "k"}).items[1].version == v)
      end
      return n`;
    expect(await host.run(script)).toBe(40);
  });

  it("is never used again, not even after delete, expiry and eviction", async () => {
    const clock = stopClock();
    await using host = await cacheHost({ max_size: 2, eviction: "lru" });
    const put = `${cache} return cache:put("k", 1, {ttl = 10}).version`;
    const versions = new Set<unknown>();
    for (let i = 0; i < 5; i++) {
      versions.add(await host.run(put));
      await host.run(`${cache} cache:delete("k")`);
      versions.add(await host.run(put));
      clock.advance(10_000);
      versions.add(await host.run(put));
      await host.run(`${cache} cache:set("a", 1) cache:set("b", 1)`);
    }
    expect(versions.size).toBe(15);
  });
});

describe("only_if_absent", () => {
  it("writes where the key is missing", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} return cache:put("k", 1, {only_if_absent = true}).value`)).toBe(1);
  });

  it("is ALREADY_EXISTS where it is there, whatever its value, and changes nothing", async () => {
    await using host = await cacheHost();
    for (const value of ["1", "false", '""', "{}"]) {
      const refusal = await host.refusal(
        `${cache} cache:set("k", ${value}) version = cache:entry("k").version return cache:put("k", 2, {only_if_absent = true})`,
      );
      expect(refusal).toEqual({ kind: "AlreadyExists", message: "key already exists", retryable: false });
      const unchanged = `${cache} local e = cache:put("k", ${value}) cache:put("k", 2, {only_if_absent = true})
        return cache:entry("k").version == e.version`;
      expect(await host.run(unchanged)).toBe(true);
    }
  });

  it("lets one of two win", async () => {
    await using host = await cacheHost();
    const script = `local c = require("store").get("app:cache") return c:put("lock", arg[1], {only_if_absent = true}) ~= nil`;
    const won = await Promise.all(["a", "b", "c"].map((name) => host.run(script, { args: [name] })));
    expect(won.filter(Boolean)).toHaveLength(1);
  });
});

describe("if_version", () => {
  it("writes where the version is still that one", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = cache:put("n", 1)
      for i = 1, 5 do e = cache:put("n", e.value + 1, {if_version = e.version}) end return e.value`;
    expect(await host.run(script)).toBe(6);
  });

  it("is CONFLICT where another was written since, even the same value, and changes nothing", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = cache:put("k", 1) cache:set("k", 1)
      local refusal = told(cache:put("k", 2, {if_version = e.version})) return refusal, cache:get("k")`;
    expect(await host.results(script)).toEqual([{ kind: "Conflict", message: "version mismatch", retryable: true }, 1]);
  });

  it.each(['""', '"no version"', '"\\0\\xff"', '"0"', '"1"'])(
    "that never was one (%s) is CONFLICT",
    async (version) => {
      await using host = await cacheHost();
      const refusal = await host.refusal(
        `${cache} cache:set("k", 1) return cache:put("k", 2, {if_version = ${version}})`,
      );
      expect(refusal.kind).toBe("Conflict");
    },
  );

  it("is NOT_FOUND where the key is gone", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = cache:put("k", 1) cache:delete("k") return cache:put("k", 2, {if_version = e.version})`;
    expect(await host.refusal(script)).toEqual({ kind: "NotFound", message: "key not found", retryable: false });
    expect(await host.run(`${cache} return cache:has("k")`)).toBe(false);
  });

  it("of a key that was deleted and made again is CONFLICT", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = cache:put("k", 1) cache:delete("k") cache:set("k", 1)
      return cache:put("k", 2, {if_version = e.version})`;
    expect((await host.refusal(script)).kind).toBe("Conflict");
  });
});

describe("options of put that make no sense are INVALID, and nothing is written", () => {
  it.each([
    ['{only_if_absent = true, if_version = "v"}', "only_if_absent and if_version can't both be given"],
    [
      "{only_if_missing = true}",
      'there is no option "only_if_missing"; the options are ttl, only_if_absent, if_version',
    ],
    ["{60}", 'there is no option "1"; the options are ttl, only_if_absent, if_version'],
    ["{[true] = 1}", 'there is no option "true"; the options are ttl, only_if_absent, if_version'],
    ['{ttl = "60"}', "option ttl must be a number, got a string"],
    ["{ttl = true}", "option ttl must be a number, got a boolean"],
    ["{only_if_absent = 1}", "option only_if_absent must be a boolean, got a number"],
    ['{only_if_absent = "yes"}', "option only_if_absent must be a boolean, got a string"],
    ["{if_version = 1}", "option if_version must be a string, got a number"],
    ["{if_version = {}}", "option if_version must be a string, got a table"],
    ["60", "options must be a table, got a number"],
    ['"ttl"', "options must be a table, got a string"],
    ["true", "options must be a table, got a boolean"],
  ])("%s", async (opts, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal(`${cache} return cache:put("k", 1, ${opts})`);
    expect(refusal).toEqual({ kind: "Invalid", message, retryable: false });
    expect(await host.run(`${cache} return cache:has("k")`)).toBe(false);
  });

  it("if_version together with only_if_absent = false is one condition", async () => {
    await using host = await cacheHost();
    const script = `${cache} local e = cache:put("k", 1)
      return cache:put("k", 2, {only_if_absent = false, if_version = e.version}).value`;
    expect(await host.run(script)).toBe(2);
  });
});
