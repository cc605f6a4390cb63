/** What `time` says of what it can't read. */
import { MoonkeepError } from "../../errors.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);
const quote = (text: string) => JSON.stringify(text.slice(0, 60));

export const outOfRange = (): MoonkeepError => invalid("a time must be in the years 0 to 9999");

export const durationTooLong = (): MoonkeepError => invalid("duration: expected at most 292 years");

export const notDuration = (text: string): MoonkeepError =>
  invalid(`duration: expected numbers with units, as "1h30m" or "250ms", got ${quote(text)}`);

export const durationNeeded = (type: string): MoonkeepError =>
  invalid(`duration: expected a duration, a string or a number of nanoseconds, got ${type}`);

export const periodTooShort = (period: string): MoonkeepError =>
  invalid(`duration: a ticker's period must be at least 1ms, got ${period}`);

export const handleNeeded = (name: string, what: string, type: string): MoonkeepError =>
  invalid(`${name}: expected ${what}, got ${type}`);

export const tooLong = (name: string, most: number): MoonkeepError =>
  invalid(`${name}: expected at most ${most} characters`);

export const doesNotFit = (value: string, layout: string, why: string): MoonkeepError =>
  invalid(`value: ${quote(value)} does not fit the layout ${quote(layout)}: ${why}`);

export const offsetTooLarge = (): MoonkeepError => invalid("offset: expected less than 24 hours, in seconds");

export const nameNeeded = (): MoonkeepError => invalid("name: expected a string that is not empty");

export const unknownLocation = (name: string): MoonkeepError =>
  new MoonkeepError("NOT_FOUND", `there is no time zone ${quote(name)}; time zones have names such as "Europe/Paris"`);

export const textLeft = (rest: string): string => `expected the end, got ${rest}`;

export const expectedPart = (what: string): string => `expected ${what}`;

export const partOutOfRange = (what: string): string => `${what} out of range`;

export const fractionDigits = (digits: number): string => `expected a fraction of ${digits} digits`;

export const offsetOutOfRange = "offset out of range";

export const dayOutOfRange = "day out of range";

export const dayOfYearOutOfRange = "day of the year out of range";
