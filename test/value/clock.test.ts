import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { afterTime } from "../../src/value/clock.ts";

const DAY = 86_400_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([0, 1, 24 * DAY, 25 * DAY, 2 ** 31 - 1, 2 ** 31, 60 * DAY])("after %d ms, not before", (time) => {
  const done = vi.fn();
  const longest = vi.spyOn(globalThis, "setTimeout");
  afterTime(time, done);
  if (time > 0) vi.advanceTimersByTime(time - 1);
  expect(done).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(1);
  expect(done).toHaveBeenCalledTimes(1);
  for (const [, wait] of longest.mock.calls) expect(wait).toBeLessThan(2 ** 31);
});

it("is taken back at any time", () => {
  const done = vi.fn();
  const takeBack = afterTime(60 * DAY, done);
  vi.advanceTimersByTime(59 * DAY);
  takeBack();
  vi.advanceTimersByTime(2 * DAY);
  expect(done).not.toHaveBeenCalled();
});
