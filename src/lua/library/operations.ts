/**
 * Operations that may run a metamethod, on values that lie on the stack. What they come to is on top of the stack
 * afterwards. Where one is suspended, `k` goes on with it there.
 */
import * as access from "../core/access.ts";
import { resumeBy } from "../core/call.ts";
import * as compare from "../core/compare.ts";
import { len } from "../core/length.ts";
import type { Continuation, LuaState } from "../vm/types.ts";

/** Reads a key. @returns false when it is suspended */
export function index(
  L: LuaState,
  object: number,
  key: number,
  to: number,
  context: unknown,
  k: Continuation,
): boolean {
  resumeBy(L, context, k);
  if (!access.index(L, L.stack[object]!, L.stack[key]!, L.stack[to]!)) return false;
  L.top = to + 1;
  return true;
}

/** @returns false when it is suspended */
export function setIndex(
  L: LuaState,
  object: number,
  key: number,
  value: number,
  context: unknown,
  k: Continuation,
): boolean {
  resumeBy(L, context, k);
  return access.setIndex(L, L.stack[object]!, L.stack[key]!, L.stack[value]!);
}

/** @returns false when it is suspended */
export function length(L: LuaState, object: number, to: number, context: unknown, k: Continuation): boolean {
  resumeBy(L, context, k);
  if (!len(L, L.stack[object]!, L.stack[to]!)) return false;
  L.top = to + 1;
  return true;
}

/** @returns -1 when it is suspended */
export function lessThan(L: LuaState, a: number, b: number, context: unknown, k: Continuation): 1 | 0 | -1 {
  resumeBy(L, context, k);
  return compare.lessThan(L, L.stack[a]!, L.stack[b]!);
}
