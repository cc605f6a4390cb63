import { expect } from "vitest";
import { kindOf, type Promised } from "./harness.ts";
import { key } from "./values.ts";

const k = key("k");

/** Time to live that is asked and changed, and deletes that depend on what is there. */
export function time(promised: Promised): void {
  promised("ttl is what is left, Infinity for ever, and nothing for a key that is not there", async (s) => {
    const { store, advance } = s;
    expect(await store.ttl(k)).toBeUndefined();
    await store.set(k, 1);
    expect(await store.ttl(k)).toBe(Number.POSITIVE_INFINITY);
    await store.set(k, 1, 1000);
    expect(await store.ttl(k)).toBeCloseTo(1000, -1);
    await advance(400);
    expect(await store.ttl(k)).toBeCloseTo(600, -1);
    await advance(600);
    expect(await store.ttl(k)).toBeUndefined();
  });

  promised("expire gives an entry another time, and leaves its value", async ({ store, advance }) => {
    await store.set(k, 7, 100);
    expect(await store.expire(k, 1000)).toBe(true);
    await advance(500);
    expect(await store.get(k)).toBe(7);
    expect(await store.expire(k)).toBe(true);
    await advance(5000);
    expect([await store.get(k), await store.ttl(k)]).toEqual([7, Number.POSITIVE_INFINITY]);
    expect(await store.expire(k, 10)).toBe(true);
    await advance(10);
    expect(await store.has(k)).toBe(false);
  });

  promised("expire is a write: the entry has a version that it never had", async ({ store }) => {
    const { version } = await store.put(k, 1, {});
    await store.expire(k, 1000);
    expect((await store.entry(k))!.version).not.toBe(version);
    expect(await kindOf(() => store.put(k, 2, { onlyIf: { version } }))).toBe("CONFLICT");
  });

  promised("expire and touch find no key that is gone, and make none", async ({ store, advance }) => {
    await store.set(k, 1, 10);
    await advance(10);
    expect([await store.expire(k, 100), await store.touch(k), await store.has(k)]).toEqual([false, false, false]);
  });

  promised("touch gives an entry its whole time anew, and leaves its value and version", async ({ store, advance }) => {
    const before = await store.put(k, 1, { ttl: 1000 });
    for (let i = 0; i < 3; i++) {
      await advance(700);
      expect(await store.touch(k)).toBe(true);
    }
    expect(await store.ttl(k)).toBeCloseTo(1000, -1);
    expect(await store.entry(k)).toEqual(before);
    await advance(1000);
    expect(await store.touch(k)).toBe(false);
  });

  promised("touch gives the time that expire set, and none to what never expires", async ({ store, advance }) => {
    await store.set(k, 1, 100_000);
    await store.expire(k, 1000);
    await advance(900);
    await store.touch(k);
    await advance(900);
    expect(await store.ttl(k)).toBeCloseTo(100, -1);
    await store.expire(k);
    expect([await store.touch(k), await store.ttl(k)]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  promised("touch gives an entry of any ttl its time anew, however long that is", async ({ store, advance }) => {
    for (const ttl of [0.5, 1234.5, 1e16, 1e21, 1e300]) {
      await store.set(k, 1, ttl);
      expect(await store.touch(k)).toBe(true);
      expect(await store.increment(k, { by: 1, initial: 0 })).toBe(2);
      expect(await store.touch(k)).toBe(true);
      expect(await store.ttl(k)).toBeGreaterThan(0);
    }
    await advance(1e9);
    expect(await store.get(k)).toBe(2);
  });

  promised("an entry that was written again has the time of that write", async ({ store, advance }) => {
    await store.set(k, 1, 100);
    await store.set(k, 2);
    await store.touch(k);
    await advance(200);
    expect(await store.get(k)).toBe(2);
  });

  promised("put that keeps the ttl writes another value for the rest of the time", async ({ store, advance }) => {
    const { version } = await store.put(k, 1, { ttl: 1000 });
    await advance(600);
    await store.put(k, 2, { keepTtl: true, onlyIf: { version } });
    expect(await store.ttl(k)).toBeCloseTo(400, -1);
    expect(await kindOf(() => store.put(k, 3, { keepTtl: true, onlyIf: { version } }))).toBe("CONFLICT");
    await store.touch(k);
    await advance(900);
    expect(await store.get(k)).toBe(2);
    await advance(100);
    expect(await kindOf(() => store.put(k, 3, { keepTtl: true, onlyIf: { version } }))).toBe("NOT_FOUND");
  });

  promised("delete of a version deletes that one only", async ({ store }) => {
    const old = await store.put(k, 1, {});
    const entry = await store.put(k, 1, {});
    expect(await kindOf(() => store.delete(k, old.version))).toBe("CONFLICT");
    expect(await store.entry(k)).toEqual(entry);
    expect(await store.delete(k, entry.version)).toBe(true);
    expect(await store.delete(k, entry.version)).toBe(false);
  });
}
