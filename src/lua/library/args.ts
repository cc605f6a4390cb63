/** Arguments of functions of the library, as `luaL_check…` and `luaL_opt…` read them. `arg` is counted from 1. */

import { ByteString } from "../../value/value.ts";
import { argError, typeError } from "../vm/direct.ts";
import { fromFloat, type Integer, toFloat } from "../vm/int64.ts";
import { numberText, numeral, readNumeral } from "../vm/numeral.ts";
import { FLOAT, INT64, INTEGER, type LuaState, type LuaTable, NIL, STRING, TABLE } from "../vm/types.ts";
import { noIntegerRepresentation, valueExpected } from "./errors.ts";
import { binaryOf } from "./text.ts";

/** Whether an argument is nil, or was not given. */
export const isMissing = (t: number | undefined): boolean => t === undefined || t === NIL;

/** A string; a number is one, too. */
export function stringArg(L: LuaState, arg: number, t: number | undefined, v: unknown): ByteString {
  if (t === STRING) return v as ByteString;
  if (t !== undefined && (t & 0x0f) === FLOAT) return ByteString.fromAscii(numberText(t, v));
  return typeError(L, arg, "string", t, v);
}

/** An integer, a whole float, or a string that is read as one of those. */
export function integerArg(L: LuaState, arg: number, t: number | undefined, v: unknown): Integer {
  if (t === INTEGER || t === INT64) return v as Integer;
  const i = toInteger(t, v);
  if (i !== undefined) return i;
  const isNumber = t === FLOAT || (t === STRING && readNumeral(binaryOf(v as ByteString)) !== NIL);
  return isNumber ? argError(L, arg, noIntegerRepresentation) : typeError(L, arg, "number", t, v);
}

export const optIntegerArg = (
  L: LuaState,
  arg: number,
  t: number | undefined,
  v: unknown,
  otherwise: Integer,
): Integer => (isMissing(t) ? otherwise : integerArg(L, arg, t, v));

/**
 * An integer of which only the size matters: a position, or a count. It is exact where anything can be so long, and
 * about right beyond.
 */
export function sizeArg(L: LuaState, arg: number, t: number | undefined, v: unknown): number {
  return t === INTEGER ? (v as number) : toFloat(integerArg(L, arg, t, v));
}

export const optSizeArg = (L: LuaState, arg: number, t: number | undefined, v: unknown, otherwise: number): number =>
  isMissing(t) ? otherwise : sizeArg(L, arg, t, v);

/** A number as a float. */
export function floatArg(L: LuaState, arg: number, t: number | undefined, v: unknown): number {
  if (t === FLOAT || t === INTEGER) return v as number;
  return toFloat(numberArg(L, arg, t, v));
}

/** The tag of what `numberArg` gave. */
export const given: { tag: number } = { tag: 0 };

/** A number, whose tag is in `given`; a string that is one is read. */
export function numberArg(L: LuaState, arg: number, t: number | undefined, v: unknown): Integer {
  if (t !== undefined && (t & 0x0f) === FLOAT) {
    given.tag = t;
    return v as Integer;
  }
  if (t === STRING && (given.tag = readNumeral(binaryOf(v as ByteString))) !== NIL) return numeral.value;
  return typeError(L, arg, "number", t, v);
}

export function tableArg(L: LuaState, arg: number, t: number | undefined, v: unknown): LuaTable {
  return t === TABLE ? (v as LuaTable) : typeError(L, arg, "table", t, v);
}

/** Any value. @throws for one that was not given */
export function anyArg(L: LuaState, arg: number, t: number | undefined): number {
  return t === undefined ? argError(L, arg, valueExpected) : t;
}

/** The integer that a value is, or is read as; undefined for any other. */
export function toInteger(t: number | undefined, v: unknown): Integer | undefined {
  if (t === INTEGER || t === INT64) return v as Integer;
  if (t === FLOAT) return fromFloat(v as number);
  if (t !== STRING) return undefined;
  const tag = readNumeral(binaryOf(v as ByteString));
  return tag === NIL ? undefined : tag === FLOAT ? fromFloat(numeral.value as number) : numeral.value;
}

/** Where a position from the end lies, from the beginning; 0 before it. */
export const positionFrom = (position: number, length: number): number =>
  position >= 0 ? position : -position > length ? 0 : length + position + 1;
