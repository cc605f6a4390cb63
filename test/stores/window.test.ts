import { expect, it } from "vitest";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import type { RateAnswer } from "../../src/stores/rate.ts";
import { slide } from "../../src/stores/window.ts";
import { ManualClock } from "../contract/clock.ts";
import { key } from "../contract/values.ts";

it("a sliding window lets never twice its limit through in its time, and about as many when they come evenly", () => {
  const most = (times: readonly number[]) => {
    const clock = new ManualClock(0);
    const store = new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0, clock });
    const allowed = times.filter((time) => {
      clock.moveTo(time);
      return (slide(store, key("k"), { limit: 10, per: 1000, cost: 1 }) as RateAnswer).allowed;
    });
    return Math.max(...allowed.map((from) => allowed.filter((at) => at >= from && at < from + 1000).length));
  };
  const atOnce = (time: number) => Array<number>(20).fill(time);
  const worst = most([0, ...atOnce(990), ...atOnce(1500), ...atOnce(1900)]);
  expect(worst).toBeGreaterThan(10);
  expect(worst).toBeLessThan(20);
  expect(most(Array.from({ length: 200 }, (_, i) => i * 50))).toBeLessThanOrEqual(11);
});
