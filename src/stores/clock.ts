import type { Milliseconds } from "../value/value.ts";

/** Time that only moves forward; its zero means nothing. */
export interface Clock {
  now(): Milliseconds;
}

/** Monotonic: a wall clock that is set back or forward changes nothing. */
export const monotonicClock: Clock = { now: () => performance.now() };
