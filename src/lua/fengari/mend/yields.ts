import { type CallInfo, type Core, LUA_CLOSURE, type LuaState, SUSPENDED, YIELD } from "../../vm/types.ts";

/**
 * Yields without an exception. A coroutine of Fengari's yields by throwing through the interpreter, which costs more
 * than all the rest of a short wait. Here a host function that yields returns SUSPENDED, and where the interpreter was
 * entered from `resume` directly, it is made to return as well: the host function's frame gets a Lua frame of one
 * instruction above it, RETURN, marked as the one to leave the interpreter by. When that has run, the coroutine's own
 * frames are as they were, and `resume` sees by the status that it has yielded.
 *
 * With other JavaScript between (a metamethod, a pcall, an iterator), only an exception gets out, as before.
 */
export interface Yields {
  /**
   * What luaD_precall answers when the host function in L's innermost frame returned SUSPENDED.
   * @param nested whether anything but the interpreter, or `resume` itself, called it
   */
  suspended(L: LuaState, nested: boolean): boolean;
  /** Ends the frame of the one instruction, which wants SUSPENDED results. */
  leave(L: LuaState): void;
}

const OP_CALL = 36;
const OP_RETURN = 38;
const nothing = { opcode: OP_RETURN, A: 0, B: 1 };

export function mendYields({ lapi, ldebug, ldo, lobject, lstate }: Core): Yields {
  const { CIST_LUA, CIST_FRESH } = lstate;
  const code = [nothing];
  const func = new lobject.TValue(LUA_CLOSURE, { p: { k: [], p: [], code, numparams: 0 }, upvals: [] });

  const frame = (): CallInfo =>
    Object.assign(new lstate.CallInfo(), {
      func,
      l_code: code,
      callstatus: CIST_LUA | CIST_FRESH,
      nresults: SUSPENDED,
    });
  const above = frame();
  /** What a tail call takes for the frame of the caller, which it replaces. */
  const caller = frame();
  let suspended: CallInfo;

  ldo.lua_yieldk = (L, results, context, k) => {
    const { ci } = L;
    lapi.api_checknelems(L, results);
    if (L.nny > 0) ldebug.luaG_runerror(L, across);
    L.status = YIELD;
    ci.extra = ci.funcOff;
    ci.c_k = k;
    ci.c_ctx = context;
    ci.funcOff = L.top - results - 1; // what lies below is safe from whoever takes the results
    ci.func = L.stack[ci.funcOff]!;
    return SUSPENDED;
  };

  return {
    suspended(L, nested) {
      if (nested || L.nCcalls !== L.resumedAt) ldo.luaD_throw(L, YIELD);
      suspended = L.ci;
      const { previous } = suspended;
      if (!(previous.callstatus & CIST_LUA)) return true; // it is the body of its coroutine
      L.l_G.fuel++; // the one instruction is not the script's
      above.l_savedpc = 0;
      if ((previous.l_code[previous.l_savedpc - 1] as { opcode: number }).opcode === OP_CALL)
        above.previous = suspended;
      else {
        // A tail call: it moves the new frame to where the caller's is, and looks whether that fits its closure.
        const { funcOff } = previous;
        above.funcOff = caller.funcOff = funcOff;
        above.l_base = L.top - (L.stack[funcOff]!.value as { p: { maxstacksize: number } }).p.maxstacksize;
        caller.l_base = L.top;
        above.previous = caller;
      }
      L.ci = above;
      return false;
    },
    leave(L) {
      L.ci = suspended;
    },
  };
}

const across = Buffer.from("attempt to yield across a JS-call boundary");
