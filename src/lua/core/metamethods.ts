/** Calls of metamethods. Whoever is suspended in one goes on with its result on top of the stack. */
import type { TValue } from "../vm/cell.ts";
import { EXTRA_STACK, type LuaState } from "../vm/thread.ts";
import { NIL } from "../vm/types.ts";
import { call } from "./call.ts";
import { metamethod } from "./metatables.ts";
import { growStack } from "./stack.ts";

function pushCopy(L: LuaState, from: TValue): void {
  const cell = L.stack[L.top++]!;
  cell.type = from.type;
  cell.value = from.value;
}

/** Calls a metamethod with two values; its result goes to `to`. @returns false when it is suspended */
export function callMetamethod(L: LuaState, method: TValue, a: TValue, b: TValue, to: TValue): boolean {
  const off = L.top;
  if (L.stack.length < off + 3 + EXTRA_STACK) growStack(L, off + 3);
  pushCopy(L, method);
  pushCopy(L, a);
  pushCopy(L, b);
  if (!call(L, off, 1)) return false;
  L.top = off;
  const result = L.stack[off]!;
  to.type = result.type;
  to.value = result.value;
  return true;
}

/** Calls a metamethod with three values, for what it does. */
export function callForEffect(L: LuaState, method: TValue, a: TValue, b: TValue, c: TValue): boolean {
  const off = L.top;
  if (L.stack.length < off + 4 + EXTRA_STACK) growStack(L, off + 4);
  pushCopy(L, method);
  pushCopy(L, a);
  pushCopy(L, b);
  pushCopy(L, c);
  if (!call(L, off, 0)) return false;
  L.top = off;
  return true;
}

/** The metamethod of either operand for an event, of the first if it has one; a nil where there is none. */
export function binaryMethod(L: LuaState, a: TValue, b: TValue, event: number): TValue {
  const method = metamethod(L, a.type, a.value, event);
  return method.type === NIL ? metamethod(L, b.type, b.value, event) : method;
}
