import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OrderedKeys } from "../../src/stores/memory/ordered-keys.ts";
import type { Key } from "../../src/value/value.ts";
import { key, keys } from "../contract/values.ts";

const everything = (ordered: OrderedKeys) => ordered.from(key(""), Number.POSITIVE_INFINITY);

describe("ordered keys", () => {
  it("are empty at first", () => {
    const ordered = new OrderedKeys();
    expect(everything(ordered)).toEqual([]);
    ordered.delete(key("a"));
    expect(ordered.size).toBe(0);
  });

  it("hold a key once", () => {
    const ordered = new OrderedKeys();
    for (const one of ["b", "a", "b"]) ordered.add(key(one));
    expect(everything(ordered)).toEqual(["a", "b"]);
    expect(ordered.size).toBe(2);
  });

  const orders: Record<string, (i: number) => number> = {
    rising: (i) => i,
    falling: (i) => 4999 - i,
    scattered: (i) => (i * 1777) % 5000,
    "from both ends": (i) => (i % 2 === 0 ? i / 2 : 4999 - (i - 1) / 2),
  };
  for (const [name, order] of Object.entries(orders)) {
    it(`keep their order with ${name} keys, and when those go again`, () => {
      const ordered = new OrderedKeys();
      const names = Array.from({ length: 5000 }, (_, i) => key(String(order(i)).padStart(4, "0")));
      const sorted = [...names].sort();
      for (const one of names) ordered.add(one);
      expect(everything(ordered)).toEqual(sorted);
      expect(ordered.from(sorted[2500]!, 10)).toEqual(sorted.slice(2500, 2510));
      for (const one of names.slice(0, 2500)) ordered.delete(one);
      expect(everything(ordered)).toEqual(names.slice(2500).sort());
      for (const one of names) ordered.delete(one);
      expect(everything(ordered)).toEqual([]);
      for (const one of names) ordered.add(one);
      expect(everything(ordered)).toEqual(sorted);
    });
  }

  it("fill their pages when keys only rise", () => {
    const ordered = new OrderedKeys(16);
    for (let i = 0; i < 256; i++) ordered.add(key(String(i).padStart(3, "0")));
    expect(ordered.height).toBe(2);
  });

  it("give up their pages when keys go, down to one page", () => {
    const survivor = fc.nat(999);
    fc.assert(
      fc.property(survivor, fc.integer({ min: 1, max: 996 }), (stays, stride) => {
        const ordered = new OrderedKeys(4);
        const names = Array.from({ length: 997 }, (_, i) => key(String((i * stride) % 997).padStart(3, "0")));
        for (const one of names) ordered.add(one);
        expect(ordered.height).toBeGreaterThan(4);
        for (const one of names) if (one !== names[stays]) ordered.delete(one);
        expect(ordered.height).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it("are what a sorted array is, through any additions and deletions", () => {
    const some = fc.oneof(
      keys,
      fc.nat(300).map((n) => key(String(n))),
    );
    const runs = fc.array(fc.tuple(fc.boolean(), fc.array(some, { maxLength: 40 })), { maxLength: 12 });
    fc.assert(
      fc.property(runs, some, fc.nat(20), (run, start, count) => {
        const ordered = new OrderedKeys(4);
        const model = new Set<Key>();
        for (const [add, changed] of run) {
          for (const one of changed) {
            if (add) ordered.add(one);
            else ordered.delete(one);
            if (add) model.add(one);
            else model.delete(one);
          }
          const sorted = [...model].sort();
          expect(everything(ordered)).toEqual(sorted);
          expect(ordered.size).toBe(sorted.length);
          expect(ordered.from(start, count)).toEqual(sorted.filter((one) => one >= start).slice(0, count));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are what a sorted array is, over thousands of random changes to a deep tree", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3000), { minLength: 2000, maxLength: 6000 }),
        fc.integer({ min: 4, max: 9 }),
        (run, pageSize) => {
          const ordered = new OrderedKeys(pageSize);
          const model = new Set<Key>();
          // A key that is there goes with the second half of the run, so the tree grows and then shrinks.
          run.forEach((n, i) => {
            const one = key(String(i % 3 === 0 ? n : n >> 3));
            if (model.has(one) && i > run.length / 4) {
              ordered.delete(one);
              model.delete(one);
            } else {
              ordered.add(one);
              model.add(one);
            }
          });
          expect(everything(ordered)).toEqual([...model].sort());
          for (const one of model) ordered.delete(one);
          expect(everything(ordered)).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });
});
