import { afterTime } from "../../value/clock.ts";
import type { Milliseconds } from "../../value/value.ts";

/** What alarms are set with. */
export interface Timers {
  /** @returns what takes it back */
  set(time: Milliseconds, done: () => void): () => void;
}

/** Node's, of any length. */
export const timersOfNode: Timers = { set: afterTime };

let timers = timersOfNode;

/** From here on alarms are set with these, for tests whose time is not the machine's. */
export function setAlarmsWith(others: Timers): void {
  timers = others;
}

/** A timer of any length. */
export class Alarm {
  #clear: (() => void) | undefined;

  /** Calls `done` after this time, unless it is cleared before. */
  set(time: Milliseconds, done: () => void): void {
    this.#clear = timers.set(time, () => {
      this.#clear = undefined;
      done();
    });
  }

  get isSet(): boolean {
    return this.#clear !== undefined;
  }

  clear(): void {
    this.#clear?.();
    this.#clear = undefined;
  }
}
