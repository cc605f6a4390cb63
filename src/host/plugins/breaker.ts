import { monotonicClock } from "../../value/clock.ts";
import type { Milliseconds } from "../../value/value.ts";

export interface BreakerOptions {
  /** Failures in a row after which it opens. */
  readonly failures: number;
  /** How long it stays open, until one try shows whether it may close. */
  readonly cooldown: Milliseconds;
}

/**
 * Keeps what fails again and again from being tried: closed, everything passes; open, nothing does; half-open, one try
 * passes, and how that ends decides.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  /** When it opened, or was tried last; undefined while it is closed. */
  #since: Milliseconds | undefined;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#since !== undefined;
  }

  /** Whether to try. Whoever tries says how it ended, with `succeeded` or `failed`. */
  tries(): boolean {
    if (this.#since === undefined) return true;
    const now = monotonicClock.now();
    if (now - this.#since < this.#options.cooldown) return false;
    this.#since = now; // one try; the next one when that has failed, or was lost
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#since = undefined;
  }

  failed(): void {
    if (++this.#failures >= this.#options.failures) this.#since = monotonicClock.now();
  }
}
