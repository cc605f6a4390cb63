/**
 * A pause: the script is suspended for a moment, at a place where all of its frames can be looked at. While compiled
 * code runs, what it has in its hands is seen by nobody; so a script whose memory has to be measured is suspended as by
 * a wait, and goes on at once, in the interpreter.
 */
import type { LuaState } from "../vm/thread.ts";
import { YIELD } from "../vm/types.ts";
import { js } from "./compiled-frames.ts";
import { stateOf } from "./state-of.ts";
import type { Wait } from "./suspend.ts";

/** What a script that is suspended by a pause waits for. */
export const PAUSED: Wait = { rejected: false, outcome: undefined };

/** Whether one is wanted, by whoever has to look at the script (limits/budget.ts). */
export const pause: { wanted: boolean } = { wanted: false };

/** Whether compiled code runs, and the thread can be suspended here, and all that resumed it. */
export const canPause = (L: LuaState): boolean =>
  js.depth > 0 && L.nny === 0 && !stateOf(L).resumers.some((thread) => thread.nny > 0);

/** Asks the budget for more. @returns whether the thread is suspended now, and its frames are to be left */
export function pauseWanted(L: LuaState): boolean {
  L.l_G.refuel(L);
  if (!pause.wanted || !canPause(L)) return false;
  L.status = YIELD;
  L.yielded = 0;
  stateOf(L).waiting = PAUSED;
  return true;
}
