/** Layouts as Go has them: a text that shows how 15:04:05 on Monday, the 2nd of January 2006, would be written. */
import { TextCache } from "../../value/cache.ts";
import { tooLong } from "./errors.ts";
import type { Time } from "./instant.ts";
import type { Seconds } from "./location.ts";

export const layouts = {
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339NANO: "2006-01-02T15:04:05.999999999Z07:00",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  DATE_TIME: "2006-01-02 15:04:05",
  DATE_ONLY: "2006-01-02",
  TIME_ONLY: "15:04:05",
  KITCHEN: "3:04PM",
  STAMP: "Jan _2 15:04:05",
  STAMP_MILLI: "Jan _2 15:04:05.000",
  STAMP_MICRO: "Jan _2 15:04:05.000000",
  STAMP_NANO: "Jan _2 15:04:05.000000000",
} as const;

export const months: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const weekdays: readonly string[] = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];

/** A piece of a layout: what stands for a part of a time, or a text that is itself. */
export interface Piece {
  readonly text: string;
  readonly literal: boolean;
}

const element =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|[2345]|PM|pm|[-Z]07(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?!\d)/g;

const MAX_LAYOUT = 1000;
const known = new TextCache<readonly Piece[]>({ most: 100, bytes: 1 << 20, weight: 50 });

/** @throws MoonkeepError INVALID for one that is too long */
export function piecesOf(layout: string): readonly Piece[] {
  if (layout.length > MAX_LAYOUT) throw tooLong("layout", MAX_LAYOUT);
  const before = known.get(layout);
  if (before !== undefined) return before;
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: text, index } of layout.matchAll(element)) {
    if (index > at) pieces.push({ text: layout.slice(at, index), literal: true });
    pieces.push({ text, literal: false });
    at = index + text.length;
  }
  if (at < layout.length) pieces.push({ text: layout.slice(at), literal: true });
  known.set(layout, pieces);
  return pieces;
}

/** @throws MoonkeepError INVALID for a layout that is too long */
export function format(time: Time, layout: string): string {
  return piecesOf(layout)
    .map(({ text, literal }) => (literal ? text : (writers[text] ?? writeOther)(time, text)))
    .join("");
}

const pad = (n: number, width: number, filler = "0") => String(n).padStart(width, filler);
const hour12 = (time: Time) => time.shown.getUTCHours() % 12 || 12;
const half = (time: Time) => (time.shown.getUTCHours() < 12 ? "AM" : "PM");

const writers: Readonly<Record<string, (time: Time) => string>> = {
  January: (t) => months[t.month - 1]!,
  Jan: (t) => months[t.month - 1]!.slice(0, 3),
  "1": (t) => String(t.month),
  "01": (t) => pad(t.month, 2),
  Monday: (t) => weekdays[t.shown.getUTCDay()]!,
  Mon: (t) => weekdays[t.shown.getUTCDay()]!.slice(0, 3),
  "2": (t) => String(t.day),
  _2: (t) => pad(t.day, 2, " "),
  "02": (t) => pad(t.day, 2),
  __2: (t) => pad(t.yearDay, 3, " "),
  "002": (t) => pad(t.yearDay, 3),
  "2006": (t) => pad(t.year, 4),
  "06": (t) => pad(t.year % 100, 2),
  "15": (t) => pad(t.shown.getUTCHours(), 2),
  "3": (t) => String(hour12(t)),
  "03": (t) => pad(hour12(t), 2),
  "4": (t) => String(t.shown.getUTCMinutes()),
  "04": (t) => pad(t.shown.getUTCMinutes(), 2),
  "5": (t) => String(t.shown.getUTCSeconds()),
  "05": (t) => pad(t.shown.getUTCSeconds(), 2),
  PM: (t) => half(t),
  pm: (t) => half(t).toLowerCase(),
  MST: (t) => t.zone.abbreviation,
};

/** Fractions of a second, and offsets. */
function writeOther(time: Time, text: string): string {
  if (/^[.,]/.test(text)) return writeFraction(time, text);
  const { offset } = time.zone;
  return text[0] === "Z" && offset === 0 ? "Z" : writeOffset(offset, text.slice(1));
}

function writeFraction({ nanosecond }: Time, text: string): string {
  const digits = pad(nanosecond, 9)
    .padEnd(text.length - 1, "0")
    .slice(0, text.length - 1);
  if (text[1] === "0") return text[0] + digits;
  const short = digits.replace(/0+$/, "");
  return short === "" ? "" : text[0] + short;
}

/** @param form `07`, `0700`, `07:00`, `070000`, `07:00:00` */
function writeOffset(offset: Seconds, form: string): string {
  const seconds = Math.abs(offset);
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((n) => pad(Math.floor(n), 2));
  const colon = form.includes(":") ? ":" : "";
  const count = form.replaceAll(":", "").length / 2;
  return (offset < 0 ? "-" : "+") + parts.slice(0, count).join(colon);
}
