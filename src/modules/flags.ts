/** Tables of options, read by what each may be: what is unknown or of the wrong type is said with its name. */

import { MoonkeepError } from "../errors.ts";
import { ByteString, Float, Table, type Value } from "../value/value.ts";
import {
  expectedBoolean,
  expectedNumber,
  expectedOneOf,
  expectedStrings,
  flagsExpected,
  unknownFlag,
} from "./errors.ts";
import { beginOf } from "./params.ts";

/** What an option may be: a boolean, a whole number from a range, a number from a range, one of some words, texts. */
export type Flag =
  | "boolean"
  | "strings"
  | { readonly integer: readonly [number, number] }
  | { readonly number: readonly [number, number] }
  | { readonly words: readonly string[] };

type Read<F extends Flag> = F extends "boolean"
  ? boolean
  : F extends "strings"
    ? readonly string[]
    : F extends { readonly words: readonly (infer W)[] }
      ? W
      : number;

export type Flags<T extends Readonly<Record<string, Flag>>> = { readonly [K in keyof T]?: Read<T[K]> };

const invalid = (message: string) => new MoonkeepError("INVALID", message);

/** @throws MoonkeepError INVALID */
export function readFlags<const T extends Readonly<Record<string, Flag>>>(
  given: Table | undefined,
  flags: T,
): Flags<T> {
  const read: Record<string, unknown> = {};
  if (given === undefined) return read as Flags<T>;
  const known = Object.keys(flags).join(", ");
  if (given.items.length > 0) throw invalid(flagsExpected(known));
  given.keys.forEach((key, i) => {
    const name = key instanceof ByteString ? beginOf(key, 60) : String(key);
    if (!Object.hasOwn(flags, name)) throw invalid(unknownFlag(name, known));
    read[name] = readFlag(given.values[i]!, flags[name]!, `opts.${name}`);
  });
  return read as Flags<T>;
}

function readFlag(value: Value, flag: Flag, name: string): unknown {
  if (flag === "boolean") {
    if (typeof value === "boolean") return value;
    throw invalid(expectedBoolean(name, shown(value)));
  }
  if (flag === "strings") {
    const items = value instanceof Table && value.keys.length === 0 ? value.items : undefined;
    if (items?.every((item) => item instanceof ByteString)) return items.map(String);
    throw invalid(expectedStrings(name, shown(value)));
  }
  if ("words" in flag) {
    const word = value instanceof ByteString ? flag.words.find((one) => one === value.toString()) : undefined;
    if (word !== undefined) return word;
    throw invalid(expectedOneOf(name, flag.words.join(" or "), shown(value)));
  }
  const n = typeof value === "number" ? value : value instanceof Float ? value.value : undefined;
  const isWhole = "integer" in flag;
  const [least, most] = isWhole ? flag.integer : flag.number;
  if (n !== undefined && n >= least && n <= most && (!isWhole || Number.isInteger(n))) return n;
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  throw invalid(expectedNumber(name, isWhole ? "whole " : "", range, shown(value)));
}

function shown(value: Value): string {
  if (value instanceof ByteString) return JSON.stringify(beginOf(value, 40));
  if (value instanceof Table) return "a table";
  return String(value instanceof Float ? value.value : value);
}
