/** `os`, less all that reaches outside: clock, date, difftime, exit, getenv, time. */

import { ExitError } from "../../errors.ts";
import { wallClock } from "../../value/clock.ts";
import { ByteString } from "../../value/value.ts";
import * as access from "../core/access.ts";
import { stateOf } from "../core/state-of.ts";
import { burn } from "../meter/fuel.ts";
import { Stopped } from "../meter/stopped.ts";
import { argError, fail, NEEDS_FRAME, R } from "../vm/direct.ts";
import { type Integer, tagOf, toFloat } from "../vm/int64.ts";
import { getString, setString } from "../vm/lua-table.ts";
import { newCell, newTable, numberCell, rawField, stringCell, tableCell } from "../vm/table.ts";
import {
  BOOLEAN,
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
  SUSPENDED,
  TABLE,
  type TValue,
} from "../vm/types.ts";
import { integerArg, isMissing, stringArg, tableArg, toInteger } from "./args.ts";
import { type Civil, civil, momentOf, strftime } from "./calendar.ts";
import { answerFloat, answerInteger, answerString, answerTable, direct, either, type Functions } from "./define.ts";
import {
  fieldMissing,
  fieldNotInteger,
  fieldOutOfBound,
  formatTooLong,
  invalidConversionSpecifier,
  timeNotRepresentable,
} from "./errors.ts";
import { callk, push, tagAt, valueAt } from "./stack.ts";
import type { Slot } from "./steps.ts";
import * as steps from "./steps.ts";
import { binaryOf, newText } from "./text.ts";

const started = performance.now();

/** Seconds of this process, by milliseconds: fine enough to compare algorithms, too coarse to spy on neighbours. */
const clock = direct(() => answerFloat(Math.round(performance.now() - started) / 1000));

/** `exit([code])`: true, or nothing, is 0, and false 1. Ends the script: nothing in it catches that. */
const exit = direct((L, _, t, v) => {
  if (isMissing(t) || t === BOOLEAN) throw new Stopped(new ExitError(v === false ? 1 : 0));
  throw new Stopped(new ExitError(toFloat(integerArg(L, 1, t, v))));
});

/** `getenv(name)`: what `require("env").get(name)` gives the script, without its errors. */
const getenv: LuaCFunction = (L) => {
  const name = stringArg(L, 1, tagAt(L, 1), valueAt(L, 1));
  const env = stateOf(L).packages.loads.modules.get("env")?.table().value as LuaTable | undefined;
  const get = env && rawField(env, "get");
  const off = L.top;
  push(L, get?.type ?? NIL, get?.value ?? null);
  if (get === undefined) return 1;
  push(L, STRING, name);
  return callk(L, off, 1, null, oneResult) ? 1 : SUSPENDED;
};

const oneResult: Continuation = () => 1;

const difftime = direct((L, _, t0, v0, t1, v1) =>
  answerFloat(toFloat(integerArg(L, 1, t0, v0)) - toFloat(integerArg(L, 2, t1, v1))),
);

const now = (): number => Math.floor(wallClock.now() / 1000);

const time = either(
  (_L, _n, t) => (isMissing(t) ? answerInteger(now()) : (R.type = NEEDS_FRAME)),
  steps.inSteps(function* (L) {
    const t = tagAt(L, 1);
    const moment = isMissing(t) ? now() : yield* timeOf(L, tableArg(L, 1, t, valueAt(L, 1)));
    push(L, tagOf(moment), moment);
    return 1;
  }),
);

/** What is read of a table, in this order, and what stands for a field that is missing where there may be none. */
const asked = [["sec", 0], ["min", 0], ["hour", 12], ["day"], ["month"], ["year"]] as const;

/** The moment that the fields of a table are, which get what they come to, as C's mktime does it. */
function* timeOf(L: LuaState, table: LuaTable): steps.Steps<Integer> {
  const given = { sec: 0, min: 0, hour: 0, day: 0, month: 0, year: 0 };
  for (const [name, otherwise] of asked) {
    const slot = isPlain(table) ? ownField(table, name) : yield* fieldOf(table, name);
    given[name] = numberOf(L, name, slot, otherwise);
  }
  const dst = isPlain(table) ? ownField(table, "isdst") : yield* fieldOf(table, "isdst");
  const isdst = dst.type === NIL ? undefined : dst.value !== false;
  const moment = momentOf({ ...given, isdst });
  for (const [name, cell] of fieldsOf(civilOf(L, moment, false))) {
    if (isPlain(table)) access.setIndex(L, tableCell(table), stringCell(keyOf(name)), cell);
    else yield* steps.setIndex({ type: TABLE, value: table }, { type: STRING, value: keyOf(name) }, cell);
  }
  return moment;
}

const date = direct((L, _, t0, v0, t1, v1) => {
  let template = isMissing(t0) ? "%c" : templateArg(L, t0, v0);
  const at = isMissing(t1) ? now() : integerArg(L, 2, t1, v1);
  const utc = template.startsWith("!");
  if (utc) template = template.slice(1);
  const fields = civilOf(L, at, utc);
  if (template.startsWith("*t")) {
    const table = newTable(L);
    for (const [name, cell] of fieldsOf(fields)) setString(table, keyOf(name), cell);
    return answerTable(table);
  }
  return answerString(newText(strftime(template, fields, (rest) => argError(L, 1, invalidConversionSpecifier(rest)))));
});

/** The longest template of a date. C's own buffer for a date that is written out is shorter. */
const LONGEST = 1000;

/** One character per byte. */
function templateArg(L: LuaState, t: number | undefined, v: unknown): string {
  const template = stringArg(L, 1, t, v);
  if (template.length > LONGEST) argError(L, 1, formatTooLong(LONGEST));
  burn(L, template.length);
  return binaryOf(template);
}

/** C's years have 32 bits, and count from 1900 on. */
const MOST_YEARS = 2 ** 31 - 1;

function civilOf(L: LuaState, moment: Integer, utc: boolean): Civil {
  const fields = civil(moment, utc);
  if (Math.abs(fields.year - 1900) <= MOST_YEARS) return fields;
  return fail(L, timeNotRepresentable);
}

// ---- fields of tables ----

/** No field of a date may be further from 0. */
const MOST = 2 ** 30 - 1;

const keyOf = (name: string): ByteString => ByteString.fromAscii(name);

/** Whether no field of a table can be a metamethod's. */
const isPlain = (table: LuaTable): boolean => table.metatable === null;

const ownField = (table: LuaTable, name: string): Slot => getString(table, keyOf(name));

const fieldOf = (table: LuaTable, name: string): steps.Steps<Slot> =>
  steps.index({ type: TABLE, value: table }, { type: STRING, value: keyOf(name) });

/** A field as a whole number. */
function numberOf(L: LuaState, name: string, { type, value }: Slot, otherwise?: number): number {
  const n = toInteger(type, value);
  if (n === undefined) {
    if (type !== NIL) return fail(L, fieldNotInteger(name));
    return otherwise ?? fail(L, fieldMissing(name));
  }
  if (typeof n === "number" && Math.abs(n) <= MOST) return n;
  return fail(L, fieldOutOfBound(name));
}

const numericFields = ["year", "month", "day", "hour", "min", "sec", "wday", "yday"] as const;

const fieldsOf = (fields: Civil): readonly (readonly [string, TValue])[] => [
  ...numericFields.map((name) => [name, numberCell(fields[name])] as const),
  ["isdst", newCell(BOOLEAN, fields.isdst)],
];

export const os: Functions = { clock, date, difftime, exit, getenv, time };
