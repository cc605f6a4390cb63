/** The basic functions that look at a value, and change nothing but a table: `type`, `tostring`, `rawget`, `pairs` … */

import { ByteString } from "../../value/value.ts";
import { rawEquals } from "../core/compare.ts";
import { metafield, metatableOf } from "../core/metatables.ts";
import {
  answerFailure,
  argError,
  type Direct,
  type DirectFunction,
  fail,
  LuaFailure,
  NEEDS_FRAME,
  R,
  takeFailure,
  typeError,
  typeName,
} from "../vm/direct.ts";
import { add, type Integer, tagOf } from "../vm/int64.ts";
import { entry, found, length, nextEntry, read, readInteger, write } from "../vm/lua-table.ts";
import { numeral, readInBase, readNumeral } from "../vm/numeral.ts";
import {
  type Continuation,
  FLOAT,
  INTEGER,
  LIGHT_C_FUNCTION,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
  SUSPENDED,
  TABLE,
  USERDATA,
} from "../vm/types.ts";
import { anyArg, integerArg, isMissing, optSizeArg, sizeArg, tableArg } from "./args.ts";
import {
  alsoAnswer,
  answer,
  answerBoolean,
  answerInteger,
  answerNil,
  answerNothing,
  answerSmall,
  answerString,
  callDirect,
  direct,
  either,
  type Functions,
  variadic,
} from "./define.ts";
import {
  assertionFailed,
  baseOutOfRange,
  indexOutOfRange,
  nilOrTableExpected,
  protectedMetatable,
  readOnlyMetatable,
  tableOrStringExpected,
  valueExpected,
} from "./errors.ts";
import { callk, ensureStack, push, tagAt, valueAt } from "./stack.ts";
import * as steps from "./steps.ts";
import { integerSlot } from "./table-like.ts";
import { binaryOf } from "./text.ts";
import { callTostring, plainString, takeText, tostringMethod } from "./tostring.ts";

const typeStrings: readonly ByteString[] = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((tag) =>
  ByteString.fromAscii(typeName(tag)),
);

const type = direct((L, _, t) => answerString(typeStrings[anyArg(L, 1, t) & 0x0f]!));

// ---- tostring and tonumber ----

const tostring = either(
  (L, _, t, v) => {
    anyArg(L, 1, t);
    if (t === STRING) return answer(STRING, v);
    if (tostringMethod(L, t!, v) !== undefined) return (R.type = NEEDS_FRAME);
    return answerString(plainString(L, t!, v));
  },
  (L) => {
    const t = anyArg(L, 1, tagAt(L, 1));
    const v = valueAt(L, 1);
    const method = tostringMethod(L, t, v);
    if (method === undefined) push(L, STRING, plainString(L, t, v));
    else if (!callTostring(L, method, t, v, undefined, toText)) return SUSPENDED;
    else return toText(L, 0, undefined);
    return 1;
  },
);

const toText: Continuation = (L) => {
  push(L, STRING, takeText(L));
  return 1;
};

const tonumber = direct((L, _, t0, v0, t1, v1) => {
  if (!isMissing(t1)) return inBase(L, t0, v0, sizeArg(L, 2, t1, v1));
  anyArg(L, 1, t0);
  if ((t0! & 0x0f) === FLOAT) return answer(t0!, v0);
  const tag = t0 === STRING ? readNumeral(binaryOf(v0 as ByteString)) : NIL;
  return tag === NIL ? answerNil() : answer(tag, numeral.value);
});

function inBase(L: LuaState, t: number | undefined, v: unknown, base: number): unknown {
  if (t !== STRING) typeError(L, 1, "string", t, v);
  if (!(base >= 2 && base <= 36)) argError(L, 2, baseOutOfRange);
  const n = readInBase(binaryOf(v as ByteString), base);
  return n === undefined ? answerNil() : answerInteger(n);
}

// ---- select, assert, error ----

const SHARP = "#";

const select = variadic((L, { n, types, values }) => {
  if (n > 0 && types[0] === STRING && (values[0] as ByteString).binary[0] === SHARP) return answerSmall(n - 1);
  const i = sizeArg(L, 1, n > 0 ? types[0] : undefined, values[0]);
  const from = i < 0 ? n + i : i > n ? n : i;
  if (from < 1) argError(L, 1, indexOutOfRange);
  const count = n - from;
  if (count === 0) return answerNothing();
  for (let k = 1; k < count; k++) {
    R.types[k - 1] = types[from + k]!;
    R.values[k - 1] = values[from + k];
  }
  R.type = types[from]!;
  R.count = count;
  return values[from];
});

const isTrue = (t: number, v: unknown): boolean => t !== NIL && v !== false;

const assert = variadic((L, { n, types, values }) => {
  if (n === 0) argError(L, 1, valueExpected);
  if (!isTrue(types[0]!, values[0])) {
    if (n === 1) fail(L, assertionFailed);
    failWith(types[1]!, values[1], 1);
  }
  for (let k = 1; k < n; k++) {
    R.types[k - 1] = types[k]!;
    R.values[k - 1] = values[k];
  }
  R.type = types[0]!;
  R.count = n;
  return values[0];
});

/** What raises a value; text gets the position of a level. */
const failureWith = (t: number, v: unknown, level: number): LuaFailure =>
  new LuaFailure(t, v, t === STRING && level > 0 ? level : 0, 0);

function failWith(t: number, v: unknown, level: number): never {
  throw failureWith(t, v, level);
}

const error: DirectFunction = (L) => {
  callDirect(L, raiseError);
  throw takeFailure();
};

const raiseError: Direct = (L, _, t0, v0, t1, v1) =>
  answerFailure(failureWith(t0 ?? NIL, v0 ?? null, optSizeArg(L, 2, t1, v1, 1)));

error.direct = raiseError;

// ---- tables without metamethods ----

const rawequal = direct((L, _, t0, v0, t1, v1) => {
  anyArg(L, 1, t0);
  anyArg(L, 2, t1);
  return answerBoolean(rawEquals(t0!, v0, t1!, v1));
});

const rawlen = direct((L, _, t, v) => {
  if (t === TABLE) return answerSmall(length(v as LuaTable));
  if (t === STRING) return answerSmall((v as ByteString).length);
  return argError(L, 1, tableOrStringExpected);
});

const rawget = direct((L, _, t0, v0, t1, v1) => {
  const table = tableArg(L, 1, t0, v0);
  const value = read(table, anyArg(L, 2, t1), v1);
  return answer(found.type, value);
});

// Without a position: no code of the script's is at fault for the reference implementation.
const nilIndex = ByteString.fromAscii("table index is nil");
const nanIndex = ByteString.fromAscii("table index is NaN");

const rawset = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const table = tableArg(L, 1, t0, v0);
  anyArg(L, 2, t1);
  if (t1 === NIL) failWith(STRING, nilIndex, 0);
  if (t1 === FLOAT && Number.isNaN(v1)) failWith(STRING, nanIndex, 0);
  anyArg(L, 3, t2);
  write(table, t1!, v1, t2!, v2);
  return answer(TABLE, table);
});

// ---- metatables ----

const METATABLE = ByteString.fromAscii("__metatable");

const getmetatable = direct((L, _, t, v) => {
  const metatable = metatableOf(L, anyArg(L, 1, t), v);
  if (metatable === null) return answerNil();
  const shown = metafield(L, t!, v, METATABLE);
  return shown.type === NIL ? answer(TABLE, metatable) : answer(shown.type, shown.value);
});

const setmetatable = direct((L, _, t0, v0, t1, v1) => {
  const table = tableArg(L, 1, t0, v0);
  if (t1 !== NIL && t1 !== TABLE) argError(L, 2, nilOrTableExpected);
  if (metafield(L, TABLE, table, METATABLE).type !== NIL) fail(L, protectedMetatable);
  if (table.readonly) fail(L, readOnlyMetatable);
  table.metatable = t1 === NIL ? null : (v1 as LuaTable);
  return answer(TABLE, table);
});

// ---- going through tables ----

const next = direct((L, _, t0, v0, t1, v1) => {
  const table = tableArg(L, 1, t0, v0);
  if (!nextEntry(table, t1 ?? NIL, v1)) return answerNil();
  const { key } = entry;
  answer(entry.keyType, key);
  alsoAnswer(entry.type, entry.value);
  return key;
});

const PAIRS = ByteString.fromAscii("__pairs");

const pairs = either(
  (L, _, t, v) => {
    anyArg(L, 1, t);
    if ((t === TABLE || t === USERDATA) && metafield(L, t, v, PAIRS).type !== NIL) return (R.type = NEEDS_FRAME);
    answer(LIGHT_C_FUNCTION, next);
    alsoAnswer(t!, v); // the iterator fails where that is no table
    alsoAnswer(NIL, null);
    return next;
  },
  (L) => {
    const t = anyArg(L, 1, tagAt(L, 1));
    const v = valueAt(L, 1);
    const method = metafield(L, t, v, PAIRS);
    ensureStack(L, 3);
    if (method.type !== NIL) {
      const off = L.top;
      push(L, method.type, method.value);
      push(L, t, v);
      return callk(L, off, 3, undefined, threeResults) ? 3 : SUSPENDED;
    }
    push(L, LIGHT_C_FUNCTION, next);
    push(L, t, v);
    push(L, NIL, null);
    return 3;
  },
);

const threeResults: Continuation = () => 3;

/** What `ipairs` goes through a table by. */
const nextIndex: LuaCFunction = either(
  (_L, _n, t0, v0, t1, v1) => {
    if (t0 !== TABLE || (v0 as LuaTable).metatable !== null || t1 !== INTEGER) return (R.type = NEEDS_FRAME);
    const i = (v1 as number) + 1;
    const value = readInteger(v0 as LuaTable, i);
    if (found.type === NIL) return answerNil();
    answer(INTEGER, i);
    alsoAnswer(found.type, value);
    return i;
  },
  steps.inSteps(function* (L) {
    const i: Integer = add(integerArg(L, 2, tagAt(L, 2), valueAt(L, 2)), 1);
    const { type, value } = yield* steps.index({ type: tagAt(L, 1) ?? NIL, value: valueAt(L, 1) }, integerSlot(i));
    if (type === NIL) {
      push(L, NIL, null);
      return 1;
    }
    push(L, tagOf(i), i);
    push(L, type, value);
    return 2;
  }),
);

const ipairs = direct((L, _, t, v) => {
  anyArg(L, 1, t);
  answer(LIGHT_C_FUNCTION, nextIndex);
  alsoAnswer(t!, v);
  alsoAnswer(INTEGER, 0);
  return nextIndex;
});

export const values: Functions = {
  assert,
  error,
  getmetatable,
  ipairs,
  next,
  pairs,
  rawequal,
  rawget,
  rawlen,
  rawset,
  select,
  setmetatable,
  tonumber,
  tostring,
  type,
};
