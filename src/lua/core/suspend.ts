import { MoonkeepError } from "../../errors.ts";
import { type Continuation, type LuaState, OK } from "../vm/types.ts";
import { yieldk } from "./coroutine.ts";
import { canWait } from "./pause.ts";
import { stateOf } from "./state-of.ts";
import type { Wait } from "./wait.ts";

export type { Wait } from "./wait.ts";

/**
 * A host function that has no answer yet suspends the script: its coroutine yields to whoever resumed it, each resume
 * on the way passes that on (lib/coroutine.ts), and the host resumes the outermost one when the answer is there. The
 * process goes on meanwhile. Where a function of the library stands between that can't go on later (`os.time`, when a
 * metamethod gives it a field) Lua can't be suspended, and the script gets an error instead.
 */
export function suspend(L: LuaState, promise: Promise<unknown>, resumed: Continuation): number {
  if (!canWait(L)) {
    promise.catch(() => {}); // nobody will wait for it
    const refused = { promise, rejected: true, outcome: cannotWaitHere() };
    return resumed(L, OK, refused);
  }
  return park(L, { promise, rejected: false, outcome: undefined }, resumed);
}

/** Suspends the script until `wait` has an outcome. Only where `canWait` says that it can. */
export function park(L: LuaState, wait: Wait, resumed: Continuation): number {
  stateOf(L).waiting = wait;
  return yieldk(L, 0, wait, resumed);
}

const cannotWait =
  "this call has to wait, which is not possible inside a function that JavaScript called; make it before, and use its " +
  "result there";

export const cannotWaitHere = (): MoonkeepError => new MoonkeepError("INVALID", cannotWait);
