import { performance } from "node:perf_hooks"; // the global one is a getter, which costs half as much again
import type { Milliseconds } from "../value/value.ts";

/** Time that only moves forward; its zero means nothing. */
export interface Clock {
  now(): Milliseconds;
}

/** Monotonic: a wall clock that is set back or forward changes nothing. */
export const monotonicClock: Clock = { now: () => performance.now() };

/**
 * For what outlives the process: milliseconds since 1970, as the wall clock has them, that only move forward. It runs
 * with the monotonic clock, and follows a wall clock that is ahead (set forward, or after the computer slept). So a
 * wall clock that is set back keeps nothing alive, and stops nothing either.
 */
export class WallClock implements Clock {
  readonly #wall: Clock;
  readonly #steady: Clock;
  #offset: Milliseconds;

  constructor(wall: Clock = { now: () => Date.now() }, steady: Clock = monotonicClock) {
    this.#wall = wall;
    this.#steady = steady;
    this.#offset = wall.now() - steady.now();
  }

  now(): Milliseconds {
    const wall = this.#wall.now();
    const now = this.#steady.now() + this.#offset;
    if (wall <= now) return now;
    this.#offset += wall - now;
    return wall;
  }
}

/** The one of this process. */
export const wallClock: Clock = new WallClock();
