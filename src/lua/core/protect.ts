/** Protected calls: what errors come to, message handlers, and where a thread goes on after one. */
import { Stopped } from "../meter/stopped.ts";
import { LuaFailure } from "../vm/failure.ts";
import { type CallInfo, CIST_FAILED, CIST_YPCALL, type LuaState } from "../vm/thread.ts";
import { type Continuation, ERRERR, ERRRUN, LUA_CLOSURE, OK, SUSPENDED } from "../vm/types.ts";
import { attemptCall, call, callNoYield, deepen } from "./call.ts";
import { js, makeFramesOf } from "./compiled-frames.ts";
import { complete, LuaError } from "./errors.ts";
import { enterLua } from "./frames.ts";
import { takeError } from "./raised.ts";
import { closeFrames, ensureStack, push, shrinkStack } from "./stack.ts";

/** Thrown by Fengari's C API where a call of it was suspended, which it does not know how to say. */
export const suspendedInside: unique symbol = Symbol("suspended");

/**
 * The Lua error that something thrown comes to, after the message handler has seen it. Frames are still as they were,
 * and what they called in JavaScript is over: the handler may wait.
 * @returns undefined when the handler is suspended: it throws a HandledError later
 * @throws Stopped, which nothing in Lua catches
 */
export function errorOf(L: LuaState, e: unknown): LuaError | undefined {
  makeFramesOf(L);
  const error = plainErrorOf(L, e);
  if (L.handler === 0 || error.status !== ERRRUN || error instanceof HandledError) return error;
  return handled(L, error);
}

/** What a message handler made of an error after it was suspended. */
class HandledError extends LuaError {}

function plainErrorOf(L: LuaState, e: unknown): LuaError {
  if (e instanceof LuaError) return e;
  if (e instanceof Stopped || e === suspendedInside) throw e;
  if (e instanceof LuaFailure) return complete(L, e);
  const { type, value } = L.l_G.hooks.nativeError(L, e);
  return new LuaError(ERRRUN, type, value);
}

/** Shows an error to the message handler, and an error of that as well, until nothing is left to be called. */
function handled(L: LuaState, first: LuaError): LuaError | undefined {
  let error = first;
  for (;;) {
    try {
      ensureStack(L, 2);
      const handler = L.stack[L.handler]!;
      const off = L.top;
      push(L, handler.type, handler.value);
      push(L, error.type, error.value);
      const failed = L.ci;
      if (!callHandler(L, off)) {
        failed.callstatus |= CIST_FAILED;
        return undefined;
      }
      const { type, value } = L.stack[off]!;
      L.top = off;
      return new LuaError(error.status, type, value);
    } catch (e) {
      error = plainErrorOf(L, e);
      if (error.status === ERRERR) return error;
    }
  }
}

/** As `call`; a Lua function is interpreted, since the frame below does not say where it lies, as compiled code needs. */
function callHandler(L: LuaState, off: number): boolean {
  const handler = L.stack[off]!;
  if (L.nny > 0) {
    callNoYield(L, off, 1);
    return true;
  }
  if (handler.type !== LUA_CLOSURE) return call(L, off, 1);
  deepen(L);
  enterLua(L, off, 1, handler);
  if (!L.l_G.execute(L)) return false;
  L.nCcalls--;
  return true;
}

/** A handler that was suspended has returned. @throws what the frame has failed with, as the handler has it */
export function endHandler(L: LuaState, failed: CallInfo): never {
  failed.callstatus &= ~CIST_FAILED;
  const { type, value } = L.stack[--L.top]!;
  throw new HandledError(ERRRUN, type, value);
}

/** Goes back to a frame, with the error as the only thing at `at`. */
export function unwind(L: LuaState, ci: CallInfo, at: number, { type, value }: LuaError): void {
  closeFrames(L, ci);
  L.ci = ci;
  L.top = at;
  push(L, type, value);
  shrinkStack(L);
}

/**
 * Calls what lies at `off`, as `callk` does, and catches its errors.
 * @param handler the slot of the message handler; 0: none
 * @returns OK; the status of an error, which is the only thing at `off` then; or SUSPENDED: `k` goes on with the one or
 * the other
 */
export function pcallk(
  L: LuaState,
  off: number,
  results: number,
  handler: number,
  context: unknown,
  k: Continuation,
): number {
  const { ci, nny, nCcalls } = L;
  const { depth } = js;
  ci.c_k = k;
  ci.c_ctx = context;
  ci.extra = off;
  ci.outerHandler = L.handler;
  ci.callstatus |= CIST_YPCALL;
  L.handler = handler;
  let status = OK;
  try {
    const done = attemptCall(L, off, results);
    if (done === 2) return SUSPENDED;
    if (done === 3) {
      L.nCcalls = nCcalls;
      js.depth = depth;
      status = ERRRUN;
      unwind(L, ci, off, takeError());
    }
  } catch (e) {
    L.nny = nny;
    js.depth = depth;
    const error = errorOf(L, e);
    L.nCcalls = nCcalls;
    js.depth = depth;
    if (error === undefined) return SUSPENDED;
    status = error.status;
    unwind(L, ci, off, error);
    L.nny = nny;
  }
  ci.callstatus &= ~CIST_YPCALL;
  L.handler = ci.outerHandler;
  return status;
}

/** Goes back to the frame that has made a protected call by its direct form, which failed. */
export function unwindDirect(L: LuaState, ci: CallInfo, top: number): void {
  closeFrames(L, ci);
  L.ci = ci;
  L.top = top;
  shrinkStack(L);
}

/** Runs `f`, in which nothing can wait. @returns the error, with the frames as they were where it was caught */
export function attempt(L: LuaState, f: () => void): LuaError | undefined {
  const { ci, nny, nCcalls, handler } = L;
  const { depth } = js;
  try {
    f();
    return undefined;
  } catch (e) {
    L.nny = nny + 1; // nor can a message handler
    const error = errorOf(L, e)!;
    closeFrames(L, ci);
    L.ci = ci;
    L.nny = nny;
    L.nCcalls = nCcalls;
    js.depth = depth;
    L.handler = handler;
    shrinkStack(L);
    return error;
  }
}
