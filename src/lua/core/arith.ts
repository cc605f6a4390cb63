/** Arithmetic beyond what the interpreter does itself: large integers, strings, metamethods. */
import type { TValue } from "../vm/cell.ts";
import { toInteger, toNumber } from "../vm/coerce.ts";
import { add, band, bnot, bor, bxor, type Integer, idiv, mod, mul, neg, shl, shr, sub, tagOf } from "../vm/int64.ts";
import type { LuaState } from "../vm/thread.ts";
import { FLOAT, INT64, INTEGER, NIL } from "../vm/types.ts";
import {
  arithmeticError,
  divideByZero,
  moduloByZero,
  noIntegerError,
  performArithmetic,
  performBitwise,
  runError,
} from "./errors.ts";
import { binaryMethod, callMetamethod } from "./metamethods.ts";
import { TM } from "./metatables.ts";

/** `a % b` of floats: it has the sign of b. */
export function floatMod(a: number, b: number): number {
  const rest = a % b;
  return rest * b < 0 ? rest + b : rest;
}

/** `a ^ b`. JavaScript has it otherwise for 1 and NaN, and misses some powers of ten. */
export function power(a: number, b: number): number {
  if (a === 1) return 1;
  if (b === 2) return a * a;
  if (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) return 1;
  if (a === 10 && Number.isInteger(b) && b >= -323 && b <= 308) return Number(`1e${b}`);
  return a ** b;
}

function set(to: TValue, i: Integer): true {
  to.type = tagOf(i);
  to.value = i;
  return true;
}

function setFloat(to: TValue, n: number): true {
  to.type = FLOAT;
  to.value = n;
  return true;
}

const isInteger = ({ type }: TValue): boolean => type === INTEGER || type === INT64;

/**
 * An operation of two integers.
 * @returns undefined for one that integers don't have
 */
export function integerArithmetic(L: LuaState | null, event: number, a: Integer, b: Integer): Integer | undefined {
  switch (event) {
    case TM.ADD:
      return add(a, b);
    case TM.SUB:
      return sub(a, b);
    case TM.MUL:
      return mul(a, b);
    case TM.MOD:
      if (b === 0) runError(L!, moduloByZero);
      return mod(a, b);
    case TM.IDIV:
      if (b === 0) runError(L!, divideByZero);
      return idiv(a, b);
    case TM.UNM:
      return neg(a);
    default:
      return undefined;
  }
}

export function floatArithmetic(event: number, a: number, b: number): number {
  switch (event) {
    case TM.ADD:
      return a + b;
    case TM.SUB:
      return a - b;
    case TM.MUL:
      return a * b;
    case TM.MOD:
      return floatMod(a, b);
    case TM.POW:
      return power(a, b);
    case TM.DIV:
      return a / b;
    case TM.IDIV:
      return Math.floor(a / b);
    default:
      return -a;
  }
}

export function bitwise(event: number, a: Integer, b: Integer): Integer {
  switch (event) {
    case TM.BAND:
      return band(a, b);
    case TM.BOR:
      return bor(a, b);
    case TM.BXOR:
      return bxor(a, b);
    case TM.SHL:
      return shl(a, b);
    case TM.SHR:
      return shr(a, b);
    default:
      return bnot(a);
  }
}

const isBitwise = (event: number): boolean => (event >= TM.BAND && event <= TM.SHR) || event === TM.BNOT;

/** The same without metamethods. @param L null: nobody divides by zero @returns false where there has to be one */
export function rawArithmetic(L: LuaState | null, event: number, a: TValue, b: TValue, to: TValue): boolean {
  if (isBitwise(event)) {
    const i = toInteger(a.type, a.value);
    const j = i === undefined ? undefined : toInteger(b.type, b.value);
    return i !== undefined && j !== undefined && set(to, bitwise(event, i, j));
  }
  if (isInteger(a) && isInteger(b)) {
    const i = integerArithmetic(L, event, a.value as Integer, b.value as Integer);
    if (i !== undefined) return set(to, i);
  }
  const x = toNumber(a.type, a.value);
  const y = x === undefined ? undefined : toNumber(b.type, b.value);
  return x !== undefined && y !== undefined && setFloat(to, floatArithmetic(event, x, y));
}

/**
 * An operation on any two values.
 * @param event by its metamethod
 * @returns false when it is suspended in a metamethod
 */
export function arith(L: LuaState, event: number, a: TValue, b: TValue, to: TValue): boolean {
  if (rawArithmetic(L, event, a, b, to)) return true;
  const method = binaryMethod(L, a, b, event);
  if (method.type !== NIL) return callMetamethod(L, method, a, b, to);
  if (!isBitwise(event)) return arithmeticError(L, a, b, performArithmetic);
  if (toNumber(a.type, a.value) === undefined || toNumber(b.type, b.value) === undefined) {
    return arithmeticError(L, a, b, performBitwise);
  }
  return noIntegerError(L, toInteger(a.type, a.value) === undefined ? a : b);
}
