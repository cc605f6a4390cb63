/**
 * Options from JavaScript: each option object has one table of its names and how each is read. A name that is not in it,
 * and a value of a wrong type, is a TypeError that says what would be right; an option is never ignored.
 */

import { parseDays } from "./duration.ts";
import { noSuchOption, notAllowed, optionElsewhere, optionsExpected, wholeOutOfRange, wrongOption } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { parseSize } from "./size.ts";
import type { Bytes, Milliseconds } from "./value.ts";

/** Reads an option that is there. @throws TypeError for a wrong type, RangeError for what is out of range */
export type Reader<T = unknown> = (given: unknown, name: string) => T;

/** A reader for each name of an option object, none left out. */
export type Readers<Options> = { readonly [Name in keyof Options]-?: Reader<NonNullable<Options[Name]>> };

/** What was read, by name; what was not given is not there. */
export type Read<R> = { -readonly [Name in keyof R]?: R[Name] extends Reader<infer T> ? T : never };

/**
 * The options in an object. One that is undefined is not given.
 * @param what whose options they are, for errors: `host.run`
 * @throws TypeError for a name that there is not; whatever a reader throws
 */
export function readOptions<R extends { readonly [name: string]: Reader }>(
  given: unknown,
  readers: R,
  what: string,
): Read<R> {
  const read: Read<R> = {};
  if (given === undefined) return read;
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw notOptions(given, readers, what);
  for (const name in given) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) throw unknownOption(name, readers, what);
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) read[name as keyof R] = reader(value, name) as never;
  }
  return read;
}

function notOptions(given: unknown, readers: object, what: string): TypeError {
  const names = namesOf(readers);
  return new TypeError(optionsExpected(what, list(names, "or"), shown(given)));
}

function unknownOption(name: string, readers: object, what: string): TypeError {
  const names = namesOf(readers);
  const close = nearest(name, names);
  const hint = close === undefined ? `the options are ${list(names, "and")}` : `did you mean "${close}"?`;
  return new TypeError(noSuchOption(what, name, hint));
}

const namesOf = (readers: object) =>
  Object.keys(readers).filter((name) => !misplacedNames.has(Reflect.get(readers, name)));

const list = (names: readonly string[], last: string) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;

/** A value as an error names it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object" || value === null) return String(value);
  const name = value.constructor?.name;
  return name === undefined || name === "Object" ? "an object" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** @param expected what would be right: `a boolean` */
export const wrongType = (name: string, expected: string, given: unknown): TypeError =>
  new TypeError(wrongOption(name, expected, shown(given)));

// ---- readers ----

/** What passes the test, as it is. */
export const checked =
  <T>(expected: string, test: (given: unknown) => boolean): Reader<T> =>
  (given, name) => {
    if (test(given)) return given as T;
    throw wrongType(name, expected, given);
  };

const isObject = (given: unknown): boolean => typeof given === "object" && given !== null;

export const flag: Reader<boolean> = checked("true or false", (given) => typeof given === "boolean");
export const words: Reader<string> = checked(
  "a string that is not empty",
  (given) => typeof given === "string" && given !== "",
);
export const text: Reader<string> = checked("a string", (given) => typeof given === "string");
/** A function of whatever type the option has. */
export const callback: Reader<never> = checked("a function", (given) => typeof given === "function");
export const mapping: Reader<never> = checked(
  "an object with values by name",
  (given) => isObject(given) && !Array.isArray(given),
);
export const items: Reader<readonly unknown[]> = checked("an array", Array.isArray);
export const names: Reader<readonly string[]> = checked(
  "an array of strings",
  (given) => Array.isArray(given) && given.every((one) => typeof one === "string"),
);
export const signal: Reader<AbortSignal> = checked(
  "an AbortSignal",
  (given) =>
    isObject(given) && typeof (given as AbortSignal).aborted === "boolean" && "addEventListener" in (given as object),
);

export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  const quoted = allowed.map((one) => JSON.stringify(one));
  return (given, name) => {
    if (allowed.includes(given as T)) return given as T;
    const close = typeof given === "string" ? nearest(given, allowed) : undefined;
    const hint = close === undefined ? "" : `; did you mean "${close}"?`;
    throw new TypeError(notAllowed(name, list(quoted, "or"), shown(given), hint));
  };
}

export const whole =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (given, name) => {
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
    if (typeof given !== "number") throw wrongType(name, `a whole number, ${range}`, given);
    if (Number.isInteger(given) && given >= least && given <= most) return given;
    throw new RangeError(wholeOutOfRange(name, range, given));
  };

/** The longest that a timer of Node's waits. */
const MAX_TIMEOUT: Milliseconds = 2 ** 31 - 1;

/** Milliseconds, or a duration as text. */
export const duration =
  (least: "zero" | "above zero"): Reader<Milliseconds> =>
  (given, name) => {
    const isText = typeof given === "string";
    const expected = `${isText ? "a duration" : "milliseconds, or a duration"} such as "1s" or "250ms"`;
    if (!isText && typeof given !== "number") throw wrongType(name, expected, given);
    const time = isText ? parseDays(given) : given;
    const isEnough = time !== undefined && (least === "zero" ? time >= 0 : time > 0);
    if (isEnough && time <= MAX_TIMEOUT) return time;
    throw new RangeError(wrongOption(name, expected, shown(given)));
  };

/** Bytes, or a size as text. */
export const size =
  (least: number): Reader<Bytes> =>
  (given, name) => {
    const isText = typeof given === "string";
    const expected = `${isText ? "a size" : "a number of bytes, or a size"} such as "64MiB"`;
    if (!isText && typeof given !== "number") throw wrongType(name, expected, given);
    const bytes = isText ? parseSize(given) : given;
    if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= least) return bytes;
    throw new RangeError(wrongOption(name, expected, shown(given)));
  };

/** An option object within options. */
export const within =
  <R extends { readonly [name: string]: Reader }>(readers: R): Reader<Read<R>> =>
  (given, name) =>
    readOptions(given, readers, name);

const misplacedNames = new Set<unknown>();

/** A name that people use for something that is said otherwise. It is not told among the options. */
export function misplaced(advice: string): Reader<never> {
  const reader: Reader<never> = (_, name) => {
    throw new TypeError(optionElsewhere(name, advice));
  };
  misplacedNames.add(reader);
  return reader;
}
