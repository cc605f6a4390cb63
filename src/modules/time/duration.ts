/** Spans of time as Go has them, with its text form: `1h30m0.5s`. */
import { type Arg, numberOf, objectOf, type Param, stringOf, typeOf } from "../../lua/boundary/arg.ts";
import type { Milliseconds } from "../../value/value.ts";
import { beginOf } from "../params.ts";
import { durationNeeded, durationTooLong, notDuration } from "./errors.ts";

export type Nanoseconds = number;

export const MICROSECOND: Nanoseconds = 1e3;
export const MILLISECOND: Nanoseconds = 1e6;
export const SECOND: Nanoseconds = 1e9;
export const MINUTE: Nanoseconds = 60 * SECOND;
export const HOUR: Nanoseconds = 60 * MINUTE;
/** What 64 bits hold. */
const LONGEST: Nanoseconds = 2 ** 63;

const units: Readonly<Record<string, Nanoseconds>> = {
  ns: 1,
  us: MICROSECOND,
  µs: MICROSECOND,
  μs: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

/** A whole number with its point moved to the left. */
function decimal(n: number, places: number): string {
  const whole = Math.floor(n / 10 ** places);
  const fraction = String(n % 10 ** places)
    .padStart(places, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(whole) : `${whole}.${fraction}`;
}

/** A span. It is exact up to 104 days; a longer one is the nearest float. */
export class Duration {
  readonly nanoseconds: Nanoseconds;

  /** @throws MoonkeepError INVALID */
  constructor(nanoseconds: Nanoseconds) {
    if (!(Math.abs(nanoseconds) <= LONGEST)) throw durationTooLong();
    this.nanoseconds = Math.trunc(nanoseconds) + 0; // no minus zero
  }

  toString(): string {
    const { nanoseconds } = this;
    const n = Math.abs(nanoseconds);
    const sign = nanoseconds < 0 ? "-" : "";
    if (n === 0) return "0s";
    if (n < MICROSECOND) return `${sign}${n}ns`;
    if (n < MILLISECOND) return `${sign}${decimal(n, 3)}µs`;
    if (n < SECOND) return `${sign}${decimal(n, 6)}ms`;
    const hours = Math.floor(n / HOUR);
    const minutes = Math.floor((n % HOUR) / MINUTE);
    const seconds = `${decimal(n % MINUTE, 9)}s`;
    if (n < MINUTE) return sign + seconds;
    return `${sign}${hours > 0 ? `${hours}h` : ""}${minutes}m${seconds}`;
  }
}

const part = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
const MAX_TEXT = 200;

/** @throws MoonkeepError INVALID */
export function parseDuration(text: string): Duration {
  if (text.length > MAX_TEXT) throw notDuration(text);
  const sign = text[0] === "-" ? -1 : 1;
  const unsigned = /^[-+]/.test(text) ? text.slice(1) : text;
  if (unsigned === "0") return new Duration(0);
  if (unsigned === "") throw notDuration(text);
  let sum = 0;
  part.lastIndex = 0;
  while (part.lastIndex < unsigned.length) {
    const found = part.exec(unsigned);
    if (found === null) throw notDuration(text);
    sum += scaled(found[1]!, units[found[2]!]!);
  }
  return new Duration(sign * sum);
}

/** Whole and fraction apart, so that "0.1s" is 100 000 000 nanoseconds and not one less. */
function scaled(digits: string, unit: Nanoseconds): Nanoseconds {
  const [whole = "", fraction = ""] = digits.split(".");
  const rest = fraction === "" ? 0 : Math.floor(Number((Number(`0.${fraction}`) * unit).toPrecision(15)));
  return Number(whole) * unit + rest;
}

/** A number of nanoseconds, a text, or a duration. */
export const duration: Param<Duration> = {
  name: "duration",
  type: "time.Duration|string|number",
  optional: false,
  read(arg: Arg) {
    const given = objectOf(arg);
    if (given instanceof Duration) return given;
    const number = numberOf(arg);
    if (number !== undefined) return new Duration(number);
    const text = stringOf(arg);
    if (text === undefined) throw durationNeeded(typeOf(arg));
    if (text.length > MAX_TEXT) throw notDuration(beginOf(text, 60));
    return parseDuration(text.toString());
  },
};

/** As timers count: a wait is not shorter than it says. */
export const millisecondsOf = ({ nanoseconds }: Duration): Milliseconds =>
  Math.max(0, Math.ceil(nanoseconds / MILLISECOND));
