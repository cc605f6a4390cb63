/** Calls from compiled code of what is not compiled, or not yet; and what is done before and after calls. */
import type { ByteString } from "../../value/value.ts";
import { enter as enterCall } from "../core/call.ts";
import { frameAbove, js, makeFrames, makeFramesOf, offsetOfCall, wantedResults } from "../core/compiled-frames.ts";
import { suspendDirect } from "../core/direct.ts";
import { complete } from "../core/errors.ts";
import { enterLua } from "../core/frames.ts";
import { readMethod, TM } from "../core/metatables.ts";
import { pauseWanted } from "../core/pause.ts";
import { suspendedInside } from "../core/protect.ts";
import { answerError } from "../core/raised.ts";
import { ensureStack } from "../core/stack.ts";
import { TValue as Cell } from "../vm/cell.ts";
import { type Direct, type DirectFunction, FAILED, NEEDS_FRAME, PENDING, R, takeFailure } from "../vm/direct.ts";
import { found } from "../vm/lua-table.ts";
import { type CallInfo, CIST_FUEL, CIST_TAIL, type LuaState } from "../vm/thread.ts";
import {
  INTEGER,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaClosure,
  type LuaTable,
  STRING,
  TABLE,
  type TValue,
} from "../vm/types.ts";
import { collect, INTERPRETER, interpretFrame, suspended } from "./runtime-frames.ts";

/** A tag of R's: the caller is to call another function in place of the one that has returned. */
export const NEXT = -4;

/** Calls may nest by so many slots of the JavaScript stack: some 160 KB. Beyond, the interpreter goes on without nesting. */
export const DEEPEST = 20_000;
/** From here on, calls in tail position give their frame back first. */
export const NEARLY: number = DEEPEST - 2000;

const isHot = (L: LuaState, { p }: LuaClosure): boolean => p.jit !== null || L.l_G.tier!.isHot(p);

/** The function that is to be called next, with its arguments. */
const next: { f: LuaClosure; args: readonly unknown[] } = { f: null as never, args: [] };

/** Makes the frame, and puts the function where it is called. @returns the slot */
function place(L: LuaState, ci: CallInfo, t: number, v: unknown): number {
  if (ci.cl !== null) makeFrames(L, ci);
  L.ci = ci;
  const off = offsetOfCall(ci);
  put(L, off, t, v);
  return off;
}

function put({ stack }: LuaState, at: number, type: number, value: unknown): void {
  const cell = stack[at]!;
  cell.type = type;
  cell.value = value;
}

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

/** Tags and values beyond which a call is the interpreter's: JavaScript takes them from its own stack. */
export const MANY = 400;

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

/** Runs a function by the interpreter, called by the frame. */
function interpret(L: LuaState, pci: CallInfo, d: number, cl: LuaClosure, given: readonly unknown[]): unknown {
  const isTail = pci.next !== null && pci.next.tailed === cl;
  const off = place(L, pci, LUA_CLOSURE, cl);
  L.top = off + 1;
  const n = given.length >> 1;
  ensureStack(L, n + 1);
  for (let i = 0; i < n; i++) put(L, off + 1 + i, given[2 * i] as number, given[2 * i + 1]);
  L.top = off + 1 + n;
  js.depth = d + INTERPRETER;
  const ci = enterLua(L, off, wantedResults(pci), L.stack[off]!);
  if (isTail) ci.callstatus |= CIST_TAIL;
  return interpretFrame(L) ? collect(L, off) : suspended();
}

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

/** All results of a call, as a list of tags and values. */
export function results(first: unknown): unknown[] {
  const { type, count, types, values } = R;
  if (count === 0) return [];
  const list: unknown[] = [type, first];
  for (let i = 1; i < count; i++) list.push(types[i - 1], values[i - 1]);
  return list;
}

/** Returns what is listed. */
export function returnAll(list: readonly unknown[]): unknown {
  const count = list.length >> 1;
  R.count = count;
  if (count === 0) {
    R.type = 0;
    return null;
  }
  for (let i = 1; i < count; i++) {
    R.types[i - 1] = list[2 * i] as number;
    R.values[i - 1] = list[2 * i + 1];
  }
  R.type = list[0] as number;
  return list[1];
}

/** `select(n, ...)`, its first result; NEEDS_FRAME where it fails. */
export function selectOf(t: number, v: unknown, va: readonly unknown[]): unknown {
  const count = va.length >> 1;
  R.count = 1;
  if (t === STRING && (v as ByteString).length === 1 && (v as ByteString).bytes[0] === 0x23) {
    R.type = INTEGER;
    return count;
  }
  R.type = NEEDS_FRAME;
  if (t !== INTEGER) return null;
  const n = v as number;
  const at = n < 0 ? count + n : n - 1;
  if (at < 0) return null;
  R.type = at < count ? (va[2 * at] as number) : 0;
  return at < count ? va[2 * at + 1] : null;
}

/** What a frame of the interpreter has as `...`. */
export function varargsOf(L: LuaState, ci: CallInfo): unknown[] {
  const { numparams } = (ci.func.value as LuaClosure).p;
  const list: unknown[] = [];
  for (let at = ci.funcOff + 1 + numparams; at < ci.l_base; at++) {
    const { type, value } = L.stack[at]!;
    list.push(type, value);
  }
  return list;
}

/** The cell of a register, of which the stack gets another one: what is left of a call there must not change it. */
export function takeCell(stack: TValue[], at: number): TValue {
  const cell = stack[at]!;
  stack[at] = new Cell(cell.type, cell.value);
  return cell;
}
