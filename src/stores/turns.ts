import { setTimeout } from "node:timers/promises";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Key, Milliseconds } from "../value/value.ts";

const FIRST: Milliseconds = 1;
const LONGEST: Milliseconds = 50;

/** Before something is tried again that somebody else got in the way of: longer each time, and never equally long. */
export function pause(tries: number): Promise<void> {
  return setTimeout(Math.random() * Math.min(FIRST * 2 ** tries, LONGEST));
}

/** Work on a key that has to wait for the work on the same key before it. */
export class Turns {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** At once where nothing is before it and the work answers at once. */
  take<T>(key: Key, work: () => Eventually<T>): Eventually<T> {
    const before = this.#last.get(key);
    if (before !== undefined) return this.#after(key, before.then(work, work));
    const done = work();
    return isLater(done) ? this.#after(key, done) : done;
  }

  #after<T>(key: Key, done: Promise<T>): Promise<T> {
    const forget = () => {
      if (this.#last.get(key) === done) this.#last.delete(key);
    };
    this.#last.set(key, done);
    done.then(forget, forget);
    return done;
  }
}
