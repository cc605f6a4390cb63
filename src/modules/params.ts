/** The parameters of moonkeep's own modules: how each argument is read, and what is said when it can't be. */
import { MoonkeepError } from "../errors.ts";
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
import {
  keyNotString,
  keyRequired,
  optionsNotTable,
  resourceIdNotString,
  resourceIdRequired,
  ttlNotNumber,
  ttlOutOfRange,
  valueNotStorable,
  valueRequired,
} from "../stores/errors.ts";
import { binaryToText } from "../value/bytes.ts";
import type { ByteString, Key, Milliseconds, Table, Value } from "../value/value.ts";

const param = <T>(name: string, type: string, optional: boolean, read: (arg: Arg) => T): Param<T> => ({
  name,
  type,
  optional,
  read,
});

/** The id of an entry. */
export const id: Param<string> = param("id", "string", false, (arg) => {
  if (isNil(arg)) throw resourceIdRequired();
  if (typeOf(arg) !== "string") throw resourceIdNotString(typeOf(arg));
  const text = binaryToText(binaryOf(arg)!);
  if (text === "") throw resourceIdRequired();
  return text;
});

/** A text that names something: an action, an id. Any bytes; never empty. */
export const word = (name: string): Param<string> =>
  param(name, "string", false, (arg) => {
    if (typeOf(arg) !== "string") throw new MoonkeepError("INVALID", `${name}: expected a string, got ${typeOf(arg)}`);
    const text = binaryToText(binaryOf(arg)!);
    if (text === "") throw new MoonkeepError("INVALID", `${name}: expected a string that is not empty`);
    return text;
  });

/** A string as it is, whatever its bytes; a number stands for its text. */
export const string = (name: string): Param<ByteString> =>
  param(name, "string", false, (arg) => {
    const given = stringOf(arg);
    if (given === undefined) throw new MoonkeepError("INVALID", `${name}: expected a string, got ${typeOf(arg)}`);
    return given;
  });

/** One of a few words. */
export const oneOf = <const W extends string>(name: string, words: readonly W[]): Param<W> =>
  param(name, "string", false, (arg) => {
    const given = stringOf(arg)?.toString();
    const known = words.find((one) => one === given);
    if (known !== undefined) return known;
    const got = given === undefined ? typeOf(arg) : JSON.stringify(given.slice(0, 40));
    throw new MoonkeepError("INVALID", `${name}: expected ${words.join(" or ")}, got ${got}`);
  });

/** A store's key: any bytes; a number stands for its text. */
export const key: Param<Key> = param("key", "string|number", false, (arg) => {
  const bytes = binaryOf(arg);
  if (bytes === undefined) throw isNil(arg) ? keyRequired() : keyNotString(typeOf(arg));
  if (bytes.length === 0) throw keyRequired();
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
    return plainOf(arg) as Table;
  } catch (e) {
    throw e instanceof Refused ? valueNotStorable(e.place("opts"), e.what) : e;
  }
});

/** Any value, as it lies: for functions that take several forms. */
export const anything = (name: string): Param<Arg> => param(name, "any", true, (arg) => arg);
