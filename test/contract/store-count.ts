import { expect } from "vitest";
import { slide } from "../../src/stores/window.ts";
import { Float, Table } from "../../src/value/value.ts";
import { kindOf, type Promised } from "./harness.ts";
import { expectSame, key, str } from "./values.ts";

const k = key("k");
const one = { by: 1, initial: 0 };

/** Counters and rates. */
export function counting(promised: Promised): void {
  promised("increment begins with what it is told, and adds", async ({ store }) => {
    expect(await store.increment(k, one)).toBe(1);
    expect(await store.increment(k, { by: 41, initial: 0 })).toBe(42);
    expect(await store.increment(k, { by: -50, initial: 7 })).toBe(-8);
    expect(await store.get(k)).toBe(-8);
    expect(await store.increment(key("other"), { by: 1, initial: 99 })).toBe(100);
  });

  promised("increment passes every size of integer, up and down", async ({ store }) => {
    const edges = [15, 16, 17, 127, 128, 129, 32_767, 32_768, 32_769, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52];
    for (const edge of [...edges, ...edges.map((n) => -n)]) {
      await store.set(k, edge - 1);
      for (const expected of [edge, edge + 1]) {
        expect(await store.increment(k, one)).toBe(expected);
        expect(await store.get(k)).toBe(expected);
      }
      expect(await store.increment(k, { by: -2, initial: 0 })).toBe(edge - 1);
      expect(await store.get(k)).toBe(edge - 1);
    }
  });

  promised("increment is exact in 64 bits, and refuses to go beyond", async ({ store }) => {
    await store.set(k, Number.MAX_SAFE_INTEGER);
    expect(await store.increment(k, one)).toBe(2n ** 53n);
    expect(await store.increment(k, one)).toBe(2n ** 53n + 1n);
    expect(await store.increment(k, { by: -2, initial: 0 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(await store.increment(k, { by: 2n ** 63n - 2n ** 53n, initial: 0 })).toBe(2n ** 63n - 1n);
    expect(await kindOf(() => store.increment(k, one))).toBe("CONFLICT");
    expect(await store.get(k)).toBe(2n ** 63n - 1n);
    await store.set(k, -(2n ** 63n));
    expect(await kindOf(() => store.increment(k, { by: -1, initial: 0 }))).toBe("CONFLICT");
  });

  promised("increment gives a float as soon as one of the two is a float", async ({ store }) => {
    expect(await store.increment(k, { by: 0.5, initial: 0 })).toBe(0.5);
    expectSame(await store.increment(k, { by: 0.5, initial: 0 }), new Float(1));
    expectSame(await store.increment(k, one), new Float(2));
    expectSame((await store.get(k))!, new Float(2));
  });

  promised("increment beyond a bound writes nothing, and says the number", async ({ store }) => {
    await store.set(k, 9);
    expect(await store.increment(k, { ...one, max: 10 })).toBe(10);
    expect(await kindOf(() => store.increment(k, { ...one, max: 10 }))).toBe("CONFLICT");
    expect(await kindOf(() => store.increment(k, { by: -11, initial: 0, min: 0 }))).toBe("CONFLICT");
    await expect((async () => store.increment(k, { ...one, max: 10 }))()).rejects.toThrow("the number is 10");
    expect(await store.get(k)).toBe(10);
    expect(await kindOf(() => store.increment(key("none"), { ...one, max: 0 }))).toBe("CONFLICT");
    expect(await store.has(key("none"))).toBe(false);
  });

  promised("increment of what is not a number is refused, and leaves it", async ({ store }) => {
    for (const value of [true, str("7"), str("")]) {
      await store.set(k, value);
      expect(await kindOf(() => store.increment(k, one))).toBe("INVALID");
      expectSame((await store.get(k))!, value);
    }
  });

  promised("increment keeps the ttl that is there, unless one is given", async ({ store, advance }) => {
    await store.set(k, 1, 1000);
    await advance(600);
    await store.increment(k, one);
    await store.increment(k, { by: 0.5, initial: 0 });
    expect(await store.ttl(k)).toBeCloseTo(400, -1);
    await store.touch(k);
    expect(await store.ttl(k)).toBeCloseTo(1000, -1);
    await store.increment(k, { ...one, ttl: 5000 });
    expect(await store.ttl(k)).toBeCloseTo(5000, -1);
    await advance(5000);
    expect(await store.increment(k, one)).toBe(1);
    expect(await store.ttl(k)).toBe(Number.POSITIVE_INFINITY);
    await store.increment(key("new"), { ...one, ttl: 100 });
    expect(await store.ttl(key("new"))).toBeCloseTo(100, -1);
  });

  promised("increment is a write: its version is new", async ({ store }) => {
    const { version } = await store.put(k, 1, {});
    await store.increment(k, one);
    expect(await kindOf(() => store.put(k, 2, { onlyIf: { version } }))).toBe("CONFLICT");
  });

  promised("of many increments at once none is lost, and each has a number of its own", async ({ store }) => {
    const numbers = await Promise.all(Array.from({ length: 40 }, async () => store.increment(k, one)));
    expect(numbers.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    await Promise.all(Array.from({ length: 20 }, async () => store.increment(k, { by: 0.5, initial: 0 })));
    expectSame((await store.get(k))!, new Float(50));
  });

  promised("spend moves a deadline on until it is too far ahead, and lets it come back", async ({ store, advance }) => {
    const cost = { time: 100, most: 300 };
    const spent = [];
    for (let i = 0; i < 4; i++) spent.push(await store.spend(k, cost));
    expect(spent.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
    expect(spent[2]!.ahead).toBeCloseTo(300, -1);
    expect(spent[3]!.ahead).toBeCloseTo(300, -1);
    await advance(100);
    expect((await store.spend(k, cost)).allowed).toBe(true);
    expect((await store.spend(k, cost)).allowed).toBe(false);
    await advance(300);
    expect(await store.has(k)).toBe(false);
    expect((await store.spend(k, { time: 400, most: 300 })).allowed).toBe(false);
    expect(await store.has(k)).toBe(false);
  });

  promised("spend counts from a nanosecond to decades", async ({ store }) => {
    const longest = { time: 1e12, most: 1e12 };
    expect((await store.spend(k, longest)).allowed).toBe(true);
    expect(await store.spend(k, longest)).toMatchObject({ allowed: false });
    const { allowed, ahead } = await store.spend("other" as typeof k, { time: 1e-6, most: 1e12 });
    expect(allowed).toBe(true);
    expect(ahead).toBeLessThan(2); // Redis expires by the millisecond
  });

  promised("of many that spend at once, as many are allowed as may be", async ({ store }) => {
    const all = await Promise.all(Array.from({ length: 30 }, async () => store.spend(k, { time: 100, most: 1000 })));
    expect(all.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  promised("a sliding window lets so many through in any time of its length", async ({ store, advance }) => {
    const rate = { limit: 10, per: 1000, cost: 1 };
    const ask = async (cost = 1) => slide(store, k, { ...rate, cost });
    for (let i = 9; i >= 0; i--) expect(await ask()).toEqual({ allowed: true, remaining: i, retryAfter: 0 });
    const refused = await ask();
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.retryAfter).toBeCloseTo(1100, -2); // one of ten has left when a tenth of the next window has gone
    await advance(1100);
    expect((await ask()).allowed).toBe(true);
    expect((await ask()).allowed).toBe(false);
    await advance(400); // half of the last window: five, and one of this
    expect(await ask(5)).toMatchObject({ allowed: false, remaining: 4 });
    expect((await ask(4)).allowed).toBe(true);
    await advance(2000);
    expect(await store.has(k)).toBe(false);
    expect((await ask(10)).allowed).toBe(true);
    expect((await ask(11)).allowed).toBe(false);
  });

  promised("of many that ask a sliding window at once, as many are allowed as may be", async ({ store }) => {
    const rate = { limit: 10, per: 100_000, cost: 1 };
    const all = await Promise.all(Array.from({ length: 30 }, async () => slide(store, k, rate)));
    expect(all.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  promised("a sliding window refuses a value that is not its own", async ({ store }) => {
    const rate = { limit: 10, per: 1000, cost: 1 };
    for (const [value, ttl] of [
      [1, 1000],
      [new Table([1, 2], [], []), undefined],
    ] as const) {
      await store.set(k, value, ttl);
      expect(await kindOf(() => slide(store, k, rate))).toBe("INVALID");
    }
  });

  promised("spend refuses an entry that never expires", async ({ store }) => {
    await store.set(k, 1);
    expect(await kindOf(() => store.spend(k, { time: 1, most: 10 }))).toBe("INVALID");
    expect(await store.get(k)).toBe(1);
  });
}
