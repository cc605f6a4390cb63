/**
 * A pause: the script is suspended for a moment, at a place where all of its frames can be looked at. While compiled
 * code runs, what it has in its hands is seen by nobody; so a script whose memory has to be measured is suspended as by
 * a wait, and goes on at once, in the interpreter. One that computes for long is suspended so that the event loop turns.
 */
import type { LuaState } from "../vm/thread.ts";
import { YIELD } from "../vm/types.ts";
import { js } from "./compiled-frames.ts";
import { stateOf } from "./state-of.ts";
import type { Wait } from "./wait.ts";

/** What a script that is suspended by a pause waits for. */
export const PAUSED: Wait = { rejected: false, outcome: undefined };

/** What a script that is suspended waits for when its weak tables are to be cleared. */
export const COLLECTED: Wait = { rejected: false, outcome: undefined };

/**
 * Whether one is wanted by whoever has to look at the script (limits/budget.ts), even where no compiled code runs; and
 * whether the event loop is to turn.
 */
export const pause: { wanted: boolean; always: boolean; turn: boolean } = { wanted: false, always: false, turn: false };

/** Whether nothing of the VM's stands between this call and the host: the thread can be suspended, and all that resumed it. */
export const canWait = (L: LuaState): boolean => L.nny === 0 && !stateOf(L).resumers.some(isStuck);

const isStuck = (thread: LuaState): boolean => thread.nny > 0;

/** Whether something may be hidden that the script has: compiled code runs, or all has to be seen. */
export const isHidden = (): boolean => js.depth > 0 || pause.always;

/** Whether the thread can be suspended here, and has to be for all to be seen. */
export const canPause = (L: LuaState): boolean => isHidden() && canWait(L);

/** Asks the budget for more. @returns whether the thread is suspended now, and its frames are to be left */
export function pauseWanted(L: LuaState): boolean {
  L.l_G.refuel(L);
  if (!(pause.wanted && canPause(L)) && !(pause.turn && canWait(L))) return false;
  L.status = YIELD;
  L.yielded = 0;
  stateOf(L).waiting = PAUSED;
  return true;
}
