/** A thread's stack: room for frames, what closures took of it, and its overflow. */
import { burn } from "../meter/fuel.ts";
import { allocate } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import { type CallInfo, CIST_LUA, EXTRA_STACK, type LuaState, SLOT } from "../vm/thread.ts";
import { ERRERR, MAXSTACK, NIL, STRING } from "../vm/types.ts";
import { type Code, codeOf } from "./decode.ts";
import { LuaError, luaStackOverflow, messageString, runError } from "./errors.ts";

/** Slots that are made in the time of an instruction. */
const SLOTS_PER_STEP = 4;
/** Slots that a thread gets beyond the limit, for its overflow to be handled. */
const ROOM = 200;
/** More slots than any function of Lua's has for its own: `...` of a great many values is one instruction. */
const MANY = 255;

/** Makes sure that there are this many slots from the bottom, and some for metamethods. */
export function growStack(L: LuaState, size: number): void {
  const { stack } = L;
  const needed = size + EXTRA_STACK;
  if (needed > L.stack_last) overflow(L);
  let grown = needed - stack.length;
  if (grown <= 0) return;
  // A stack that grows much grows by as much again.
  grown = Math.max(grown, Math.min(stack.length >> 1, L.stack_last - stack.length));
  const length = stack.length + grown;
  allocate(SLOT * grown);
  burn(L, grown / SLOTS_PER_STEP);
  while (stack.length < length) stack.push(new TValue(NIL, null)); // to be measured may have made it shorter
}

/** Makes sure that `n` values can be pushed. */
export function ensureStack(L: LuaState, n: number): void {
  if (n > MANY) burn(L, n);
  if (L.stack.length < L.top + n + EXTRA_STACK) growStack(L, L.top + n);
}

/** Whether `n` values can be pushed; the stack has room for them then. */
export function hasRoom(L: LuaState, n: number): boolean {
  if (L.top + n + EXTRA_STACK > MAXSTACK) return false;
  ensureStack(L, n);
  if (L.ci.top < L.top + n) L.ci.top = L.top + n;
  return true;
}

function overflow(L: LuaState): never {
  if (L.stack_last > MAXSTACK) throw errorInErrorHandling();
  L.stack_last = MAXSTACK + ROOM;
  return runError(L, luaStackOverflow);
}

export const errorInErrorHandling = (): LuaError =>
  new LuaError(ERRERR, STRING, messageString("error in error handling"));

/** After an error was caught: back to a size that leaves room to overflow, and to handle it, once more. */
export function shrinkStack(L: LuaState): void {
  const { stack } = L;
  const used = usedSlots(L);
  if (stack.length > 4 * used + 200 || (L.stack_last > MAXSTACK && used < MAXSTACK)) trimStack(L, used);
  if (used < MAXSTACK) L.stack_last = MAXSTACK;
}

/** How many slots the frames have for their own. */
export function usedSlots(L: LuaState): number {
  let used = L.top;
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) if (ci.top > used) used = ci.top;
  return used + EXTRA_STACK;
}

/** Gives up what no frame has for its own: slots with what calls left in them, and frames of calls that are over. */
export function trimStack(L: LuaState, used: number = usedSlots(L)): void {
  const { stack } = L;
  while (stack.length > used) stack.pop();
  for (let i = L.top; i < used - EXTRA_STACK; i++) if (stack[i] === undefined) stack[i] = new TValue(NIL, null);
  if (!(L.ci.callstatus & CIST_LUA)) forget(L, L.top, stack.length);
  else forget(L, L.ci.top, stack.length);
  L.ci.next = null;
}

function forget({ stack }: LuaState, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const cell = stack[i]!;
    cell.type = NIL;
    cell.value = null;
  }
}

/** Leaves to closures what they took of a function's registers, from `level` on: the registers get cells of their own. */
export function closeRegisters({ stack }: LuaState, { captured }: Code, base: number, level: number): void {
  for (let i = 0; i < captured.length; i++) {
    const slot = base + captured[i]!;
    if (slot < level) continue;
    const { type, value } = stack[slot]!;
    stack[slot] = new TValue(type, value);
  }
}

/** The same for all frames above this one, which end without returning. */
export function closeFrames(L: LuaState, below: CallInfo): void {
  for (let ci = L.ci; ci !== below && ci !== L.base_ci; ci = ci.previous) {
    if (!(ci.callstatus & CIST_LUA)) continue;
    const code = codeOf((ci.func.value as LuaClosure).p);
    if (code.captured.length > 0) closeRegisters(L, code, ci.l_base, ci.l_base);
  }
}

export function push(L: LuaState, type: number, value: unknown): void {
  const cell = L.stack[L.top++]!;
  cell.type = type;
  cell.value = value;
}

/**
 * Sets the top; what is new below it is nil. Fengari's C API gives a whole number that V8 has as a double (`-0 - 1`);
 * kept as it is, it would make doubles of every stack offset of the process.
 */
export function setTop(L: LuaState, offset: number): void {
  const top = offset | 0;
  if (top > L.top) {
    if (L.stack.length < top + EXTRA_STACK) growStack(L, top);
    for (let i = L.top; i < top; i++) {
      const cell = L.stack[i]!;
      cell.type = NIL;
      cell.value = null;
    }
  }
  L.top = top;
}
