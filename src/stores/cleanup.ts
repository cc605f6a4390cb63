import { LONGEST_TIMER } from "../value/clock.ts";
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import type { Milliseconds } from "../value/value.ts";

/**
 * Calls `sweep` from time to time: one timer of the process that does not keep it alive, armed only while there is
 * something to sweep. As long as a sweep leaves more to do, the next slice follows once others have had their turn.
 */
export class Cleanup {
  readonly #interval: Milliseconds;
  readonly #sweep: () => Eventually<boolean>;
  #armed = false;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /**
   * @param interval 0: never
   * @param sweep does one slice of work and says whether there is more; where it fails, it is tried again next time
   */
  constructor(interval: Milliseconds, sweep: () => Eventually<boolean>) {
    this.#interval = Math.min(interval, LONGEST_TIMER);
    this.#sweep = sweep;
  }

  /** There is something to sweep, sooner or later. */
  arm(): void {
    if (this.#armed || this.#interval === 0) return;
    this.#armed = true;
    this.#wait();
  }

  /** There is nothing to sweep any more. */
  disarm(): void {
    if (!this.#armed) return;
    this.#armed = false;
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }

  #wait(): void {
    this.#timeout = setTimeout(this.#run, this.#interval).unref();
  }

  readonly #run = (): void => {
    try {
      const more = andThen(this.#sweep(), this.#next);
      if (isLater(more)) more.catch(this.#failed);
    } catch {
      this.#failed();
    }
  };

  readonly #next = (more: boolean): void => {
    if (!this.#armed) return; // the sweep took the last one
    if (more) this.#immediate = setImmediate(this.#run).unref();
    else this.#wait();
  };

  /** Nobody waits for a sweep, and whoever needs the backend learns of its troubles. */
  readonly #failed = (): void => this.#next(false);
}
