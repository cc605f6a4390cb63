/**
 * Library functions that may take long, and pause: the script is suspended where the event loop is to turn, and the
 * function goes on after that. What asks for it is the budget, when the function counts what it does
 * (limits/budget.ts).
 */
import type { Bytes } from "../../value/value.ts";
import { yieldk } from "../core/coroutine.ts";
import type { DirectWait } from "../core/direct.ts";
import { PAUSED } from "../core/pause.ts";
import { stateOf } from "../core/state-of.ts";
import { hold } from "../meter/meter.ts";
import { PENDING, R } from "../vm/direct.ts";
import type { Continuation, LuaState } from "../vm/types.ts";
import { leaveResults } from "./define.ts";

/**
 * A direct function is paused.
 * @param goOn what it does after that, which answers as a direct function does, and may be paused again
 * @param held bytes that it has in its hands meanwhile
 */
export function answerLater(goOn: (L: LuaState) => unknown, held: Bytes = 0): null {
  const wait: DirectWait = {
    suspend: (L) => {
      hold(L, held);
      return suspendForTurn(L, (thread) => leaveResults(thread, goOn(thread)));
    },
  };
  R.wait = wait;
  R.type = PENDING;
  R.count = 0;
  return null;
}

/** Suspends the host function that runs in its frame, until the event loop has turned. */
export function suspendForTurn(L: LuaState, goOn: (L: LuaState) => number): number {
  stateOf(L).waiting = PAUSED;
  return yieldk(L, 0, goOn, resumed);
}

const resumed: Continuation = (L, _, goOn) => (goOn as (L: LuaState) => number)(L);
