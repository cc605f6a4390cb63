import { type Clock, monotonicClock } from "../value/clock.ts";
import type { Milliseconds } from "../value/value.ts";

const FIRST: Milliseconds = 25;
const LONGEST: Milliseconds = 1000;

/**
 * Between two tries to connect that fail there is a while in which nobody tries: everybody is told at once what the
 * last try came to. It doubles up to a second, less up to a half at random, so that not everybody comes back at once.
 */
export class Backoff {
  readonly #clock: Clock;
  #failures = 0;
  #until: Milliseconds = 0;
  #error: Error | undefined;

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  /** @throws what the last try failed with, when it was a moment ago */
  check(): void {
    if (this.#error !== undefined && this.#clock.now() < this.#until) throw this.#error;
  }

  /** @returns the error, to be thrown */
  failed<E extends Error>(error: E): E {
    const pause = Math.min(FIRST * 2 ** this.#failures++, LONGEST);
    this.#until = this.#clock.now() + pause * (0.5 + Math.random() / 2);
    this.#error = error;
    return error;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#error = undefined;
  }
}
