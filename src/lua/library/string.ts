/** `string`: the plain functions. Patterns, `format` and `pack` have files of their own. */

import { ByteString } from "../../value/value.ts";
import { handle, newBuffer, newString } from "../meter/meter.ts";
import { argError, fail, R } from "../vm/direct.ts";
import { INTEGER, type LuaState } from "../vm/types.ts";
import { isMissing, optSizeArg, positionFrom, sizeArg, stringArg } from "./args.ts";
import { answerNothing, answerSmall, answerString, direct, type Functions, variadic } from "./define.ts";
import { resultingStringTooLarge, stringSliceTooLong, valueOutOfRange } from "./errors.ts";
import { find, gmatch, match } from "./find.ts";
import { format } from "./format.ts";
import { pack, packsize, unpack } from "./pack.ts";
import { gsub } from "./substitute.ts";
import { binaryOf, byteAt, bytesOf, EMPTY, newText, part, stringOfByte } from "./text.ts";

/** The longest string that anything here makes. */
export const MAX_STRING = 2 ** 31 - 1;

/** Results that fit a stack. */
const MOST_RESULTS = 190_000;

const len = direct((L, _, t, v) => answerSmall(stringArg(L, 1, t, v).length));

const sub = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const s = stringArg(L, 1, t0, v0);
  const { length } = s;
  const from = Math.max(1, positionFrom(sizeArg(L, 2, t1, v1), length));
  const to = Math.min(length, positionFrom(optSizeArg(L, 3, t2, v2, -1), length));
  return answerString(from > to ? EMPTY : part(s, from - 1, to));
});

const byte = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const s = stringArg(L, 1, t0, v0);
  const { length } = s;
  const start = positionFrom(optSizeArg(L, 2, t1, v1, 1), length);
  const from = Math.max(1, start);
  const to = Math.min(length, positionFrom(optSizeArg(L, 3, t2, v2, start), length));
  const count = to - from + 1;
  if (count < 1) return answerNothing();
  if (count > MOST_RESULTS) fail(L, stringSliceTooLong);
  handle(count);
  R.type = INTEGER;
  R.count = count;
  for (let i = 1; i < count; i++) {
    R.types[i - 1] = INTEGER;
    R.values[i - 1] = byteAt(s, from - 1 + i);
  }
  return byteAt(s, from - 1);
});

const char = variadic((L, { n, types, values }) => {
  if (n === 1) return answerString(stringOfByte(byteArg(L, 1, types[0], values[0])));
  newBuffer(n);
  let text = "";
  for (let i = 0; i < n; i++) text += String.fromCharCode(byteArg(L, i + 1, types[i], values[i]));
  return answerString(newText(text));
});

function byteArg(L: LuaState, arg: number, t: number | undefined, v: unknown): number {
  const c = sizeArg(L, arg, t, v);
  return c >= 0 && c <= 255 ? c : argError(L, arg, valueOutOfRange);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character is meant
const ascii = /^[\x00-\x7f]*$/;

const isUpper = (c: number) => c >= 0x41 && c <= 0x5a;
const isLower = (c: number) => c >= 0x61 && c <= 0x7a;

/** Letters are those of ASCII, as in the C locale. */
const inCase = (ofAscii: (text: string) => string, isOther: (c: number) => boolean) =>
  direct((L, _, t, v) => {
    const s = stringArg(L, 1, t, v);
    handle(s.length);
    const text = binaryOf(s);
    if (ascii.test(text)) {
      const changed = ofAscii(text);
      return answerString(changed === text ? s : newText(changed));
    }
    newBuffer(s.length);
    newString(s.length);
    const bytes = Uint8Array.prototype.slice.call(bytesOf(s));
    for (let i = 0; i < bytes.length; i++) if (isOther(bytes[i]!)) bytes[i]! ^= 0x20;
    return answerString(new ByteString(bytes));
  });

const lower = inCase((text) => text.toLowerCase(), isUpper);
const upper = inCase((text) => text.toUpperCase(), isLower);

/** Up to this length, text is put together character by character. */
const SHORT = 32;

const reverse = direct((L, _, t, v) => {
  const s = stringArg(L, 1, t, v);
  if (s.length <= SHORT) {
    let text = "";
    const { binary } = s;
    for (let i = binary.length - 1; i >= 0; i--) text += binary[i];
    return answerString(newText(text));
  }
  newBuffer(s.length);
  newString(s.length);
  return answerString(new ByteString(Uint8Array.prototype.slice.call(bytesOf(s)).reverse()));
});

const rep = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const unit = stringArg(L, 1, t0, v0);
  const times = sizeArg(L, 2, t1, v1);
  const separator = isMissing(t2) ? EMPTY : stringArg(L, 3, t2, v2);
  if (times <= 0) return answerString(EMPTY);
  const length = unit.length * times + separator.length * (times - 1);
  if (length >= MAX_STRING) fail(L, resultingStringTooLarge);
  if (length === 0) return answerString(EMPTY);
  if (times === 1) return answerString(unit);
  if (length <= REPEATED) {
    const text =
      separator.length === 0
        ? unit.binary.repeat(times)
        : (unit.binary + separator.binary).repeat(times - 1) + unit.binary;
    return answerString(newText(text));
  }
  newString(length);
  newBuffer(length);
  return answerString(new ByteString(repeated(unit, times, separator, length)));
});

/** Longer results are made as bytes. */
const REPEATED = 256;

/** The bytes are doubled until they are enough. */
function repeated(unit: ByteString, times: number, separator: ByteString, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(bytesOf(unit));
  if (times > 1) bytes.set(bytesOf(separator), unit.length);
  for (let done = unit.length + separator.length; done < length; done *= 2) {
    bytes.copyWithin(done, 0, Math.min(done, length - done));
  }
  return bytes;
}

export const string: Functions = {
  byte,
  char,
  find,
  format,
  gmatch,
  gsub,
  len,
  lower,
  match,
  pack,
  packsize,
  rep,
  reverse,
  sub,
  unpack,
  upper,
};
