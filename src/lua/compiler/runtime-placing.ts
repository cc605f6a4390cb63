/** How compiled code leaves a call to the stack: which functions it calls by themselves, and where the others lie. */
import { js, makeFrames, offsetOfCall, wantedResults } from "../core/compiled-frames.ts";
import { enterLua } from "../core/frames.ts";
import { ensureStack } from "../core/stack.ts";
import { TValue as Cell } from "../vm/cell.ts";
import { type CallInfo, CIST_TAIL, type LuaState } from "../vm/thread.ts";
import { LUA_CLOSURE, type LuaClosure, NIL, type TValue } from "../vm/types.ts";
import { collect, INTERPRETER, interpretFrame, suspended } from "./runtime-frames.ts";

/** Calls may nest by so many slots of the JavaScript stack: some 160 KB. Beyond, the interpreter goes on without nesting. */
export const DEEPEST = 20_000;
/** From here on, calls in tail position give their frame back first. */
export const NEARLY: number = DEEPEST - 2000;

/** Tags and values beyond which a call is the interpreter's: JavaScript takes them from its own stack. */
export const MANY = 400;

/** Whether a function is compiled, or is now since it is called often. */
export const isHot = (L: LuaState, { p }: LuaClosure): boolean => p.jit !== null || L.l_G.tier!.isHot(p);

/** Makes the frame, and puts the function where it is called. @returns the slot */
export function place(L: LuaState, ci: CallInfo, t: number, v: unknown): number {
  if (ci.cl !== null) makeFrames(L, ci);
  L.ci = ci;
  const off = offsetOfCall(ci);
  put(L, off, t, v);
  return off;
}

export function put({ stack }: LuaState, at: number, type: number, value: unknown): void {
  const cell = stack[at]!;
  cell.type = type;
  cell.value = value;
}

/** Runs a function by the interpreter, called by the frame. */
export function interpret(L: LuaState, pci: CallInfo, d: number, cl: LuaClosure, given: readonly unknown[]): unknown {
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

/** A register that is in JavaScript's hands from here on: what it held would stay on the stack as long as that is so. */
export function forget(cell: TValue): void {
  cell.type = NIL;
  cell.value = null;
}

/** The cell of a register, of which the stack gets another one: what is left of a call there must not change it. */
export function takeCell(stack: TValue[], at: number): TValue {
  const cell = stack[at]!;
  stack[at] = new Cell(cell.type, cell.value);
  return cell;
}
