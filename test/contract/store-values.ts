import fc from "fast-check";
import { expect } from "vitest";
import type { Promised } from "./harness.ts";
import { awkwardKeys, awkwardValues, expectSame, key, keys, str, values } from "./values.ts";

/** What is kept, and given back. */
export function keeping(promised: Promised): void {
  for (const [name, value] of awkwardValues) {
    promised(`gives back ${name} as it was`, async ({ store }) => {
      await store.set(key("k"), value);
      expectSame(await store.get(key("k")), value);
      expectSame((await store.entry(key("k")))!.value, value);
      expectSame((await store.list({ prefix: key("k"), limit: 1 })).entries[0]!.value, value);
    });
  }

  promised("gives back any value under any key", async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(keys, values, async (anyKey, value) => {
        await store.set(anyKey, value);
        expectSame(await store.get(anyKey), value);
        const entry = await store.put(anyKey, value, {});
        expect(entry.key).toBe(anyKey);
        expectSame(entry.value, value);
      }),
    );
  });

  promised("keeps keys of every single byte apart", async ({ store }) => {
    const all = Array.from({ length: 256 }, (_, byte) => key(String.fromCharCode(byte)));
    for (const [byte, one] of all.entries()) await store.set(one, byte);
    for (const [byte, one] of all.entries()) expect(await store.get(one)).toBe(byte);
  });

  promised("keeps keys that look alike apart", async ({ store }) => {
    for (const [i, one] of awkwardKeys.entries()) await store.set(one, i);
    for (const [i, one] of awkwardKeys.entries()) {
      expect(await store.get(one)).toBe(i);
      expect(await store.delete(one)).toBe(true);
      expect(await store.has(one)).toBe(false);
    }
  });

  promised("knows nothing of a key that was never written", async ({ store }) => {
    expect(await store.get(key("k"))).toBeUndefined();
    expect(await store.entry(key("k"))).toBeUndefined();
    expect(await store.has(key("k"))).toBe(false);
    expect(await store.delete(key("k"))).toBe(false);
  });

  promised("has a key from its first write until it is deleted", async ({ store }) => {
    await store.set(key("k"), false);
    expect(await store.has(key("k"))).toBe(true);
    expect(await store.delete(key("k"))).toBe(true);
    expect(await store.has(key("k"))).toBe(false);
    expect(await store.get(key("k"))).toBeUndefined();
    expect(await store.delete(key("k"))).toBe(false);
  });

  promised("keeps the last of several writes", async ({ store }) => {
    await store.set(key("k"), 1);
    await store.set(key("k"), str("two"));
    await store.put(key("k"), true, {});
    expect(await store.get(key("k"))).toBe(true);
  });

  promised("does not change an entry that was handed over", async ({ store }) => {
    const first = await store.put(key("k"), 1, {});
    const read = (await store.entry(key("k")))!;
    const listed = (await store.list({ prefix: key(""), limit: 1 })).entries[0]!;
    await store.set(key("k"), 2);
    await store.delete(key("k"));
    for (const entry of [first, read, listed]) {
      expect(entry).toEqual({ key: "k", value: 1, version: first.version });
    }
  });
}
