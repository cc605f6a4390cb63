/** Arithmetic, comparison and concatenation, for compiled code. Where nothing is answered, the interpreter does it. */
import { ByteString } from "../../value/value.ts";
import { floatMod, power } from "../core/arith.ts";
import { sameString } from "../core/compare.ts";
import { joined, SHORT, shortString, textAround } from "../core/join.ts";
import { canHold } from "../meter/meter.ts";
import type { TValue } from "../vm/cell.ts";
import { LuaClosure, placesForMade } from "../vm/closure.ts";
import { R, typeName } from "../vm/direct.ts";
import {
  band,
  bnot,
  bor,
  bxor,
  eq,
  fromFloat,
  type Integer,
  idiv,
  type LuaNumber,
  shl,
  shr,
  tagOf,
} from "../vm/int64.ts";
import { numberText } from "../vm/numeral.ts";
import type { LuaState } from "../vm/thread.ts";
import { FLOAT, INTEGER, type LuaTable, NIL, STRING, TABLE, type Udata, USERDATA } from "../vm/types.ts";
import { BAND, BNOT, BOR, BXOR, SHL } from "./code.ts";
import type { TextSite } from "./sites.ts";

export { floatMod as modFloat, power as pow, sameString };

/** `a % b` of integers that JavaScript has exactly. @param b not zero */
export function modInteger(a: number, b: number): number {
  const rest = a % b;
  return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
}

/** `a // b` of integers that JavaScript has exactly. @param b not zero */
export function divideInteger(a: number, b: number): number {
  if ((a | 0) === a && (b | 0) === b) return Math.floor(a / b) + 0;
  return idiv(a, b) as number;
}

/** An operation on bits, of integers that JavaScript has exactly; undefined where it does not have the result so. */
export function bitsOf(opcode: number, a: number, b: number): number | undefined {
  const result = bitwise(opcode, a, b);
  return typeof result === "number" ? result : undefined;
}

function bitwise(opcode: number, a: number, b: number): Integer {
  switch (opcode) {
    case BAND:
      return band(a, b);
    case BOR:
      return bor(a, b);
    case BXOR:
      return bxor(a, b);
    case BNOT:
      return bnot(a);
    default:
      return opcode === SHL ? shl(a, b) : shr(a, b);
  }
}

export const floorOf = (n: number): unknown => whole(Math.floor(n));
export const ceilingOf = (n: number): unknown => whole(Math.ceil(n));

/** An integer where there is one, with its tag in R. */
function whole(n: number): unknown {
  if ((n | 0) === n) {
    R.type = INTEGER;
    return n + 0;
  }
  const i = fromFloat(n);
  R.type = i === undefined ? FLOAT : tagOf(i);
  return i ?? n;
}

/** Where a loop over integers ends; undefined where it may go beyond what JavaScript has exactly. */
export function limitOf(start: number, t: number, limit: unknown, step: number): number | undefined {
  if (t === INTEGER) return limit as number;
  if (t !== FLOAT || start > FAR || start < -FAR || step > FAR || step < -FAR || step === 0) return undefined;
  const n = limit as number;
  if (Number.isNaN(n)) return undefined;
  const end = step < 0 ? Math.ceil(n) : Math.floor(n);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, end)) + 0;
}

/** A loop that begins below this does not count up to 2^53 in anybody's lifetime. */
export const FAR: number = 2 ** 51;

const names = new Map<number, ByteString>();

/** What `type` answers. */
export function typeNameOf(t: number): ByteString {
  let name = names.get(t);
  if (name === undefined) names.set(t, (name = ByteString.fromAscii(typeName(t))));
  return name;
}

/** Whether two values are equal; undefined where a metamethod may say so. */
export function equal(ta: number, va: unknown, tb: number, vb: unknown): boolean | undefined {
  if ((ta & 15) === 3) return (tb & 15) === 3 && eq(va as LuaNumber, vb as LuaNumber);
  if (ta !== tb) return false;
  if (ta === STRING) return sameString(va as ByteString, vb as ByteString);
  if (ta === NIL || va === vb) return true;
  if (ta !== TABLE && ta !== USERDATA) return false;
  const one = (va as LuaTable | Udata).metatable;
  return one === null && (vb as LuaTable | Udata).metatable === null ? false : undefined;
}

// ---- strings ----

const textOf = (t: number, v: unknown): ByteString | undefined => {
  if (t === STRING) return v as ByteString;
  return (t & 15) === 3 ? ByteString.fromAscii(numberText(t, v as LuaNumber)) : undefined;
};

/** The binary form of a short string or of a number; undefined for any other value. */
function shortText(t: number, v: unknown): string | undefined {
  if (t === STRING) return (v as ByteString).length <= SHORT ? (v as ByteString).binary : undefined;
  return (t & 15) === 3 ? numberText(t, v) : undefined;
}

/** A number that a text may be put together around (value/key-hash.ts). */
const isSmall = (t: number, v: unknown): boolean => t === INTEGER && (v as number) >= 0 && ((v as number) | 0) === v;

export function concat2(
  L: LuaState,
  site: TextSite,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
): ByteString | undefined {
  if (L.l_G.fuel < 0) return undefined;
  if (isSmall(tb, vb) && va === site.first) return textAround(site.affixes!, vb as number);
  if (isSmall(ta, va) && vb === site.second) return textAround(site.affixes!, va as number);
  return add2(L, site, ta, va, tb, vb);
}

function add2(L: LuaState, site: TextSite, ta: number, va: unknown, tb: number, vb: unknown): ByteString | undefined {
  if (ta === STRING && isSmall(tb, vb)) {
    if (site.learn(va as ByteString, undefined)) return textAround(site.affixes!, vb as number);
  } else if (tb === STRING && isSmall(ta, va)) {
    if (site.learn(undefined, vb as ByteString)) return textAround(site.affixes!, va as number);
  }
  const a = shortText(ta, va);
  const b = shortText(tb, vb);
  if (a === undefined || b === undefined) return concat(L, [ta, va, tb, vb]);
  if (a === "" && tb === STRING) return vb as ByteString;
  if (b === "" && ta === STRING) return va as ByteString;
  return ifShort(a + b) ?? concat(L, [ta, va, tb, vb]);
}

export function concat3(
  L: LuaState,
  site: TextSite,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
  tc: number,
  vc: unknown,
): ByteString | undefined {
  if (L.l_G.fuel < 0) return undefined;
  if (va === site.first) {
    if (vc === site.third && isSmall(tb, vb)) return textAround(site.affixes!, vb as number);
    if (vb === site.second && isSmall(tc, vc)) return textAround(site.affixes!, vc as number);
  }
  return add3(L, site, ta, va, tb, vb, tc, vc);
}

function add3(
  L: LuaState,
  site: TextSite,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
  tc: number,
  vc: unknown,
): ByteString | undefined {
  if (ta === STRING && tc === STRING && isSmall(tb, vb)) {
    if (site.learn(va as ByteString, undefined, vc as ByteString)) return textAround(site.affixes!, vb as number);
  } else if (ta === STRING && tb === STRING && isSmall(tc, vc)) {
    if (site.learn(va as ByteString, vb as ByteString)) return textAround(site.affixes!, vc as number);
  }
  const a = shortText(ta, va);
  const b = shortText(tb, vb);
  const c = shortText(tc, vc);
  if (a === undefined || b === undefined || c === undefined) return concat(L, [ta, va, tb, vb, tc, vc]);
  return ifShort(a + b + c) ?? concat(L, [ta, va, tb, vb, tc, vc]);
}

export function concat4(
  L: LuaState,
  ta: number,
  va: unknown,
  tb: number,
  vb: unknown,
  tc: number,
  vc: unknown,
  td: number,
  vd: unknown,
): ByteString | undefined {
  if (L.l_G.fuel < 0) return undefined;
  const a = shortText(ta, va);
  const b = shortText(tb, vb);
  const c = shortText(tc, vc);
  const d = shortText(td, vd);
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    return concat(L, [ta, va, tb, vb, tc, vc, td, vd]);
  return ifShort(a + b + c + d) ?? concat(L, [ta, va, tb, vb, tc, vc, td, vd]);
}

/** @param list tags and values */
export function concat(L: LuaState, list: readonly unknown[]): ByteString | undefined {
  if (L.l_G.fuel < 0) return undefined;
  const parts: ByteString[] = [];
  let length = 0;
  for (let i = 0; i < list.length; i += 2) {
    const part = textOf(list[i] as number, list[i + 1]);
    if (part === undefined) return undefined;
    parts.push(part);
    length += part.length;
  }
  if (length > SHORT && !canHold(length)) return undefined; // the interpreter says where that is
  return joined(parts, length);
}

/** A string of this text; undefined where it is a long one. */
const ifShort = (text: string): ByteString | undefined => (text.length > SHORT ? undefined : shortString(text));

// ---- functions ----

/** A closure of the `n`th function in another; the last one made there, where it has the same variables. */
export function closureOf(L: LuaState, parent: LuaClosure, n: number, upvalues: TValue[]): LuaClosure {
  const made = parent.made ?? placesForMade(parent);
  const known = made[n];
  if (known !== undefined && haveSame(known.upvals, upvalues)) return known;
  const closure = new LuaClosure(L, upvalues.length);
  closure.p = parent.p.p[n]!;
  for (let i = 0; i < upvalues.length; i++) closure.upvals[i] = upvalues[i]!;
  made[n] = closure;
  return closure;
}

function haveSame(a: readonly TValue[], b: readonly TValue[]): boolean {
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
