import { performance } from "node:perf_hooks"; // the global one is a getter, which costs half as much again
import type { Milliseconds } from "./value.ts";

/** Where the time is read. */
export interface Clock {
  now(): Milliseconds;
}

/** The longest that a timer of Node can wait, about 24 days: with more it does not wait at all. */
export const LONGEST_TIMER: Milliseconds = 2 ** 31 - 1;

/** Calls `done` after any time, however long. @returns what takes it back */
export function afterTime(time: Milliseconds, done: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: Milliseconds): void => {
    timer = left > LONGEST_TIMER ? setTimeout(() => wait(left - LONGEST_TIMER), LONGEST_TIMER) : setTimeout(done, left);
  };
  wait(time);
  return () => clearTimeout(timer);
}

/** Monotonic: a wall clock that is set back or forward changes nothing. */
export const monotonicClock: Clock = { now: () => performance.now() };

/**
 * For what outlives the process: milliseconds since 1970, as the machine has them. It follows a clock that is set, both
 * ways, so that processes that share a file agree on what has expired. Who stays ahead of a clock that jumped and was
 * set right would take another's lock.
 */
export const wallClock: Clock = { now: () => Date.now() };

/** Puts both clocks of this process ahead of the machine's, for tests; 0 puts them right. Limits are not concerned. */
export function putClocksAhead(by: Milliseconds): void {
  monotonicClock.now = () => performance.now() + by;
  wallClock.now = () => Date.now() + by;
}
