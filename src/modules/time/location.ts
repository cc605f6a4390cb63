/** Time zones: UTC, fixed offsets, and those of the IANA, whose rules Node's Intl knows. */
import { work } from "../../lua/meter/meter.ts";
import { nameNeeded, offsetTooLarge, tooLong, unknownLocation } from "./errors.ts";

/** Kept from the beginning: a thread gives up its globals before a script runs in it. */
const { DateTimeFormat } = Intl;

export type Seconds = number;

/** What is in force at an instant. */
export interface Zone {
  readonly offset: Seconds;
  readonly abbreviation: string;
}

export abstract class Location {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** @param at seconds since 1970 */
  abstract at(at: Seconds): Zone;

  /**
   * The instant at which clocks here show a time. Of one that clocks show twice, or skip, it is right for one of the two
   * offsets.
   * @param shown as seconds since 1970, if it were UTC
   */
  instant(shown: Seconds): Seconds {
    const guess = shown - this.at(shown).offset;
    return shown - this.at(guess).offset;
  }
}

class FixedLocation extends Location {
  readonly #zone: Zone;

  constructor(name: string, offset: Seconds) {
    super(name);
    this.#zone = { offset, abbreviation: name === "" ? numeric(offset) : name };
  }

  at(): Zone {
    return this.#zone;
  }
}

export const utc: Location = new FixedLocation("UTC", 0);

const MAX_NAME = 64;
const DAY: Seconds = 86_400;

/** @throws MoonkeepError INVALID */
export function fixedLocation(name: string, offset: Seconds): Location {
  if (!(Math.abs(offset) < DAY)) throw offsetTooLarge();
  if (name.length > MAX_NAME) throw tooLong("name", MAX_NAME);
  return new FixedLocation(name, Math.trunc(offset) + 0);
}

/** Instructions of the VM that Intl takes for an answer. */
const STEPS_TO_ASK = 500;
const STEPS_TO_LOAD = 2000;

class NamedLocation extends Location {
  readonly #offset: Intl.DateTimeFormat;
  /** What the zone is called while it has an offset. */
  readonly #abbreviations = new Map<Seconds, string>();
  #asked: Seconds = Number.NaN;
  #answer!: Zone;

  constructor(name: string) {
    super(name);
    this.#offset = new DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  }

  at(at: Seconds): Zone {
    if (at === this.#asked) return this.#answer;
    work(STEPS_TO_ASK);
    const offset = readOffset(zoneName(this.#offset, at));
    this.#asked = at;
    this.#answer = { offset, abbreviation: this.#abbreviation(at, offset) };
    return this.#answer;
  }

  #abbreviation(at: Seconds, offset: Seconds): string {
    let known = this.#abbreviations.get(offset);
    if (known === undefined) {
      work(STEPS_TO_LOAD);
      known = abbreviationOf(this.name, at) ?? numeric(offset);
      this.#abbreviations.set(offset, known);
    }
    return known;
  }
}

/**
 * Where people have an abbreviation for a zone: an English of another country does not know it, and shows its offset
 * (CLDR, by way of Intl).
 */
const localesWithNames = ["en-US", "en-GB", "en-IE", "en-AU", "en-IN", "en-ZA", "en-HK", "ja-JP", "pt-BR"];

function abbreviationOf(zone: string, at: Seconds): string | undefined {
  for (const locale of localesWithNames) {
    const name = zoneName(new DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }), at);
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return undefined;
}

const zoneName = (format: Intl.DateTimeFormat, at: Seconds): string =>
  format.formatToParts(at * 1000).find(({ type }) => type === "timeZoneName")!.value;

/** `GMT`, `GMT-05:00`, `GMT-04:56:02`. */
function readOffset(text: string): Seconds {
  const [, sign, hours, minutes, seconds = "0"] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -offset : offset;
}

/** What stands for the abbreviation of a zone that has none: `+09`, `+0530`. */
function numeric(offset: Seconds): string {
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}${minutes % 60 === 0 ? "" : two(minutes % 60)}`;
}

/** There are some 600 names; with the other ways to write them it must not grow without end. */
const known = new Map<string, Location>([["UTC", utc]]);
const MAX_KNOWN = 50;

/** @throws MoonkeepError INVALID for an empty name, NOT_FOUND for one that there is not */
export function loadLocation(name: string): Location {
  if (name === "") throw nameNeeded();
  if (name.length > MAX_NAME) throw unknownLocation(name);
  const one = name === "Local" ? local : known.get(name);
  if (one !== undefined) return one;
  work(STEPS_TO_LOAD);
  if (!/^[A-Za-z]/.test(name)) throw unknownLocation(name);
  try {
    const location = new NamedLocation(name);
    if (known.size >= MAX_KNOWN) known.delete([...known.keys()][1]!);
    known.set(name, location);
    return location;
  } catch (e) {
    throw e instanceof RangeError ? unknownLocation(name) : e;
  }
}

/** That of the process, asked for once. It has the name "Local", as in Go. */
class LocalLocation extends Location {
  #location: Location | undefined;

  at(at: Seconds): Zone {
    this.#location ??= ownLocation();
    return this.#location.at(at);
  }
}

function ownLocation(): Location {
  try {
    return loadLocation(new DateTimeFormat().resolvedOptions().timeZone);
  } catch {
    return utc; // the process was started with a TZ that nobody knows
  }
}

export const local: Location = new LocalLocation("Local");
