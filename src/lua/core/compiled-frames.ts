/**
 * Frames of compiled code. While it runs, a frame says which function runs and how far it is, and nothing else is right
 * in it; it is made what the interpreter's frames are when somebody has to look at it, or to go on with it. Its
 * registers are in JavaScript's hands until the code is left, which writes them to the stack.
 */
import { allocate } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import {
  CallInfo,
  CIST_LUA,
  CIST_TAIL,
  CIST_YPCALL,
  EXTRA_STACK,
  FRAME,
  HostCall,
  type LuaState,
} from "../vm/thread.ts";
import { LIGHT_C_FUNCTION, LUA_CLOSURE, type LuaClosure, MINSTACK, MULTRET, NIL } from "../vm/types.ts";
import { aOf, cOf, codeOf, opOf } from "./decode.ts";
import { OP } from "./opcodes.ts";

/** Slots that there are at least, whatever the limit: the code that is compiled is known not to need too many. */
function reserve({ stack }: LuaState, size: number): void {
  while (stack.length < size + EXTRA_STACK) stack.push(new TValue(NIL, null));
}

/** What all compiled code of this process shares. */
export const js: {
  /** Slots of the JavaScript stack that calls take which go on; 0: no compiled code runs. */
  depth: number;
  readonly reserve: (L: LuaState, size: number) => void;
} = { depth: 0, reserve };

/** Makes a frame of compiled code, and all below, what the interpreter's are. */
export function makeFrames(L: LuaState, top: CallInfo): void {
  let ci = top;
  while (ci.previous.cl !== null) ci = ci.previous;
  for (;;) {
    make(L, ci);
    if (ci === top) return;
    ci = ci.next!;
  }
}

/** The same for the innermost frame, if it is one. */
export function makeFramesOf(L: LuaState): void {
  const { ci } = L;
  if (ci.cl === null) return;
  makeFrames(L, ci);
  L.top = ci.top;
}

function make(L: LuaState, ci: CallInfo): void {
  const { previous, va } = ci;
  const cl = ci.cl!;
  if (cl instanceof HostCall) {
    makeHost(L, ci, cl);
    return;
  }
  const { p } = cl;
  const off = offsetOfCall(previous);
  let base = off + 1;
  if (p.is_vararg) base += p.numparams + (va.length >> 1);
  reserve(L, base + p.maxstacksize);
  if (p.is_vararg) spread(L, off + 1, p.numparams, va);
  const func = L.stack[off]!;
  func.type = LUA_CLOSURE;
  func.value = cl;
  ci.func = func;
  ci.funcOff = off;
  ci.nresults = wantedResults(previous);
  ci.l_base = base;
  ci.top = base + p.maxstacksize;
  ci.callstatus = ci.tailed === cl ? CIST_LUA | CIST_TAIL : CIST_LUA;
  ci.cl = null;
  ci.va = none;
  for (let i = base; i < ci.top; i++) clear(L.stack[i]!);
}

/** The frame of a protected call. */
function makeHost(L: LuaState, ci: CallInfo, { f, k }: HostCall): void {
  const off = offsetOfCall(ci.previous);
  reserve(L, off + 1 + MINSTACK);
  const func = L.stack[off]!;
  func.type = LIGHT_C_FUNCTION;
  func.value = f;
  ci.func = func;
  ci.funcOff = off;
  ci.nresults = wantedResults(ci.previous);
  ci.top = off + 1 + MINSTACK;
  ci.callstatus = CIST_YPCALL;
  ci.c_k = k;
  ci.c_ctx = undefined;
  ci.extra = off + 1;
  ci.held = 0;
  ci.calledAt = off + 1;
  ci.calledFor = MULTRET;
  ci.cl = null;
}

const none: readonly unknown[] = [];

function clear(cell: TValue): void {
  cell.type = NIL;
  cell.value = null;
}

/** The places of the parameters, which have moved, and `...` above them. */
function spread({ stack }: LuaState, from: number, parameters: number, va: readonly unknown[]): void {
  for (let i = 0; i < parameters; i++) clear(stack[from + i]!);
  for (let i = 0; i < va.length; i += 2) {
    const cell = stack[from + parameters + (i >> 1)]!;
    cell.type = va[i] as number;
    cell.value = va[i + 1];
  }
}

/** The instruction by which a frame calls, where it is that of a Lua function that calls by one. */
function callOf(ci: CallInfo): number | undefined {
  if (!(ci.callstatus & CIST_LUA)) return undefined;
  const word = codeOf((ci.func.value as LuaClosure).p).words[ci.l_savedpc - 1];
  if (word === undefined) return undefined;
  const op = opOf(word);
  return op === OP.CALL || op === OP.TAILCALL || op === OP.TFORCALL ? word : undefined;
}

/** In place of a slot: what is called lies above the frame's registers, wherever those are. */
export const ABOVE = -1;

/** Where what a frame calls lies, as far as it is compiled code that was called. */
export function offsetOfCall(ci: CallInfo): number {
  const word = callOf(ci);
  if (word === undefined) return ci.calledAt === ABOVE ? ci.top : ci.calledAt;
  return ci.l_base + aOf(word) + (opOf(word) === OP.TFORCALL ? 3 : 0);
}

/** How many results it wants. */
export function wantedResults(ci: CallInfo): number {
  const word = callOf(ci);
  if (word === undefined) return ci.calledFor;
  return opOf(word) === OP.CALL ? cOf(word) - 1 : opOf(word) === OP.TFORCALL ? cOf(word) : MULTRET;
}

/** The frame above one, made where there is none. */
export function frameAbove(ci: CallInfo): CallInfo {
  if (ci.next !== null) return ci.next;
  allocate(FRAME);
  const next = new CallInfo();
  next.previous = ci;
  ci.next = next;
  return next;
}
