/** Reads a text by a layout. */
import { SECOND } from "./duration.ts";
import {
  dayOfYearOutOfRange,
  dayOutOfRange,
  doesNotFit,
  expectedPart,
  fractionDigits,
  offsetOutOfRange,
  partOutOfRange,
  textLeft,
  tooLong,
} from "./errors.ts";
import { dateIn, secondsOf, type Time } from "./instant.ts";
import { months, type Piece, piecesOf, weekdays } from "./layout.ts";
import { fixedLocation, type Location, local, type Seconds, utc } from "./location.ts";

const MAX_VALUE = 1000;

/**
 * @param location of a text that has no offset. Without one it is UTC, and abbreviations are those of the host's zone
 * @throws MoonkeepError INVALID
 */
export function parse(layout: string, value: string, location: Location | undefined): Time {
  if (value.length > MAX_VALUE) throw tooLong("value", MAX_VALUE);
  const reader = new Reader(layout, value);
  return reader.read(location ?? utc, location ?? local);
}

/** The parts of a time, as they are found. */
class Reader {
  readonly #layout: string;
  readonly #value: string;
  #at = 0;
  #year = 0;
  #month = 1;
  #day = 1;
  #yearDay: number | undefined;
  #hour = 0;
  #afternoon: boolean | undefined;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #offset: Seconds | undefined;
  #abbreviation: string | undefined;

  constructor(layout: string, value: string) {
    this.#layout = layout;
    this.#value = value;
  }

  read(location: Location, named: Location): Time {
    const pieces = piecesOf(this.#layout);
    for (const [i, piece] of pieces.entries()) {
      if (piece.literal) this.#literal(piece.text);
      else this.#element(piece.text, pieces[i + 1]);
    }
    if (this.#at < this.#value.length) throw this.#wrong(textLeft(JSON.stringify(this.#rest.slice(0, 20))));
    return this.#time(location, named);
  }

  get #rest(): string {
    return this.#value.slice(this.#at);
  }

  #wrong(why: string): Error {
    return doesNotFit(this.#value, this.#layout, why);
  }

  /** The text itself; a run of spaces stands for any run of spaces. */
  #literal(text: string): void {
    for (const part of text.match(/ +|[^ ]+/g)!) {
      const spaces = part[0] === " ";
      const found = spaces ? /^ +|^$/.exec(this.#rest)?.[0] : part;
      if (found === undefined || !this.#rest.startsWith(found)) throw this.#wrong(expectedPart(JSON.stringify(part)));
      this.#at += found.length;
    }
  }

  #take(pattern: RegExp, what: string): string {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) throw this.#wrong(expectedPart(what));
    this.#at += found.length;
    return found;
  }

  #number(pattern: RegExp, what: string, least: number, most: number): number {
    const n = Number(this.#take(pattern, what));
    if (n < least || n > most) throw this.#wrong(partOutOfRange(what));
    return n;
  }

  /** @returns which of the names it is, from 0 */
  #name(names: readonly string[], what: string): number {
    const rest = this.#rest.slice(0, 20).toLowerCase();
    const found = names.findIndex((name) => rest.startsWith(name.toLowerCase()));
    if (found < 0) throw this.#wrong(expectedPart(what));
    this.#at += names[found]!.length;
    return found;
  }

  #element(text: string, next: Piece | undefined): void {
    const digits = text[0] === "0" ? /^\d\d/ : /^\d\d?/;
    switch (text) {
      case "January":
        this.#month = this.#name(months, "a month") + 1;
        break;
      case "Jan":
        this.#month = this.#name(short(months), "a month") + 1;
        break;
      case "1":
      case "01":
        this.#month = this.#number(digits, "month", 1, 12);
        break;
      case "Monday":
        this.#name(weekdays, "a day of the week");
        break;
      case "Mon":
        this.#name(short(weekdays), "a day of the week");
        break;
      case "_2":
      case "2":
      case "02":
        this.#day = Number(this.#take(text === "_2" ? /^ ?\d\d?/ : digits, "day"));
        break;
      case "__2":
      case "002":
        this.#yearDay = Number(this.#take(text === "__2" ? /^ {0,2}\d{1,3}/ : /^\d{3}/, "day of the year"));
        break;
      case "2006":
        this.#year = Number(this.#take(/^\d{4}/, "year"));
        break;
      case "06": {
        const year = Number(this.#take(/^\d\d/, "year"));
        this.#year = year + (year >= 69 ? 1900 : 2000);
        break;
      }
      case "15":
        this.#hour = this.#number(/^\d\d?/, "hour", 0, 23);
        break;
      case "3":
      case "03":
        this.#hour = this.#number(digits, "hour", 0, 12);
        break;
      case "PM":
      case "pm":
        this.#afternoon = this.#take(text === "PM" ? /^[AP]M/ : /^[ap]m/, `${text} or its other half`)[0] === text[0];
        break;
      case "4":
      case "04":
        this.#minute = this.#number(digits, "minute", 0, 59);
        break;
      case "5":
      case "05":
        this.#second = this.#number(digits, "second", 0, 59);
        // A fraction is read although the layout does not have one.
        if (next === undefined || !/^[.,]/.test(next.text)) this.#fraction(/^[.,]\d+/);
        break;
      case "MST":
        this.#abbreviated();
        break;
      default:
        this.#other(text);
    }
  }

  #fraction(pattern: RegExp): void {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) return;
    this.#at += found.length;
    this.#nanosecond = Number(found.slice(1, 10).padEnd(9, "0"));
  }

  /** Fractions of a second, and offsets. */
  #other(text: string): void {
    if (/^[.,]9/.test(text)) this.#fraction(/^[.,]\d+/);
    else if (/^[.,]/.test(text)) {
      const pattern = new RegExp(`^[.,]\\d{${text.length - 1}}`);
      if (!pattern.test(this.#rest)) throw this.#wrong(fractionDigits(text.length - 1));
      this.#fraction(pattern);
    } else if (text[0] === "Z" && this.#rest[0] === "Z") {
      this.#at += 1;
      this.#offset = 0;
    } else {
      const form = text.slice(1).replace(/\d\d/g, "\\d\\d");
      const [sign, ...rest] = this.#take(new RegExp(`^[-+]${form}`), "an offset");
      const [hours, minutes = "0", seconds = "0"] = rest.join("").match(/\d\d/g)!;
      if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) throw this.#wrong(offsetOutOfRange);
      const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
      this.#offset = sign === "-" ? -offset : offset;
    }
  }

  /** What stands for a zone: `UTC`, `EST`, `GMT-5`, `+09`. */
  #abbreviated(): void {
    const text = this.#take(/^(?:GMT[-+]\d\d?|[-+]\d\d(?:\d\d)?|[A-Z]{3,5})/, "the abbreviation of a time zone");
    const [, sign, hours, minutes = "0"] = /([-+])(\d\d?)(\d\d)?$/.exec(text) ?? [];
    this.#abbreviation = text;
    if (sign !== undefined) {
      const offset = Number(hours) * 3600 + Number(minutes) * 60;
      if (offset >= 86_400) throw this.#wrong(offsetOutOfRange);
      this.#offset ??= sign === "-" ? -offset : offset;
    }
  }

  #time(location: Location, named: Location): Time {
    if (this.#yearDay !== undefined) this.#setYearDay(this.#yearDay);
    const lastDay = new Date(secondsOf(this.#year, this.#month + 1, 0) * 1000).getUTCDate();
    if (this.#day < 1 || this.#day > lastDay) throw this.#wrong(dayOutOfRange);
    const hour = this.#afternoon === undefined ? this.#hour : (this.#hour % 12) + (this.#afternoon ? 12 : 0);
    const shown = secondsOf(this.#year, this.#month, this.#day, hour, this.#minute, this.#second);
    return dateIn(this.#location(location, named, shown), shown, this.#nanosecond % SECOND);
  }

  #setYearDay(yearDay: number): void {
    const date = new Date(secondsOf(this.#year, 1, yearDay) * 1000);
    if (yearDay < 1 || date.getUTCFullYear() !== this.#year) throw this.#wrong(dayOfYearOutOfRange);
    this.#month = date.getUTCMonth() + 1;
    this.#day = date.getUTCDate();
  }

  /**
   * An offset decides. An abbreviation alone means the offset that `named` has under it, at this time or in another
   * season; or else, as in Go, none.
   */
  #location(location: Location, named: Location, shown: Seconds): Location {
    if (this.#abbreviation === "UTC" && this.#offset === undefined) return utc;
    if (this.#offset === undefined && this.#abbreviation === undefined) return location;
    if (this.#offset === undefined) return this.#byName(this.#abbreviation!, named, shown);
    if (this.#offset === 0 && this.#abbreviation === undefined) return utc;
    const here = location.at(shown - this.#offset).offset === this.#offset;
    return here && this.#abbreviation === undefined ? location : fixedLocation(this.#abbreviation ?? "", this.#offset);
  }

  #byName(name: string, location: Location, shown: Seconds): Location {
    const at = location.instant(shown);
    const zone = [at, at - HALF_A_YEAR, at + HALF_A_YEAR]
      .map((one) => location.at(one))
      .find(({ abbreviation }) => abbreviation === name);
    if (zone === undefined) return fixedLocation(name, 0);
    return location.at(shown - zone.offset).offset === zone.offset ? location : fixedLocation(name, zone.offset);
  }
}

const HALF_A_YEAR: Seconds = 182 * 86_400;

const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3));
