/** The stack of a thread, as functions of the library use it in their frames. */
import type { LuaState } from "../vm/types.ts";

export { callk, callNoYield } from "../core/call.ts";
export { ensureStack, hasRoom, push } from "../core/stack.ts";

/** The number of arguments of a host function, in its frame. */
export const argCount = (L: LuaState): number => L.top - L.ci.funcOff - 1;

/** The tag of an argument, from 1 on; undefined when it was not given. */
export function tagAt(L: LuaState, arg: number): number | undefined {
  const at = L.ci.funcOff + arg;
  return at < L.top ? L.stack[at]!.type : undefined;
}

export function valueAt(L: LuaState, arg: number): unknown {
  const at = L.ci.funcOff + arg;
  return at < L.top ? L.stack[at]!.value : undefined;
}
