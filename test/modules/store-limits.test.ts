import { describe, expect, it } from "vitest";
import { entrySize } from "../../src/stores/memory/node.ts";
import { ByteString } from "../../src/value/value.ts";
import { key } from "../contract/values.ts";
import { cacheHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
const full = { kind: "Unavailable", message: "store is full", retryable: true };
const tooLarge = { kind: "Invalid", message: expect.stringContaining("value is too large"), retryable: false };
const left = `local t = {} for i, e in ipairs(cache:list().items) do t[i] = e.key end return table.concat(t, " ")`;

/** What an entry of a key of one byte and a text of this length counts. */
const size = (length: number) => entrySize(key("a"), new ByteString(new Uint8Array(length)));

describe("max_size with eviction: none", () => {
  it.each(['set("c", 3)', 'put("c", 3)', 'put("c", 3, {only_if_absent = true})'])(
    "refuses %s in a full store as UNAVAILABLE, and keeps what is there",
    async (call) => {
      await using host = await cacheHost({ max_size: 2 });
      expect(await host.refusal(`${cache} cache:set("a", 1) cache:set("b", 2) return cache:${call}`)).toEqual(full);
      expect(await host.run(`${cache} ${left}`)).toBe("a b");
    },
  );

  it("lets a key that is there be written", async () => {
    await using host = await cacheHost({ max_size: 1 });
    expect(await host.run(`${cache} cache:set("a", 1) cache:set("a", 2) return cache:put("a", 3).value`)).toBe(3);
  });

  it("has room again after a delete", async () => {
    await using host = await cacheHost({ max_size: 1 });
    expect(await host.run(`${cache} cache:set("a", 1) cache:delete("a") return cache:set("b", 1)`)).toBe(true);
  });

  it("says first what is wrong with the call itself", async () => {
    await using host = await cacheHost({ max_size: 1 });
    const prepare = `${cache} cache:set("a", 1)`;
    expect((await host.refusal(`${prepare} return cache:set("b", print)`)).kind).toBe("Invalid");
    expect((await host.refusal(`${prepare} return cache:put("b", 1, {if_version = "v"})`)).kind).toBe("NotFound");
  });

  it("of 0 is no limit; the default is 10000 entries", async () => {
    await using unlimited = await cacheHost({ max_size: 0 });
    await using usual = await cacheHost();
    const script = `${cache} for i = 1, 10000 do assert(cache:set(i, i)) end return cache:set("more", 1)`;
    expect(await unlimited.run(script)).toBe(true);
    expect(await usual.refusal(script)).toEqual(full);
  });
});

describe("max_size with eviction: lru", () => {
  it.each([
    ["nothing", "", "b c"],
    ["get", 'cache:get("a")', "a c"],
    ["entry", 'cache:entry("a")', "a c"],
    ["set", 'cache:set("a", 2)', "a c"],
    ["put", 'cache:put("a", 2)', "a c"],
    ["has", 'cache:has("a")', "b c"],
    ["list", "cache:list()", "b c"],
    ["a conditional put that fails", 'cache:put("a", 2, {only_if_absent = true})', "b c"],
  ])("drops what was used longest ago, after %s", async (_, use, expected) => {
    await using host = await cacheHost({ max_size: 2, eviction: "lru" });
    const script = `${cache} cache:set("a", 1) cache:set("b", 1) ${use} cache:set("c", 1) ${left}`;
    expect(await host.run(script)).toBe(expected);
  });

  it("never refuses a key", async () => {
    await using host = await cacheHost({ max_size: 3, eviction: "lru" });
    expect(await host.run(`${cache} for i = 1, 100 do assert(cache:set(i, i)) end ${left}`)).toBe("100 98 99");
  });
});

describe("max_bytes", () => {
  const fill = `${cache} local text = ("x"):rep(...)`;

  it("refuses what does not fit beside what is there", async () => {
    await using host = await cacheHost({ max_bytes: 2 * size(100) });
    const script = `${fill} cache:set("a", text) cache:set("b", text) return cache:set("c", text)`;
    expect(await host.refusal(script, { args: [100] })).toEqual(full);
    expect(await host.run(`${cache} ${left}`)).toBe("a b");
  });

  it("counts the value that is replaced no more", async () => {
    await using host = await cacheHost({ max_bytes: size(100) });
    const script = `${fill} return cache:set("a", text) and cache:set("a", text) and cache:delete("a") and cache:set("b", text)`;
    expect(await host.run(script, { args: [100] })).toBe(true);
  });

  it("refuses a value that grows out of it, and keeps the one before", async () => {
    await using host = await cacheHost({ max_bytes: size(100) });
    const script = `${fill} cache:set("a", "small") return cache:set("a", text)`;
    expect(await host.refusal(script, { args: [101] })).toEqual(tooLarge);
    expect(await host.run(`${cache} return cache:get("a")`)).toBe("small");
  });

  it("drops as many as it takes with eviction: lru", async () => {
    await using host = await cacheHost({ max_bytes: 3 * size(100), eviction: "lru" });
    const script = `${fill} for _, k in ipairs{"a", "b", "c"} do cache:set(k, text) end
      cache:get("a") cache:set("d", text .. "x") ${left}`;
    expect(await host.run(script, { args: [100] })).toBe("a d");
  });

  it("refuses what is larger than all of it even with eviction: lru, and drops nothing", async () => {
    await using host = await cacheHost({ max_bytes: 2 * size(100), eviction: "lru" });
    const script = `${fill} cache:set("a", text) cache:set("b", text) return cache:set("c", text:rep(9))`;
    expect(await host.refusal(script, { args: [100] })).toEqual(tooLarge);
    expect(await host.run(`${cache} ${left}`)).toBe("a b");
  });
});
