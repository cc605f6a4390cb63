/** `string.pack`, `packsize` and `unpack`: values in binary, as C has them on most machines of 64 bits. */

import type { ByteString } from "../../value/value.ts";
import { burn } from "../meter/fuel.ts";
import { handle, newBuffer } from "../meter/meter.ts";
import { argError, fail } from "../vm/direct.ts";
import { highOf, type Integer, lowOf, lt, ofWords, tagOf } from "../vm/int64.ts";
import { FLOAT, INTEGER, type LuaCFunction, type LuaState, NIL, STRING } from "../vm/types.ts";
import { floatArg, integerArg, optSizeArg, positionFrom, stringArg } from "./args.ts";
import { type Args, alsoAnswer, answer, answerNothing, answerSmall, answerString, direct, variadic } from "./define.ts";
import {
  alignmentNotPowerOf2,
  dataStringTooShort,
  formatResultTooLarge,
  initialPositionOut,
  integerDoesNotFit,
  integerOverflow,
  invalidFormatOption,
  invalidNextOption,
  lengthDoesNotFit,
  missingSize,
  sizeOutOfLimits,
  stringContainsZeros,
  stringLongerThanGiven,
  tooManyResults,
  unsignedOverflow,
  variableLengthFormat,
} from "./errors.ts";
import { binaryOf, newText, part } from "./text.ts";

// What an option of a format is.
const INT = 0;
const UINT = 1;
const FLOATING = 2;
const CHARS = 3;
const LENGTH_AND_STRING = 4;
const ZERO_TERMINATED = 5;
const PADDING = 6;
const ALIGNMENT = 7;
const NOTHING = 8;

const MAX_SIZE = 2 ** 31 - 1;
const MAX_INTEGER_SIZE = 16;
const NATIVE_ALIGNMENT = 8;
const SIZE_OF_SIZE = 8;
const SIZE_OF_INT = 4;
const SIZE_OF_INTEGER = 8;
const MOST_RESULTS = 190_000;

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** A format, read option by option. */
class Format {
  readonly #L: LuaState;
  readonly #text: string;
  #at = 0;
  #little = true;
  #maxAlignment = 1;
  /** Of the option that was read last: its size, and the bytes before it that align it. */
  size = 0;
  padding = 0;

  constructor(L: LuaState, format: ByteString) {
    this.#L = L;
    this.#text = binaryOf(format);
    burn(L, format.length);
  }

  get little(): boolean {
    return this.#little;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Reads an option. @param total bytes before it */
  next(total: number): number {
    const option = this.#option();
    const { size } = this;
    let alignment = size;
    if (option === ALIGNMENT) {
      if (this.isAtEnd || this.#option() === CHARS || this.size === 0) {
        argError(this.#L, 1, invalidNextOption);
      }
      alignment = this.size;
      this.size = size;
    }
    this.padding = alignment <= 1 || option === CHARS ? 0 : this.#toAlign(alignment, total);
    return option;
  }

  #toAlign(wanted: number, total: number): number {
    const alignment = Math.min(wanted, this.#maxAlignment);
    if ((alignment & (alignment - 1)) !== 0) argError(this.#L, 1, alignmentNotPowerOf2);
    return (alignment - (total % alignment)) % alignment;
  }

  #option(): number {
    const c = this.#text[this.#at++]!;
    const sized = fixedSizes[c];
    if (sized !== undefined) {
      this.size = sized[1];
      return sized[0];
    }
    this.size = 0;
    switch (c) {
      case "i":
      case "I":
        this.size = this.#integerSize(SIZE_OF_INT);
        return c === "i" ? INT : UINT;
      case "s":
        this.size = this.#integerSize(SIZE_OF_SIZE);
        return LENGTH_AND_STRING;
      case "c":
        this.size = this.#number(-1);
        return this.size < 0 ? fail(this.#L, missingSize) : CHARS;
      case "z":
        return ZERO_TERMINATED;
      case "X":
        return ALIGNMENT;
      case " ":
        break;
      case "<":
      case "=":
        this.#little = true;
        break;
      case ">":
        this.#little = false;
        break;
      case "!":
        this.#maxAlignment = this.#integerSize(NATIVE_ALIGNMENT);
        break;
      default:
        fail(this.#L, invalidFormatOption(c));
    }
    return NOTHING;
  }

  #integerSize(otherwise: number): number {
    const size = this.#number(otherwise);
    return size >= 1 && size <= MAX_INTEGER_SIZE ? size : fail(this.#L, sizeOutOfLimits(size, MAX_INTEGER_SIZE));
  }

  #number(otherwise: number): number {
    if (!isDigit(this.#text.charCodeAt(this.#at))) return otherwise;
    let n = 0;
    while (isDigit(this.#text.charCodeAt(this.#at)) && n <= (MAX_SIZE - 9) / 10) {
      n = n * 10 + this.#text.charCodeAt(this.#at++) - 0x30;
    }
    return n;
  }
}

/** The options that are but a letter, and their sizes. */
const fixedSizes: Readonly<Record<string, readonly [option: number, size: number]>> = Object.assign(
  Object.create(null),
  {
    b: [INT, 1],
    B: [UINT, 1],
    h: [INT, 2],
    H: [UINT, 2],
    l: [INT, 8],
    L: [UINT, 8],
    j: [INT, 8],
    J: [UINT, 8],
    T: [UINT, 8],
    f: [FLOATING, 4],
    d: [FLOATING, 8],
    n: [FLOATING, 8],
    x: [PADDING, 1],
  },
);

const scratch: DataView = new DataView(new ArrayBuffer(8));

// ---- pack ----

/** What is packed, byte by byte, in binary form. */
class Packer {
  text = "";
  /** What is counted. */
  #room = 256;

  add(bytes: string): void {
    const length = this.text.length + bytes.length;
    if (length > this.#room) {
      this.#room = 2 * length;
      newBuffer(this.#room);
    }
    this.text += bytes;
  }

  addZeros(n: number): void {
    if (n === 0) return;
    if (n > 64) newBuffer(n);
    this.add("\0".repeat(n));
  }

  /** @param signed whether bytes beyond those of an integer repeat its sign */
  addInteger(i: Integer, size: number, little: boolean, signed: boolean): void {
    const lo = lowOf(i);
    const hi = highOf(i);
    const beyond = signed ? hi >> 31 : 0;
    let bytes = "";
    for (let k = 0; k < size; k++) {
      const byte = k < 4 ? lo >>> (8 * k) : k < 8 ? hi >>> (8 * (k - 4)) : beyond;
      const c = String.fromCharCode(byte & 0xff);
      bytes = little ? bytes + c : c + bytes;
    }
    this.add(bytes);
  }

  addFloat(n: number, size: number, little: boolean): void {
    if (size === 4) scratch.setFloat32(0, n, little);
    else scratch.setFloat64(0, n, little);
    let bytes = "";
    for (let k = 0; k < size; k++) bytes += String.fromCharCode(scratch.getUint8(k));
    this.add(bytes);
  }
}

const powerOf = (bits: number): Integer =>
  ofWords(bits < 32 ? 0 : (1 << (bits - 32)) | 0, bits < 32 ? (1 << bits) | 0 : 0);

function packOption(
  L: LuaState,
  packer: Packer,
  format: Format,
  option: number,
  arg: number,
  { types, values, n }: Args,
): void {
  const { size, little } = format;
  const t = arg <= n ? types[arg - 1] : NIL;
  const v = values[arg - 1];
  switch (option) {
    case INT:
    case UINT: {
      const i = integerArg(L, arg, t, v);
      if (size < SIZE_OF_INTEGER) checkRange(L, arg, i, size, option === INT);
      packer.addInteger(i, size, little, option === INT);
      break;
    }
    case FLOATING:
      packer.addFloat(floatArg(L, arg, t, v), size, little);
      break;
    case CHARS: {
      const s = stringArg(L, arg, t, v);
      if (s.length > size) argError(L, arg, stringLongerThanGiven);
      packer.add(binaryOf(s));
      packer.addZeros(size - s.length);
      break;
    }
    case LENGTH_AND_STRING: {
      const s = stringArg(L, arg, t, v);
      if (size < SIZE_OF_SIZE && s.length >= 2 ** (8 * size)) {
        argError(L, arg, lengthDoesNotFit);
      }
      packer.addInteger(s.length, size, little, false);
      packer.add(binaryOf(s));
      break;
    }
    default: {
      const s = stringArg(L, arg, t, v);
      handle(s.length);
      if (binaryOf(s).includes("\0")) argError(L, arg, stringContainsZeros);
      packer.add(`${binaryOf(s)}\0`);
    }
  }
}

function checkRange(L: LuaState, arg: number, i: Integer, size: number, signed: boolean): void {
  const fits = signed
    ? !lt(i, -(2 ** (8 * size - 1))) && lt(i, powerOf(8 * size - 1))
    : !lt(i, 0) && lt(i, powerOf(8 * size));
  if (!fits) argError(L, arg, signed ? integerOverflow : unsignedOverflow);
}

export const pack: LuaCFunction = variadic((L, args) => {
  const format = new Format(L, stringArg(L, 1, args.n > 0 ? args.types[0] : undefined, args.values[0]));
  const packer = new Packer();
  let arg = 1;
  while (!format.isAtEnd) {
    const option = format.next(packer.text.length);
    packer.addZeros(format.padding);
    if (option === PADDING) packer.addZeros(1);
    else if (option < PADDING) packOption(L, packer, format, option, ++arg, args);
  }
  return answerString(newText(packer.text));
});

export const packsize: LuaCFunction = direct((L, _, t, v) => {
  const format = new Format(L, stringArg(L, 1, t, v));
  let total = 0;
  while (!format.isAtEnd) {
    const option = format.next(total);
    if (option === LENGTH_AND_STRING || option === ZERO_TERMINATED) {
      argError(L, 1, variableLengthFormat);
    }
    const size = format.padding + format.size;
    if (total > MAX_SIZE - size) argError(L, 1, formatResultTooLarge);
    total += size;
  }
  return answerSmall(total);
});

// ---- unpack ----

export const unpack: LuaCFunction = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const format = new Format(L, stringArg(L, 1, t0, v0));
  const s = stringArg(L, 2, t1, v1);
  const data = binaryOf(s);
  let at = positionFrom(optSizeArg(L, 3, t2, v2, 1), data.length) - 1;
  if (at < 0 || at > data.length) argError(L, 3, initialPositionOut);
  let first: unknown;
  let count = 0;
  const add = (type: number, value: unknown) => {
    if (++count === 1) first = answer(type, value);
    else if (count > MOST_RESULTS) fail(L, tooManyResults);
    else alsoAnswer(type, value);
  };
  answerNothing();
  while (!format.isAtEnd) {
    const option = format.next(at);
    const { size, padding, little } = format;
    if (padding + size > data.length - at) argError(L, 2, dataStringTooShort);
    at += padding;
    switch (option) {
      case INT:
      case UINT: {
        const i = readInteger(L, data, at, size, little, option === INT);
        add(tagOf(i), i);
        break;
      }
      case FLOATING:
        add(FLOAT, readFloat(data, at, size, little));
        break;
      case CHARS:
        add(STRING, part(s, at, at + size));
        break;
      case LENGTH_AND_STRING: {
        const length = readInteger(L, data, at, size, little, false);
        const left = data.length - at - size;
        if (typeof length !== "number" || length < 0 || length > left) argError(L, 2, dataStringTooShort);
        add(STRING, part(s, at + size, at + size + (length as number)));
        at += length as number;
        break;
      }
      case ZERO_TERMINATED: {
        // As C's strings are: one that nothing ends is ended by the end.
        const zero = data.indexOf("\0", at);
        const end = zero < 0 ? data.length : zero;
        handle(end - at);
        add(STRING, part(s, at, end));
        at = end + 1;
      }
    }
    at += size;
  }
  add(INTEGER, at + 1);
  return first;
});

function readInteger(L: LuaState, data: string, at: number, size: number, little: boolean, signed: boolean): Integer {
  let lo = 0;
  let hi = 0;
  const byte = (k: number) => data.charCodeAt(little ? at + k : at + size - 1 - k);
  for (let k = 0; k < Math.min(size, 4); k++) lo |= byte(k) << (8 * k);
  for (let k = 4; k < Math.min(size, 8); k++) hi |= byte(k) << (8 * (k - 4));
  if (size < SIZE_OF_INTEGER) {
    if (!signed) return ofWords(hi, lo);
    const unused = 32 - 8 * (size <= 4 ? size : size - 4);
    if (size <= 4) return (lo << unused) >> unused;
    return ofWords((hi << unused) >> unused, lo);
  }
  const above = signed && hi < 0 ? 0xff : 0;
  for (let k = SIZE_OF_INTEGER; k < size; k++) {
    if (byte(k) !== above) fail(L, integerDoesNotFit(size));
  }
  return ofWords(hi, lo);
}

function readFloat(data: string, at: number, size: number, little: boolean): number {
  for (let k = 0; k < size; k++) scratch.setUint8(k, data.charCodeAt(at + k));
  return size === 4 ? scratch.getFloat32(0, little) : scratch.getFloat64(0, little);
}
