import { ByteString } from "../../../value/value.ts";
import { work } from "../../meter/meter.ts";
import { Stopped } from "../../meter/stopped.ts";
import {
  type CallInfo,
  type Core,
  ERRERR,
  ERRMEM,
  ERRRUN,
  ERRSYNTAX,
  type LuaState,
  MAXCCALLS,
  MULTRET,
  NIL,
  OK,
  STRING,
  SUSPENDED,
  type TValue,
  YIELD,
  type Zio,
} from "../../vm/types.ts";
import { hasOverflowed } from "./stack.ts";

/**
 * Protected calls, coroutines and the parser, which in Fengari share two defects:
 *
 * - They catch every JavaScript exception. A limit that ends a script could be swallowed by `pcall`, and an exception
 *   of a host function became whatever lay on the stack. Here `Stopped` passes through, and any other exception
 *   becomes a Lua error that tells nothing of the host (`nativeError`).
 * - An error caught in a coroutine switches hooks off for good. We count instructions without hooks (tables.ts), and
 *   here nothing touches `allowhook`.
 *
 * The parser takes text alone: the loader of binary chunks trusts them, and can't be reached any more.
 */
export function mendCalls(core: Core): void {
  const { ldo, lfunc, lobject, lstate, lvm } = core;
  const { TValue } = lobject;
  const { CIST_LUA, CIST_YPCALL } = lstate;

  const push = (L: LuaState, value: TValue) => {
    L.stack[L.top++] = value;
  };
  const pushText = (L: LuaState, text: string) => push(L, new TValue(STRING, ByteString.fromText(text)));

  /** Runs `f` and says how it ended. The error, if any, lies on top of the stack. */
  function protect<T>(L: LuaState, f: (L: LuaState, argument: T) => void, argument: T): number {
    const jump = { status: OK, previous: L.errorJmp };
    const depth = L.nCcalls;
    L.errorJmp = jump;
    try {
      f(L, argument);
    } catch (e) {
      if (e instanceof Stopped) throw e;
      L.nCcalls = depth;
      if (e !== jump) jump.status = raiseNative(L, e);
    }
    L.errorJmp = jump.previous;
    L.nCcalls = depth;
    return jump.status;
  }

  /** Turns a JavaScript exception into a Lua error, and shows it to the message handler as `error` would. */
  function raiseNative(L: LuaState, e: unknown): number {
    const error = nativeError(L, e);
    if (L.errfunc === 0) {
      push(L, error);
      return ERRRUN;
    }
    try {
      const handler = L.stack[L.errfunc]!;
      push(L, new TValue(handler.type, handler.value));
      push(L, error);
      ldo.luaD_callnoyield(L, L.top - 2, 1);
      return ERRRUN;
    } catch (nested) {
      if (nested instanceof Stopped) throw nested;
      return ERRERR;
    }
  }

  /** Leaves the error as the only thing at `at`, which becomes the top. */
  function settleError(L: LuaState, status: number, at: number): void {
    const top = L.stack[L.top - 1];
    const error =
      status === ERRMEM
        ? new TValue(STRING, ByteString.fromText("not enough memory"))
        : status === ERRERR || top === undefined
          ? new TValue(STRING, ByteString.fromText("error in error handling"))
          : new TValue(top.type, top.value);
    while (L.top < at) push(L, new TValue(NIL, null));
    L.stack[at] = error;
    if (L.top <= at) L.top = at + 1;
    ldo.adjust_top(L, at + 1);
  }

  /** After a stack overflow: back to a size that leaves room to overflow, and to handle it, once more. */
  function shrinkStack(L: LuaState): void {
    let used = L.top;
    for (let ci: CallInfo | null = L.ci; ci !== null; ci = ci.previous) if (ci.top > used) used = ci.top;
    const enough = used + (used >> 3) + 2 * lstate.EXTRA_STACK + 40;
    if (L.stack.length > 4 * enough || hasOverflowed(L)) {
      ldo.luaD_reallocstack(L, enough);
      lstate.luaE_freeCI(L);
    }
  }

  function protectedCall<T>(
    L: LuaState,
    f: (L: LuaState, argument: T) => void,
    argument: T,
    at: number,
    handler: number,
  ): number {
    const { ci, nny, errfunc } = L;
    L.errfunc = handler;
    const status = protect(L, f, argument);
    if (status !== OK) {
      lfunc.luaF_close(L, at);
      settleError(L, status, at);
      L.ci = ci;
      L.nny = nny;
      shrinkStack(L);
    }
    L.errfunc = errfunc;
    return status;
  }

  // ---- coroutines ----

  function resume(L: LuaState, from: LuaState | null, nargs: number): number {
    if (L.status === OK ? L.ci !== L.base_ci : L.status !== YIELD) {
      ldo.adjust_top(L, L.top - nargs);
      pushText(L, `cannot resume ${L.status === OK ? "non-suspended" : "dead"} coroutine`);
      return ERRRUN;
    }
    const { nny } = L;
    L.nCcalls = from === null ? 1 : from.nCcalls + 1;
    if (L.nCcalls >= MAXCCALLS) {
      ldo.adjust_top(L, L.top - nargs);
      pushText(L, "C stack overflow");
      return ERRRUN;
    }
    L.nny = 0;
    L.resumedAt = L.nCcalls;
    let status = protect(L, begin, nargs);
    while (status > YIELD && recover(L, status)) status = protect(L, unroll, status);
    if (status === OK && L.status === YIELD) status = YIELD;
    if (status > YIELD) {
      L.status = status; // dead
      settleError(L, status, L.top);
      L.ci.top = L.top;
    }
    L.nny = nny;
    L.nCcalls--;
    return status;
  }

  // Each part of a coroutine runs until it yields by an exception, or returns with the status set (yields.ts).

  /** Starts a coroutine, or goes on where it yielded, with `nargs` values on the stack. */
  function begin(L: LuaState, nargs: number): void {
    if (L.status === OK) {
      if (!ldo.luaD_precall(L, L.top - nargs - 1, MULTRET)) lvm.luaV_execute(L);
      return;
    }
    L.status = OK;
    const { ci } = L;
    ci.funcOff = ci.extra;
    ci.func = L.stack[ci.funcOff]!;
    const n = ci.c_k === null ? nargs : ci.c_k(L, YIELD, ci.c_ctx);
    if (n === SUSPENDED) return;
    ldo.luaD_poscall(L, ci, L.top - n, n);
    unroll(L, OK);
  }

  /** Runs what is left on the call stack. `status` above YIELD: the innermost frame is a pcall that caught it. */
  function unroll(L: LuaState, status: number): void {
    if (status > YIELD) finishHostCall(L, status);
    while (L.ci !== L.base_ci && L.status !== YIELD) {
      if (L.ci.callstatus & CIST_LUA) {
        lvm.luaV_finishOp(L);
        lvm.luaV_execute(L);
      } else finishHostCall(L, YIELD);
    }
  }

  /** Ends a host function whose callee yielded or failed, by its continuation. */
  function finishHostCall(L: LuaState, status: number): void {
    const { ci } = L;
    if (ci.callstatus & CIST_YPCALL) {
      ci.callstatus &= ~CIST_YPCALL;
      L.errfunc = ci.c_old_errfunc;
    }
    if (ci.nresults === MULTRET && ci.top < L.top) ci.top = L.top;
    const continuation = ci.c_k;
    if (continuation === null) throw new Error("a host function without continuation was interrupted");
    const n = continuation(L, status, ci.c_ctx);
    if (n === SUSPENDED) return;
    ldo.luaD_poscall(L, ci, L.top - n, n);
  }

  /** Finds the innermost pcall of a coroutine and leaves the error to it. */
  function recover(L: LuaState, status: number): boolean {
    let ci: CallInfo | null = L.ci;
    while (ci !== null && !(ci.callstatus & CIST_YPCALL)) ci = ci.previous;
    if (ci === null) return false;
    lfunc.luaF_close(L, ci.extra);
    settleError(L, status, ci.extra);
    L.ci = ci;
    L.nny = 0;
    shrinkStack(L);
    L.errfunc = ci.c_old_errfunc;
    return true;
  }

  // ---- the parser ----

  interface Source {
    readonly z: Zio;
    readonly name: Uint8Array;
    readonly mode: Uint8Array | null;
  }

  /** Counts each part of the source before it is read; what the parser makes of it is counted there (parser.ts). */
  function countSource(L: LuaState, z: Zio): void {
    const { reader } = z;
    z.reader = (_, data) => {
      const part = reader(L, data);
      if (part !== null) work(part.length / BYTES_PER_STEP);
      return part;
    };
  }

  function parse(L: LuaState, { z, name, mode }: Source): void {
    countSource(L, z);
    const first = z.zgetc();
    if (first === 0x1b) refuseChunk(L, "attempt to load a binary chunk (only text is allowed)");
    if (mode !== null && !mode.includes(0x74 /* t */)) {
      refuseChunk(L, `attempt to load a text chunk (mode is '${new ByteString(mode)}')`);
    }
    const { MBuffer } = core.lzio;
    const closure = core.lparser.luaY_parser(L, z, new MBuffer(), new core.lparser.Dyndata(), name, first);
    lfunc.luaF_initupvals(L, closure);
  }

  function refuseChunk(L: LuaState, message: string): never {
    pushText(L, message);
    return ldo.luaD_throw(L, ERRSYNTAX);
  }

  ldo.luaD_pcall = protectedCall;
  ldo.lua_resume = resume;
  ldo.luaD_protectedparser = (L, z, name, mode) => {
    L.nny++;
    const status = protectedCall(L, parse, { z, name, mode }, L.top, L.errfunc);
    L.nny--;
    return status;
  };
}

/** Bytes of source that are passed over in the time of a few instructions. */
const BYTES_PER_STEP = 16;

/** What a JavaScript exception is to Lua. Set by native-error.ts, which knows the error objects that scripts see. */
export let nativeError: (L: LuaState, e: unknown) => TValue = () => {
  throw new Error("no translation of JavaScript exceptions is set");
};

export function setNativeError(translate: (L: LuaState, e: unknown) => TValue): void {
  nativeError = translate;
}
