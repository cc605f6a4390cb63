import { expect, it } from "vitest";
import { TextCache } from "../../src/value/cache.ts";

it("keeps so many, and drops those that were kept first", () => {
  const cache = new TextCache<number>({ most: 2, bytes: 1 << 20 });
  for (const [i, text] of ["a", "b", "c"].entries()) cache.set(text, i);
  expect(["a", "b", "c"].map((text) => cache.get(text))).toEqual([undefined, 1, 2]);
});

it("holds no more bytes than it may, whatever the lengths of the texts", () => {
  const cache = new TextCache<number>({ most: 1_000_000, bytes: 1 << 20, weight: 10 });
  for (let i = 0; i < 5000; i++) {
    cache.set(`${i}${"x".repeat((i * 37) % 5000)}`, i);
    expect(cache.bytes).toBeLessThanOrEqual(1 << 20);
  }
  expect(cache.bytes).toBeGreaterThan(1 << 19);
});

it("does not keep one text that would take a good part of the room", () => {
  const cache = new TextCache<number>({ most: 10, bytes: 16_000 });
  cache.set("x".repeat(1000), 1);
  cache.set("small", 2);
  expect([cache.get("x".repeat(1000)), cache.get("small")]).toEqual([undefined, 2]);
});

it("tells what was kept as undefined from what was not", () => {
  const cache = new TextCache<number | undefined>({ most: 10, bytes: 16_000 });
  cache.set("nothing", undefined);
  expect([cache.has("nothing"), cache.has("other")]).toEqual([true, false]);
});
