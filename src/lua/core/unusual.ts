/**
 * Instructions that most functions have few of: bits, powers, whole quotients, long constructors, closures,
 * variable arguments. They are behind one call in the interpreter's loop: V8 compiles that function anew when it comes to
 * a place that it has not seen before, and the less there is of it, the less often, and the sooner it is done.
 */
import { nothing, type TValue } from "../vm/cell.ts";
import { LuaClosure, type Proto, placesForMade } from "../vm/closure.ts";
import { type LuaTable, setItems } from "../vm/lua-table.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { FLOAT, INTEGER, LUA_CLOSURE } from "../vm/types.ts";
import { arith, power } from "./arith.ts";
import { noteLine } from "./coverage.ts";
import { CONSTANT, codeOf } from "./decode.ts";
import { notAnInstruction } from "./errors.ts";
import { TM } from "./metatables.ts";
import { OP } from "./opcodes.ts";
import { ensureStack } from "./stack.ts";

/** In place of the next instruction: the thread is suspended. */
export const WAITS = -1;

/** Values of a constructor that one instruction sets. */
const FIELDS_PER_FLUSH = 50;

/**
 * Runs an instruction that is not in the loop.
 * @param pc after it
 * @returns the one that comes next, or WAITS
 */
export function unusual(L: LuaState, ci: CallInfo, closure: LuaClosure, word: number, pc: number): number {
  ci.l_savedpc = pc;
  const { stack } = L;
  const base = ci.l_base;
  const { p } = closure;
  const a = base + ((word >> 6) & 255);
  switch (word & 63) {
    case OP.CLOSURE: {
      const to = stack[a]!;
      to.value = makeClosure(L, closure, word >>> 14, base);
      to.type = LUA_CLOSURE;
      return pc;
    }
    case OP.VARARG:
      spread(L, ci, p, a, (word >>> 23) - 1);
      return pc;
    case OP.SETLIST: {
      const more = ((word >>> 14) & 511) === 0; // the number is in the next word
      const batch = more ? codeOf(p).words[pc]! >>> 6 : (word >>> 14) & 511;
      const n = word >>> 23 === 0 ? L.top - a - 1 : word >>> 23;
      setItems(stack[a]!.value as LuaTable, (batch - 1) * FIELDS_PER_FLUSH, stack, a + 1, n);
      L.top = ci.top;
      return more ? pc + 1 : pc;
    }
    case OP.LOADKX: {
      const { type, value } = p.k[codeOf(p).words[pc]! >>> 6]!;
      const to = stack[a]!;
      to.type = type;
      to.value = value;
      return pc + 1;
    }
    case OP.UNM:
    case OP.BNOT:
      return unary(L, word & 63, stack[base + (word >>> 23)]!, stack[a]!) ? pc : WAITS;
    case OP.POW:
    case OP.IDIV:
    case OP.BAND:
    case OP.BOR:
    case OP.BXOR:
    case OP.SHL:
    case OP.SHR: {
      const b = word >>> 23;
      const c = (word >>> 14) & 511;
      const x = b >= CONSTANT ? p.k[b - CONSTANT]! : stack[base + b]!;
      const y = c >= CONSTANT ? p.k[c - CONSTANT]! : stack[base + c]!;
      return binary(L, word & 63, x, y, stack[a]!) ? pc : WAITS;
    }
    default:
      if (p.notes === null || !noteLine(p.notes, codeOf(p), pc - 1)) throw new Error(notAnInstruction);
      return pc - 1;
  }
}

/** Puts variable arguments to `a` and above: `wanted` of them, or all there are. */
function spread(L: LuaState, ci: CallInfo, p: Proto, a: number, wanted: number): void {
  const { stack } = L;
  const given = Math.max(0, ci.l_base - ci.funcOff - 1 - p.numparams);
  if (wanted < 0) {
    L.top = a;
    ensureStack(L, given);
    L.top = a + given;
  }
  const first = ci.l_base - given;
  const count = wanted < 0 ? given : wanted;
  for (let j = 0; j < count; j++) {
    const source = j < given ? stack[first + j]! : nothing;
    const to = stack[a + j]!;
    to.type = source.type;
    to.value = source.value;
  }
}

const isSmall = (n: unknown): n is number => ((n as number) | 0) === n;
const isFloating = (x: TValue): boolean => (x.type & ~16) === FLOAT;

function unary(L: LuaState, op: number, x: TValue, to: TValue): boolean {
  if (op === OP.UNM) {
    if (x.type === INTEGER) return set(to, INTEGER, 0 - (x.value as number));
    if (x.type === FLOAT) return set(to, FLOAT, -(x.value as number));
    return arith(L, TM.UNM, x, x, to);
  }
  if (x.type === INTEGER && isSmall(x.value)) return set(to, INTEGER, ~x.value);
  return arith(L, TM.BNOT, x, x, to);
}

/** The event of each. */
const events: Readonly<Record<number, number>> = {
  [OP.POW]: TM.POW,
  [OP.IDIV]: TM.IDIV,
  [OP.BAND]: TM.BAND,
  [OP.BOR]: TM.BOR,
  [OP.BXOR]: TM.BXOR,
  [OP.SHL]: TM.SHL,
  [OP.SHR]: TM.SHR,
};

function binary(L: LuaState, op: number, x: TValue, y: TValue, to: TValue): boolean {
  if (op === OP.POW) {
    if (isFloating(x) && isFloating(y)) return set(to, FLOAT, power(x.value as number, y.value as number));
  } else if (x.type === INTEGER && y.type === INTEGER) {
    const i = x.value;
    const j = y.value;
    if (isSmall(i) && isSmall(j)) {
      if (op === OP.BAND) return set(to, INTEGER, i & j);
      if (op === OP.BOR) return set(to, INTEGER, i | j);
      if (op === OP.BXOR) return set(to, INTEGER, i ^ j);
      if (op === OP.IDIV && j !== 0) return set(to, INTEGER, Math.floor(i / j) + 0); // exact: both have 32 bits
      // What stays within 53 bits.
      if (op === OP.SHL && i >= 0 && j >= 0 && j < 22) return set(to, INTEGER, i * (1 << j));
      if (op === OP.SHR && i >= 0 && j >= 0 && j < 22) return set(to, INTEGER, i >> j);
    }
  } else if (op === OP.IDIV && isFloating(x) && isFloating(y)) {
    return set(to, FLOAT, Math.floor((x.value as number) / (y.value as number)));
  }
  return arith(L, events[op]!, x, y, to);
}

function set(to: TValue, type: number, value: number): true {
  to.type = type;
  to.value = value;
  return true;
}

/** A function of the running one's: the one that was made before, where that has the same upvalues. */
function makeClosure(L: LuaState, parent: LuaClosure, n: number, base: number): LuaClosure {
  const p = parent.p.p[n]!;
  const { upvalues } = p;
  const { stack } = L;
  const made = parent.made ?? placesForMade(parent);
  const known = made[n];
  if (known !== undefined && hasSameUpvalues(known, parent, stack, base)) return known;
  const closure = new LuaClosure(L, upvalues.length);
  closure.p = p;
  for (let i = 0; i < upvalues.length; i++) {
    const { instack, idx } = upvalues[i]!;
    closure.upvals[i] = instack ? stack[base + idx]! : parent.upvals[idx]!;
  }
  made[n] = closure;
  return closure;
}

function hasSameUpvalues(
  { p, upvals }: LuaClosure,
  parent: LuaClosure,
  stack: readonly TValue[],
  base: number,
): boolean {
  const { upvalues } = p;
  for (let i = 0; i < upvalues.length; i++) {
    const { instack, idx } = upvalues[i]!;
    if (upvals[i] !== (instack ? stack[base + idx] : parent.upvals[idx])) return false;
  }
  return true;
}
