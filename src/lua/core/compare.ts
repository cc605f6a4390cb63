/** Order and equality, with metamethods. */
import type { ByteString } from "../../value/value.ts";
import { handle } from "../meter/meter.ts";
import { nothing, TValue } from "../vm/cell.ts";
import { eq, type LuaNumber, le, lt } from "../vm/int64.ts";
import type { LuaTable } from "../vm/lua-table.ts";
import { hashOfString } from "../vm/string-hash.ts";
import { CIST_LEQ, type LuaState } from "../vm/thread.ts";
import { NIL, STRING, TABLE, type Udata, USERDATA } from "../vm/types.ts";
import { compareError } from "./errors.ts";
import { binaryMethod, callMetamethod } from "./metamethods.ts";
import { methodIn, TM } from "./metatables.ts";

/** Yes, no, or suspended in a metamethod. */
export type Answer = 1 | 0 | -1;

const isNumber = (type: number): boolean => (type & 0x0f) === 3;

/** Bytes that are compared one by one in the time of a native call. */
const MIDDLE = 64;

/** Whether two strings are the same, by the form that both have. */
export function sameString(a: ByteString, b: ByteString): boolean {
  if (a === b) return true;
  const { length } = a;
  if (length !== b.length) return false;
  if (length > MIDDLE) handle(length);
  if (a.hasBinary && b.hasBinary) return a.binary === b.binary;
  const [x, y] = [a.bytes, b.bytes];
  if (length > MIDDLE) return Buffer.compare(x, y) === 0;
  for (let i = 0; i < length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** Equality without metamethods. */
export function rawEquals(ta: number, va: unknown, tb: number, vb: unknown): boolean {
  if (isNumber(ta)) return isNumber(tb) && eq(va as LuaNumber, vb as LuaNumber);
  if (ta !== tb) return false;
  if (ta === STRING) return sameString(va as ByteString, vb as ByteString);
  return ta === NIL || va === vb;
}

export function equals(L: LuaState, a: TValue, b: TValue): Answer {
  if (rawEquals(a.type, a.value, b.type, b.value)) return 1;
  if (a.type !== b.type || (a.type !== TABLE && a.type !== USERDATA)) return 0;
  let method = equalityOf(a);
  if (method.type === NIL) method = equalityOf(b);
  return method.type === NIL ? 0 : ask(L, method, a, b);
}

function equalityOf({ value }: TValue): TValue {
  const { metatable } = value as LuaTable | Udata;
  return metatable === null ? nothing : methodIn(metatable, TM.EQ);
}

function ask(L: LuaState, method: TValue, a: TValue, b: TValue): Answer {
  const answer = new TValue(NIL, null);
  if (!callMetamethod(L, method, a, b, answer)) return -1;
  return answer.l_isfalse() ? 0 : 1;
}

export function lessThan(L: LuaState, a: TValue, b: TValue): Answer {
  if (isNumber(a.type) && isNumber(b.type)) return lt(a.value as LuaNumber, b.value as LuaNumber) ? 1 : 0;
  if (a.type === STRING && b.type === STRING) {
    return hashOfString(a.value as ByteString) < hashOfString(b.value as ByteString) ? 1 : 0;
  }
  const method = binaryMethod(L, a, b, TM.LT);
  return method.type === NIL ? compareError(L, a, b) : ask(L, method, a, b);
}

export function lessEqual(L: LuaState, a: TValue, b: TValue): Answer {
  if (isNumber(a.type) && isNumber(b.type)) return le(a.value as LuaNumber, b.value as LuaNumber) ? 1 : 0;
  if (a.type === STRING && b.type === STRING) {
    return hashOfString(a.value as ByteString) <= hashOfString(b.value as ByteString) ? 1 : 0;
  }
  let method = binaryMethod(L, a, b, TM.LE);
  if (method.type !== NIL) return ask(L, method, a, b);
  // What has no `__le` is asked whether the second is less.
  method = binaryMethod(L, b, a, TM.LT);
  if (method.type === NIL) return compareError(L, a, b);
  const { ci } = L;
  ci.callstatus |= CIST_LEQ; // for whoever goes on with it after it was suspended
  const answer = ask(L, method, b, a);
  if (answer < 0) return -1;
  ci.callstatus &= ~CIST_LEQ;
  return answer === 0 ? 1 : 0;
}
