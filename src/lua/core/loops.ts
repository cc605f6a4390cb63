/** The numeric `for`, which ends at its limit however near that is to the ends of the integers. */
import type { TValue } from "../vm/cell.ts";
import { toInteger, toNumber } from "../vm/coerce.ts";
import { add, fromFloat, type Integer, lt, sub, tagOf, toBigInt } from "../vm/int64.ts";
import type { LuaState } from "../vm/thread.ts";
import { FLOAT, INT64, INTEGER, STRING } from "../vm/types.ts";
import { runError } from "./errors.ts";

const isInteger = ({ type }: TValue): boolean => type === INTEGER || type === INT64;

/** Before the first round, which `FORLOOP` begins by adding the step. */
export function prepareLoop(L: LuaState, init: TValue, limit: TValue, step: TValue): void {
  if (isInteger(init) && isInteger(step)) {
    const isUp = lt(0, step.value as Integer);
    const end = limitOf(limit, isUp);
    if (end !== undefined) {
      prepareIntegers(init, limit, step.value as Integer, end);
      return;
    }
  }
  prepareFloats(L, init, limit, step);
}

const NEVER = "never";
const ALWAYS = "always";

/** Where a loop over integers ends; undefined for what is not a number. */
function limitOf({ type, value }: TValue, isUp: boolean): Integer | typeof NEVER | typeof ALWAYS | undefined {
  if (type === INTEGER || type === INT64) return value as Integer;
  if (type === STRING) {
    const whole = toInteger(type, value);
    if (whole !== undefined) return whole;
  }
  const n = toNumber(type, value);
  if (n === undefined) return undefined;
  const whole = fromFloat(isUp ? Math.floor(n) : Math.ceil(n));
  if (whole !== undefined) return whole;
  // Past all integers, or not a number.
  return n > 0 === isUp ? ALWAYS : NEVER;
}

const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

function prepareIntegers(init: TValue, limit: TValue, by: Integer, end: Integer | typeof NEVER | typeof ALWAYS): void {
  const start = init.value as Integer;
  const before = sub(start, by);
  init.type = tagOf(before);
  init.value = before;
  if (typeof end === "number" && typeof by === "number" && typeof start === "number" && typeof before === "number") {
    limit.type = INTEGER;
    limit.value = end;
    return;
  }
  // More than 53 bits are needed, says the tag of the limit, which then holds how many rounds are left.
  limit.type = INT64;
  limit.value = end === NEVER ? 0 : rounds(toBigInt(start), end === ALWAYS ? undefined : toBigInt(end), toBigInt(by));
}

function rounds(start: bigint, limit: bigint | undefined, by: bigint): number {
  const end = limit ?? (by > 0n ? LARGEST : SMALLEST);
  if (by === 0n) return end <= start ? Number.POSITIVE_INFINITY : 0;
  if (by > 0n ? end < start : start < end) return 0;
  return Number((end - start) / by) + 1;
}

/** One round of a loop whose integers are beyond 53 bits. @returns whether there is one */
export function loopAgain(i: TValue, limit: TValue, step: TValue, variable: TValue): boolean {
  const left = limit.value as number;
  if (left === 0) return false;
  limit.value = left - 1;
  const next = add(i.value as Integer, step.value as Integer);
  i.type = variable.type = tagOf(next);
  i.value = variable.value = next;
  return true;
}

function prepareFloats(L: LuaState, init: TValue, limit: TValue, step: TValue): void {
  const end = numberOf(L, limit, "'for' limit must be a number");
  const by = numberOf(L, step, "'for' step must be a number");
  const start = numberOf(L, init, "'for' initial value must be a number");
  limit.value = end;
  step.value = by;
  init.value = start - by;
  init.type = limit.type = step.type = FLOAT;
}

function numberOf(L: LuaState, { type, value }: TValue, message: string): number {
  const n = toNumber(type, value);
  return n === undefined ? runError(L, message) : n;
}
