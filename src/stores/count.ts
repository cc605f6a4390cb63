/** Adding to numbers as Lua does: integers of 64 bits, and floats as soon as one of the two is one. */
import { Float, float, integer, isWhole, type Key, type Value } from "../value/value.ts";
import { beyondBound, notCountable } from "./errors.ts";
import type { Increment, NumberValue } from "./store.ts";

export const isNumber = (value: Value): value is NumberValue =>
  typeof value === "number" || typeof value === "bigint" || value instanceof Float;

/** The number for comparisons, which JavaScript makes exactly between its two types. */
export const plainNumber = (value: NumberValue): number | bigint => (value instanceof Float ? value.value : value);

const isIntegral = (value: NumberValue): value is number | bigint =>
  typeof value === "bigint" || (typeof value === "number" && isWhole(value));

/**
 * The number after an increment.
 * @throws INVALID when what is there is not a number, CONFLICT beyond a bound or 64 bits
 */
export function incremented(key: Key, old: Value | undefined, { by, initial, max, min }: Increment): NumberValue {
  const from = old ?? initial;
  if (!isNumber(from)) throw notCountable(key);
  const sum = add(from, by);
  const shown = plainNumber(from);
  if (sum === undefined) throw beyondBound(shown, "64 bits");
  const n = plainNumber(sum);
  if (max !== undefined && n > plainNumber(max)) throw beyondBound(shown, `max ${plainNumber(max)}`);
  if (min !== undefined && n < plainNumber(min)) throw beyondBound(shown, `min ${plainNumber(min)}`);
  return sum;
}

/** @returns undefined when it does not fit: an integer into 64 bits, a float into what is finite */
function add(a: NumberValue, b: NumberValue): NumberValue | undefined {
  if (isIntegral(a) && isIntegral(b)) {
    if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a + b)) return a + b;
    return integer(BigInt(a) + BigInt(b));
  }
  const sum = Number(plainNumber(a)) + Number(plainNumber(b));
  return Number.isFinite(sum) ? float(sum) : undefined;
}
