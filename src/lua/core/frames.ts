/** Frames: how a call begins and ends on the stack. */
import { burn } from "../meter/fuel.ts";
import type { TValue } from "../vm/cell.ts";
import type { LuaClosure, Proto } from "../vm/closure.ts";
import { type CallInfo, CIST_LUA, EXTRA_STACK, type LuaState } from "../vm/thread.ts";
import { MINSTACK, MULTRET, NIL } from "../vm/types.ts";
import { frameAbove } from "./compiled-frames.ts";
import { growStack } from "./stack.ts";

/** The frame above the innermost one, which becomes the innermost one. */
function nextFrame(L: LuaState): CallInfo {
  const next = L.ci.next ?? frameAbove(L.ci);
  L.ci = next;
  return next;
}

/** Begins a call of a Lua function that lies at `off`, with its arguments above it. */
export function enterLua(L: LuaState, off: number, results: number, func: TValue): CallInfo {
  const { p } = func.value as LuaClosure;
  const { stack } = L;
  let base = off + 1;
  if (p.is_vararg) base = spreadArguments(L, off, p);
  else {
    const top = base + p.maxstacksize;
    if (stack.length < top + EXTRA_STACK) growStack(L, top);
    for (let i = L.top; i < base + p.numparams; i++) {
      const cell = stack[i]!;
      cell.type = NIL;
      cell.value = null;
    }
  }
  const ci = nextFrame(L);
  ci.funcOff = off;
  ci.nresults = results;
  ci.func = func;
  ci.l_base = base;
  ci.l_savedpc = 0;
  ci.callstatus = CIST_LUA;
  ci.cl = null;
  L.top = ci.top = base + p.maxstacksize;
  return ci;
}

/** The parameters go above all arguments; what is left below is `...`. @returns the first register */
function spreadArguments(L: LuaState, off: number, p: Proto): number {
  const { stack } = L;
  const base = L.top;
  if (stack.length < base + p.maxstacksize + EXTRA_STACK) growStack(L, base + p.maxstacksize);
  const given = base - off - 1;
  for (let i = 0; i < p.numparams; i++) {
    const to = stack[base + i]!;
    if (i < given) {
      const from = stack[off + 1 + i]!;
      to.type = from.type;
      to.value = from.value;
      from.type = NIL;
      from.value = null;
    } else {
      to.type = NIL;
      to.value = null;
    }
  }
  return base;
}

/** Begins a call of a host function. @param room how many slots it may use without asking for more */
export function enterHost(L: LuaState, off: number, results: number, room: number = MINSTACK): CallInfo {
  const top = L.top + room;
  if (L.stack.length < top + EXTRA_STACK) growStack(L, top);
  const ci = nextFrame(L);
  ci.funcOff = off;
  ci.nresults = results;
  ci.func = L.stack[off]!;
  ci.top = top;
  ci.callstatus = 0;
  ci.cl = null;
  ci.held = 0;
  ci.c_k = null;
  ci.c_ctx = undefined;
  return ci;
}

/** More results than this are counted as work. */
const MANY = 255;

/** Ends a call: its `n` results go to where its function was. */
export function leave(L: LuaState, ci: CallInfo, first: number, n: number): void {
  const { stack } = L;
  const to = ci.funcOff;
  const wanted = ci.nresults;
  L.ci = ci.previous;
  const count = wanted === MULTRET ? n : wanted;
  if (n > MANY) burn(L, n / 4);
  for (let i = 0; i < count; i++) {
    const target = stack[to + i]!;
    if (i < n) {
      const source = stack[first + i]!;
      target.type = source.type;
      target.value = source.value;
    } else {
      target.type = NIL;
      target.value = null;
    }
  }
  L.top = to + count;
}
