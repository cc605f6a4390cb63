/**
 * What compiled code does by the interpreter's own functions, where the usual form was left too often: metamethods,
 * large integers, strings as numbers. Each answers the value of its result, with the tag in R, or PENDING there when it
 * is suspended.
 */
import { index, setIndex } from "../core/access.ts";
import { arith } from "../core/arith.ts";
import { equals, lessEqual, lessThan } from "../core/compare.ts";
import { ABOVE, js, makeFrames } from "../core/compiled-frames.ts";
import { concat as concatTop } from "../core/concat.ts";
import { len } from "../core/length.ts";
import { hasMethod, readMethod, TM } from "../core/metatables.ts";
import { suspendedInside } from "../core/protect.ts";
import { push } from "../core/stack.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import { R } from "../vm/direct.ts";
import { found, type LuaTable, read } from "../vm/lua-table.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { BOOLEAN, LUA_CLOSURE, MAXCCALLS, NIL, TABLE, USERDATA } from "../vm/types.ts";
import * as op from "./code.ts";
import { INTERPRETER, suspended } from "./runtime-frames.ts";
import { callNext } from "./runtime-tail-calls.ts";

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

/** @param d slots of the JavaScript stack that are taken */
type Generic = (L: LuaState, ci: CallInfo, pc: number, d: number, ...operands: never[]) => unknown;

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
  (L: LuaState, ci: CallInfo, pc: number, d: number, ...operands: A): unknown => {
    const { depth } = js;
    if (d > depth) js.depth = d;
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

const anyArithmetic = deep((L, ci, pc, ta: number, va: unknown, tb: number, vb: unknown) => {
  const to = new TValue(NIL, null);
  const { opcode, B, C } = codeAt(closureOf(ci), pc);
  const a = operand(L, ci, B, ta, va);
  const isUnary = opcode === op.UNM || opcode === op.BNOT;
  const b = isUnary ? a : operand(L, ci, C, tb, vb);
  return arith(L, events.get(opcode)!, a, b, to) ? result(to) : suspended();
});

/** An operation on two values, or on one that is given twice. */
export function arithmetic(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
): unknown {
  if (ta === TABLE || tb === TABLE) {
    const event = events.get(codeAt((ci.cl as LuaClosure | null) ?? closureOf(ci), pc).opcode)!;
    const f =
      methodOfTable(L, ta, va, event) ?? (hasMethodOf(ta, va, event) ? undefined : methodOfTable(L, tb, vb, event));
    if (f !== undefined) return callMethod(L, ci, pc, d, f, ta, va, tb, vb);
  }
  return anyArithmetic(L, ci, pc, d, ta, va, tb, vb);
}

const anyIndex = deep((L, ci, pc, t: number, v: unknown, tk: number, vk: unknown) => {
  const to = new TValue(NIL, null);
  return index(L, tableOf(L, ci, pc, t, v), new TValue(tk, vk), to) ? result(to) : suspended();
});

/** The value of a key for which a function is asked, or which there are no tables for. */
export function indexBy(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  t: number,
  v: unknown,
  tk: number,
  vk: unknown,
): unknown {
  const f = t === TABLE ? functionBehind(L, v as LuaTable, tk, vk) : undefined;
  if (f === undefined) return anyIndex(L, ci, pc, d, t, v, tk, vk);
  const table = asked;
  asked = undefined; // it is a state's, which may end
  return callMethod(L, ci, pc, d, f, TABLE, table, tk, vk);
}

/** The table for which the function that was found last is asked. */
let asked: LuaTable | undefined;

/** The compiled function that is asked for a key which no table in the chain of `__index` has. */
function functionBehind(L: LuaState, of: LuaTable, tk: number, vk: unknown): LuaClosure | undefined {
  let table = of;
  for (let n = 0; n < CHAIN; n++) {
    if (n > 0) {
      read(table, tk, vk);
      if (isThere()) return undefined;
    }
    const { metatable } = table;
    if (metatable === null) return undefined;
    const method = readMethod(metatable, TM.INDEX);
    if (found.type === LUA_CLOSURE) {
      asked = table;
      return compiled(L, method as LuaClosure);
    }
    if (found.type !== TABLE) return undefined;
    table = method as LuaTable;
  }
  return undefined;
}

const isThere = (): boolean => found.type !== NIL;
const CHAIN = 20;

/** A function that can be called as compiled code calls. */
const compiled = (L: LuaState, f: LuaClosure): LuaClosure | undefined =>
  f.p.jit !== null && L.nCcalls < MOST_NESTED ? f : undefined;
/** Calls of metamethods within each other, of which the last ones are the interpreter's, which says where they end. */
const MOST_NESTED = MAXCCALLS - 10;

/** The compiled metamethod of a table for an event. */
function methodOfTable(L: LuaState, t: number, v: unknown, event: number): LuaClosure | undefined {
  if (t !== TABLE) return undefined;
  const { metatable } = v as LuaTable;
  if (metatable === null) return undefined;
  const method = readMethod(metatable, event);
  return found.type === LUA_CLOSURE ? compiled(L, method as LuaClosure) : undefined;
}

/** Whether a value may have a metamethod for an event. */
function hasMethodOf(t: number, v: unknown, event: number): boolean {
  if (t !== TABLE) return t === USERDATA;
  const { metatable } = v as LuaTable;
  return metatable !== null && hasMethod(metatable, event);
}

/** What these functions take of the JavaScript stack, in slots. */
const HELPERS = 60;

/** Calls a compiled metamethod with two values. @returns its first result */
function callMethod(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  f: LuaClosure,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
): unknown {
  ci.l_savedpc = pc + 1;
  ci.calledAt = ABOVE;
  ci.calledFor = 1;
  L.nCcalls++;
  let value = f.p.jit!(L, ci, d + HELPERS, f, ta, va, tb, vb);
  if (R.type < 0) {
    value = callNext(L, ci, d);
    if (R.type < 0) return value;
  }
  L.nCcalls--;
  return value;
}

const anyAssignment = deep((L, ci, pc, t: number, v: unknown, tk: number, vk: unknown, tv: number, vv: unknown) => {
  if (!setIndex(L, tableOf(L, ci, pc, t, v), new TValue(tk, vk), new TValue(tv, vv))) return suspended();
  R.type = NIL;
  return null;
});

/** Sets the value of a key for which a function is asked, or whatever else is not usual. */
export function assignBy(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  t: number,
  v: unknown,
  tk: number,
  vk: unknown,
  tv: number,
  vv: unknown,
): unknown {
  const f = t === TABLE && tk !== NIL ? methodOfTable(L, t, v, TM.NEWINDEX) : undefined;
  if (f !== undefined) {
    read(v as LuaTable, tk, vk);
    if (!isThere()) {
      ci.l_savedpc = pc + 1;
      ci.calledAt = ABOVE;
      ci.calledFor = 0;
      L.nCcalls++;
      f.p.jit!(L, ci, d + HELPERS, f, t, v, tk, vk, tv, vv);
      if (R.type < 0) {
        callNext(L, ci, d);
        if (R.type < 0) return null;
      }
      L.nCcalls--;
      R.type = NIL;
      return null;
    }
  }
  return anyAssignment(L, ci, pc, d, t, v, tk, vk, tv, vv);
}

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

const anyEquality = deep((L, _ci, _pc, ta: number, va: unknown, tb: number, vb: unknown) =>
  answer(equals(L, new TValue(ta, va), new TValue(tb, vb))),
);

const anyOrder = deep((L, ci, pc, ta: number, va: unknown, tb: number, vb: unknown) => {
  const compare = codeAt(closureOf(ci), pc).opcode === op.LT ? lessThan : lessEqual;
  return answer(compare(L, new TValue(ta, va), new TValue(tb, vb)));
});

/** What a comparison comes to that a compiled metamethod answers. */
function truth(value: unknown): unknown {
  if (R.type < 0) return null;
  const isTrue = R.type !== NIL && value !== false;
  R.type = BOOLEAN;
  return isTrue;
}

/** Whether two values are equal to which `__eq` may have to say something. */
export function equalBy(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
): unknown {
  const f = ta === TABLE && tb === TABLE && va !== vb ? methodOfTable(L, ta, va, TM.EQ) : undefined;
  if (f !== undefined) return truth(callMethod(L, ci, pc, d, f, ta, va, tb, vb));
  return anyEquality(L, ci, pc, d, ta, va, tb, vb);
}

/** Whether a value is less than another, or no more than that, to which a metamethod may have to say something. */
export function orderBy(
  L: LuaState,
  ci: CallInfo,
  pc: number,
  d: number,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
): unknown {
  if (ta === TABLE) {
    const event = codeAt((ci.cl as LuaClosure | null) ?? closureOf(ci), pc).opcode === op.LT ? TM.LT : TM.LE;
    const f = methodOfTable(L, ta, va, event);
    if (f !== undefined) return truth(callMethod(L, ci, pc, d, f, ta, va, tb, vb));
  }
  return anyOrder(L, ci, pc, d, ta, va, tb, vb);
}
