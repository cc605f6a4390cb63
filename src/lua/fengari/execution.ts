/** What Fengari's files get in place of those that run code: the execution of core/, by the names that it has there. */

import { index, setIndex } from "../core/access.ts";
import { call, callNoYield } from "../core/call.ts";
import { equals, lessEqual, lessThan, rawEquals } from "../core/compare.ts";
import { concat } from "../core/concat.ts";
import { resume, yieldk } from "../core/coroutine.ts";
import { LuaError } from "../core/errors.ts";
import { len } from "../core/length.ts";
import { attempt, pcallk, suspendedInside } from "../core/protect.ts";
import { ensureStack, growStack, push, setTop } from "../core/stack.ts";
import { TValue } from "../vm/cell.ts";
import { toInteger, toNumber } from "../vm/coerce.ts";
import { type Integer, toFloat } from "../vm/int64.ts";
import { numberCell } from "../vm/table.ts";
import type { LuaState } from "../vm/thread.ts";
import { type Continuation, OK, STRING, SUSPENDED } from "../vm/types.ts";
import { cantSuspend } from "./errors.ts";

/** The C API knows no answer for a call that was suspended; an exception takes it back to whoever resumed. */
function finished(isDone: boolean): void {
  if (!isDone) throw suspendedInside;
}

/** Operations that may run a metamethod, which can't be suspended in a host function that knows nothing of it. */
function unsuspended<T>(L: LuaState, f: () => T): T {
  L.nny++;
  const result = f();
  L.nny--;
  return result;
}

export const ldo = {
  adjust_top: setTop,
  luaD_call: (L: LuaState, off: number, results: number): void => finished(call(L, off, results)),
  luaD_callnoyield: callNoYield,
  luaD_checkstack: ensureStack,
  luaD_growstack: (L: LuaState, n: number): void => growStack(L, L.top + n),
  luaD_inctop(L: LuaState): void {
    ensureStack(L, 1);
    push(L, 0, null);
  },
  luaD_pcall(L: LuaState, f: (L: LuaState, ud: unknown) => void, ud: unknown, at: number, handler: number): number {
    const before = L.handler;
    L.handler = handler;
    const error = attempt(L, () => f(L, ud));
    L.handler = before;
    if (error === undefined) return OK;
    L.top = at;
    push(L, error.type, error.value);
    return error.status;
  },
  luaD_throw(L: LuaState, status: number): never {
    const { type, value } = L.stack[L.top - 1]!;
    throw new LuaError(status, type, value);
  },
  lua_resume: resume,
  lua_isyieldable: (L: LuaState): boolean => L.nny === 0,
  lua_yield: (L: LuaState, n: number): number => yieldk(L, n, undefined, null),
  lua_yieldk: yieldk,
  luaD_hook: (): void => {},
};

function callk(L: LuaState, args: number, results: number, context: unknown, k: Continuation | null): void {
  const off = L.top - args - 1;
  if (k === null || L.nny > 0) callNoYield(L, off, results);
  else {
    L.ci.c_k = k;
    L.ci.c_ctx = context;
    finished(call(L, off, results));
  }
  if (L.ci.top < L.top) L.ci.top = L.top;
}

function protectedCallk(
  L: LuaState,
  args: number,
  results: number,
  handler: number,
  context: unknown,
  k: Continuation | null,
): number {
  const off = L.top - args - 1;
  const at = handler === 0 ? 0 : handler > 0 ? L.ci.funcOff + handler : L.top + handler;
  if (k === null) L.nny++;
  const status = pcallk(L, off, results, at, context, k ?? cannotGoOn);
  if (k === null) L.nny--;
  finished(status !== SUSPENDED);
  if (L.ci.top < L.top) L.ci.top = L.top;
  return status;
}

/** The functions of lapi.js that call, in place of its own. */
export const calls = {
  lua_callk: callk,
  lua_call: (L: LuaState, args: number, results: number): void => callk(L, args, results, undefined, null),
  lua_pcallk: protectedCallk,
  lua_pcall: (L: LuaState, args: number, results: number, handler: number): number =>
    protectedCallk(L, args, results, handler, undefined, null),
  /** It gets a JavaScript number, whatever the size. */
  lua_tointegerx(L: LuaState, at: number): number | false {
    const slot = at > 0 ? L.ci.funcOff + at : L.top + at;
    const i = slot < L.top ? integerOf(L.stack[slot]!) : false;
    return i === false ? false : toFloat(i);
  },
  /** Its own takes 32 bits. */
  lua_pushinteger: (L: LuaState, n: number): void => {
    L.stack[L.top++] = numberCell(n);
  },
  lua_geti(L: LuaState, at: number, n: number): number {
    const t = L.stack[at > 0 ? L.ci.funcOff + at : L.top + at]!;
    const to = new TValue();
    unsuspended(L, () => index(L, t, numberCell(n), to));
    L.stack[L.top++] = to;
    return to.type & 0x0f;
  },
  lua_seti(L: LuaState, at: number, n: number): void {
    const t = L.stack[at > 0 ? L.ci.funcOff + at : L.top + at]!;
    unsuspended(L, () => setIndex(L, t, numberCell(n), L.stack[L.top - 1]!));
    L.top--;
  },
};

const cannotGoOn: Continuation = () => {
  throw new Error(cantSuspend);
};

const integerOf = ({ type, value }: TValue): Integer | false => toInteger(type, value) ?? false;

export const lvm = {
  cvt2str: (o: TValue): boolean => (o.type & 0x0f) === 3,
  cvt2num: (o: TValue): boolean => o.type === STRING,
  luaV_concat: (L: LuaState, n: number): boolean => unsuspended(L, () => concat(L, n)),
  luaV_equalobj: (L: LuaState | null, a: TValue, b: TValue): number =>
    L === null ? Number(rawEquals(a.type, a.value, b.type, b.value)) : unsuspended(L, () => equals(L, a, b)),
  luaV_rawequalobj: (a: TValue, b: TValue): number => Number(rawEquals(a.type, a.value, b.type, b.value)),
  luaV_gettable: (L: LuaState, t: TValue, key: TValue, to: number): boolean =>
    unsuspended(L, () => index(L, t, key, L.stack[to]!)),
  settable: (L: LuaState, t: TValue, key: TValue, value: TValue): boolean =>
    unsuspended(L, () => setIndex(L, t, key, value)),
  luaV_lessthan: (L: LuaState, a: TValue, b: TValue): number => unsuspended(L, () => lessThan(L, a, b)),
  luaV_lessequal: (L: LuaState, a: TValue, b: TValue): number => unsuspended(L, () => lessEqual(L, a, b)),
  luaV_objlen: (L: LuaState, to: TValue, of: TValue): boolean => unsuspended(L, () => len(L, of, to)),
  luaV_tointeger: integerOf,
  tointeger: integerOf,
  tonumber: ({ type, value }: TValue): number | false => toNumber(type, value) ?? false,
};
