/** What those who use one store at the same time have in common in this process. */
import type { Key, Milliseconds, Value } from "../value/value.ts";
import { Turns } from "./turns.ts";

/** A value, or that there is none. */
export interface Known {
  readonly value: Value | undefined;
}

/** What came of a computation: a value, an error, or nothing, since whoever computed is gone. */
export type Landing = Known | { readonly error: unknown } | "abandoned";

/** A computation that is under way in this process. */
export class Flight {
  /** Whose it is. */
  readonly owner: object;
  readonly landed: Promise<Landing>;
  land!: (how: Landing) => void;

  constructor(owner: object) {
    this.owner = owner;
    this.landed = new Promise((resolve) => {
      this.land = resolve;
    });
  }
}

/** Pauses between two looks at what somebody else holds: longer each time. */
const FIRST: Milliseconds = 5;
const LONGEST: Milliseconds = 250;

export class Together {
  /** What is computed at the moment, by key. */
  readonly flights = new Map<Key, Flight>();
  /** Work on a key that goes one after the other. */
  readonly turns = new Turns();
  readonly #waiting = new Map<Key, Set<() => void>>();

  /** Before the next look: ends sooner when somebody here gives the key up. @param left the longest that it may last */
  pause(key: Key, tries: number, left: Milliseconds): Promise<void> {
    const most = Math.min(LONGEST, FIRST * 2 ** tries);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(done, Math.min(most * (0.5 + Math.random() / 2), left));
      this.#waiting.set(key, waiting.add(done));
    });
  }

  /** Somebody here has given the key up: whoever has waited longest looks now, the others when they would. */
  freed(key: Key): void {
    const first = this.#waiting.get(key)?.values().next().value;
    first?.();
  }
}
