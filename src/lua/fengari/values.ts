/** What Fengari's files get in place of lobject.js: values, numbers as text and back, and formatted messages. */

import type { Binary } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { rawArithmetic } from "../core/arith.ts";
import { chunkId } from "../core/chunk-id.ts";
import { toText } from "../core/concat.ts";
import { runError } from "../core/errors.ts";
import { TM } from "../core/metatables.ts";
import { ensureStack, push } from "../core/stack.ts";
import { newString } from "../meter/meter.ts";
import { nothing, TValue } from "../vm/cell.ts";
import { CClosure, LuaClosure, Udata } from "../vm/closure.ts";
import { numeral, readNumeral } from "../vm/numeral.ts";
import { LuaState } from "../vm/thread.ts";
import { FLOAT, INT64, INTEGER, NIL, STRING } from "../vm/types.ts";
import { attemptPerformArithmetic } from "./errors.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const binaryOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** A userdata of the C API's, which has an object of its own. */
class OwnUdata extends Udata {
  constructor(L: LuaState, size: number) {
    super(L, size);
    this.data = Object.create(null);
  }
}

class LocVar {
  varname: ByteString | null = null;
  startpc = Number.NaN;
  endpc = Number.NaN;
}

/** The code generator puts integers of any size under one tag. */
export function withTag(cell: TValue): TValue {
  return cell.type === INTEGER && typeof cell.value !== "number" ? new TValue(INT64, cell.value) : cell;
}

function arithmetic(L: LuaState | null, op: number, a: TValue, b: TValue, to: TValue | number): void {
  const result = typeof to === "number" ? L!.stack[to]! : to;
  if (!rawArithmetic(L, op + TM.ADD, withTag(a), withTag(b), result)) runError(L!, attemptPerformArithmetic);
}

function readInto(bytes: Uint8Array, cell: TValue): number {
  const tag = readNumeral(binaryOf(bytes));
  if (tag === NIL) return 0;
  cell.type = tag;
  cell.value = numeral.value;
  return bytes.length + 1;
}

// ---- messages ----

function formatted(L: LuaState, directive: string, given: unknown): string {
  switch (directive) {
    case "s": {
      if (given === null || given === undefined) return "(null)";
      const text = typeof given === "string" ? given : binaryOf(given as Uint8Array);
      if (text === "JS levels") return "C levels"; // what the parser nests in is C to Lua
      const end = text.indexOf("\0");
      return end < 0 ? text : text.slice(0, end);
    }
    case "c": {
      const code = given as number;
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `<\\${code}>`;
    }
    case "d":
    case "I":
      return textOf(typeof given === "number" ? INTEGER : INT64, given);
    case "f":
      return textOf(FLOAT, given);
    case "p":
      return pointer(L, given);
    case "U":
      return binaryOf(utf8(given as number));
    default:
      return "%";
  }
}

function textOf(type: number, value: unknown): string {
  const cell = new TValue(type, value);
  toText(cell);
  return (cell.value as ByteString).binary;
}

/** A number for an object, in place of its address. */
function pointer(L: LuaState, object: unknown): string {
  const isOurs =
    object instanceof LuaClosure || object instanceof CClosure || object instanceof Udata || object instanceof LuaState;
  if (isOurs) return `0x${object.id.toString(16)}`;
  if ((typeof object !== "object" && typeof object !== "function") || object === null) return String(object);
  const { ids } = L.l_G;
  if (!ids.has(object)) ids.set(object, L.l_G.id_counter++);
  return `0x${ids.get(object)!.toString(16)}`;
}

export function pushFormatted(L: LuaState, format: Uint8Array, given: readonly unknown[]): Uint8Array {
  let next = 0;
  const text = binaryOf(format).replace(/%(.)/g, (_, directive: string) =>
    formatted(L, directive, directive === "%" ? undefined : given[next++]),
  );
  ensureStack(L, 1);
  newString(text.length);
  push(L, STRING, ByteString.fromBinary(text as Binary));
  return (L.stack[L.top - 1]!.value as ByteString).bytes;
}

// ---- bytes ----

const UTF8_BUFFER = 8;

/** UTF-8 as Lua writes it: up to 31 bits, and surrogates too. */
function utf8(code: number): Uint8Array {
  if (code < 0x80) return Uint8Array.of(code);
  const bytes: number[] = [];
  let rest = code;
  let room = 0x3f;
  do {
    bytes.unshift(0x80 | (rest & 0x3f));
    rest >>>= 6;
    room >>= 1;
  } while (rest > room);
  bytes.unshift(((~room << 1) | rest) & 0xff);
  return Uint8Array.from(bytes);
}

/** Writes a character's bytes at the end of a buffer. @returns how many */
function writeUtf8(buffer: Uint8Array, code: number): number {
  const bytes = utf8(code);
  buffer.set(bytes, UTF8_BUFFER - bytes.length);
  return bytes.length;
}

function hexDigit(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/** A size in eight bits: three of them, and the power of two that they are multiplied by; rounded up. */
function sizeByte(n: number): number {
  if (n < 8) return n;
  let mantissa = n;
  let exponent = 0;
  while (mantissa >= 16) {
    mantissa = (mantissa + 1) >> 1;
    exponent++;
  }
  return ((exponent + 1) << 3) | (mantissa - 8);
}

export const lobject = {
  CClosure,
  LClosure: LuaClosure,
  LUA_TDEADKEY: 10,
  LUA_TPROTO: 9,
  LocVar,
  TValue,
  Udata: OwnUdata,
  UTF8BUFFSZ: UTF8_BUFFER,
  luaO_nilobject: nothing,
  luaO_arith: arithmetic,
  luaO_chunkid: (source: Uint8Array): Uint8Array => bytesOf(chunkId(new ByteString(source))),
  luaO_hexavalue: hexDigit,
  luaO_int2fb: sizeByte,
  luaO_pushfstring: (L: LuaState, format: Uint8Array, ...given: unknown[]): Uint8Array =>
    pushFormatted(L, format, given),
  luaO_pushvfstring: pushFormatted,
  luaO_str2num: readInto,
  luaO_tostring: (_: LuaState, cell: TValue): void => void toText(cell),
  luaO_utf8esc: writeUtf8,
  pushobj2s: (L: LuaState, { type, value }: TValue): void => {
    L.stack[L.top++] = new TValue(type, value);
  },
  pushsvalue2s: (L: LuaState, s: ByteString): void => {
    L.stack[L.top++] = new TValue(STRING, s);
  },
  setobjs2s: (L: LuaState, to: number, from: number): void => L.stack[to]!.setfrom(L.stack[from]!),
  setobj2s: (L: LuaState, to: number, from: TValue): void => L.stack[to]!.setfrom(from),
  setsvalue2s: (L: LuaState, to: number, s: ByteString): void => L.stack[to]!.setsvalue(s),
};
