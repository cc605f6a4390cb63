/** The parameters of moonkeep's own modules: how each argument is read, and what is said when it can't be. */

import { MoonkeepError } from "../errors.ts";
import { MAX_NAME_BYTES } from "../limits.ts";
import {
  type Arg,
  binaryOf,
  isNil,
  numberOf,
  type Param,
  plainOf,
  plainToCopyOf,
  stringOf,
  typeOf,
} from "../lua/boundary/arg.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { allocate, work } from "../lua/meter/meter.ts";
import {
  incrementNotNumber,
  keyNotString,
  keyRequired,
  keyReserved,
  optionsNotTable,
  resourceIdNotString,
  resourceIdRequired,
  ttlNotNumber,
  ttlOutOfRange,
  valueNotStorable,
  valueRequired,
} from "../stores/errors.ts";
import { isOwn } from "../stores/own-keys.ts";
import type { NumberValue } from "../stores/store.ts";
import { binaryToText, decodeUtf8 } from "../value/bytes.ts";
import { ByteString, type Bytes, type Key, type Milliseconds, sizeOf, type Table, type Value } from "../value/value.ts";
import { emptyString, expectedOneOf, expectedString, tooLong } from "./errors.ts";

const param = <T>(name: string, type: string, optional: boolean, read: (arg: Arg) => T): Param<T> => ({
  name,
  type,
  optional,
  read,
});

/** The bytes that a name may have: more are not a name, and are refused before anything looks at them. */
function checkLength(given: ByteString, name: string, most: Bytes = MAX_NAME_BYTES): void {
  if (given.length <= most) return;
  throw new MoonkeepError("INVALID", tooLong(name, most, given.length));
}

/** The same parameter of at most so many bytes, which is looked at first. */
export const atMost = <T>(most: Bytes, inner: Param<T>): Param<T> => ({
  ...inner,
  read(arg) {
    if (typeOf(arg) === "string") checkLength(stringOf(arg)!, inner.name, most);
    return inner.read(arg);
  },
});

/** Bytes that become text in the time of one instruction of the VM; bytes that are not UTF-8 take longer. */
const BYTES_A_STEP: Bytes = 16;

const SHORT_TEXT: Bytes = 100;

/** A string as text, whatever its bytes, at the expense of the script. */
export function textOf(given: ByteString): string {
  work(given.length / BYTES_A_STEP);
  if (given.length < SHORT_TEXT) return given.toString();
  allocate(given.length);
  const text = decodeUtf8(given.bytes);
  if (text !== undefined) return text;
  work(2 * given.length);
  allocate(4 * given.length); // two bytes a character, twice
  return given.toString();
}

/** Before all strings of a value are gone through. */
export const readAll = (value: Value): void => work(sizeOf(value) / BYTES_A_STEP);

/** The id of an entry. */
export const id: Param<string> = param("id", "string", false, (arg) => {
  if (isNil(arg)) throw resourceIdRequired();
  if (typeOf(arg) !== "string") throw resourceIdNotString(typeOf(arg));
  checkLength(stringOf(arg)!, "resource id");
  const text = binaryToText(binaryOf(arg)!);
  if (text === "") throw resourceIdRequired();
  return text;
});

/** A text that names something: an action, an id. Any bytes; never empty, and no longer than a name is. */
export const word = (name: string): Param<string> =>
  param(name, "string", false, (arg) => {
    if (typeOf(arg) !== "string") throw new MoonkeepError("INVALID", expectedString(name, typeOf(arg)));
    checkLength(stringOf(arg)!, name);
    const text = binaryToText(binaryOf(arg)!);
    if (text === "") throw new MoonkeepError("INVALID", emptyString(name));
    return text;
  });

/** A string as it is, whatever its bytes; a number stands for its text. */
export const string = (name: string): Param<ByteString> =>
  param(name, "string", false, (arg) => {
    const given = stringOf(arg);
    if (given === undefined) throw new MoonkeepError("INVALID", expectedString(name, typeOf(arg)));
    return given;
  });

/** A string, and no number in its place: what is read is text, and a number there is a mistake. */
export const written = (name: string): Param<ByteString> =>
  param(name, "string", false, (arg) => {
    const given = typeOf(arg) === "string" ? stringOf(arg) : undefined;
    if (given === undefined) throw new MoonkeepError("INVALID", expectedString(name, typeOf(arg)));
    return given;
  });

/** The beginning of a text, without a look at the rest. */
export const beginOf = (given: ByteString, bytes: Bytes): string =>
  (given.length <= bytes ? given : new ByteString(given.bytes.slice(0, bytes))).toString();

/** One of a few words. */
export const oneOf = <const W extends string>(name: string, words: readonly W[]): Param<W> =>
  param(name, "string", false, (arg) => {
    const given = stringOf(arg);
    const text = given && beginOf(given, 40);
    const known = words.find((one) => one === text && one.length === given!.length);
    if (known !== undefined) return known;
    const got = text === undefined ? typeOf(arg) : JSON.stringify(text);
    throw new MoonkeepError("INVALID", expectedOneOf(name, words.join(" or "), got));
  });

/** A longer key costs the script what is done with it: policies look at it, and errors show it. */
const SHORT_KEY: Bytes = 500;

/** A store's key: any bytes; a number stands for its text. */
export const key: Param<Key> = param("key", "string|number", false, (arg) => {
  const bytes = binaryOf(arg);
  if (bytes === undefined) throw isNil(arg) ? keyRequired() : keyNotString(typeOf(arg));
  if (bytes.length === 0) throw keyRequired();
  if (isOwn(bytes as Key)) throw keyReserved();
  if (bytes.length > SHORT_KEY) work(bytes.length / BYTES_A_STEP);
  return bytes;
});

/** What a store keeps. */
export const value: Param<Value> = param("value", "any", false, (arg) => {
  try {
    const given = plainToCopyOf(arg);
    if (given === undefined) throw valueRequired();
    return given;
  } catch (e) {
    throw e instanceof Refused ? valueNotStorable(e.place("value"), e.what) : e;
  }
});

/** Seconds, fractions allowed; nil and 0 mean that it never expires. */
export const ttl: Param<Milliseconds | undefined> = param("ttl", "number", true, (arg) => {
  if (isNil(arg)) return undefined;
  const seconds = numberOf(arg);
  if (seconds === undefined) throw ttlNotNumber(typeOf(arg));
  return milliseconds(seconds);
});

/** How much to add; integers stay integers. */
export const by: Param<NumberValue | undefined> = param("by", "number", true, (arg) => {
  if (isNil(arg)) return undefined;
  if (typeOf(arg) !== "number") throw incrementNotNumber(typeOf(arg));
  return plainOf(arg) as NumberValue;
});

/** @throws MoonkeepError INVALID for a ttl that is negative or not finite. */
export function milliseconds(seconds: number): Milliseconds | undefined {
  const life = seconds * 1000;
  if (!(seconds >= 0 && life < Number.POSITIVE_INFINITY)) throw ttlOutOfRange(seconds);
  return seconds === 0 ? undefined : life;
}

/** A table of options, or nil for none. */
export const options: Param<Table | undefined> = param("opts", "table", true, (arg) => {
  if (isNil(arg)) return undefined;
  if (typeOf(arg) !== "table") throw optionsNotTable(typeOf(arg));
  try {
    const table = plainOf(arg) as Table;
    readAll(table);
    return table;
  } catch (e) {
    throw e instanceof Refused ? valueNotStorable(e.place("opts"), e.what) : e;
  }
});

/** Any value, as it lies: for functions that take several forms. */
export const anything = (name: string): Param<Arg> => param(name, "any", true, (arg) => arg);
