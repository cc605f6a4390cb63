/**
 * Lua's integers: 64 bits, two's complement, wrapping around.
 *
 * An integer is a JavaScript number while that is exact (`Number.isSafeInteger`, never minus zero), and an `Int64`
 * beyond. The form is canonical: equal integers have the same form, so numbers never have to be compared with objects.
 * No BigInt is made on the way: a generic step with BigInts takes five times as long as one with pairs of 32 bits.
 */
import { INT64, INTEGER } from "./tags.ts";

const WORD = 2 ** 32;
/** The high word of 2^53, below which a number is exact. */
const SAFE_HIGH = 2 ** 21;
const SAFE = Number.MAX_SAFE_INTEGER;
const BEYOND = 2 ** 63;

/** An integer that no JavaScript number holds exactly, as two words: the high one signed, the low one as its bits. */
export class Int64 {
  readonly hi: number;
  readonly lo: number;

  /** Made by the functions below only, which keep the form canonical. */
  constructor(hi: number, lo: number) {
    this.hi = hi;
    this.lo = lo;
  }

  toString(): string {
    return toText(this);
  }
}

export type Integer = number | Int64;

/** A number of Lua's: an integer, or a float, which is always a JavaScript number. */
export type LuaNumber = number | Int64;

export const MIN_INTEGER: Int64 = new Int64(-0x80000000, 0);
export const MAX_INTEGER: Int64 = new Int64(0x7fffffff, -1);

/** The tag of a cell that holds this integer. */
export const tagOf = (i: Integer): number => (typeof i === "number" ? INTEGER : INT64);

// ---- words ----

/** The upper 32 bits, signed. */
export const highOf = (i: Integer): number => (typeof i === "number" ? Math.floor(i / WORD) : i.hi);

/** The lower 32 bits, as a signed number. */
export const lowOf = (i: Integer): number => (typeof i === "number" ? i | 0 : i.lo);

/** The integer of two words. @param hi signed 32 bits @param lo 32 bits, signed or not */
export function ofWords(hi: number, lo: number): Integer {
  if (hi >= -SAFE_HIGH && hi < SAFE_HIGH && (hi !== -SAFE_HIGH || lo !== 0)) return hi * WORD + (lo >>> 0);
  return new Int64(hi, lo | 0);
}

/** Whether a sum, difference or product of two safe integers is exact, and so the integer that it looks like. */
const isExact = (n: number): boolean => n <= SAFE && n >= -SAFE;

// ---- arithmetic ----

export function add(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (isExact(sum)) return sum;
  }
  const low = (lowOf(a) >>> 0) + (lowOf(b) >>> 0);
  return ofWords((highOf(a) + highOf(b) + (low >= WORD ? 1 : 0)) | 0, low | 0);
}

export function sub(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (isExact(difference)) return difference;
  }
  const low = (lowOf(a) >>> 0) - (lowOf(b) >>> 0);
  return ofWords((highOf(a) - highOf(b) - (low < 0 ? 1 : 0)) | 0, low | 0);
}

export function mul(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (isExact(product)) return product + 0; // + 0: there is no minus zero
  }
  const al = lowOf(a);
  const bl = lowOf(b);
  // The low words as halves: their products are exact, and so are sums of those.
  const a0 = al & 0xffff;
  const a1 = al >>> 16;
  const b0 = bl & 0xffff;
  const b1 = bl >>> 16;
  const least = a0 * b0;
  const middle = a0 * b1 + a1 * b0 + Math.floor(least / 65536);
  const lo = (middle << 16) | (least & 0xffff);
  const hi = a1 * b1 + Math.floor(middle / 65536) + Math.imul(highOf(a), bl) + Math.imul(al, highOf(b));
  return ofWords(hi | 0, lo);
}

export const neg = (a: Integer): Integer => sub(0, a);

/** The quotient, rounded towards minus infinity. @param b not zero */
export function idiv(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    const quotient = (a - rest) / b; // exact: rounded towards zero
    return (rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
  }
  const quotient = divide(a, b);
  return (restHi | restLo) !== 0 && highOf(a) < 0 !== highOf(b) < 0 ? sub(quotient, 1) : quotient;
}

/** What `idiv` leaves: it has the sign of b. @param b not zero */
export function mod(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
  }
  divide(a, b);
  const rest = ofWords(restHi, restLo);
  return rest !== 0 && highOf(rest) < 0 !== highOf(b) < 0 ? add(rest, b) : rest;
}

/** What `divide` leaves, with the sign of a; C's `%`, for `math.fmod`. @param b not zero */
export function remainder(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  divide(a, b);
  return ofWords(restHi, restLo);
}

let restHi = 0;
let restLo = 0;

/** The quotient, rounded towards zero; what it leaves is in `restHi` and `restLo`, with the sign of a. */
function divide(a: Integer, b: Integer): Integer {
  const negativeA = highOf(a) < 0;
  const negativeB = highOf(b) < 0;
  // Magnitudes: the one of the least integer is 2^63, which has the same bits.
  const x = negativeA ? neg(a) : a;
  const y = negativeB ? neg(b) : b;
  const quotient = divideUnsigned(highOf(x) >>> 0, lowOf(x) >>> 0, highOf(y) >>> 0, lowOf(y) >>> 0);
  if (negativeA && (restHi | restLo) !== 0) {
    restLo = -restLo | 0;
    restHi = (~restHi + (restLo === 0 ? 1 : 0)) | 0;
  }
  return negativeA === negativeB ? quotient : neg(quotient);
}

/** The same of magnitudes up to 2^63, given in unsigned words. */
function divideUnsigned(ah: number, al: number, bh: number, bl: number): Integer {
  if (bh === 0) return divideByWord(ah, al, bl);
  // A quotient of less than 32 bits, which doubles have right but for one. Then the rest tells.
  let quotient = Math.floor((ah * WORD + al) / (bh * WORD + bl));
  const divisor = ofWords(bh | 0, bl | 0);
  let rest = sub(ofWords(ah | 0, al | 0), mul(quotient, divisor));
  if (highOf(rest) < 0 && quotient > 0) {
    quotient--;
    rest = add(rest, divisor);
  } else if (ult(divisor, rest) || equals(divisor, rest)) {
    quotient++;
    rest = sub(rest, divisor);
  }
  restHi = highOf(rest);
  restLo = lowOf(rest);
  return quotient;
}

/** Digit by digit, in digits of 32 and 16 bits. */
function divideByWord(ah: number, al: number, b: number): Integer {
  const high = Math.floor(ah / b);
  const upper = (ah % b) * 65536 + (al >>> 16);
  const middle = Math.floor(upper / b);
  const lower = (upper % b) * 65536 + (al & 0xffff);
  const least = Math.floor(lower / b);
  restHi = 0;
  restLo = (lower % b) | 0;
  return add(ofWords(high | 0, 0), middle * 65536 + least);
}

// ---- bits ----

const isWord = (n: Integer): n is number => typeof n === "number" && (n | 0) === n;

export const band = (a: Integer, b: Integer): Integer =>
  isWord(a) && isWord(b) ? a & b : ofWords(highOf(a) & highOf(b), lowOf(a) & lowOf(b));

export const bor = (a: Integer, b: Integer): Integer =>
  isWord(a) && isWord(b) ? a | b : ofWords(highOf(a) | highOf(b), lowOf(a) | lowOf(b));

export const bxor = (a: Integer, b: Integer): Integer =>
  isWord(a) && isWord(b) ? a ^ b : ofWords(highOf(a) ^ highOf(b), lowOf(a) ^ lowOf(b));

export const bnot = (a: Integer): Integer => (isWord(a) ? ~a : ofWords(~highOf(a), ~lowOf(a)));

/** Logical: a negative count goes the other way, and 64 bits or more leave nothing. */
export function shl(a: Integer, count: Integer): Integer {
  return typeof count === "number" ? (count < 0 ? right(a, -count) : left(a, count)) : 0;
}

export function shr(a: Integer, count: Integer): Integer {
  return typeof count === "number" ? (count < 0 ? left(a, -count) : right(a, count)) : 0;
}

function left(a: Integer, count: number): Integer {
  const lo = lowOf(a);
  if (count >= 64) return 0;
  if (count >= 32) return ofWords(lo << (count - 32), 0);
  if (count === 0) return a;
  return ofWords((highOf(a) << count) | (lo >>> (32 - count)), lo << count);
}

function right(a: Integer, count: number): Integer {
  const hi = highOf(a);
  if (count >= 64) return 0;
  if (count >= 32) return hi >>> (count - 32);
  if (count === 0) return a;
  return ofWords((hi >>> count) | 0, (lowOf(a) >>> count) | (hi << (32 - count)));
}

// ---- comparison: of integers and floats alike ----

/** Whether two numbers are the same to Lua: 2^53 and 2.0^53 are. */
export function eq(a: LuaNumber, b: LuaNumber): boolean {
  if (typeof a === "number") {
    return typeof b === "number" ? a === b : floatEquals(a, b);
  }
  return typeof b === "number" ? floatEquals(b, a) : a.hi === b.hi && a.lo === b.lo;
}

/** Whether two integers are the same. */
const equals = (a: Integer, b: Integer): boolean =>
  typeof a === "number" ? a === b : typeof b !== "number" && a.hi === b.hi && a.lo === b.lo;

const floatEquals = (f: number, i: Int64): boolean => {
  const whole = fromFloat(f);
  return whole !== undefined && equals(whole, i);
};

export function lt(a: LuaNumber, b: LuaNumber): boolean {
  if (typeof a === "number") return typeof b === "number" ? a < b : compareFloat(a, b) < 0;
  return typeof b === "number" ? compareFloat(b, a) > 0 : compare(a, b) < 0;
}

export function le(a: LuaNumber, b: LuaNumber): boolean {
  if (typeof a === "number") return typeof b === "number" ? a <= b : compareFloat(a, b) <= 0;
  return typeof b === "number" ? compareFloat(b, a) >= 0 : compare(a, b) <= 0;
}

/** Below, at or above zero as the first is below, the same as or above the second. */
function compare(a: Int64, b: Int64): number {
  return a.hi !== b.hi ? a.hi - b.hi : (a.lo >>> 0) - (b.lo >>> 0);
}

/** The same with a number that is exact or a float; NaN for one that is not a number. */
function compareFloat(f: number, i: Int64): number {
  if (f >= BEYOND) return 1;
  if (f < -BEYOND) return -1;
  if (isExact(f)) return i.hi < 0 ? 1 : -1;
  const whole = fromFloat(f); // from 2^53 on floats are whole
  return whole === undefined ? Number.NaN : compare(whole as Int64, i);
}

/** Whether a is below b when both are taken for unsigned. */
export function ult(a: Integer, b: Integer): boolean {
  const ah = highOf(a) >>> 0;
  const bh = highOf(b) >>> 0;
  return ah !== bh ? ah < bh : lowOf(a) >>> 0 < lowOf(b) >>> 0;
}

// ---- other forms ----

/** The nearest float. */
export const toFloat = (i: LuaNumber): number => (typeof i === "number" ? i : i.hi * WORD + (i.lo >>> 0));

/** The integer that a float is; undefined for one that is not whole, or has more than 64 bits. */
export function fromFloat(f: number): Integer | undefined {
  if (Number.isSafeInteger(f)) return f + 0;
  if (!(f >= -BEYOND && f < BEYOND) || f !== Math.floor(f)) return undefined;
  return ofWords(Math.floor(f / WORD), f | 0);
}

/** In decimal. */
export function toText(i: Integer): string {
  if (typeof i === "number") return String(i);
  return (i.hi < 0 ? "-" : "") + unsignedText(i.hi < 0 ? neg(i) : i);
}

const BILLION = 1_000_000_000;

/** The decimal digits of an integer that is taken for unsigned. */
export function unsignedText(i: Integer): string {
  if (typeof i === "number" && i >= 0) return String(i);
  const upper = divideByWord(highOf(i) >>> 0, lowOf(i) >>> 0, BILLION);
  // 64 bits by 10^9 are 35 bits, which are exact.
  return String(upper) + String(restLo).padStart(9, "0");
}

/** The digits of an integer that is taken for unsigned. @param base 8 or 16 */
export function digitsOf(i: Integer, base: 8 | 16): string {
  const hi = highOf(i) >>> 0;
  const lo = lowOf(i) >>> 0;
  if (base === 16) return hi === 0 ? lo.toString(16) : hi.toString(16) + lo.toString(16).padStart(8, "0");
  // Octal digits are of three bits: the lower 30, and the 34 above.
  const upper = hi * 4 + (lo >>> 30);
  return upper === 0 ? lo.toString(8) : upper.toString(8) + (lo & 0x3fffffff).toString(8).padStart(10, "0");
}

export const toBigInt = (i: Integer): bigint =>
  typeof i === "number" ? BigInt(i) : (BigInt(i.hi) << 32n) | BigInt(i.lo >>> 0);

/** @returns undefined for one of more than 64 bits */
export function fromBigInt(b: bigint): Integer | undefined {
  return BigInt.asIntN(64, b) === b ? wrapBigInt(b) : undefined;
}

/** The lower 64 bits. */
export const wrapBigInt = (b: bigint): Integer =>
  ofWords(Number(BigInt.asIntN(32, b >> 32n)), Number(BigInt.asIntN(32, b)));

/**
 * What an Int64 is found by in a Map. A character that the binary form of no string has keeps it apart from strings,
 * and no float is an integer as a key.
 */
export const hashOfInt64 = ({ hi, lo }: Int64): string =>
  String.fromCharCode(0x101, hi >>> 16, hi & 0xffff, lo >>> 16, lo & 0xffff);
