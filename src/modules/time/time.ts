/** `require("time")`: instants, durations, time zones, and sleep, as Go has them. */

import { MAX_NAME_BYTES } from "../../limits.ts";
import {
  type Arg,
  integer,
  isNil,
  number,
  objectOf,
  optional,
  type Param,
  text,
  typeOf,
  wholeOf,
} from "../../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../../lua/boundary/handle.ts";
import { defineModule, fn, type Module, many, plain } from "../../lua/boundary/module.ts";
import { work } from "../../lua/meter/meter.ts";
import { Float, integer as wholeNumber } from "../../value/value.ts";
import type { LocalCall } from "../call.ts";
import { atMost } from "../params.ts";
import { Duration, duration, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND } from "./duration.ts";
import { handleNeeded } from "./errors.ts";
import { dateIn, inUtc, now, secondsOf, Time } from "./instant.ts";
import { format, layouts, months, weekdays } from "./layout.ts";
import { fixedLocation, Location, loadLocation, local, utc } from "./location.ts";
import { parse } from "./parse.ts";
import { sleep } from "./sleep.ts";
import { Ticker } from "./ticker.ts";
import { Timer } from "./timer.ts";

const handleOf = <T extends object>(
  name: string,
  type: string,
  what: string,
  of: abstract new (...args: never[]) => T,
): Param<T> => ({
  name,
  type,
  optional: false,
  read(arg: Arg) {
    const given = objectOf(arg);
    if (given instanceof of) return given;
    throw handleNeeded(name, what, typeOf(arg));
  },
});

/** A layout has at most 1000 characters, and so has a time. */
const MAX_TEXT = 4000;

const other = handleOf("other", "time.Time", "a time", Time);
const location = handleOf("location", "time.Location", "a location", Location);
const layout = atMost(MAX_TEXT, text("layout"));

/** A whole number of parts of a date, nil for none. */
const part = (name: string): Param<number> => {
  const { type, read } = integer(name);
  return { name, type, optional: true, read: (arg) => (isNil(arg) ? 0 : read(arg)) };
};

const zoneName = atMost(MAX_NAME_BYTES, text("name"));

const float = (n: number) => new Float(n);
/** A whole number as an integer of Lua's, exactly; one of more than 64 bits as a float. */
const whole = (n: bigint): unknown => wholeNumber(n) ?? float(Number(n));
const STEPS_TO_FORMAT = 20;

function formatted(time: Time, layout: string): string {
  work(STEPS_TO_FORMAT + layout.length);
  return format(time, layout);
}

function unix(seconds: number, nanoseconds: number | bigint = 0): Time {
  const whole = Math.floor(seconds);
  const rest = Math.round((seconds - whole) * SECOND);
  if (typeof nanoseconds === "number") return inUtc(whole, rest + Math.trunc(nanoseconds)).in(local);
  const second = BigInt(SECOND);
  return inUtc(whole + Number(nanoseconds / second), rest + Number(nanoseconds % second)).in(local);
}

/** A number of nanoseconds, whose integers are exact. */
const nanoseconds: Param<number | bigint> = {
  ...number("nsec"),
  read: (arg) => wholeOf(arg) ?? number("nsec").read(arg),
};

/** The nearest multiple of a span below, or below and above. */
function truncate(time: Time, span: Duration): Time {
  return span.nanoseconds <= 0 ? time : time.add(new Duration(time.past(span)), -1);
}

function round(time: Time, span: Duration): Time {
  if (span.nanoseconds <= 0) return time;
  const past = time.past(span);
  return past < span.nanoseconds - past
    ? time.add(new Duration(past), -1)
    : time.add(new Duration(span.nanoseconds - past));
}

const inUnits = (unit: number) => plain([], ({ nanoseconds }: Duration) => float(nanoseconds / unit));
const inWholeUnits = (unit: number) =>
  plain([], ({ nanoseconds }: Duration) => whole(BigInt(Math.trunc(nanoseconds / unit))));

export const durationHandle: HandleDescription = defineHandle(
  "time.Duration",
  Duration,
  {},
  {
    functions: {
      hours: inUnits(HOUR),
      minutes: inUnits(MINUTE),
      seconds: inUnits(SECOND),
      milliseconds: inWholeUnits(MILLISECOND),
      microseconds: inWholeUnits(MICROSECOND),
      nanoseconds: inWholeUnits(1),
    },
    tostring: (span) => span.toString(),
    bytes: () => 50,
  },
);

export const locationHandle: HandleDescription = defineHandle(
  "time.Location",
  Location,
  {},
  {
    functions: { string: plain([], ({ name }: Location) => name) },
    tostring: ({ name }) => name,
    isOne: true,
    bytes: () => 300,
  },
);

export const timeHandle: HandleDescription = defineHandle(
  "time.Time",
  Time,
  {},
  {
    functions: {
      add: fn([duration], (time: Time, span) => time.add(span)),
      sub: fn([other], (time: Time, from) => new Duration(time.since(from))),
      add_date: fn([part("years"), part("months"), part("days")], (time: Time, years, months, days) =>
        time.addDate(years, months, days),
      ),
      before: plain([other], (time: Time, than) => time.since(than) < 0),
      after: plain([other], (time: Time, than) => time.since(than) > 0),
      equal: plain([other], (time: Time, to) => time.seconds === to.seconds && time.nanosecond === to.nanosecond),
      format: plain([layout], formatted),
      format_rfc3339: plain([], (time: Time) => formatted(time, layouts.RFC3339)),
      unix: plain([], ({ seconds }: Time) => seconds),
      unix_milli: plain([], ({ seconds, nanosecond }: Time) =>
        whole(BigInt(seconds) * 1000n + BigInt(Math.floor(nanosecond / MILLISECOND))),
      ),
      unix_nano: plain([], ({ seconds, nanosecond }: Time) =>
        whole(BigInt(seconds) * BigInt(SECOND) + BigInt(nanosecond)),
      ),
      date: many([], ({ year, month, day }: Time) => [year, month, day]),
      clock: many([], ({ shown }: Time) => [shown.getUTCHours(), shown.getUTCMinutes(), shown.getUTCSeconds()]),
      year: plain([], ({ year }: Time) => year),
      month: plain([], ({ month }: Time) => month),
      day: plain([], ({ day }: Time) => day),
      hour: plain([], ({ shown }: Time) => shown.getUTCHours()),
      minute: plain([], ({ shown }: Time) => shown.getUTCMinutes()),
      second: plain([], ({ shown }: Time) => shown.getUTCSeconds()),
      nanosecond: plain([], ({ nanosecond }: Time) => nanosecond),
      weekday: plain([], ({ shown }: Time) => shown.getUTCDay()),
      year_day: plain([], ({ yearDay }: Time) => yearDay),
      is_zero: plain([], ({ isZero }: Time) => isZero),
      utc: plain([], (time: Time) => time.in(utc)),
      in_local: plain([], (time: Time) => time.in(local)),
      in_location: plain([location], (time: Time, there) => time.in(there)),
      location: plain([], (time: Time) => time.location),
      round: fn([duration], round),
      truncate: fn([duration], truncate),
    },
    tostring: (time) => format(time, layouts.RFC3339NANO),
    bytes: () => 300,
  },
);

export const timerHandle: HandleDescription = defineHandle(
  "time.Timer",
  Timer,
  {},
  {
    functions: {
      channel: plain([], ({ channel }: Timer) => channel),
      stop: plain([], (timer: Timer) => timer.stop()),
      reset: fn([duration], (timer: Timer, span) => timer.reset(span)),
    },
    holds: ({ channel }) => channel.values(),
  },
);

export const tickerHandle: HandleDescription = defineHandle(
  "time.Ticker",
  Ticker,
  {},
  {
    functions: {
      channel: plain([], ({ channel }: Ticker) => channel),
      stop: plain([], (ticker: Ticker) => ticker.stop()),
    },
    holds: ({ channel }) => channel.values(),
  },
);

const constants = (names: readonly string[], first: number) =>
  Object.fromEntries(names.map((name, i) => [name.toUpperCase(), i + first]));

export const timeModule: Module = defineModule("time", {
  now: plain([], now),
  unix: fn([number("sec"), optional(nanoseconds)], (_, seconds, nanoseconds) => unix(seconds, nanoseconds)),
  date: fn(
    [
      integer("year"),
      integer("month"),
      integer("day"),
      part("hour"),
      part("minute"),
      part("second"),
      part("nanosecond"),
      optional(location),
    ],
    (_, year, month, day, hour, minute, second, nanosecond, there = local) =>
      dateIn(there, secondsOf(year, month, day, hour, minute, second), nanosecond),
  ),
  parse: fn([layout, atMost(MAX_TEXT, text("value")), optional(location)], (_, given, value, there) => {
    work(STEPS_TO_FORMAT + given.length + value.length);
    return parse(given, value, there);
  }),
  parse_duration: fn([{ ...duration, name: "value" }], (_, span) => span),
  load_location: fn([zoneName], (_, name) => loadLocation(name)),
  fixed_zone: fn([zoneName, number("offset")], (_, name, offset) => fixedLocation(name, offset)),
  sleep: fn([duration], (call: LocalCall, span) => span.nanoseconds <= 0 || sleep(call, span).then(() => true)),
  after: fn([duration], (call: LocalCall, span) => new Timer(call, span).channel),
  timer: fn([duration], (call: LocalCall, span) => new Timer(call, span)),
  ticker: fn([duration], (call: LocalCall, span) => new Ticker(call, span)),
  utc,
  localtz: local,
  NANOSECOND: 1,
  MICROSECOND,
  MILLISECOND,
  SECOND,
  MINUTE,
  HOUR,
  ...layouts,
  ...constants(months, 1),
  ...constants(weekdays, 0),
});
