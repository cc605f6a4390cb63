/**
 * The calendar, of this place and of UTC: what a moment is called, and how `os.date` writes that. Any moment whose year
 * has 32 bits is known, as C's functions know it; JavaScript's dates end in the year 275760.
 */

import type { Milliseconds } from "../../value/value.ts";
import { add, type Integer, idiv, mod, mul, toFloat, toText } from "../vm/int64.ts";

/** As it was at start: a thread that runs scripts gives up its globals. */
const { DateTimeFormat } = Intl;

const DAY: Milliseconds = 86_400_000;
/** Days after which the calendar repeats itself, days of the week as well: 400 years. */
const CYCLE_DAYS = 146_097;
const CYCLE_YEARS = 400;
const CYCLE_SECONDS: number = CYCLE_DAYS * 86_400;
/** So far from 1970 JavaScript's dates certainly go, in seconds and in years. */
const FAR = 8.6e12;
const FAR_YEAR = 200_000;

/** A moment in the fields of a calendar, of this place or of UTC. */
export interface Civil {
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
  /** The name of the zone, which takes long to find out. */
  readonly zone: () => string;
  /** In seconds. */
  readonly epoch: Integer;
}

/** @param epoch in seconds */
export function civil(epoch: Integer, utc: boolean): Civil {
  if (typeof epoch === "number" && Math.abs(epoch) <= FAR) return near(epoch, epoch, utc, 0);
  // A moment of another cycle has the same name, but for its year. What clocks do far away is what they do next.
  const cycles = toFloat(idiv(epoch, CYCLE_SECONDS));
  const away = cycles < 0 ? -1 : 1;
  return near(epoch, toFloat(mod(epoch, CYCLE_SECONDS)) + away * CYCLE_SECONDS, utc, cycles - away);
}

function near(epoch: Integer, seconds: number, utc: boolean, cycles: number): Civil {
  const at = new Date(seconds * 1000);
  const local = utc ? at : asIfUtc(at);
  const offset = Math.round((local.getTime() - at.getTime()) / 60_000);
  const year = local.getUTCFullYear();
  return {
    year: year + CYCLE_YEARS * cycles,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    min: local.getUTCMinutes(),
    sec: local.getUTCSeconds(),
    wday: local.getUTCDay() + 1,
    yday: Math.floor((local.getTime() - startOf(year)) / DAY) + 1,
    isdst: !utc && offset > Math.min(offsetIn(year, 0), offsetIn(year, 6)),
    offset,
    zone: () => (utc ? "GMT" : zoneName(at)),
    epoch,
  };
}

/** The parts of a date as somebody has written them: each may be too large, or negative. */
export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  /** Whether the clock shows summer time; undefined: whatever it shows then. */
  readonly isdst: boolean | undefined;
}

/** The moment in seconds that a date is here. */
export function momentOf({ year, month, day, hour, min, sec, isdst }: Parts): Integer {
  const years = year + Math.floor((month - 1) / 12);
  const cyclesOfYears = Math.abs(years) > FAR_YEAR ? Math.floor(years / CYCLE_YEARS) - 5 : 0;
  const cyclesOfDays = Math.trunc(day / CYCLE_DAYS);
  const date = new Date(0);
  const first = month - 1 - 12 * Math.floor((month - 1) / 12);
  date.setFullYear(years - CYCLE_YEARS * cyclesOfYears, first, day - CYCLE_DAYS * cyclesOfDays);
  date.setHours(hour, min, sec, 0);
  const seconds = Math.floor(date.getTime() / 1000);
  const moment = add(mul(cyclesOfYears + cyclesOfDays, CYCLE_SECONDS), seconds);
  if (isdst === undefined || isdst === civil(moment, false).isdst) return moment;
  return add(moment, isdst ? -HOUR : HOUR);
}

/** By which summer time is ahead, in seconds. */
const HOUR = 3600;

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
  const cycles = Math.floor(t.year / CYCLE_YEARS);
  const thursday = new Date(
    new Date(0).setUTCFullYear(t.year - CYCLE_YEARS * cycles, t.month - 1, t.day - weekday + 3),
  );
  const year = thursday.getUTCFullYear();
  return {
    year: year + CYCLE_YEARS * cycles,
    week: Math.floor((thursday.getTime() - startOf(year)) / (7 * DAY)) + 1,
  };
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
  s: (t) => toText(t.epoch),
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
  Z: (t) => t.zone(),
  "%": () => "%",
};

const expand = (template: string, t: Civil) => template.replace(/%(.)/g, (_, name: string) => conversions[name]!(t));

/** What may stand behind `%`, `%E` and `%O`; `%s` is one that Lua leaves out. */
const specifiers = /%(?:[aAbBcCdDeFgGhHIjmMnprRsStTuUVwWxXyYzZ%]|E[cCxXyY]|O[deHImMSuUVwWy])?/g;

/**
 * Writes a moment by a template of C's.
 * @param refuse raises the template's end, from a specifier on that there is not
 */
export function strftime(template: string, t: Civil, refuse: (rest: string) => never): string {
  return template.replace(specifiers, (specifier, at: number) =>
    specifier === "%" ? refuse(template.slice(at)) : conversions[specifier.at(-1)!]!(t),
  );
}
