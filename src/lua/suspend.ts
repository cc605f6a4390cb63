import { MoonkeepError } from "../errors.ts";
import { fengari } from "./fengari.ts";
import { stateOf } from "./state-of.ts";
import type { Continuation, LuaState } from "./types.ts";

/**
 * A host function that has no answer yet suspends the script: its coroutine yields to whoever resumed it, each resume
 * on the way passes that on (lib/coroutine.ts), and the host resumes the outermost one when the answer is there. The
 * process goes on meanwhile. Where C code of the VM stands between (a sort comparator, a gsub callback, a `tostring`)
 * Lua can't be suspended, and the script gets an error instead.
 */
export function suspend(
  L: LuaState,
  outcome: Promise<unknown>,
  deliver: (L: LuaState, result: unknown) => number,
  failed: (L: LuaState, e: unknown) => number,
): number {
  const state = stateOf(L);
  if (L.nny > 0 || state.resumers.some((resumer) => resumer.nny > 0)) {
    outcome.catch(() => {}); // nobody will wait for it
    return failed(L, new MoonkeepError("INVALID", cannotWait));
  }
  let settled: (L: LuaState) => number;
  state.waiting = outcome.then(
    (value) => {
      settled = (L) => deliver(L, value);
    },
    (error: unknown) => {
      settled = (L) => failed(L, error);
    },
  );
  const resumed: Continuation = (L) => settled(L);
  return fengari.ldo.lua_yieldk(L, 0, null, resumed);
}

const cannotWait =
  "this call has to wait, which is not possible inside a sort comparator, a gsub callback or a metamethod called by a " +
  "library function; make it before, and use its result there";
