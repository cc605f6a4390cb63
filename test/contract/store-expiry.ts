import { expect } from "vitest";
import type { Store } from "../../src/stores/store.ts";
import { keysOf, kindOf, type Promised } from "./harness.ts";
import { key } from "./values.ts";

const k = key("k");
const TEN_YEARS = 10 * 365 * 24 * 3_600_000;

/** When entries go. Each way of asking gets an entry of its own, because asking may clean up. */
export function expiry(promised: Promised): void {
  const ways: Record<string, (store: Store, version: string) => Promise<void>> = {
    get: async (store) => expect(await store.get(k)).toBeUndefined(),
    has: async (store) => expect(await store.has(k)).toBe(false),
    entry: async (store) => expect(await store.entry(k)).toBeUndefined(),
    delete: async (store) => expect(await store.delete(k)).toBe(false),
    list: async (store) => expect(await keysOf(store)).toEqual([]),
    "put, only if absent,": async (store) => {
      await store.put(k, 2, { onlyIf: "absent" });
      expect(await store.get(k)).toBe(2);
    },
    "put, only if of a version,": async (store, version) => {
      expect(await kindOf(() => store.put(k, 2, { onlyIf: { version } }))).toBe("NOT_FOUND");
    },
  };
  for (const [name, gone] of Object.entries(ways)) {
    promised(`an entry is there until its instant, and gone for ${name} at it`, async ({ store, advance }) => {
      const { version } = await store.put(k, 1, { ttl: 5000 });
      await advance(4999);
      expect(await store.get(k)).toBe(1);
      await advance(1);
      await gone(store, version);
    });
  }

  promised("a ttl may be a fraction of a millisecond", async ({ store, advance }) => {
    await store.set(k, 1, 0.5);
    await advance(0.25);
    expect(await store.has(k)).toBe(true);
    await advance(0.25);
    expect(await store.has(k)).toBe(false);
  });

  promised("a ttl may be ten years", async ({ store, advance }) => {
    await store.set(k, 1, TEN_YEARS);
    await advance(TEN_YEARS - 1000);
    expect(await store.has(k)).toBe(true);
    await advance(1000);
    expect(await store.has(k)).toBe(false);
  });

  promised("an entry without a ttl never expires", async ({ store, advance }) => {
    await store.set(k, 1);
    await store.put(key("l"), 1, {});
    await advance(TEN_YEARS);
    expect(await keysOf(store)).toEqual(["k", "l"]);
  });

  promised("a write replaces the ttl with its own", async ({ store, advance }) => {
    await store.set(k, 1, 1000);
    await store.set(k, 2, 3000);
    await advance(2000);
    expect(await store.get(k)).toBe(2);
    await store.put(k, 3, { ttl: 500 });
    await advance(500);
    expect(await store.get(k)).toBeUndefined();
  });

  promised("a write without a ttl takes the ttl away", async ({ store, advance }) => {
    await store.set(k, 1, 1000);
    await store.set(key("l"), 1, 1000);
    await store.set(k, 2);
    await store.put(key("l"), 2, {});
    await advance(1000);
    expect(await keysOf(store)).toEqual(["k", "l"]);
  });

  promised("a put that is refused leaves the ttl as it was", async ({ store, advance }) => {
    await store.set(k, 1, 1000);
    expect(await kindOf(() => store.put(k, 2, { ttl: 9000, onlyIf: "absent" }))).toBe("ALREADY_EXISTS");
    expect(await kindOf(() => store.put(k, 2, { onlyIf: { version: "other" } }))).toBe("CONFLICT");
    await advance(999);
    expect(await store.get(k)).toBe(1);
    await advance(1);
    expect(await store.get(k)).toBeUndefined();
  });

  promised("a page tells how long its entries still live, if it is asked", async ({ store, advance }) => {
    await store.set(k, 1, 5000);
    await store.set(key("l"), 2);
    await advance(1250);
    const told = await store.list({ prefix: key(""), limit: 10, ttl: true });
    expect(told.entries.map(({ ttl }) => ttl)).toEqual([3750, undefined]);
    const untold = await store.list({ prefix: key(""), limit: 10 });
    expect(untold.entries.map(({ ttl }) => ttl)).toEqual([undefined, undefined]);
  });

  promised("each entry has its own time", async ({ store, advance }) => {
    for (let i = 1; i <= 20; i++) await store.set(key(`k${String(i).padStart(2, "0")}`), i, i * 1000);
    for (let left = 20; left > 0; left--) {
      expect(await keysOf(store)).toHaveLength(left);
      await advance(1000);
    }
    expect(await keysOf(store)).toEqual([]);
  });
}
