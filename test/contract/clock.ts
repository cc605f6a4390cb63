import type { Clock } from "../../src/value/clock.ts";
import type { Milliseconds } from "../../src/value/value.ts";

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: Milliseconds;

  constructor(now: Milliseconds = 0) {
    this.#now = now;
  }

  now(): Milliseconds {
    return this.#now;
  }

  advance(by: Milliseconds): void {
    this.#now += by;
  }

  /** Moves on to a time, exactly; never back. */
  moveTo(time: Milliseconds): void {
    this.#now = Math.max(this.#now, time);
  }
}
