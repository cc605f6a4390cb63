/** Open numbers of values in compiled code: all results of a call, and variable arguments, as lists of tags and values. */
import type { ByteString } from "../../value/value.ts";
import { NEEDS_FRAME, R } from "../vm/direct.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { INTEGER, type LuaClosure, STRING } from "../vm/types.ts";

/** All results of a call, as a list of tags and values. */
export function results(first: unknown): unknown[] {
  const { type, count, types, values } = R;
  if (count === 0) return [];
  const list: unknown[] = [type, first];
  for (let i = 1; i < count; i++) list.push(types[i - 1], values[i - 1]);
  return list;
}

/** Returns what is listed. */
export function returnAll(list: readonly unknown[]): unknown {
  const count = list.length >> 1;
  R.count = count;
  if (count === 0) {
    R.type = 0;
    return null;
  }
  for (let i = 1; i < count; i++) {
    R.types[i - 1] = list[2 * i] as number;
    R.values[i - 1] = list[2 * i + 1];
  }
  R.type = list[0] as number;
  return list[1];
}

/** `select(n, ...)`, its first result; NEEDS_FRAME where it fails. */
export function selectOf(t: number, v: unknown, va: readonly unknown[]): unknown {
  const count = va.length >> 1;
  R.count = 1;
  if (t === STRING && (v as ByteString).length === 1 && (v as ByteString).bytes[0] === 0x23) {
    R.type = INTEGER;
    return count;
  }
  R.type = NEEDS_FRAME;
  if (t !== INTEGER) return null;
  const n = v as number;
  const at = n < 0 ? count + n : n - 1;
  if (at < 0) return null;
  R.type = at < count ? (va[2 * at] as number) : 0;
  return at < count ? va[2 * at + 1] : null;
}

/** What a frame of the interpreter has as `...`. */
export function varargsOf(L: LuaState, ci: CallInfo): unknown[] {
  const { numparams } = (ci.func.value as LuaClosure).p;
  const list: unknown[] = [];
  for (let at = ci.funcOff + 1 + numparams; at < ci.l_base; at++) {
    const { type, value } = L.stack[at]!;
    list.push(type, value);
  }
  return list;
}
