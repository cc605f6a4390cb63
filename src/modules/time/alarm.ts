import type { Milliseconds } from "../../value/value.ts";

/** What Node's timers count in one go. */
const MOST: Milliseconds = 2 ** 31 - 1;

/** A timer of any length. */
export class Alarm {
  #timer: NodeJS.Timeout | undefined;

  /** Calls `done` after this time, unless it is cleared before. */
  set(time: Milliseconds, done: () => void): void {
    const now = Math.min(time, MOST);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (time > now) this.set(time - now, done);
      else done();
    }, now);
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
