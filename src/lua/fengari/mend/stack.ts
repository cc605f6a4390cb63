import { burn } from "../../meter/fuel.ts";
import { allocate } from "../../meter/meter.ts";
import {
  C_CLOSURE,
  type CallInfo,
  type Core,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaClosure,
  type LuaState,
  MINSTACK,
  MULTRET,
  NIL,
  SUSPENDED,
  type TValue,
} from "../../vm/types.ts";
import { mendYields } from "./yields.ts";

/**
 * Fengari pops its stack with `delete`, which asks V8's runtime each time and sooner or later turns the array into a
 * dictionary: from then on every access is a hash look-up. Here slots are emptied by assignment, and a stack that
 * grows is filled, so that the deletes which are left (in Fengari's own files) never make it sparse. Frames (CallInfo)
 * are used again instead of made anew at each call.
 *
 * Calls are the VM's: what a frame holds, and in which order its fields are set, is given by lvm.js.
 */
export function mendStack(core: Core, maxStack: number): void {
  limit = maxStack;
  const { ldo, lstate, lobject, lvm } = core;
  const yields = mendYields(core);
  const { TValue } = lobject;
  const { CIST_LUA, EXTRA_STACK } = lstate;
  const empty = undefined as unknown as TValue;

  function adjustTop(L: LuaState, top: number): void {
    const stack = L.stack;
    while (L.top < top) stack[L.top++] = new TValue(NIL, null);
    while (L.top > top) stack[--L.top] = empty;
  }

  function resize(L: LuaState, size: number): void {
    const stack = L.stack;
    const before = stack.length;
    if (size > before) {
      allocate(SLOT_BYTES * (size - before));
      burn(L, (size - before) / SLOTS_PER_STEP);
    }
    stack.length = size;
    if (size > before) stack.fill(empty, before);
    L.stack_last = size - EXTRA_STACK;
  }

  function grow(L: LuaState, n: number): void {
    const size = L.stack.length;
    if (size > maxStack) ldo.luaD_throw(L, 6 /* ERRERR: an overflow while one is being handled */);
    const needed = L.top + n + EXTRA_STACK;
    const wanted = Math.max(Math.min(2 * size, maxStack), needed);
    if (wanted <= maxStack) {
      resize(L, wanted);
      return;
    }
    resize(L, maxStack + ROOM);
    core.ldebug.luaG_runerror(L, stackOverflow);
  }

  function checkStack(L: LuaState, n: number): void {
    if (n > MANY) burn(L, n); // `...` of a great many values is one instruction
    if (L.stack_last - L.top <= n) grow(L, n);
  }

  function nextFrame(L: LuaState): CallInfo {
    const next = L.ci.next;
    if (next !== null) {
      L.ci = next;
      return next;
    }
    const made = lstate.luaE_extendCI(L);
    made.held = 0;
    return made;
  }

  function enterLua(L: LuaState, off: number, results: number, func: TValue): void {
    const { p } = func.value as LuaClosure;
    const stack = L.stack;
    const given = L.top - off - 1;
    checkStack(L, p.maxstacksize);
    let base = off + 1;
    if (p.is_vararg) {
      // The fixed parameters move above all arguments; the rest stays below for `...`.
      base = L.top;
      for (let i = 0; i < p.numparams; i++) {
        const slot = i < given ? stack[off + 1 + i]! : undefined;
        stack[L.top++] = slot === undefined ? new TValue(NIL, null) : new TValue(slot.type, slot.value);
        if (slot !== undefined) {
          slot.type = NIL;
          slot.value = null;
        }
      }
    } else {
      for (let i = given; i < p.numparams; i++) stack[L.top++] = new TValue(NIL, null);
    }
    const ci = nextFrame(L);
    ci.funcOff = off;
    ci.nresults = results;
    ci.func = func;
    ci.l_base = base;
    ci.top = base + p.maxstacksize;
    adjustTop(L, ci.top);
    ci.l_code = p.code;
    ci.l_savedpc = 0;
    ci.callstatus = CIST_LUA;
  }

  function callHost(L: LuaState, off: number, results: number, f: LuaCFunction, nested: boolean): boolean {
    checkStack(L, MINSTACK);
    const ci = nextFrame(L);
    ci.funcOff = off;
    ci.nresults = results;
    ci.func = L.stack[off]!;
    ci.top = L.top + MINSTACK;
    ci.callstatus = 0;
    ci.held = 0;
    const n = f(L);
    if (n === SUSPENDED) return yields.suspended(L, nested);
    leave(L, ci, L.top - n, n);
    return true;
  }

  /**
   * Calls a JavaScript function and says true, or enters a Lua function and says false: the VM runs it.
   * @param nested whether JavaScript calls, and not the VM
   */
  function precall(L: LuaState, off: number, results: number, nested: boolean): boolean {
    const func = L.stack[off]!;
    switch (func.type) {
      case LIGHT_C_FUNCTION:
        return callHost(L, off, results, func.value as LuaCFunction, nested);
      case C_CLOSURE:
        return callHost(L, off, results, (func.value as { f: LuaCFunction }).f, nested);
      case LUA_CLOSURE:
        enterLua(L, off, results, func);
        return false;
      default:
        checkStack(L, 1);
        insertCallMetamethod(L, off, func);
        return precall(L, off, results, nested);
    }
  }

  /** `f(...)` on something that is no function: its `__call` becomes the function and `f` the first argument. */
  function insertCallMetamethod(L: LuaState, off: number, func: TValue): void {
    const method = core.ltm.luaT_gettmbyobj(L, func, core.ltm.TMS.TM_CALL);
    if ((method.type & 0x0f) !== LUA_CLOSURE) core.ldebug.luaG_typeerror(L, func, toCall);
    const stack = L.stack;
    const last = stack[L.top - 1]!;
    stack[L.top++] = new TValue(last.type, last.value);
    for (let i = L.top - 2; i > off; i--) stack[i]!.setfrom(stack[i - 1]!);
    stack[off]!.setfrom(method);
  }

  /** Ends a call: its results go to where its function was. Says whether the caller wants a fixed number of them. */
  function leave(L: LuaState, ci: CallInfo, first: number, n: number): boolean {
    const stack = L.stack;
    const to = ci.funcOff;
    const wanted = ci.nresults;
    if (wanted === SUSPENDED) {
      yields.leave(L);
      return false;
    }
    L.ci = ci.previous;
    const fixed = wanted !== MULTRET;
    const count = fixed ? wanted : n;
    for (let i = 0; i < count; i++) {
      const slot = to + i;
      if (slot >= L.top) stack[slot] = new TValue(NIL, null);
      const target = stack[slot]!;
      if (i < n) target.setfrom(stack[first + i]!);
      else {
        target.type = NIL;
        target.value = null;
      }
    }
    for (let i = L.top - 1; i >= to + count; i--) stack[i] = empty;
    L.top = to + count;
    return fixed;
  }

  ldo.adjust_top = adjustTop;
  ldo.luaD_checkstack = checkStack;
  ldo.luaD_growstack = grow;
  ldo.luaD_reallocstack = resize;
  ldo.luaD_precall = (L, off, results) => precall(L, off, results, false);
  ldo.luaD_poscall = leave;
  // Fengari's own luaD_call would use its own luaD_precall.
  ldo.luaD_call = (L, off, results) => {
    if (++L.nCcalls >= 200) tooDeep(L);
    if (!precall(L, off, results, true)) lvm.luaV_execute(L);
    L.nCcalls--;
  };
  ldo.luaD_callnoyield = (L, off, results) => {
    L.nny++;
    ldo.luaD_call(L, off, results);
    L.nny--;
  };

  /** Past the limit an error may still be handled, within an eighth more; past that there is no handling. */
  function tooDeep(L: LuaState): void {
    if (L.nCcalls === 200) core.ldebug.luaG_runerror(L, cStackOverflow);
    else if (L.nCcalls >= 225) ldo.luaD_throw(L, 6 /* ERRERR */);
  }
}

/** More slots than any function of Lua's has for its own. */
const MANY = 255;

/** Slots of a stack that grows which are filled, emptied and measured in the time of an instruction. */
const SLOTS_PER_STEP = 4;

/** A slot of a stack and the value in it. */
const SLOT_BYTES = 40;

/** Slots that a thread gets beyond the limit, for its overflow to be handled. */
const ROOM = 200;
let limit = Number.POSITIVE_INFINITY;

/** Whether a thread still has the room that it got to handle an overflow: while it has, it can't overflow once more. */
export const hasOverflowed = (L: LuaState): boolean => L.stack.length > limit;

const stackOverflow = Buffer.from("stack overflow");
const cStackOverflow = Buffer.from("C stack overflow");
const toCall = Buffer.from("call");
