import { describe, expect, it } from "vitest";
import { cacheHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';

describe("get", () => {
  it("answers the value alone", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", "v") return select("#", cache:get("k")), cache:get("k")`;
    expect(await host.results(script)).toEqual([1, "v"]);
  });

  it("answers one nil for a key that is missing", async () => {
    await using host = await cacheHost();
    expect(await host.results(`${cache} return select("#", cache:get("k")), cache:get("k")`)).toEqual([1, undefined]);
  });

  it("answers a stored false as false", async () => {
    await using host = await cacheHost();
    expect(await host.results(`${cache} cache:set("k", false) return cache:get("k")`)).toEqual([false]);
  });
});

describe("set", () => {
  it("answers true alone", async () => {
    await using host = await cacheHost();
    const script = `${cache} return select("#", cache:set("k", 1)), cache:set("k", 1)`;
    expect(await host.results(script)).toEqual([1, true]);
  });

  it("replaces the value that was there", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", {a = 1}) cache:set("k", {b = 2}) return cache:get("k")`;
    expect(await host.run(script)).toEqual({ b: 2 });
  });

  it("needs a value: nil is none, and leaves what was there", async () => {
    await using host = await cacheHost();
    for (const call of ['cache:set("k", nil)', 'cache:set("k")', 'cache:put("k", nil)', 'cache:put("k")']) {
      expect(await host.refusal(`${cache} return ${call}`)).toEqual({
        kind: "Invalid",
        message: "value is required",
        retryable: false,
      });
    }
    const script = `${cache} cache:set("k", 1) cache:set("k", nil) return cache:get("k")`;
    expect(await host.run(script)).toBe(1);
  });
});

describe("has", () => {
  it("says whether the key is there, also with the value false", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", false)
      local there, none = cache:has("k")
      local missing, error = cache:has("other")
      return there, none == nil, missing, error == nil`;
    expect(await host.results(script)).toEqual([true, true, false, true]);
  });
});

describe("delete", () => {
  it("answers true when the key was there, and false when it was not", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", 1)
      local first, second = cache:delete("k"), cache:delete("k")
      return first, second, cache:has("k"), cache:get("k")`;
    expect(await host.results(script)).toEqual([true, false, false, undefined]);
  });

  it("answers true for a stored false", async () => {
    await using host = await cacheHost();
    expect(await host.results(`${cache} cache:set("k", false) return cache:delete("k")`)).toEqual([true]);
  });

  it("takes one key, and leaves those that begin alike", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("a", 1) cache:set("ab", 2) cache:delete("a") return cache:get("ab")`;
    expect(await host.run(script)).toBe(2);
  });
});

describe("what a script keeps in a store", () => {
  it("is there for the next script, and for another handle at once", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} cache:set("k", 1) return store.get("app:cache"):get("k")`)).toBe(1);
    expect(await host.run(`${cache} return cache:get("k")`)).toBe(1);
  });

  it("is there for the embedder, and what the embedder keeps for scripts", async () => {
    await using host = await cacheHost();
    await host.run(`${cache} cache:set("k", {n = 1})`);
    expect(await host.host.store("app:cache").get("k")).toEqual({ n: 1 });
    await host.host.store("app:cache").set("k", { n: 2 });
    expect(await host.run(`${cache} return cache:get("k").n`)).toBe(2);
  });

  it("is gone for scripts of another host", async () => {
    await using host = await cacheHost();
    await using other = await cacheHost();
    await host.run(`${cache} cache:set("k", 1)`);
    expect(await other.run(`${cache} return cache:has("k")`)).toBe(false);
  });
});

describe("every operation", () => {
  it("works in pcall, in a coroutine, and in an iterator of for", async () => {
    await using host = await cacheHost();
    const script = `${cache}
      local ok, set = pcall(cache.set, cache, "n", 3)
      local thread = coroutine.wrap(function() coroutine.yield(cache:get("n")) return cache:get("n") + 1 end)
      local function countdown() local n = cache:get("n") if n > 0 then cache:set("n", n - 1) return n end end
      local seen = {thread(), thread()}
      for n in countdown do seen[#seen + 1] = n end
      return ok, set, table.concat(seen, " ")`;
    expect(await host.results(script)).toEqual([true, true, "3 4 3 2 1"]);
  });

  it("raises only for a call with . instead of :, or on something that is no Store", async () => {
    await using host = await cacheHost();
    const names = ["get", "set", "has", "delete", "entry", "put", "list", "info", "release"];
    const script = `${cache} local first, second = {}, {}
      for i, name in ipairs{...} do
        first[i] = tostring(raised(cache[name], "k", 1)):match("calling.*")
        second[i] = tostring(raised(cache[name], errors.new("x"))):match("calling.*")
      end return first, second`;
    const expected = names.map((name) => `calling '${name}' on bad self (store.Store expected; use ':')`);
    expect(await host.results(script, { args: names })).toEqual([expected, expected]);
  });

  it("ends with UNAVAILABLE once the host is closed: the function that would call it does not begin", async () => {
    const host = await cacheHost();
    const store = host.host.store("app:cache");
    const { value } = await host.host.run(`local c = require("store").get("app:cache")
      return function() return c:get("k") end`);
    const tell = value as { (): Promise<unknown>; release(): void };
    await host.host.close();
    await expect(tell()).rejects.toMatchObject({
      kind: "UNAVAILABLE",
      message: "the host is closed",
      retryable: false,
    });
    await expect(store.get("k")).rejects.toMatchObject({ kind: "UNAVAILABLE", message: "store is closed" });
    tell.release();
  });
});
