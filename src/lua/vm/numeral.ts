/** Numbers as text, and text as numbers, as Lua has them. Text is in binary form: one character per byte. */
import { work } from "../meter/meter.ts";
import { general } from "./decimal.ts";
import { add, type Int64, type Integer, mul, neg, ofWords, tagOf, toText } from "./int64.ts";
import { FLOAT, INT64, INTEGER, NIL } from "./tags.ts";

// ---- to text ----

/** What `tostring` makes of a number. @param tag INTEGER, INT64 or FLOAT */
export function numberText(tag: number, value: unknown): string {
  if (tag === INTEGER) return String(value);
  return tag === INT64 ? toText(value as Int64) : floatText(value as number);
}

/** A float as `tostring` writes it: "%.14g", and it always looks like a float. */
export function floatText(n: number): string {
  if (Number.isInteger(n) && n > -1e14 && n < 1e14) return Object.is(n, -0) ? "-0.0" : `${n}.0`;
  const text = shortFloat(n);
  return looksWhole(text) ? `${text}.0` : text;
}

const DIGITS = 14;
/** The text of a float with this many characters has no more digits than "%.14g" shows. */
const SHORT_TEXT = 15;

/** "%.14g" */
function shortFloat(n: number): string {
  if (Number.isNaN(n)) return NAN_TEXT;
  if (n === Number.POSITIVE_INFINITY) return "inf";
  if (n === Number.NEGATIVE_INFINITY) return "-inf";
  if (n < 0) return `-${shortFloat(-n)}`;
  if (n >= 1e-4 && n < 1e14) {
    const text = String(n);
    if (text.length <= SHORT_TEXT) return text; // as few digits as tell it from others
  }
  return general(n, DIGITS);
}

/** JavaScript can't tell one NaN from another. On most machines `0/0` is what C writes as "-nan". */
const NAN_TEXT = "-nan";

function looksWhole(text: string): boolean {
  for (let i = text.charCodeAt(0) === MINUS ? 1 : 0; i < text.length; i++) {
    if (!isDigit(text.charCodeAt(i))) return false;
  }
  return true;
}

// ---- from text ----

/** The number that was read last. */
export const numeral: { value: Integer } = { value: 0 };

const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

const isSpace = (c: number): boolean => c === SPACE || (c >= TAB && c <= CARRIAGE_RETURN);
const isDigit = (c: number): boolean => c >= ZERO && c <= 0x39;
const isLetter = (c: number, lower: number): boolean => (c | 0x20) === lower;

/** The value of a digit of base 36; NaN for anything else. */
function digitOf(c: number): number {
  if (isDigit(c)) return c - ZERO;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x57 : Number.NaN;
}

/** From this length on a numeral is counted as work. */
const LONG = 200;
const CHARACTERS_PER_STEP = 20;
/** The same where each digit is computed with. */
const DIGITS_PER_STEP = 2;
/** So many decimal digits are exact as a JavaScript number. */
const EXACT_DIGITS = 15;

/**
 * Reads a numeral, with space around it, as `tonumber` and arithmetic on strings do: integers in decimal, wrapped
 * hexadecimal ones, floats in both.
 * @returns the tag of the number, which is in `numeral.value`; NIL for what is not a numeral
 */
export function readNumeral(text: string): number {
  if (text.length > LONG) work(text.length / CHARACTERS_PER_STEP);
  let from = 0;
  let end = text.length;
  while (from < end && isSpace(text.charCodeAt(from))) from++;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  const first = text.charCodeAt(from);
  const negative = first === MINUS;
  if (negative || first === PLUS) from++;
  if (text.charCodeAt(from) === ZERO && isLetter(text.charCodeAt(from + 1), 0x78)) {
    return readHexadecimal(text, from + 2, end, negative);
  }
  return readDecimal(text, from, end, negative);
}

function readDecimal(text: string, from: number, end: number, negative: boolean): number {
  let n = 0;
  let i = from;
  for (; i < end && i < from + EXACT_DIGITS; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    n = n * 10 + digit;
  }
  if (i === end && i > from) return found(INTEGER, negative ? -n + 0 : n);
  const shape = shapeOfDecimal(text, i, end, i - from);
  if (shape === NIL) return NIL;
  if (shape === INTEGER) {
    const whole = longInteger(text, from, end, negative);
    if (whole !== undefined) return found(tagOf(whole), whole);
  }
  const float = Number(text.slice(from, end));
  return found(FLOAT, negative ? -float : float);
}

/** Whether the rest of a numeral makes an integer or a float, or none of it. @param digits before it */
function shapeOfDecimal(text: string, from: number, end: number, digits: number): number {
  let i = from;
  let count = digits;
  const skip = () => {
    const start = i;
    while (i < end && isDigit(text.charCodeAt(i))) i++;
    return i - start;
  };
  count += skip();
  if (i === end) return count > 0 ? INTEGER : NIL;
  if (text.charCodeAt(i) === POINT) {
    i++;
    count += skip();
  }
  if (count === 0) return NIL;
  if (i < end && isLetter(text.charCodeAt(i), 0x65)) {
    i++;
    const sign = text.charCodeAt(i);
    if (sign === PLUS || sign === MINUS) i++;
    if (skip() === 0) return NIL;
  }
  return i === end ? FLOAT : NIL;
}

/** As many digits as an integer of 64 bits can have. */
const MOST_DIGITS = 19;

/** Decimal digits as an integer; undefined when that has more than 64 bits. */
function longInteger(text: string, start: number, end: number, negative: boolean): Integer | undefined {
  let from = start;
  while (from < end - 1 && text.charCodeAt(from) === ZERO) from++;
  if (end - from > MOST_DIGITS) return undefined;
  const cut = Math.max(from, end - 9);
  const upper = cut > from ? Number(text.slice(from, cut)) : 0; // ten digits at most
  const lower = Number(text.slice(cut, end));
  const magnitude = add(mul(upper, 1_000_000_000), lower);
  // Nineteen digits are less than 2^64, so what has more than 63 bits has become negative.
  if (typeof magnitude === "number" ? magnitude >= 0 : magnitude.hi >= 0) return negative ? neg(magnitude) : magnitude;
  return negative && typeof magnitude !== "number" && magnitude.hi === -0x80000000 && magnitude.lo === 0
    ? magnitude
    : undefined;
}

function found(tag: number, value: Integer): number {
  numeral.value = value;
  return tag;
}

// ---- hexadecimal ----

/** So many digits are taken exactly as they are; of those after them only whether they are all zero matters. */
const MANTISSA_DIGITS = 30;
const LARGEST_EXPONENT = 1_000_000;

function readHexadecimal(text: string, from: number, end: number, negative: boolean): number {
  let hi = 0;
  let lo = 0;
  let i = from;
  for (; i < end; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (!(digit < 16)) break;
    hi = (hi << 4) | (lo >>> 28);
    lo = (lo << 4) | digit;
  }
  if (i === end && i > from) {
    const n = ofWords(hi, lo);
    const signed = negative ? neg(n) : n;
    return found(tagOf(signed), signed);
  }
  return readHexadecimalFloat(text, from, end, negative);
}

function readHexadecimalFloat(text: string, from: number, end: number, negative: boolean): number {
  let digits = "";
  let exponent = 0;
  let sticky = false;
  let count = 0;
  let point = false;
  let i = from;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === POINT && !point) {
      point = true;
      continue;
    }
    const digit = digitOf(c);
    if (!(digit < 16)) break;
    count++;
    if (point) exponent -= 4;
    if (digits === "" && digit === 0) continue;
    if (digits.length < MANTISSA_DIGITS) digits += text[i];
    else {
      exponent += 4;
      sticky ||= digit !== 0;
    }
  }
  if (count === 0) return NIL;
  if (i < end) {
    if (!isLetter(text.charCodeAt(i), 0x70)) return NIL;
    const power = readExponent(text, i + 1, end);
    if (power === undefined) return NIL;
    exponent += power;
  }
  const n = digits === "" ? 0 : scaled(BigInt(`0x${digits}`), exponent, sticky);
  return found(FLOAT, negative ? -n : n);
}

function readExponent(text: string, from: number, end: number): number | undefined {
  const sign = text.charCodeAt(from);
  let i = sign === PLUS || sign === MINUS ? from + 1 : from;
  if (i >= end) return undefined;
  let n = 0;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (!isDigit(c)) return undefined;
    n = Math.min(n * 10 + (c - ZERO), LARGEST_EXPONENT * LARGEST_EXPONENT);
  }
  return sign === MINUS ? -n : n;
}

/** The float nearest to `mantissa` times two to the `exponent`. @param sticky whether the mantissa is a bit more */
function scaled(mantissa: bigint, exponent: number, sticky: boolean): number {
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1024) return Number.POSITIVE_INFINITY;
  if (bits + exponent < -1075) return 0;
  // Rounded once, to as many bits as the float has: 53, or fewer where it is subnormal.
  const excess = Math.max(bits - 53, -1074 - exponent);
  if (excess <= 0) return timesPowerOfTwo(Number(mantissa), exponent);
  const shift = BigInt(excess);
  const kept = mantissa >> shift;
  const lost = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  const up = lost > half || (lost === half && (sticky || (kept & 1n) === 1n));
  return timesPowerOfTwo(Number(up ? kept + 1n : kept), exponent + excess);
}

/** Exact, or infinite: in steps, since the power alone may have no float. */
export function timesPowerOfTwo(n: number, exponent: number): number {
  let result = n;
  let left = exponent;
  for (; left > 1000 && Number.isFinite(result); left -= 1000) result *= 2 ** 1000;
  for (; left < -1000 && result !== 0; left += 1000) result *= 2 ** -1000;
  return result * 2 ** left;
}

/** Reads digits of a base from 2 to 36, with space around them and a sign, wrapped to 64 bits; undefined for others. */
export function readInBase(text: string, base: number): Integer | undefined {
  let from = 0;
  let end = text.length;
  while (from < end && isSpace(text.charCodeAt(from))) from++;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  const negative = text.charCodeAt(from) === MINUS;
  if (negative || text.charCodeAt(from) === PLUS) from++;
  if (from === end) return undefined;
  let n: Integer = 0;
  for (let i = from; i < end; i++) {
    if (i % LONG === LONG - 1) work(LONG / DIGITS_PER_STEP);
    const digit = digitOf(text.charCodeAt(i));
    if (!(digit < base)) return undefined;
    n = add(mul(n, base), digit);
  }
  return negative ? neg(n) : n;
}
