/** The stack of a thread, as functions of the library use it. */
import { fengari } from "../fengari/fengari.ts";
import { newCell } from "../vm/cell.ts";
import { type Continuation, type LuaState, MULTRET, NIL, OK } from "../vm/types.ts";

export function push(L: LuaState, type: number, value: unknown): void {
  L.stack[L.top++] = newCell(type, value);
}

export function ensureStack(L: LuaState, n: number): void {
  if (L.stack_last - L.top <= n) fengari.ldo.luaD_checkstack(L, n);
}

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

/** Makes the number of arguments be `n`. */
export function setTop(L: LuaState, n: number): void {
  const top = L.ci.funcOff + 1 + n;
  while (L.top < top) push(L, NIL, null);
  if (L.top > top) fengari.ldo.adjust_top(L, top);
}

/** Calls the function at a place of the stack, with what lies above it. @returns false when it is suspended */
export function callk(L: LuaState, off: number, results: number, context: unknown, k: Continuation): boolean {
  fengari.lua.lua_callk(L, L.top - off - 1, results, context, k);
  return true;
}

export { MULTRET, OK };
