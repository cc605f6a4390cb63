/**
 * How a host function reads what a script gave it. A `Param` is one declared parameter: its name and type, for
 * documentation and errors, and how to read it. The functions below are all that a parameter can ask of an argument,
 * so nothing outside this folder sees how the VM keeps it.
 */

import { MoonkeepError } from "../../errors.ts";
import { type Binary, decodeUtf8 } from "../../value/bytes.ts";
import { toJs } from "../../value/js.ts";
import { Packed } from "../../value/packed.ts";
import { ByteString, type Bytes, sizeOf, type Value } from "../../value/value.ts";
import { shared } from "../core/shared.ts";
import { makeUnseen, work } from "../meter/meter.ts";
import { fromFloat, type Int64, toBigInt, toFloat } from "../vm/int64.ts";
import { getString, sequence } from "../vm/lua-table.ts";
import { numberText as textOf } from "../vm/numeral.ts";
import {
  BOOLEAN,
  baseType,
  FLOAT,
  INT64,
  INTEGER,
  type LuaTable,
  NIL,
  STRING,
  TABLE,
  type TValue,
  type Udata,
  USERDATA,
} from "../vm/types.ts";
import { notPlainData, notUtf8, notWhole, wrongArgument } from "./errors.ts";
import { buildTable, Refused, toValue } from "./marshal.ts";
import type { Arg, Param } from "./param.ts";

export type { Arg, Param } from "./param.ts";

const cell = (a: Arg): TValue => a as unknown as TValue;

const typeNames = ["nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"];

/** The Lua type of an argument, as `type()` says it. */
export const typeOf = (a: Arg): string => typeNames[baseType(cell(a))] ?? "value";

/** Whether a table has a field of this name, without its metamethods. */
export function hasField(a: Arg, name: ByteString): boolean {
  const { type, value } = cell(a);
  if (type !== TABLE) return false;
  if (value instanceof Packed) return value.keys.some((key) => key instanceof ByteString && key.equals(name));
  return getString(value as LuaTable, name).type !== NIL;
}

export const isNil = (a: Arg): boolean => cell(a).type === NIL;

/** A string's bytes, one character each; a number as Lua's `tostring` writes it; undefined for anything else. */
export function binaryOf(a: Arg): Binary | undefined {
  const { type, value } = cell(a);
  if (type === STRING) return (value as ByteString).binary;
  return (type & 0x0f) === FLOAT ? numberText(cell(a)).binary : undefined;
}

/** As `binaryOf`, as the VM's own string. */
export function stringOf(a: Arg): ByteString | undefined {
  const { type, value } = cell(a);
  if (type === STRING) return value as ByteString;
  return (type & 0x0f) === FLOAT ? numberText(cell(a)) : undefined;
}

function numberText({ type, value }: TValue): ByteString {
  return ByteString.fromAscii(textOf(type, value));
}

/** A number; no string is taken for one. */
export function numberOf(a: Arg): number | undefined {
  const { type, value } = cell(a);
  if (type === INT64) return toFloat(value as Int64);
  return type === INTEGER || type === FLOAT ? (value as number) : undefined;
}

/** An integer, or a float that is one, exactly; undefined for anything else. */
export function wholeOf(a: Arg): number | bigint | undefined {
  const { type, value } = cell(a);
  if (type === INT64) return toBigInt(value as Int64);
  if (type === INTEGER) return value as number;
  const whole = type === FLOAT ? fromFloat(value as number) : undefined;
  return whole === undefined || typeof whole === "number" ? whole : toBigInt(whole);
}

export function booleanOf(a: Arg): boolean | undefined {
  const { type, value } = cell(a);
  return type === BOOLEAN ? (value as boolean) : undefined;
}

/** The JavaScript object behind a handle. */
export function objectOf(a: Arg): unknown {
  const { type, value } = cell(a);
  return type === USERDATA ? (value as Udata).data : undefined;
}

/** The arguments that lie in a table at 1, 2, 3 …; undefined for anything but a table. */
export function itemsOf(a: Arg): Arg[] | undefined {
  const { type, value } = cell(a);
  if (type !== TABLE) return undefined;
  const table = value instanceof Packed ? buildTable(shared, value) : (value as LuaTable);
  return sequence(table) as unknown as Arg[];
}

/**
 * Plain data; nil is undefined.
 * @param handles what stands in the data for the object behind a handle; undefined: it is refused
 * @throws Refused for what is not plain data.
 */
export function plainOf(a: Arg, handles?: (object: unknown) => unknown): Value | undefined {
  if (handles === undefined) return toValue(cell(a));
  return toValue(cell(a), (part) => handles(objectOf(part as unknown as Arg)));
}

/**
 * The same for whoever copies it, or hands it to somebody who does: a string that is in it a thousand times is a
 * thousand copies then. They are counted before they are made, and until the call is over.
 */
export function plainToCopyOf(a: Arg): Value | undefined {
  const value = plainOf(a);
  if (value !== undefined) makeUnseen(sizeOf(value));
  return value;
}

/** As JavaScript has it (value/js.ts). */
export const plainJsOf = (a: Arg): unknown => toJs(plainToCopyOf(a));

// ---- parameters that any module can use ----

function param<T>(name: string, type: string, read: (a: Arg) => T): Param<T> {
  return { name, type, optional: false, read };
}

function mismatch(name: string, expected: string, a: Arg): MoonkeepError {
  return new MoonkeepError("INVALID", wrongArgument(name, expected, typeOf(a)));
}

/** Bytes that are read in the time of one instruction. */
const BYTES_A_STEP = 16;

/** Shorter ones cost less than the call that has them. */
const SHORT: Bytes = 256;

/** Before a string is copied for the host, which has it until the call is over. */
function copy(length: Bytes): void {
  if (length < SHORT) return;
  makeUnseen(length);
  work(length / BYTES_A_STEP);
}

/** A string or number, as text. Bytes that are not UTF-8 are refused. */
export const text = (name: string): Param<string> =>
  param(name, "string", (a) => {
    const s = stringOf(a);
    if (s === undefined) throw mismatch(name, "a string", a);
    copy(s.length);
    const decoded = decodeUtf8(s.bytes);
    if (decoded === undefined) throw new MoonkeepError("INVALID", notUtf8(name));
    return decoded;
  });

/** A string's bytes. */
export const bytes = (name: string): Param<Uint8Array> =>
  param(name, "string", (a) => {
    const s = stringOf(a);
    if (s === undefined) throw mismatch(name, "a string", a);
    copy(s.length);
    return s.bytes.slice();
  });

export const number = (name: string): Param<number> =>
  param(name, "number", (a) => {
    const n = numberOf(a);
    if (n === undefined) throw mismatch(name, "a number", a);
    return n;
  });

/** A whole number, integer or float. */
export const integer = (name: string): Param<number> =>
  param(name, "integer", (a) => {
    const n = numberOf(a);
    if (n === undefined || !Number.isSafeInteger(n)) {
      throw n === undefined ? mismatch(name, "a whole number", a) : new MoonkeepError("INVALID", notWhole(name, n));
    }
    return n;
  });

export const boolean = (name: string): Param<boolean> =>
  param(name, "boolean", (a) => {
    const b = booleanOf(a);
    if (b === undefined) throw mismatch(name, "a boolean", a);
    return b;
  });

/** Any plain data, as JavaScript sees it (value/js.ts). */
export const data = (name: string): Param<unknown> =>
  param(name, "any", (a) => {
    try {
      return plainJsOf(a);
    } catch (e) {
      if (e instanceof Refused) throw new MoonkeepError("INVALID", notPlainData(e.place(name), e.what));
      throw e;
    }
  });

/** The same parameter, which may be nil or left out. */
export function optional<T>(inner: Param<T>): Param<T | undefined> {
  return {
    name: inner.name,
    type: inner.type,
    optional: true,
    read: (a) => (isNil(a) ? undefined : inner.read(a)),
  };
}

/** All arguments that are left, as a list. It stands last; nil in the middle is kept. */
export function rest<T>(inner: Param<T>): Param<readonly T[]> {
  // What `read` gives for one argument becomes an item of the list (function.ts).
  return { ...inner, name: "...", optional: true, rest: true } as unknown as Param<readonly T[]>;
}
