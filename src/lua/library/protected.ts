/** `pcall` and `xpcall`. What they call may wait, and may yield. */
import { pcallk } from "../core/protect.ts";
import type { Holding } from "../limits/roots.ts";
import { type DirectFunction, NEEDS_FRAME, R, typeError } from "../vm/direct.ts";
import { HostCall } from "../vm/thread.ts";
import {
  BOOLEAN,
  type Continuation,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaClosure,
  type LuaState,
  MULTRET,
  OK,
  SUSPENDED,
  YIELD,
} from "../vm/types.ts";
import { anyArg } from "./args.ts";
import type { Functions } from "./define.ts";
import { tagAt, valueAt } from "./stack.ts";

/**
 * The results of a protected call lie where its function was. One slot below, whose content is not needed any more,
 * `true` or `false` goes: so nothing has to be moved.
 */
function finish(L: LuaState, status: number, below: number): number {
  const said = L.stack[below]!;
  said.type = BOOLEAN;
  said.value = status === OK || status === YIELD;
  return L.top - below;
}

const afterPcall: Continuation = (L, status) => finish(L, status, L.ci.funcOff);

const pcall: DirectFunction & Holding = (L) => {
  anyArg(L, 1, tagAt(L, 1));
  const below = L.ci.funcOff;
  const status = pcallk(L, below + 1, MULTRET, 0, undefined, afterPcall);
  return status === SUSPENDED ? SUSPENDED : finish(L, status, below);
};

const pcallOf = new HostCall(pcall, afterPcall);

pcall.direct = (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
  const { tier } = L.l_G;
  if (t0 !== LUA_CLOSURE || tier === null) return (R.type = NEEDS_FRAME);
  return tier.protect(L, pcallOf, v0 as LuaClosure, n - 1, t1, v1, t2, v2, t3, v3);
};

const afterXpcall: Continuation = (L, status) => finish(L, status, L.ci.funcOff + 1);

/** The handler changes places with the function, which has its arguments above it then. */
const xpcall: LuaCFunction & Holding = (L) => {
  const t = tagAt(L, 2);
  if (t === undefined || (t & 0x0f) !== LUA_CLOSURE) typeError(L, 2, "function", t, valueAt(L, 2));
  const handler = L.ci.funcOff + 1;
  const first = L.stack[handler]!;
  const second = L.stack[handler + 1]!;
  const { type, value } = first;
  first.type = second.type;
  first.value = second.value;
  second.type = type;
  second.value = value;
  const status = pcallk(L, handler + 1, MULTRET, handler, undefined, afterXpcall);
  return status === SUSPENDED ? SUSPENDED : finish(L, status, handler);
};

pcall.isOpen = true;
xpcall.isOpen = true;

export const protectedCalls: Functions = { pcall, xpcall };
