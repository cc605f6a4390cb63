import { setImmediate as turn } from "node:timers/promises";
import { setAlarmsWith, type Timers, timersOfNode } from "../../modules/time/alarm.ts";
import { monotonicClock, putClocksAhead } from "../../value/clock.ts";
import type { Milliseconds } from "../../value/value.ts";

interface Pending {
  readonly due: Milliseconds;
  readonly fire: () => void;
}

/** The time of tests: that of the machine, and ahead of it by what they advance. For the whole process. */
export class VirtualTime implements Timers, Disposable {
  readonly #pending = new Set<Pending>();
  #ahead: Milliseconds = 0;

  constructor() {
    setAlarmsWith(this);
  }

  set(time: Milliseconds, done: () => void): () => void {
    const clear = (): void => {
      this.#pending.delete(one);
      stop();
    };
    const fire = (): void => {
      clear();
      done();
    };
    const one: Pending = { due: monotonicClock.now() + time, fire };
    const stop = timersOfNode.set(time, fire);
    this.#pending.add(one);
    return clear;
  }

  /**
   * Puts the clocks ahead. What was to happen meanwhile happens in its order, each at its time, and what waits for it
   * goes on before the next.
   * @param isOver asked between: whether nobody waits for the rest
   */
  async advance(by: Milliseconds, isOver: () => boolean): Promise<void> {
    const end = monotonicClock.now() + by;
    for (let next = this.#next(end); next !== undefined && !isOver(); next = this.#next(end)) {
      this.#goTo(next.due);
      next.fire();
      await turn();
    }
    this.#goTo(end);
  }

  /** The first that is due by then. */
  #next(end: Milliseconds): Pending | undefined {
    let first: Pending | undefined;
    for (const one of this.#pending) {
      if (one.due <= end && (first === undefined || one.due < first.due)) first = one;
    }
    return first;
  }

  #goTo(time: Milliseconds): void {
    this.#ahead += Math.max(0, time - monotonicClock.now());
    putClocksAhead(this.#ahead);
  }

  /** The clocks are right again. */
  [Symbol.dispose](): void {
    setAlarmsWith(timersOfNode);
    putClocksAhead(0);
  }
}
