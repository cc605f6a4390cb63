import { monotonicClock } from "../../value/clock.ts";
import type { Milliseconds } from "../../value/value.ts";

const MINUTE: Milliseconds = 60_000;

/** So much a minute: a bucket that holds a minute's worth, and fills evenly. */
export class Bucket {
  #left: number;
  #limit: number;
  #since: Milliseconds = monotonicClock.now();

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** Another limit holds from now on. */
  set limit(limit: number) {
    this.#fill();
    this.#left = Math.min(limit, this.#left + Math.max(0, limit - this.#limit));
    this.#limit = limit;
  }

  get isFull(): boolean {
    this.#fill();
    return this.#left >= this.#limit;
  }

  /** How long until there is so much; 0 when there is. */
  waitFor(amount: number): Milliseconds {
    this.#fill();
    return this.#left >= amount ? 0 : ((amount - this.#left) * MINUTE) / this.#limit;
  }

  /** More may be spent than there is: it is paid back first. */
  spend(amount: number): void {
    this.#left -= amount;
  }

  #fill(): void {
    const now = monotonicClock.now();
    this.#left = Math.min(this.#limit, this.#left + ((now - this.#since) * this.#limit) / MINUTE);
    this.#since = now;
  }
}
