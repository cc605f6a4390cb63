/**
 * Functions that have a run called, which gets no more memory than the script has left. While compiled code of the
 * script's runs nobody knows what it has; so where it may be little, the script is paused first, and measured.
 */
import { yieldk } from "../core/coroutine.ts";
import type { DirectWait } from "../core/direct.ts";
import { PAUSED } from "../core/pause.ts";
import { stateOf } from "../core/state-of.ts";
import { type DirectFunction, PENDING, R } from "../vm/direct.ts";
import type { Continuation, LuaCFunction, LuaState } from "../vm/types.ts";

/** Suspends the host function that runs in its frame, and calls `f` in its stead when the script has been measured. */
function pauseBefore(L: LuaState, f: LuaCFunction): number {
  stateOf(L).waiting = PAUSED;
  return yieldk(L, 0, f, goOn);
}

const goOn: Continuation = (L, _, f) => (f as LuaCFunction)(L);

/** @param f a function that has a run called */
export function measuredFirst(f: DirectFunction): DirectFunction {
  const { direct } = f;
  const framed: DirectFunction = (L) => (isToBeMeasured(L) ? pauseBefore(L, f) : f(L));
  const wait: DirectWait = { suspend: (L) => pauseBefore(L, f) };
  framed.direct = (L, ...args) => {
    if (!isToBeMeasured(L)) return direct!(L, ...args);
    R.wait = wait;
    R.type = PENDING;
    R.count = 0;
    return null;
  };
  return framed;
}

const isToBeMeasured = (L: LuaState): boolean => stateOf(L).budget?.looksFirst() === true;
