/** Coroutines: how a thread is started, suspended and resumed. */
import { ByteString } from "../../value/value.ts";
import { type CallInfo, CIST_FAILED, CIST_FUEL, CIST_LUA, CIST_YPCALL, LuaState } from "../vm/thread.ts";
import { type Continuation, ERRRUN, MAXCCALLS, MULTRET, OK, STRING, SUSPENDED, YIELD } from "../vm/types.ts";
import { enter } from "./call.ts";
import { js } from "./compiled-frames.ts";
import {
  cannotResume,
  cantGoOn,
  cStackOverflow,
  type LuaError,
  runError,
  yieldAcrossC,
  yieldOutside,
} from "./errors.ts";
import { finishInstruction } from "./finish.ts";
import { leave } from "./frames.ts";
import { endHandler, errorOf, suspendedInside, unwind } from "./protect.ts";
import { push } from "./stack.ts";

export const newThread = (L: LuaState): LuaState => new LuaState(L.l_G);

/**
 * Starts a thread, whose function lies below its `nargs` arguments, or goes on with it, which gets them as what it
 * waited for.
 * @param from the thread that resumes it; null: the host does
 * @param below levels of calls through JavaScript that are below the host's
 * @returns OK when it has returned, its results being all that lies on its stack; YIELD; or the status of an error,
 * which lies on top
 */
export function resume(L: LuaState, from: LuaState | null, nargs: number, below = 0): number {
  if (L.status === OK ? L.ci !== L.base_ci : L.status !== YIELD) {
    return refuse(L, nargs, cannotResume(L.status === OK ? "non-suspended" : "dead"));
  }
  const { nny } = L;
  L.nCcalls = (from === null ? below : from.nCcalls) + 1;
  if (L.nCcalls >= MAXCCALLS) return refuse(L, nargs, cStackOverflow);
  L.nny = 0;
  let error = run(L, nargs, undefined);
  while (error !== undefined) {
    const ci = protectedFrame(L);
    if (ci === null) break;
    const caught = error;
    unwind(L, ci, ci.extra, caught);
    L.nny = 0;
    L.handler = ci.outerHandler;
    error = run(L, 0, caught);
  }
  L.nny = nny;
  if (error === undefined) return L.status;
  L.status = error.status; // it is dead
  push(L, error.type, error.value);
  if (L.ci.top < L.top) L.ci.top = L.top;
  return error.status;
}

function refuse(L: LuaState, nargs: number, message: string): number {
  L.top -= nargs;
  push(L, STRING, ByteString.fromAscii(message));
  return ERRRUN;
}

/**
 * Runs the thread until it has ended or is suspended.
 * @param caught the error with which a protected call ends first
 * @returns the error that ended it
 */
function run(L: LuaState, nargs: number, caught: LuaError | undefined): LuaError | undefined {
  const { nCcalls } = L;
  const { depth } = js;
  try {
    if (caught === undefined) begin(L, nargs);
    else if (finishHostCall(L, caught.status)) unroll(L);
    return undefined;
  } catch (e) {
    if (e === suspendedInside) return undefined;
    L.nny = 0;
    js.depth = depth;
    const error = errorOf(L, e); // undefined: a message handler is suspended
    L.nCcalls = nCcalls;
    js.depth = depth;
    return error;
  }
}

function begin(L: LuaState, nargs: number): void {
  if (L.status === OK) {
    enter(L, L.top - nargs - 1, MULTRET);
    return;
  }
  L.status = OK;
  const { ci } = L;
  if (ci.callstatus & CIST_FUEL) {
    ci.callstatus &= ~CIST_FUEL;
    if (L.l_G.execute(L)) unroll(L);
    return;
  }
  const n = ci.c_k === null ? nargs : ci.c_k(L, YIELD, ci.c_ctx);
  if (n === SUSPENDED) return;
  leave(L, ci, L.top - n, n);
  unroll(L);
}

/** Runs what is left on the stack of calls, until it is suspended. */
function unroll(L: LuaState): void {
  while (L.ci !== L.base_ci) {
    if (L.ci.callstatus & CIST_FAILED) endHandler(L, L.ci);
    if (L.ci.callstatus & CIST_LUA) {
      if (!finishInstruction(L) || !L.l_G.execute(L)) return;
    } else if (!finishHostCall(L, YIELD)) return;
  }
}

/** Ends a host function whose callee was suspended, or failed. @returns false when it is suspended itself */
function finishHostCall(L: LuaState, status: number): boolean {
  const { ci } = L;
  if (ci.callstatus & CIST_YPCALL) {
    ci.callstatus &= ~CIST_YPCALL;
    L.handler = ci.outerHandler;
  }
  if (ci.top < L.top) ci.top = L.top;
  const k = ci.c_k;
  if (k === null) throw new Error(cantGoOn);
  const n = k(L, status, ci.c_ctx);
  if (n === SUSPENDED) return false;
  leave(L, ci, L.top - n, n);
  return true;
}

/** The innermost protected call that was suspended. */
function protectedFrame(L: LuaState): CallInfo | null {
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) if (ci.callstatus & CIST_YPCALL) return ci;
  return null;
}

/**
 * Suspends the thread, from the host function that runs in it: it gives the `n` values on top to whoever resumed it.
 * @param k goes on when it is resumed, with the values that it gets on top; null: the function returns those
 */
export function yieldk(L: LuaState, n: number, context: unknown, k: Continuation | null): number {
  if (L.nny > 0) {
    const isMain = L === L.l_G.mainthread;
    runError(L, isMain ? yieldOutside : yieldAcrossC);
  }
  L.status = YIELD;
  L.yielded = n;
  const { ci } = L;
  ci.extra = ci.funcOff;
  ci.c_k = k;
  ci.c_ctx = context;
  return SUSPENDED;
}

/** Moves the `n` values on top of a stack to another, which has room for them. */
export function moveValues(from: LuaState, to: LuaState, n: number): void {
  from.top -= n;
  for (let i = 0; i < n; i++) {
    const { type, value } = from.stack[from.top + i]!;
    push(to, type, value);
  }
}

/** How many values a thread that was resumed has for whoever did. */
export const countValues = (L: LuaState): number => (L.status === YIELD ? L.yielded : L.top - 1);

/** Whether a thread has ended, or has never had anything to do. */
export const isOver = (L: LuaState): boolean => L.status === OK && L.ci === L.base_ci && L.top === 1;
