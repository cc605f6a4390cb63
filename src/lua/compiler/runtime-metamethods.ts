/**
 * What compiled code does by the interpreter's own functions, where the usual form was left too often: metamethods,
 * large integers, strings as numbers. Each answers the value of its result, with the tag in R, or PENDING there when it
 * is suspended.
 */
import { index, setIndex } from "../core/access.ts";
import { arith } from "../core/arith.ts";
import { equals, lessEqual, lessThan } from "../core/compare.ts";
import { js, makeFrames } from "../core/compiled-frames.ts";
import { concat as concatTop } from "../core/concat.ts";
import { len } from "../core/length.ts";
import { TM } from "../core/metatables.ts";
import { suspendedInside } from "../core/protect.ts";
import { push } from "../core/stack.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import { R } from "../vm/direct.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { BOOLEAN, NIL } from "../vm/types.ts";
import * as op from "./code.ts";
import { INTERPRETER, suspended } from "./runtime-frames.ts";

/** Makes the frame what the interpreter's is within this instruction. */
function place(L: LuaState, ci: CallInfo, pc: number): void {
  ci.l_savedpc = pc + 1;
  if (ci.cl !== null) makeFrames(L, ci);
  L.ci = ci;
  L.top = ci.top;
  js.depth += INTERPRETER;
}

function result({ type, value }: TValue): unknown {
  R.type = type;
  return value;
}

const events = new Map([
  [op.ADD, TM.ADD],
  [op.SUB, TM.SUB],
  [op.MUL, TM.MUL],
  [op.MOD, TM.MOD],
  [op.POW, TM.POW],
  [op.DIV, TM.DIV],
  [op.IDIV, TM.IDIV],
  [op.BAND, TM.BAND],
  [op.BOR, TM.BOR],
  [op.BXOR, TM.BXOR],
  [op.SHL, TM.SHL],
  [op.SHR, TM.SHR],
  [op.UNM, TM.UNM],
  [op.BNOT, TM.BNOT],
]);

const codeAt = (cl: LuaClosure, pc: number): op.Instruction => cl.p.code[pc] as unknown as op.Instruction;
const closureOf = (ci: CallInfo): LuaClosure => ci.func.value as LuaClosure;

type Generic = (L: LuaState, ci: CallInfo, pc: number, ...operands: never[]) => unknown;

/** An operand where messages find its name: in its register. */
function operand(L: LuaState, ci: CallInfo, x: number, t: number, v: unknown): TValue {
  if (op.isConstant(x)) return new TValue(t, v);
  const cell = L.stack[ci.l_base + x]!;
  cell.type = t;
  cell.value = v;
  return cell;
}

/** Within the helpers' own use of JavaScript's stack. */
const deep =
  <A extends unknown[]>(f: (L: LuaState, ci: CallInfo, pc: number, ...operands: A) => unknown) =>
  (L: LuaState, ci: CallInfo, pc: number, ...operands: A): unknown => {
    const { depth } = js;
    place(L, ci, pc);
    try {
      return f(L, ci, pc, ...operands);
    } catch (e) {
      if (e === suspendedInside) return suspended();
      throw e;
    } finally {
      js.depth = depth;
    }
  };

export const arithmetic: Generic = deep((L, ci, pc, ta: number, va: unknown, tb: number, vb: unknown) => {
  const to = new TValue(NIL, null);
  const { opcode, B, C } = codeAt(closureOf(ci), pc);
  const a = operand(L, ci, B, ta, va);
  const isUnary = opcode === op.UNM || opcode === op.BNOT;
  const b = isUnary ? a : operand(L, ci, C, tb, vb);
  return arith(L, events.get(opcode)!, a, b, to) ? result(to) : suspended();
});

export const indexBy: Generic = deep((L, ci, pc, t: number, v: unknown, tk: number, vk: unknown) => {
  const to = new TValue(NIL, null);
  return index(L, tableOf(L, ci, pc, t, v), new TValue(tk, vk), to) ? result(to) : suspended();
});

export const assignBy: Generic = deep(
  (L, ci, pc, t: number, v: unknown, tk: number, vk: unknown, tv: number, vv: unknown) => {
    if (!setIndex(L, tableOf(L, ci, pc, t, v), new TValue(tk, vk), new TValue(tv, vv))) return suspended();
    R.type = NIL;
    return null;
  },
);

/** The table of an instruction: a variable of another function's, or a register. */
function tableOf(L: LuaState, ci: CallInfo, pc: number, t: number, v: unknown): TValue {
  const { opcode, A, B } = codeAt(closureOf(ci), pc);
  if (opcode === op.GETTABUP) return closureOf(ci).upvals[B]!;
  if (opcode === op.SETTABUP) return closureOf(ci).upvals[A]!;
  return operand(L, ci, opcode === op.SETTABLE ? A : B, t, v);
}

export const lengthBy: Generic = deep((L, ci, pc, t: number, v: unknown) => {
  const to = new TValue(NIL, null);
  return len(L, operand(L, ci, codeAt(closureOf(ci), pc).B, t, v), to) ? result(to) : suspended();
});

/** @param list tags and values, which lie in registers of the frame where a metamethod goes on with them */
export const concatBy: Generic = deep((L, ci, pc, list: readonly unknown[]) => {
  const { B } = codeAt(closureOf(ci), pc);
  L.top = ci.l_base + B;
  for (let i = 0; i < list.length; i += 2) push(L, list[i] as number, list[i + 1]);
  if (!concatTop(L, list.length >> 1)) return suspended();
  const { type, value } = L.stack[L.top - 1]!;
  L.top = ci.top;
  R.type = type;
  return value;
});

const answer = (found: number): unknown => {
  if (found < 0) return suspended();
  R.type = BOOLEAN;
  return found > 0;
};

export const equalBy: Generic = deep((L, _ci, _pc, ta: number, va: unknown, tb: number, vb: unknown) =>
  answer(equals(L, new TValue(ta, va), new TValue(tb, vb))),
);

export const orderBy: Generic = deep((L, ci, pc, ta: number, va: unknown, tb: number, vb: unknown) => {
  const compare = codeAt(closureOf(ci), pc).opcode === op.LT ? lessThan : lessEqual;
  return answer(compare(L, new TValue(ta, va), new TValue(tb, vb)));
});
