/** Calls from compiled code of what is not compiled, or not yet; and what is done before and after calls. */
import { enter as enterCall } from "../core/call.ts";
import { frameAbove, js, makeFramesOf, wantedResults } from "../core/compiled-frames.ts";
import { suspendDirect } from "../core/direct.ts";
import { complete } from "../core/errors.ts";
import { readMethod, TM } from "../core/metatables.ts";
import { pauseWanted } from "../core/pause.ts";
import { suspendedInside } from "../core/protect.ts";
import { answerError } from "../core/raised.ts";
import { ensureStack } from "../core/stack.ts";
import { type Direct, type DirectFunction, FAILED, INSIDE, PENDING, R, takeFailure } from "../vm/direct.ts";
import { found } from "../vm/lua-table.ts";
import { type CallInfo, CIST_FUEL, type LuaState } from "../vm/thread.ts";
import { LIGHT_C_FUNCTION, LUA_CLOSURE, type LuaClosure, type LuaTable, TABLE } from "../vm/types.ts";
import { collect, INTERPRETER, suspended } from "./runtime-frames.ts";
import { DEEPEST, interpret, isHot, MANY, place, put } from "./runtime-placing.ts";

/** Calls what lies on the stack. */
function callPlaced(L: LuaState, ci: CallInfo, d: number, off: number): unknown {
  js.depth = d + INTERPRETER;
  if (L.l_G.fuel < 0 && pauseWanted(L)) return pauseBefore(ci);
  try {
    return enterCall(L, off, wantedResults(ci)) ? collect(L, off) : suspended();
  } catch (e) {
    if (e === suspendedInside) return suspended();
    throw e;
  }
}

/** The script is suspended before the call that it is about to make, which the interpreter makes later. */
function pauseBefore(ci: CallInfo): null {
  ci.l_savedpc--;
  ci.callstatus |= CIST_FUEL;
  return suspended();
}

/** A direct function was called, and has not returned a result. */
function finishDirect(L: LuaState, ci: CallInfo, d: number, v: unknown, args: readonly unknown[]): unknown {
  if (R.type === FAILED) return failed(L);
  if (R.type === INSIDE) return suspended();
  const isPending = R.type === PENDING;
  const off = place(L, ci, LIGHT_C_FUNCTION, v);
  for (let i = 0; i < args.length; i += 2) put(L, off + 1 + (i >> 1), args[i] as number, args[i + 1]);
  L.top = off + 1 + (args.length >> 1);
  if (!isPending) return callPlaced(L, ci, d, off);
  return suspendDirect(L, off, wantedResults(ci)) ? collect(L, off) : suspended();
}

/** A direct function has failed. Where there is a message handler, that sees the stack as it is when the error is thrown. */
function failed(L: LuaState): null {
  const failure = takeFailure();
  if (L.handler !== 0) throw failure;
  makeFramesOf(L);
  return answerError(complete(L, failure));
}

/** The compiled function by which a table is called. */
function callOf(L: LuaState, { metatable }: LuaTable): LuaClosure | undefined {
  if (metatable === null) return undefined;
  const f = readMethod(metatable, TM.CALL);
  return found.type === LUA_CLOSURE && isHot(L, f as LuaClosure) ? (f as LuaClosure) : undefined;
}

/** The direct form of a function, where it has one and nothing else is to be done first. */
function directOf(L: LuaState, ci: CallInfo, d: number, v: unknown): Direct | undefined {
  const { direct } = v as DirectFunction;
  if (direct === undefined || L.l_G.fuel < 0) return undefined;
  js.depth = d + INTERPRETER;
  L.ci = ci;
  if (ci.cl === null) L.top = ci.top;
  return direct;
}

export function call0(L: LuaState, ci: CallInfo, d: number, t: number, v: unknown): unknown {
  if (t === LUA_CLOSURE) {
    if (isHot(L, v as LuaClosure)) return (v as LuaClosure).p.jit!(L, ci, d, v as LuaClosure);
  } else if (t === LIGHT_C_FUNCTION) {
    const direct = directOf(L, ci, d, v);
    if (direct !== undefined) {
      const value = direct(L, 0);
      return R.type >= 0 ? value : finishDirect(L, ci, d, v, []);
    }
  } else if (t === TABLE) {
    const f = callOf(L, v as LuaTable);
    if (f !== undefined) return f.p.jit!(L, ci, d, f, t, v);
  }
  const off = place(L, ci, t, v);
  L.top = off + 1;
  return callPlaced(L, ci, d, off);
}

export function call1(L: LuaState, ci: CallInfo, d: number, t: number, v: unknown, t0: number, v0: unknown): unknown {
  if (t === LUA_CLOSURE) {
    if (isHot(L, v as LuaClosure)) return (v as LuaClosure).p.jit!(L, ci, d, v as LuaClosure, t0, v0);
  } else if (t === LIGHT_C_FUNCTION) {
    const direct = directOf(L, ci, d, v);
    if (direct !== undefined) {
      const value = direct(L, 1, t0, v0);
      return R.type >= 0 ? value : finishDirect(L, ci, d, v, [t0, v0]);
    }
  } else if (t === TABLE) {
    const f = callOf(L, v as LuaTable);
    if (f !== undefined) return f.p.jit!(L, ci, d, f, t, v, t0, v0);
  }
  const off = place(L, ci, t, v);
  put(L, off + 1, t0, v0);
  L.top = off + 2;
  return callPlaced(L, ci, d, off);
}

export function call2(
  L: LuaState,
  ci: CallInfo,
  d: number,
  t: number,
  v: unknown,
  t0: number,
  v0: unknown,
  t1: number,
  v1: unknown,
): unknown {
  if (t === LUA_CLOSURE) {
    if (isHot(L, v as LuaClosure)) return (v as LuaClosure).p.jit!(L, ci, d, v as LuaClosure, t0, v0, t1, v1);
  } else if (t === LIGHT_C_FUNCTION) {
    const direct = directOf(L, ci, d, v);
    if (direct !== undefined) {
      const value = direct(L, 2, t0, v0, t1, v1);
      return R.type >= 0 ? value : finishDirect(L, ci, d, v, [t0, v0, t1, v1]);
    }
  } else if (t === TABLE) {
    const f = callOf(L, v as LuaTable);
    if (f !== undefined) return f.p.jit!(L, ci, d, f, t, v, t0, v0, t1, v1);
  }
  const off = place(L, ci, t, v);
  put(L, off + 1, t0, v0);
  put(L, off + 2, t1, v1);
  L.top = off + 3;
  return callPlaced(L, ci, d, off);
}

export function call3(
  L: LuaState,
  ci: CallInfo,
  d: number,
  t: number,
  v: unknown,
  t0: number,
  v0: unknown,
  t1: number,
  v1: unknown,
  t2: number,
  v2: unknown,
): unknown {
  if (t === LUA_CLOSURE) {
    if (isHot(L, v as LuaClosure)) return (v as LuaClosure).p.jit!(L, ci, d, v as LuaClosure, t0, v0, t1, v1, t2, v2);
  } else if (t === LIGHT_C_FUNCTION) {
    const direct = directOf(L, ci, d, v);
    if (direct !== undefined) {
      const value = direct(L, 3, t0, v0, t1, v1, t2, v2);
      return R.type >= 0 ? value : finishDirect(L, ci, d, v, [t0, v0, t1, v1, t2, v2]);
    }
  } else if (t === TABLE) {
    const f = callOf(L, v as LuaTable);
    if (f !== undefined) return f.p.jit!(L, ci, d, f, t, v, t0, v0, t1, v1, t2, v2);
  }
  return callMany(L, ci, d, t, v, [t0, v0, t1, v1, t2, v2]);
}

export function call4(
  L: LuaState,
  ci: CallInfo,
  d: number,
  t: number,
  v: unknown,
  t0: number,
  v0: unknown,
  t1: number,
  v1: unknown,
  t2: number,
  v2: unknown,
  t3: number,
  v3: unknown,
): unknown {
  if (t === LIGHT_C_FUNCTION) {
    const direct = directOf(L, ci, d, v);
    if (direct !== undefined) {
      const value = direct(L, 4, t0, v0, t1, v1, t2, v2, t3, v3);
      return R.type >= 0 ? value : finishDirect(L, ci, d, v, [t0, v0, t1, v1, t2, v2, t3, v3]);
    }
  }
  return callMany(L, ci, d, t, v, [t0, v0, t1, v1, t2, v2, t3, v3]);
}

/** Calls with any number of arguments. */
export function callMany(
  L: LuaState,
  ci: CallInfo,
  d: number,
  t: number,
  v: unknown,
  args: readonly unknown[],
): unknown {
  const n = args.length >> 1;
  if (args.length <= MANY) {
    if (t === LUA_CLOSURE && isHot(L, v as LuaClosure)) {
      return (v as LuaClosure).p.jit!(L, ci, d + args.length, v as LuaClosure, ...args);
    }
    if (t === LIGHT_C_FUNCTION && n <= 4) {
      const direct = directOf(L, ci, d, v);
      if (direct !== undefined) {
        const value = (direct as (...args: unknown[]) => unknown)(L, n, ...args);
        return R.type >= 0 ? value : finishDirect(L, ci, d, v, args);
      }
    }
  }
  const off = place(L, ci, t, v);
  L.top = off + 1;
  ensureStack(L, n + 1);
  for (let i = 0; i < n; i++) put(L, off + 1 + i, args[2 * i] as number, args[2 * i + 1]);
  L.top = off + 1 + n;
  return callPlaced(L, ci, d, off);
}

/** Calls a compiled function from its own first lines: there is no frame for it yet, or JavaScript's stack is full. */
export function enter(L: LuaState, pci: CallInfo, d: number, cl: LuaClosure, given: readonly unknown[]): unknown {
  if (d <= DEEPEST) {
    frameAbove(pci);
    return cl.p.jit!(L, pci, d, cl, ...given);
  }
  return interpret(L, pci, d, cl, given);
}
