/** What JavaScript gives to a store comes back as it was, or is refused. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostStore } from "../../src/stores/host-store.ts";
import { cacheHost, type ScriptHost } from "../support/host.ts";

let host: ScriptHost;
let store: HostStore;

beforeAll(async () => {
  host = await cacheHost();
  store = host.host.store("app:cache");
});
afterAll(() => host[Symbol.asyncDispose]());

describe("a value", () => {
  it.each<[string, unknown]>([
    ["an id beyond 2^53", { id: 9007199254740993n }],
    ["two of them that are one as floats", [2n ** 60n, 2n ** 60n + 1n]],
    ["milliseconds", { at: 1_700_000_000_123 }],
    ["a name that could change a prototype", JSON.parse('{"__proto__": {"polluted": 1}}')],
  ])("comes back as it was: %s", async (_, value) => {
    await store.set("k", value);
    expect(await store.get("k")).toStrictEqual(value);
  });

  it("with null in it is refused, and nothing is written", async () => {
    await store.set("k", 1);
    await expect(store.set("k", { a: null })).rejects.toThrow(/^value\.a: null can't be given to Lua/);
    expect(await store.get("k")).toBe(1);
  });

  it("of a script has its text keys as own properties", async () => {
    const value = await host.run("return {__proto__ = {polluted = true}, constructor = 1}");
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("a key", () => {
  it("with half a surrogate pair is refused: two keys would be one", async () => {
    for (const key of ["\ud83d", "\ud83e", "\udcc3\udca9"]) {
      await expect(store.set(key, 1)).rejects.toThrow(/^key: half of a surrogate pair has no bytes in UTF-8/);
    }
    await expect(store.list({ prefix: "\ud83d" })).rejects.toThrow(/^prefix: half of a surrogate pair/);
  });

  it("of other bytes is given as a Uint8Array, and comes back as one", async () => {
    const key = Uint8Array.of(0xff, 0x80);
    await store.set(key, "bytes");
    expect(await store.get(key)).toBe("bytes");
    expect((await store.list({ prefix: key })).items.map((item) => item.key)).toEqual([key]);
  });
});
