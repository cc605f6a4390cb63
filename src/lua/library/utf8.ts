/** `utf8`, whose functions take code points up to 10FFFF, and surrogates among them, as the reference implementation. */

import { ByteString } from "../../value/value.ts";
import { work } from "../meter/meter.ts";
import { newCell } from "../vm/cell.ts";
import { argError, fail, R } from "../vm/direct.ts";
import { INTEGER, LIGHT_C_FUNCTION, type LuaState, STRING, type TValue } from "../vm/types.ts";
import { optSizeArg, positionFrom, sizeArg, stringArg } from "./args.ts";
import {
  alsoAnswer,
  answer,
  answerNil,
  answerNothing,
  answerSmall,
  answerString,
  direct,
  type Functions,
  variadic,
} from "./define.ts";
import {
  continuationByte,
  finalPositionOut,
  initialPositionOut,
  invalidUtf8Code,
  outOfRange,
  positionOutOfRange,
  stringSliceTooLong,
  valueOutOfRange,
} from "./errors.ts";
import { Builder, binaryOf, newText } from "./text.ts";

const LAST = 0x10ffff;
/** What each length of a sequence begins at: a shorter one would do for less. */
const LEAST: readonly number[] = [0, 0x80, 0x800, 0x10000];
const MOST_RESULTS = 190_000;
/** Characters that are gone through in the time of an instruction. */
const PER_STEP = 16;

const isContinuation = (text: string, i: number): boolean => (text.charCodeAt(i) & 0xc0) === 0x80;

/** Where the sequence ended that `decode` read. */
const decoded = { end: 0 };

/** The code point at a place; -1 where no valid sequence begins. */
function decode(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 0x80) {
    decoded.end = at + 1;
    return first;
  }
  let count = 0;
  let code = 0;
  let c = first;
  for (; c & 0x40; c <<= 1) {
    const next = text.charCodeAt(at + ++count);
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
    if (count > 3) return -1;
  }
  code |= (c & 0x7f) << (count * 5);
  if (count === 0 || code > LAST || code < LEAST[count]!) return -1;
  decoded.end = at + count + 1;
  return code;
}

function encode(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  const last = [0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)] as const;
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), ...last);
  return String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), ...last);
}

const len = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const text = binaryOf(stringArg(L, 1, t0, v0));
  const { length } = text;
  let at = positionFrom(optSizeArg(L, 2, t1, v1, 1), length) - 1;
  const last = positionFrom(optSizeArg(L, 3, t2, v2, -1), length) - 1;
  if (!(at >= 0 && at <= length)) argError(L, 2, initialPositionOut);
  if (!(last < length)) argError(L, 3, finalPositionOut);
  work((last - at) / PER_STEP);
  let n = 0;
  for (; at <= last; n++) {
    if (decode(text, at) < 0) {
      answerNil();
      alsoAnswer(INTEGER, at + 1);
      return null;
    }
    at = decoded.end;
  }
  return answerSmall(n);
});

const codepoint = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const text = binaryOf(stringArg(L, 1, t0, v0));
  const { length } = text;
  const from = positionFrom(optSizeArg(L, 2, t1, v1, 1), length);
  const to = positionFrom(optSizeArg(L, 3, t2, v2, from), length);
  if (!(from >= 1)) argError(L, 2, outOfRange);
  if (!(to <= length)) argError(L, 3, outOfRange);
  if (from > to) return answerNothing();
  work((to - from) / PER_STEP);
  let first = 0;
  let n = 0;
  for (let at = from - 1; at < to; at = decoded.end) {
    const code = decode(text, at);
    if (code < 0) fail(L, invalidUtf8Code);
    if (++n > MOST_RESULTS) fail(L, stringSliceTooLong);
    if (n === 1) first = code;
    else {
      R.types[n - 2] = INTEGER;
      R.values[n - 2] = code;
    }
  }
  R.type = INTEGER;
  R.count = n;
  return first;
});

const char = variadic((L, { n, types, values }) => {
  const result = new Builder();
  for (let i = 0; i < n; i++) {
    const code = sizeArg(L, i + 1, types[i], values[i]);
    if (!(code >= 0 && code <= LAST)) argError(L, i + 1, valueOutOfRange);
    result.add(encode(code));
  }
  return answerString(newText(result.toText()));
});

const offset = direct((L, _, t0, v0, t1, v1, t2, v2) => {
  const text = binaryOf(stringArg(L, 1, t0, v0));
  const { length } = text;
  let n = sizeArg(L, 2, t1, v1);
  let at = positionFrom(optSizeArg(L, 3, t2, v2, n >= 0 ? 1 : length + 1), length) - 1;
  if (!(at >= 0 && at <= length)) argError(L, 3, positionOutOfRange);
  const start = at;
  if (n === 0) {
    while (at > 0 && isContinuation(text, at)) at--;
    work((start - at) / PER_STEP);
    return answerSmall(at + 1);
  }
  if (isContinuation(text, at)) fail(L, continuationByte);
  if (n < 0) {
    for (; n < 0 && at > 0; n++)
      do at--;
      while (at > 0 && isContinuation(text, at));
  } else {
    for (n--; n > 0 && at < length; n--)
      do at++;
      while (isContinuation(text, at));
  }
  work(Math.abs(at - start) / PER_STEP);
  return n === 0 ? answerSmall(at + 1) : answerNil();
});

/** What `codes` goes through a string by. */
const nextCode = direct((L, _, t0, v0, t1, v1) => {
  const text = binaryOf(stringArg(L, 1, t0, v0));
  const { length } = text;
  let at = sizeArg(L, 2, t1, v1) - 1;
  if (at < 0) at = 0;
  else if (at < length) {
    const from = at;
    do at++;
    while (isContinuation(text, at));
    work((at - from) / PER_STEP);
  }
  if (at >= length) return answerNothing();
  const code = decode(text, at);
  if (code < 0 || isContinuation(text, decoded.end)) fail(L, invalidUtf8Code);
  answerSmall(at + 1);
  alsoAnswer(INTEGER, code);
  return at + 1;
});

const codes = direct((L, _, t, v) => {
  const s = stringOf(L, t, v);
  answer(LIGHT_C_FUNCTION, nextCode);
  alsoAnswer(STRING, s);
  alsoAnswer(INTEGER, 0);
  return nextCode;
});

const stringOf = (L: LuaState, t: number | undefined, v: unknown): ByteString => stringArg(L, 1, t, v);

export const utf8: Functions = { char, codepoint, codes, len, offset };

export const utf8Constants: Readonly<Record<string, TValue>> = {
  charpattern: newCell(STRING, ByteString.fromBinary("[\0-\x7F\xC2-\xF4][\x80-\xBF]*" as never)),
};
