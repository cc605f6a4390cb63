import { ExitError } from "../../errors.ts";
import type { Milliseconds } from "../../value/value.ts";
import { stateOf } from "../core/state-of.ts";
import { fengari } from "../fengari/fengari.ts";
import { burn } from "../meter/fuel.ts";
import { Stopped } from "../meter/stopped.ts";
import { toFloat } from "../vm/int64.ts";
import { booleanCell, newCell, numberCell, rawField } from "../vm/table.ts";
import {
  BOOLEAN,
  baseType,
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
  TABLE,
} from "../vm/types.ts";
import { integerArg, stringArg } from "./args.ts";

/**
 * `os`, less all that reaches outside: clock, date, difftime, exit, getenv, time. Our own, since Fengari's counts seconds in 32 bits
 * (nothing after January 2038) and forgets that "!" asks for UTC.
 */
const { lua, lauxlib } = fengari;
/** As it was at start: a thread that runs scripts gives up its globals. */
const { DateTimeFormat } = Intl;
const ascii = (text: string) => Buffer.from(text, "latin1");

const DAY: Milliseconds = 86_400_000;
const started = performance.now();

/** Seconds of this process, by milliseconds: fine enough to compare algorithms, too coarse to spy on neighbours. */
const clock: LuaCFunction = (L) => push(L, Math.round(performance.now() - started) / 1000, true);

/** `exit([code])`: true, or nothing, is 0, and false 1. Ends the script: nothing in it catches that. */
const exit: LuaCFunction = (L) => {
  const given = L.stack[L.ci.funcOff + 1];
  const isGiven = L.top > L.ci.funcOff + 1 && given !== undefined && given.type !== NIL;
  if (!isGiven || given.type === BOOLEAN) throw new Stopped(new ExitError(isGiven && given.value === false ? 1 : 0));
  throw new Stopped(new ExitError(toFloat(integerArg(L, 1, given.type, given.value))));
};

/** `getenv(name)`: what `require("env").get(name)` gives the script, without its errors. */
const getenv: LuaCFunction = (L) => {
  const given = L.top > L.ci.funcOff + 1 ? L.stack[L.ci.funcOff + 1] : undefined;
  const name = stringArg(L, 1, given?.type, given?.value);
  const env = stateOf(L).loads.modules.get("env")?.table().value as LuaTable | undefined;
  const get = env && rawField(env, "get");
  if (get === undefined) return nothing(L);
  L.stack[L.top++] = newCell(get.type, get.value);
  L.stack[L.top++] = newCell(STRING, name);
  const done: Continuation = () => 1;
  lua.lua_callk(L, 1, 1, null, done);
  return 1;
};

function nothing(L: LuaState): 1 {
  L.stack[L.top++] = newCell(NIL, null);
  return 1;
}

const difftime: LuaCFunction = (L) => push(L, seconds(L, 1) - seconds(L, 2), true);

const time: LuaCFunction = (L) => {
  if (isNone(L, 1)) return push(L, Math.floor(Date.now() / 1000));
  lauxlib.luaL_checktype(L, 1, TABLE);
  lua.lua_settop(L, 1);
  const year = field(L, "year");
  const date = new Date(0);
  date.setFullYear(year, field(L, "month") - 1, field(L, "day"));
  date.setHours(field(L, "hour", 12), field(L, "min", 0), field(L, "sec", 0), 0);
  if (Number.isNaN(date.getTime())) {
    lauxlib.luaL_error(L, ascii("time result cannot be represented in this installation"));
  }
  lua.lua_settop(L, 1);
  writeFields(L, civil(date, false)); // normalised, as C's mktime does
  return push(L, Math.floor(date.getTime() / 1000));
};

const date: LuaCFunction = (L) => {
  let template = isNone(L, 1) ? "%c" : templateOf(L);
  const at = new Date(isNone(L, 2) ? Date.now() : seconds(L, 2) * 1000);
  if (Number.isNaN(at.getTime())) lauxlib.luaL_argerror(L, 2, ascii("time out-of-bounds"));
  const utc = template.startsWith("!");
  if (utc) template = template.slice(1);
  const fields = civil(at, utc);
  if (template.startsWith("*t")) {
    lua.lua_newtable(L);
    writeFields(L, fields);
    return 1;
  }
  lua.lua_pushstring(L, ascii(strftime(L, template, fields)));
  return 1;
};

/** The longest template of a date. C's own buffer for a date that is written out is shorter. */
const LONGEST = 1000;

function templateOf(L: LuaState): string {
  const template = lauxlib.luaL_checkstring(L, 1);
  if (template.length > LONGEST) lauxlib.luaL_argerror(L, 1, ascii(`format longer than ${LONGEST} bytes`));
  burn(L, template.length);
  return Buffer.from(template).toString("latin1");
}

export const os: Readonly<Record<string, LuaCFunction>> = { clock, date, difftime, exit, getenv, time };

function push(L: LuaState, n: number, float = false): number {
  if (float) lua.lua_pushnumber(L, n);
  else L.stack[L.top++] = numberCell(n);
  return 1;
}

const isNone = (L: LuaState, arg: number) =>
  L.ci.funcOff + arg >= L.top || baseType(L.stack[L.ci.funcOff + arg]!) === 0;

function seconds(L: LuaState, arg: number): number {
  const n = lauxlib.luaL_checknumber(L, arg);
  if (!Number.isInteger(n)) lauxlib.luaL_argerror(L, arg, ascii("number has no integer representation"));
  return n;
}

/** A whole number in the table at index 1. */
function field(L: LuaState, name: string, otherwise?: number): number {
  lua.lua_getfield(L, 1, ascii(name));
  const given = lua.lua_type(L, -1) > 0;
  const n = lua.lua_tonumberx(L, -1);
  lua.lua_pop(L, 1);
  if (n !== false && Number.isInteger(n)) {
    if (Math.abs(n) > 2 ** 40) lauxlib.luaL_error(L, ascii(`field '${name}' is out-of-bound`));
    return n;
  }
  if (given) return lauxlib.luaL_error(L, ascii(`field '${name}' is not an integer`));
  return otherwise ?? lauxlib.luaL_error(L, ascii(`field '${name}' missing in date table`));
}

/** A moment in the fields of a calendar, of this place or of UTC. */
interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  /** 1 is Sunday. */
  readonly wday: number;
  /** 1 is the first of January. */
  readonly yday: number;
  readonly isdst: boolean;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly zone: string;
  readonly epoch: number;
}

function civil(at: Date, utc: boolean): Civil {
  const local = utc ? at : asIfUtc(at);
  const offset = Math.round((local.getTime() - at.getTime()) / 60_000);
  const year = local.getUTCFullYear();
  return {
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    min: local.getUTCMinutes(),
    sec: local.getUTCSeconds(),
    wday: local.getUTCDay() + 1,
    yday: Math.floor((local.getTime() - startOf(year)) / DAY) + 1,
    isdst: !utc && offset > Math.min(offsetIn(year, 0), offsetIn(year, 6)),
    offset,
    zone: utc ? "UTC" : zoneName(at),
    epoch: Math.floor(at.getTime() / 1000),
  };
}

// Dates are set part by part throughout: the constructor and Date.UTC take the years 0 to 99 for 1900 to 1999.

/** The moment whose fields in UTC are those that `at` has here. */
function asIfUtc(at: Date): Date {
  const date = new Date(0);
  date.setUTCFullYear(at.getFullYear(), at.getMonth(), at.getDate());
  date.setUTCHours(at.getHours(), at.getMinutes(), at.getSeconds(), 0);
  return date;
}

const startOf = (year: number) => new Date(0).setUTCFullYear(year, 0, 1);

/** How far east of UTC this place was at the start of a month, in minutes. */
function offsetIn(year: number, month: number): number {
  const date = new Date(0);
  date.setFullYear(year, month, 1);
  return -date.getTimezoneOffset();
}

function zoneName(at: Date): string {
  const parts = new DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

const numericFields = ["year", "month", "day", "hour", "min", "sec", "wday", "yday"] as const;

/** Sets the fields of the table on top of the stack. */
function writeFields(L: LuaState, fields: Civil): void {
  for (const name of numericFields) {
    push(L, fields[name]);
    lua.lua_setfield(L, -2, ascii(name));
  }
  L.stack[L.top++] = booleanCell(fields.isdst);
  lua.lua_setfield(L, -2, ascii("isdst"));
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
const two = (n: number, fill = "0") => String(n).padStart(2, fill);
const hour12 = (t: Civil) => ((t.hour + 11) % 12) + 1;
/** The week of the year, counted from the first day `first` (0: Sunday, 1: Monday) on. */
const week = (t: Civil, first: number) => Math.floor((t.yday + 6 - ((t.wday - 1 - first + 7) % 7)) / 7);

/** ISO 8601: week 1 is the one with the first Thursday; its year may be another than the calendar's. */
function isoWeek(t: Civil): { year: number; week: number } {
  const weekday = (t.wday + 5) % 7; // Monday: 0
  const thursday = new Date(new Date(0).setUTCFullYear(t.year, t.month - 1, t.day - weekday + 3));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - startOf(year)) / (7 * DAY)) + 1 };
}

/** C99's conversions in the C locale. */
const conversions: Readonly<Record<string, (t: Civil) => string>> = {
  a: (t) => days[t.wday - 1]!.slice(0, 3),
  A: (t) => days[t.wday - 1]!,
  b: (t) => months[t.month - 1]!.slice(0, 3),
  B: (t) => months[t.month - 1]!,
  c: (t) => `${expand("%a %b %e %H:%M:%S", t)} ${t.year}`,
  C: (t) => two(Math.floor(t.year / 100)),
  d: (t) => two(t.day),
  D: (t) => expand("%m/%d/%y", t),
  e: (t) => two(t.day, " "),
  F: (t) => expand("%Y-%m-%d", t),
  g: (t) => two(isoWeek(t).year % 100),
  G: (t) => String(isoWeek(t).year),
  h: (t) => expand("%b", t),
  H: (t) => two(t.hour),
  I: (t) => two(hour12(t)),
  j: (t) => String(t.yday).padStart(3, "0"),
  m: (t) => two(t.month),
  M: (t) => two(t.min),
  n: () => "\n",
  p: (t) => (t.hour < 12 ? "AM" : "PM"),
  r: (t) => expand("%I:%M:%S %p", t),
  R: (t) => expand("%H:%M", t),
  s: (t) => String(t.epoch),
  S: (t) => two(t.sec),
  t: () => "\t",
  T: (t) => expand("%H:%M:%S", t),
  u: (t) => String(t.wday === 1 ? 7 : t.wday - 1),
  U: (t) => two(week(t, 0)),
  V: (t) => two(isoWeek(t).week),
  w: (t) => String(t.wday - 1),
  W: (t) => two(week(t, 1)),
  x: (t) => expand("%m/%d/%y", t),
  X: (t) => expand("%H:%M:%S", t),
  y: (t) => two(((t.year % 100) + 100) % 100),
  Y: (t) => String(t.year),
  z: (t) => `${t.offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(t.offset) / 60))}${two(Math.abs(t.offset) % 60)}`,
  Z: (t) => t.zone,
  "%": () => "%",
};

const expand = (template: string, t: Civil) => template.replace(/%(.)/g, (_, name: string) => conversions[name]!(t));

function strftime(L: LuaState, template: string, t: Civil): string {
  return template.replace(/%([EO]?)(.?)/gs, (whole, _, name: string) => {
    if (Object.hasOwn(conversions, name)) return conversions[name]!(t);
    return lauxlib.luaL_argerror(L, 1, ascii(`invalid conversion specifier '${whole}'`));
  });
}
