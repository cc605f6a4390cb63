import { describe, expect, it } from "vitest";
import { cacheHost, stopClock } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
const there = `${cache} return cache:has("k")`;

describe("a ttl", () => {
  it.each([
    ["set", (ttl: string) => `set("k", 1, ${ttl})`],
    ["put", (ttl: string) => `put("k", 1, {ttl = ${ttl}})`],
  ])("of %s is in seconds: the key is gone at that instant, and not before", async (_, call) => {
    const clock = stopClock();
    await using host = await cacheHost();
    for (const [ttl, ms] of [
      ["1", 1000],
      ["60", 60_000],
      ["0.25", 250],
      ["2^40", 2 ** 40 * 1000],
    ] as const) {
      await host.run(`${cache} return cache:${call(ttl)}`);
      clock.advance(ms - 2 ** -3);
      expect(await host.run(there)).toBe(true);
      clock.advance(2 ** -3);
      expect(await host.run(there)).toBe(false);
    }
  });

  it.each(['set("k", 1, nil)', 'set("k", 1, 0)', 'set("k", 1, 0.0)', 'set("k", 1, -0.0)', 'set("k", 1)'])(
    "of nil or 0 means that it never expires: %s",
    async (call) => {
      const clock = stopClock();
      await using host = await cacheHost();
      await host.run(`${cache} cache:${call}`);
      clock.advance(1e15);
      expect(await host.run(there)).toBe(true);
    },
  );

  it("of 0 among the options of put means the same", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(`${cache} cache:put("k", 1, {ttl = 0})`);
    clock.advance(1e15);
    expect(await host.run(there)).toBe(true);
  });

  it.each([
    ["-1", "ttl must be a finite number of seconds, 0 or more, got -1"],
    ["-0.5", "ttl must be a finite number of seconds, 0 or more, got -0.5"],
    ["0/0", "ttl must be a finite number of seconds, 0 or more, got nan"],
    ["1/0", "ttl must be a finite number of seconds, 0 or more, got inf"],
    ["-1/0", "ttl must be a finite number of seconds, 0 or more, got -inf"],
  ])("that is %s is INVALID, for set and for put, and nothing is written", async (ttl, message) => {
    await using host = await cacheHost();
    for (const call of [`set("k", 2, ${ttl})`, `put("k", 2, {ttl = ${ttl}})`]) {
      expect(await host.refusal(`${cache} return cache:${call}`)).toEqual({
        kind: "Invalid",
        message,
        retryable: false,
      });
      expect(await host.run(there)).toBe(false);
    }
    expect(await host.run(`${cache} cache:set("k", 1) cache:set("k", 2, ${ttl}) return cache:get("k")`)).toBe(1);
  });

  it.each([
    ['"60"', "string"],
    ["true", "boolean"],
    ["false", "boolean"],
    ["{}", "table"],
    ["print", "function"],
  ])("that is %s is no number, not even a text of digits", async (ttl, type) => {
    await using host = await cacheHost();
    expect(await host.refusal(`${cache} return cache:set("k", 1, ${ttl})`)).toEqual({
      kind: "Invalid",
      message: `ttl must be a number of seconds, got a ${type}`,
      retryable: false,
    });
    expect(await host.run(there)).toBe(false);
  });
});

describe("an expired key", () => {
  it("is gone for every operation from that instant, cleaned up or not", async () => {
    const clock = stopClock();
    await using host = await cacheHost({ cleanup_interval: "0" });
    await host.run(`${cache} version = cache:put("k", 1, {ttl = 1}).version cache:set("other", 1)`);
    clock.advance(1000);
    const script = `${cache} local page = cache:list()
      return {
        got = cache:get("k") == nil, has = cache:has("k"), entry = cache:entry("k") == nil,
        listed = #page.items, first = page.items[1].key, deleted = cache:delete("k"),
        conditional = told(cache:put("k", 2, {if_version = "v"})).kind,
        absent = cache:put("k", 2, {only_if_absent = true}).value,
      }`;
    expect(await host.run(script)).toEqual({
      got: true,
      has: false,
      entry: true,
      listed: 1,
      first: "other",
      deleted: false,
      conditional: "NotFound",
      absent: 2,
    });
  });

  it("makes room in a store that is full", async () => {
    const clock = stopClock();
    await using host = await cacheHost({ max_size: 1, cleanup_interval: "0" });
    await host.run(`${cache} cache:set("old", 1, 1)`);
    expect((await host.refusal(`${cache} return cache:set("new", 1)`)).message).toBe("store is full");
    clock.advance(1000);
    expect(await host.run(`${cache} return cache:set("new", 1)`)).toBe(true);
  });
});

describe("overwriting", () => {
  it.each([
    ["set without one takes the ttl away", 'set("k", 2)', true],
    ["put without one takes the ttl away", 'put("k", 2)', true],
    ["set with a longer one prolongs it", 'set("k", 2, 100)', true],
    ["set with a shorter one shortens it", 'set("k", 2, 0.5)', false],
    ["put with a shorter one shortens it", 'put("k", 2, {ttl = 0.5})', false],
  ])("%s", async (_, call, stays) => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(`${cache} cache:set("k", 1, 10)`);
    await host.run(`${cache} cache:${call}`);
    clock.advance(stays ? 10_000 : 500);
    expect(await host.run(there)).toBe(stays);
  });

  it("counts a ttl from the write, not from the first one", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    for (let i = 0; i < 3; i++) {
      await host.run(`${cache} cache:set("k", 1, 10)`);
      clock.advance(9_000);
    }
    expect(await host.run(there)).toBe(true);
    clock.advance(1_000);
    expect(await host.run(there)).toBe(false);
  });

  it("by what is refused leaves the ttl as it was", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(
      `${cache} cache:set("k", 1, 10) cache:set("k", 2, -1) cache:put("k", 2, {only_if_absent = true, ttl = 99})`,
    );
    clock.advance(10_000);
    expect(await host.run(there)).toBe(false);
  });

  it("reading does not prolong a ttl", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(`${cache} cache:set("k", 1, 10)`);
    clock.advance(9_999);
    await host.run(`${cache} cache:get("k") cache:has("k") cache:entry("k") cache:list()`);
    clock.advance(1);
    expect(await host.run(there)).toBe(false);
  });
});
