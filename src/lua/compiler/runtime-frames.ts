/**
 * Where the code of a frame goes on: how calls of compiled code lie on the stack, and how compiled code is left for the
 * interpreter or suspended.
 */
import { js, makeFrames } from "../core/compiled-frames.ts";
import { suspendedInside } from "../core/protect.ts";
import { hasFailed } from "../core/raised.ts";
import { PENDING, R } from "../vm/direct.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { type LuaClosure, YIELD } from "../vm/types.ts";
import type { Instruction } from "./code.ts";
import { AGAIN, type Exit, OPEN, PAUSE, SUSPEND } from "./exits.ts";

/** The results of a call that lie on the stack, in R. @returns the first */
export function collect(L: LuaState, off: number): unknown {
  const { stack } = L;
  const count = L.top - off;
  R.count = count;
  if (count <= 0) {
    R.type = 0;
    return null;
  }
  for (let i = 1; i < count; i++) {
    const { type, value } = stack[off + i]!;
    R.types[i - 1] = type;
    R.values[i - 1] = value;
  }
  const first = stack[off]!;
  R.type = first.type;
  return first.value;
}

/**
 * Runs the innermost frame by the interpreter. Fengari's C API says by an exception that it is suspended, which must not
 * get through compiled code.
 * @returns false when it is suspended
 */
export function interpretFrame(L: LuaState): boolean {
  try {
    return L.l_G.execute(L);
  } catch (e) {
    if (e === suspendedInside) return false;
    throw e;
  }
}

/** What was called is suspended, and so is the one that called. */
export function suspended(): null {
  R.type = PENDING;
  R.count = 0;
  return null;
}

/** Writes registers to the stack. A register that closures have taken is a cell, and gets its place there. */
function spill(L: LuaState, base: number, { registers, tags, values }: Exit, handed: readonly unknown[]): void {
  const { stack } = L;
  for (let i = 0; i < registers.length; i++) {
    const at = base + registers[i]!;
    const tag = tags[i]!;
    const value = handed[values[i]!];
    if (tag === -1) stack[at] = value as never;
    else {
      const cell = stack[at]!;
      cell.type = tag >= 0 ? tag : (handed[-2 - tag] as number);
      cell.value = value;
    }
  }
}

/** The frame is handed over to the interpreter, or lies as it should while it is suspended. */
function handOver(L: LuaState, ci: CallInfo, exit: Exit, handed: readonly unknown[]): void {
  const { kind, pc } = exit;
  if (kind === SUSPEND && hasFailed()) return; // nobody goes on with it
  if (kind !== SUSPEND && kind !== PAUSE) {
    if (ci.cl !== null) makeFrames(L, ci);
    L.ci = ci;
    L.top = ci.top;
    ci.l_savedpc = kind === OPEN ? pc + 1 : pc;
  }
  spill(L, ci.l_base, exit, handed);
  if (kind === OPEN) placeOthers(L, ci, pc);
}

/** The results of a call behind the first, which is in its register, and the top after them. */
function placeOthers(L: LuaState, ci: CallInfo, pc: number): void {
  const at = ci.l_base + ((ci.func.value as LuaClosure).p.code[pc] as unknown as Instruction).A;
  const { count, types, values } = R;
  js.reserve(L, at + count);
  for (let i = 1; i < count; i++) {
    const cell = L.stack[at + i]!;
    cell.type = types[i - 1]!;
    cell.value = values[i - 1];
  }
  L.top = at + count;
}

/** Leaves a function: the interpreter goes on with it until it returns. */
export function leave(L: LuaState, ci: CallInfo, d: number, exit: Exit, ...handed: unknown[]): unknown {
  handOver(L, ci, exit, handed);
  const { kind, pc } = exit;
  if (kind === SUSPEND || kind === PAUSE) return null;
  if (kind === AGAIN || kind === OPEN) L.l_G.tier!.left((ci.func.value as LuaClosure).p, pc);
  js.depth = d + INTERPRETER;
  const off = ci.funcOff;
  return interpretFrame(L) ? collect(L, off) : suspended();
}

/** Leaves a loop: the interpreter, which has entered it, goes on with the frame. */
export function leaveLoop(L: LuaState, ci: CallInfo, _d: number, exit: Exit, ...handed: unknown[]): unknown {
  handOver(L, ci, exit, handed);
  if (exit.kind === AGAIN || exit.kind === OPEN) L.l_G.tier!.left((ci.func.value as LuaClosure).p, exit.pc);
  return null;
}

/** What the interpreter takes of the JavaScript stack, in slots. */
export const INTERPRETER = 200;

/** Whether a thread is suspended. */
export const isSuspended = (L: LuaState): boolean => L.status === YIELD;
