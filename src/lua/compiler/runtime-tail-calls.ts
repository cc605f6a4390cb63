/** Calls in tail position from compiled code: what is called takes the place of the frame that calls. */
import { frameAbove } from "../core/compiled-frames.ts";
import { R } from "../vm/direct.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import type { LuaClosure } from "../vm/types.ts";
import { interpret, isHot, MANY, NEARLY } from "./runtime-placing.ts";

/** A tag of R's: the caller is to call another function in place of the one that has returned. */
export const NEXT = -4;

/** The function that is to be called next, with its arguments. */
const next: { f: LuaClosure; args: readonly unknown[] } = { f: null as never, args: [] };

/** A call in tail position: what is called takes the place of the frame `ci`. */
export function tailCall(
  L: LuaState,
  pci: CallInfo,
  ci: CallInfo,
  d: number,
  f: LuaClosure,
  args: readonly unknown[],
): unknown {
  if (args.length <= MANY && isHot(L, f)) {
    if (d >= NEARLY) {
      next.f = f;
      next.args = args;
      R.type = NEXT;
      return null;
    }
    return inPlace(L, pci, ci, f, () => f.p.jit!(L, pci, d, f, ...args));
  }
  return inPlace(L, pci, ci, f, () => interpret(L, pci, d, f, args));
}

function inPlace(_L: LuaState, _pci: CallInfo, ci: CallInfo, f: LuaClosure, call: () => unknown): unknown {
  ci.tailed = f;
  const value = call();
  ci.tailed = null;
  return value;
}

/** After a call that has not returned a result: calls what is to be called in its place. */
export function callNext(L: LuaState, ci: CallInfo, d: number): unknown {
  let value: unknown = null;
  while (R.type === NEXT) {
    const { f, args } = next;
    const above = frameAbove(ci);
    value =
      f.p.jit === null ? interpret(L, ci, d, f, args) : inPlace(L, ci, above, f, () => f.p.jit!(L, ci, d, f, ...args));
  }
  return value;
}
