/** Operations that may run a metamethod, as host functions of the library do them. */
import { fengari } from "../fengari/fengari.ts";
import type { Continuation, LuaState } from "../vm/types.ts";

/** Reads a key of what lies at a place of the stack. @returns false when it is suspended */
export function index(
  L: LuaState,
  object: number,
  key: number,
  to: number,
  _context: unknown,
  _k: Continuation,
): boolean {
  fengari.lvm.luaV_gettable(L, L.stack[object]!, L.stack[key]!, to);
  fengari.ldo.adjust_top(L, to + 1);
  return true;
}

export function setIndex(
  L: LuaState,
  object: number,
  key: number,
  value: number,
  _context: unknown,
  _k: Continuation,
): boolean {
  fengari.lvm.luaV_settable(L, L.stack[object]!, L.stack[key]!, L.stack[value]!);
  return true;
}

export function length(L: LuaState, object: number, to: number, _context: unknown, _k: Continuation): boolean {
  fengari.lvm.luaV_objlen(L, L.stack[to]!, L.stack[object]!);
  return true;
}

/** @returns -1 when it is suspended */
export function lessThan(L: LuaState, a: number, b: number, _context: unknown, _k: Continuation): 1 | 0 | -1 {
  return fengari.lvm.luaV_lessthan(L, L.stack[a]!, L.stack[b]!) ? 1 : 0;
}
