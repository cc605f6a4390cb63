/** Calls from host functions and from the VM's own operations: of anything that can be called. */
import type { TValue } from "../vm/cell.ts";
import type { CClosure, LuaClosure } from "../vm/closure.ts";
import type { LuaState } from "../vm/thread.ts";
import {
  C_CLOSURE,
  type Continuation,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  MAXCCALLS,
  SUSPENDED,
} from "../vm/types.ts";
import { cStackOverflow, operationError, runError } from "./errors.ts";
import { enterHost, enterLua, leave } from "./frames.ts";
import { metamethod, TM } from "./metatables.ts";
import { ensureStack, errorInErrorHandling } from "./stack.ts";

/** Past the limit an error may still be handled, within an eighth more; past that there is no handling. */
const MOST_WITH_HANDLING = MAXCCALLS + (MAXCCALLS >> 3);

/** One call more through JavaScript. */
export function deepen(L: LuaState): void {
  if (++L.nCcalls < MAXCCALLS) return;
  if (L.nCcalls === MAXCCALLS) runError(L, cStackOverflow);
  if (L.nCcalls >= MOST_WITH_HANDLING) throw errorInErrorHandling();
}

/** Runs a host function whose arguments lie on the stack. @returns false when it is suspended */
export function callHost(L: LuaState, off: number, results: number, f: LuaCFunction): boolean {
  const ci = enterHost(L, off, results);
  const n = f(L);
  if (n === SUSPENDED) return false;
  leave(L, ci, L.top - n, n);
  return true;
}

/**
 * Calls what lies at `off` with what lies above it. Its results are there afterwards: as many as are wanted, or all of
 * them, and `L.top` is after the last.
 * @returns false when it is suspended: the caller returns SUSPENDED at once, and its continuation goes on later
 */
export function call(L: LuaState, off: number, results: number): boolean {
  deepen(L);
  if (!enter(L, off, results)) return false;
  L.nCcalls--;
  return true;
}

/**
 * As `call`, for a protected call.
 * @returns 1 when it has returned, 2 when it is suspended, 3 when it has failed without throwing (raised.ts)
 */
export function attemptCall(L: LuaState, off: number, results: number): 1 | 2 | 3 {
  const func = L.stack[off]!;
  const { tier } = L.l_G;
  if (func.type !== LUA_CLOSURE || tier === null) return call(L, off, results) ? 1 : 2;
  deepen(L);
  const done = tier.attempt(L, off, results, func.value as LuaClosure);
  if (done > 1) return done as 2 | 3;
  if (done === 0) {
    enterLua(L, off, results, func);
    if (!L.l_G.execute(L)) return 2;
  }
  L.nCcalls--;
  return 1;
}

/** As `call`, for a thread's first function. */
export function enter(L: LuaState, off: number, results: number): boolean {
  const func = L.stack[off]!;
  switch (func.type) {
    case LUA_CLOSURE: {
      const { tier } = L.l_G;
      if (tier !== null) {
        const done = tier.enter(L, off, results, func.value as LuaClosure);
        if (done !== 0) return done === 1;
      }
      enterLua(L, off, results, func);
      return L.l_G.execute(L);
    }
    case LIGHT_C_FUNCTION:
      return callHost(L, off, results, func.value as LuaCFunction);
    case C_CLOSURE:
      return callHost(L, off, results, (func.value as CClosure).f as LuaCFunction);
    default:
      insertCallMetamethod(L, off, func);
      return enter(L, off, results);
  }
}

/** `f(...)` on what is not a function: its `__call` becomes the function and `f` the first argument. */
export function insertCallMetamethod(L: LuaState, off: number, func: TValue): void {
  const { type, value } = metamethod(L, func.type, func.value, TM.CALL);
  if ((type & 0x0f) !== LUA_CLOSURE) operationError(L, func, "call");
  ensureStack(L, 1);
  const { stack } = L;
  for (let i = L.top; i > off; i--) stack[i]!.setfrom(stack[i - 1]!);
  L.top++;
  func.type = type;
  func.value = value;
}

/** As `call`, from a host function: `k` goes on with it when the call was suspended. */
export function callk(L: LuaState, off: number, results: number, context: unknown, k: Continuation): boolean {
  resumeBy(L, context, k);
  return call(L, off, results);
}

/** What goes on with the running host function when something that it does next is suspended. */
export function resumeBy(L: LuaState, context: unknown, k: Continuation): void {
  L.ci.c_k = k;
  L.ci.c_ctx = context;
}

/** As `call`, where nobody could go on later: whatever has to wait in it raises an error. */
export function callNoYield(L: LuaState, off: number, results: number): void {
  L.nny++;
  call(L, off, results);
  L.nny--;
}
