import { setImmediate } from "node:timers/promises";
import type { Milliseconds } from "./value.ts";

/** So long steps are done one after the other, until timers and whatever else waits have their turn. */
const SLICE: Milliseconds = 5;

/**
 * Does all steps, with turns of the event loop in between.
 * @param step does the next one; it may throw what ends all of this
 */
export async function inTurns<T>(step: () => IteratorResult<unknown, T>): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE;
    do {
      const { done, value } = step();
      if (done === true) return value;
    } while (performance.now() < end);
    await setImmediate();
  }
}
