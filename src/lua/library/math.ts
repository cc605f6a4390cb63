/**
 * `math`. Each state has random numbers of its own, so that scripts can neither steer nor watch each other by them.
 */

import { power } from "../core/arith.ts";
import { stateOf } from "../core/state-of.ts";
import { newCell } from "../vm/cell.ts";
import { argError, fail } from "../vm/direct.ts";
import {
  add,
  fromFloat,
  highOf,
  type Int64,
  type Integer,
  ult as isUnsignedLess,
  type LuaNumber,
  le,
  lowOf,
  lt,
  MAX_INTEGER,
  MIN_INTEGER,
  neg,
  ofWords,
  remainder,
  sub,
  toFloat,
} from "../vm/int64.ts";
import { FLOAT, INT64, INTEGER, type LuaCFunction, type LuaState, STRING, type TValue } from "../vm/types.ts";
import { anyArg, floatArg, given, integerArg, isMissing, numberArg, toInteger } from "./args.ts";
import {
  alsoAnswer,
  answer,
  answerBoolean,
  answerFloat,
  answerInteger,
  answerNil,
  answerNothing,
  answerText,
  direct,
  type Functions,
  variadic,
} from "./define.ts";
import { intervalEmpty, intervalTooLarge, valueExpected, wrongArgumentCount } from "./errors.ts";

/** A function of one float. */
const ofFloat = (f: (n: number) => number): LuaCFunction =>
  direct((L, _, t, v) => answerFloat(f(floatArg(L, 1, t, v))));

/** A number, whose tag is in `given`; a string gives a float, also one of an integer, as in the reference implementation. */
function numberOrText(L: LuaState, arg: number, t: number | undefined, v: unknown): Integer {
  const n = numberArg(L, arg, t, v);
  if (t !== STRING || given.tag === FLOAT) return n;
  given.tag = FLOAT;
  return toFloat(n);
}

/** A float that was rounded: an integer where it fits one. */
function answerRounded(n: number): unknown {
  const i = fromFloat(n);
  return i === undefined ? answerFloat(n) : answerInteger(i);
}

const rounded = (round: (n: number) => number): LuaCFunction =>
  direct((L, _, t, v) => {
    if (t === INTEGER || t === INT64) return answer(t, v);
    return answerRounded(round(numberOrText(L, 1, t, v) as number));
  });

const abs = direct((L, _, t, v) => {
  const n = numberOrText(L, 1, t, v);
  if (given.tag === FLOAT) return answerFloat(Math.abs(n as number));
  return answerInteger(lt(n, 0) ? neg(n) : n);
});

const fmod = direct((L, _, t0, v0, t1, v1) => {
  const a = numberOrText(L, 1, t0, v0);
  const aIsFloat = given.tag === FLOAT;
  const b = numberOrText(L, 2, t1, v1);
  if (aIsFloat || given.tag === FLOAT) return answerFloat(toFloat(a) % toFloat(b));
  if (b === 0) argError(L, 2, "zero");
  return answerInteger(remainder(a, b));
});

const modf = direct((L, _, t, v) => {
  const n = numberOrText(L, 1, t, v);
  const isFloat = given.tag === FLOAT;
  const whole = isFloat ? Math.trunc(n as number) : n;
  const first = isFloat ? answerRounded(whole as number) : answerInteger(n);
  alsoAnswer(FLOAT, isFloat && n !== whole ? (n as number) - (whole as number) : 0);
  return first;
});

const log = direct((L, _, t0, v0, t1, v1) => {
  const n = floatArg(L, 1, t0, v0);
  if (isMissing(t1)) return answerFloat(Math.log(n));
  const base = floatArg(L, 2, t1, v1);
  return answerFloat(base === 2 ? Math.log2(n) : base === 10 ? Math.log10(n) : Math.log(n) / Math.log(base));
});

const atan = direct((L, _, t0, v0, t1, v1) =>
  answerFloat(Math.atan2(floatArg(L, 1, t0, v0), isMissing(t1) ? 1 : floatArg(L, 2, t1, v1))),
);

/** @param isBetter whether the second is to be taken and not the first */
const extreme = (isBetter: (best: LuaNumber, next: LuaNumber) => boolean): LuaCFunction =>
  variadic((L, { n, types, values }) => {
    if (n === 0) argError(L, 1, valueExpected);
    let best = numberArg(L, 1, types[0], values[0]);
    let tag = given.tag;
    for (let i = 1; i < n; i++) {
      const next = numberArg(L, i + 1, types[i], values[i]);
      if (!isBetter(best, next)) continue;
      best = next;
      tag = given.tag;
    }
    return answer(tag, best);
  });

const tointeger = direct((L, _, t, v) => {
  const i = toInteger(t, v);
  if (i !== undefined) return answerInteger(i);
  anyArg(L, 1, t);
  return answerNil();
});

const type = direct((L, _, t) => {
  if (t === FLOAT) return answerText("float");
  if (t === INTEGER || t === INT64) return answerText("integer");
  anyArg(L, 1, t);
  return answerNil();
});

const ult = direct((L, _, t0, v0, t1, v1) =>
  answerBoolean(isUnsignedLess(integerArg(L, 1, t0, v0), integerArg(L, 2, t1, v1))),
);

// ---- random numbers ----

const WORD = 2 ** 32;

const random = variadic((L, { n, types, values }) => {
  const source = stateOf(L).random;
  if (n === 0) return answerFloat(source.next());
  if (n > 2) fail(L, wrongArgumentCount);
  const low = n === 1 ? 1 : integerArg(L, 1, types[0], values[0]);
  const high = integerArg(L, n, types[n - 1], values[n - 1]);
  if (!le(low, high)) argError(L, 1, intervalEmpty);
  if (lt(low, 0) && lt(add(MAX_INTEGER, low), high)) argError(L, 1, intervalTooLarge);
  const distance = sub(high, low);
  const r = source.next();
  if (typeof distance === "number") return answerInteger(add(low, Math.floor(r * (distance + 1))));
  return answerInteger(
    add(
      low,
      below(distance, r, () => source.next()),
    ),
  );
});

/** An integer from 0 to `most`, which has more than 53 bits: bits by chance, until they are few enough. */
function below(most: Int64, first: number, next: () => number): Integer {
  for (let r = first; ; r = next()) {
    const candidate = ofWords(Math.floor(r * (most.hi + 1)), (next() * WORD) | 0);
    if (le(candidate, most)) return candidate;
  }
}

const randomseed = direct((L, _, t, v) => {
  const n = numberArg(L, 1, t, v);
  const i = given.tag === FLOAT ? (fromFloat(Math.trunc(n as number)) ?? 0) : n;
  seedWith(L, i);
  return answerNothing();
});

const seedWith = (L: LuaState, i: Integer): void => stateOf(L).random.seed(lowOf(i), highOf(i));

export const math: Functions = {
  abs,
  acos: ofFloat(Math.acos),
  asin: ofFloat(Math.asin),
  atan,
  ceil: rounded(Math.ceil),
  cos: ofFloat(Math.cos),
  deg: ofFloat((n) => n * (180 / Math.PI)),
  exp: ofFloat(Math.exp),
  floor: rounded(Math.floor),
  fmod,
  log,
  max: extreme((best, next) => lt(best, next)),
  min: extreme((best, next) => lt(next, best)),
  modf,
  rad: ofFloat((n) => n * (Math.PI / 180)),
  random,
  randomseed,
  sin: ofFloat(Math.sin),
  sqrt: ofFloat(Math.sqrt),
  tan: ofFloat(Math.tan),
  tointeger,
  type,
  ult,
};

/** What Lua 5.3 has only where it is built for compatibility with earlier versions. */
export const mathOfBefore: Functions = {
  atan2: atan,
  cosh: ofFloat(Math.cosh),
  log10: ofFloat(Math.log10),
  pow: direct((L, _, t0, v0, t1, v1) => answerFloat(power(floatArg(L, 1, t0, v0), floatArg(L, 2, t1, v1)))),
  sinh: ofFloat(Math.sinh),
  tanh: ofFloat(Math.tanh),
};

export const mathConstants: Readonly<Record<string, TValue>> = {
  huge: newCell(FLOAT, Number.POSITIVE_INFINITY),
  maxinteger: newCell(INT64, MAX_INTEGER),
  mininteger: newCell(INT64, MIN_INTEGER),
  pi: newCell(FLOAT, Math.PI),
};
