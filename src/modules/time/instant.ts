/** An instant, to the nanosecond, and the time zone in which it is shown. */
import { wallClock } from "../../value/clock.ts";
import type { Duration, Nanoseconds } from "./duration.ts";
import { MILLISECOND, SECOND } from "./duration.ts";
import { outOfRange } from "./errors.ts";
import { type Location, local, type Seconds, utc, type Zone } from "./location.ts";

const DAY: Seconds = 86_400;

/** Seconds since 1970 of a date and a time of day, as if in UTC. What is too much of one counts for the next. */
export function secondsOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): Seconds {
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
  return midnight + hour * 3600 + minute * 60 + second;
}

const FIRST: Seconds = secondsOf(0, 1, 1);
const LAST: Seconds = secondsOf(9999, 12, 31, 23, 59, 59);
const ZERO: Seconds = secondsOf(1, 1, 1);

export class Time {
  /** Since 1970, rounded down. */
  readonly seconds: Seconds;
  readonly nanosecond: Nanoseconds;
  readonly location: Location;
  #zone: Zone | undefined;
  #shown: Date | undefined;

  /** @throws MoonkeepError INVALID for a time outside of the years 0 to 9999 */
  constructor(seconds: Seconds, nanoseconds: Nanoseconds, location: Location, zone?: Zone) {
    const carry = Math.floor(nanoseconds / SECOND);
    this.seconds = seconds + carry;
    this.nanosecond = nanoseconds - carry * SECOND;
    this.location = location;
    this.#zone = zone;
    if (!(this.seconds >= FIRST && this.seconds <= LAST)) throw outOfRange();
  }

  get zone(): Zone {
    this.#zone ??= this.location.at(this.seconds);
    return this.#zone;
  }

  /** What clocks show there, as the UTC of a date. */
  get shown(): Date {
    this.#shown ??= new Date((this.seconds + this.zone.offset) * 1000);
    return this.#shown;
  }

  get year(): number {
    return this.shown.getUTCFullYear();
  }

  get month(): number {
    return this.shown.getUTCMonth() + 1;
  }

  get day(): number {
    return this.shown.getUTCDate();
  }

  get yearDay(): number {
    return (secondsOf(this.year, this.month, this.day) - secondsOf(this.year, 1, 1)) / DAY + 1;
  }

  get isZero(): boolean {
    return this.seconds === ZERO && this.nanosecond === 0;
  }

  in(location: Location): Time {
    return new Time(this.seconds, this.nanosecond, location);
  }

  add({ nanoseconds }: Duration, sign: 1 | -1 = 1): Time {
    const seconds = Math.trunc(nanoseconds / SECOND);
    const rest = nanoseconds % SECOND;
    return new Time(this.seconds + sign * seconds, this.nanosecond + sign * rest, this.location);
  }

  /** What clocks show stays, but for the date. */
  addDate(years: number, months: number, days: number): Time {
    const { shown } = this;
    const day = secondsOf(this.year + years, this.month + months, this.day + days);
    const time = shown.getUTCHours() * 3600 + shown.getUTCMinutes() * 60 + shown.getUTCSeconds();
    return new Time(this.location.instant(inRange(day + time)), this.nanosecond, this.location);
  }

  since(other: Time): Nanoseconds {
    return (this.seconds - other.seconds) * SECOND + (this.nanosecond - other.nanosecond);
  }

  /** How far it is past the last multiple of a span, counted from the first day of the year 1. Exact. */
  past({ nanoseconds }: Duration): Nanoseconds {
    const since = BigInt(this.seconds - ZERO) * BigInt(SECOND) + BigInt(this.nanosecond);
    const span = BigInt(nanoseconds);
    const rest = since % span;
    return Number(rest < 0n ? rest + span : rest);
  }
}

/** What a time zone is asked for must be a time; an offset is less than a day. @throws MoonkeepError INVALID */
export function inRange(seconds: Seconds): Seconds {
  if (!(seconds >= FIRST - DAY && seconds <= LAST + DAY)) throw outOfRange();
  return seconds;
}

/** @throws MoonkeepError INVALID for a time outside of the years 0 to 9999 */
export function dateIn(location: Location, shown: Seconds, nanoseconds: Nanoseconds): Time {
  const carry = Math.floor(nanoseconds / SECOND);
  return new Time(location.instant(inRange(shown + carry)), nanoseconds - carry * SECOND, location);
}

export const inUtc = (seconds: Seconds, nanoseconds: Nanoseconds): Time => new Time(seconds, nanoseconds, utc);

/** No finer than milliseconds, as `os.clock`: fine enough to measure with, too coarse to spy on neighbours. */
export function now(): Time {
  const present = wallClock.now();
  return new Time(Math.floor(present / 1000), (present % 1000) * MILLISECOND, local);
}
