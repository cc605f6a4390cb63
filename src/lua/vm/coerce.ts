/** What arithmetic takes for numbers: strings that look like them, and floats that are integers. */
import type { ByteString } from "../../value/value.ts";
import { fromFloat, type Integer, type LuaNumber, toFloat } from "./int64.ts";
import { numeral, readNumeral } from "./numeral.ts";
import { FLOAT, INT64, INTEGER, NIL, STRING } from "./tags.ts";

/** A value as a float; undefined for one that is not a number, nor a string that is one. */
export function toNumber(type: number, value: unknown): number | undefined {
  if (type === FLOAT || type === INTEGER) return value as number;
  if (type === INT64) return toFloat(value as LuaNumber);
  if (type !== STRING) return undefined;
  return readNumeral((value as ByteString).binary) === NIL ? undefined : toFloat(numeral.value);
}

/** A value as an integer; undefined for one that is not one. */
export function toInteger(type: number, value: unknown): Integer | undefined {
  if (type === INTEGER || type === INT64) return value as Integer;
  if (type === FLOAT) return fromFloat(value as number);
  if (type !== STRING) return undefined;
  const tag = readNumeral((value as ByteString).binary);
  if (tag === NIL) return undefined;
  return tag === FLOAT ? fromFloat(numeral.value as number) : numeral.value;
}
