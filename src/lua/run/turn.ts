/**
 * Lets the event loop turn. A wait that is over within the same turn, such as one for an `async` function that waits for
 * nothing, wakes its script as a microtask, and scripts that wake each other so would keep timers, sockets and everybody
 * else from ever having their turn. So the time that passes between two turns is looked at whenever a script goes on,
 * whatever woke it, and when it has been too long the script goes on after the next turn.
 */
import { setImmediate } from "node:timers"; // threads have no global of this name (worker/harden.ts)
import type { Milliseconds } from "../../value/value.ts";

/** Resolves when the event loop has turned, and everybody who waited has been heard. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });

/** The longest that scripts may go on without a turn: less than people or sockets notice. */
const LONGEST: Milliseconds = 5;

/** When the turn began in which scripts go on now; undefined as long as none has. */
let began: Milliseconds | undefined;

const turned = (): void => {
  began = undefined;
};

/** Goes on with a script: at once, or after the event loop has turned where that is due. */
export function goOn(f: () => void): void {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(turned);
  } else if (now - began > LONGEST) {
    setImmediate(f);
    return;
  }
  f();
}
