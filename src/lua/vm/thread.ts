/** Threads (coroutines) with their stacks and frames, and what the threads of a state have in common. */
import type { ByteString, Bytes } from "../../value/value.ts";
import { TValue } from "./cell.ts";
import type { LuaClosure, Proto } from "./closure.ts";
import type { LuaTable } from "./lua-table.ts";
import { MAXSTACK, MINSTACK, NIL, OK } from "./tags.ts";

/** A host function in its frame form: its arguments lie on the stack. @returns how many results lie on top, or SUSPENDED */
export type LuaCFunction = (L: LuaState) => number;
/** What goes on with a host function whose callee was suspended (status YIELD), or failed. */
export type Continuation = (L: LuaState, status: number, context: unknown) => number;

/** What V8 takes for a frame on 64 bits (Node 20), and for a slot of a stack with the cell in it. */
export const FRAME: Bytes = 176;
export const SLOT: Bytes = 48;

/** A protected call that compiled code has made by itself. */
export class HostCall {
  readonly f: LuaCFunction;
  readonly k: Continuation;

  /** @param k goes on with it when what it calls was suspended, or failed later */
  constructor(f: LuaCFunction, k: Continuation) {
    this.f = f;
    this.k = k;
  }
}

/** A frame: a call that has not returned. Frames are used again by later calls. */
export class CallInfo {
  /** The slot of the function. */
  func: TValue = null as never;
  funcOff = 0;
  /** The first slot above those that it may use. */
  top = 0;
  previous: CallInfo = null as never;
  next: CallInfo | null = null;
  /** Of a Lua function: its first register, and the instruction that comes next. */
  l_base = 0;
  l_savedpc = 0;
  /** Of a host function: what goes on when a call that it made was suspended, or failed. */
  c_k: Continuation | null = null;
  c_ctx: unknown = undefined;
  /** Of a protected call: the message handler before it. */
  outerHandler = 0;
  /** How many results the caller wants. */
  nresults = 0;
  callstatus = 0;
  /** Of a protected call: where its function was. */
  extra = 0;
  /** Bytes that a host function holds while it calls back (meter.ts). */
  held: Bytes = 0;
  /** Of compiled code: its function, as long as the rest of the frame is not what it should be. Of `pcall`, what it is. */
  cl: LuaClosure | HostCall | null = null;
  /** its variable arguments, a tag and a value each; */
  va: readonly unknown[] = NO_ARGUMENTS;
  /** and the function that was called in tail position in place of another, which is over. */
  tailed: LuaClosure | null = null;
  /** Where compiled code lies that this frame called by none of its call instructions, and how many results it wants. */
  calledAt = 0;
  calledFor = 0;
}

const NO_ARGUMENTS: readonly unknown[] = [];

/** The frame runs a Lua function; */
export const CIST_LUA: number = 1 << 1;
/** the interpreter was entered for it; */
export const CIST_FRESH: number = 1 << 3;
/** it is a protected call that can go on after an error; */
export const CIST_YPCALL: number = 1 << 4;
/** it was called in tail position; */
export const CIST_TAIL: number = 1 << 5;
/** it does `<=` by `not >`; */
export const CIST_LEQ: number = 1 << 7;
/** it is suspended between two instructions, and not in a call; */
export const CIST_FUEL: number = 1 << 9;
/** it has failed, and the message handler that was called above it is suspended. */
export const CIST_FAILED: number = 1 << 10;

/** Slots beyond a frame's own, for metamethods. */
export const EXTRA_STACK = 5;

/** What compiled code is to the interpreter. */
export interface Tier {
  /** Calls of a function, and rounds of its loops, from which on it is asked. */
  readonly calls: number;
  readonly loops: number;
  /**
   * Runs a function, with its arguments on the stack.
   * @returns 1 when it has returned, its results being where a host function leaves them; 2 when it is suspended; 0 when
   * it is for the interpreter
   */
  enter(L: LuaState, off: number, results: number, closure: LuaClosure): 0 | 1 | 2;
  /** As `enter`, for a protected call. @returns 3, too: it has failed, and core/raised.ts has the error */
  attempt(L: LuaState, off: number, results: number, closure: LuaClosure): 0 | 1 | 2 | 3;
  /**
   * Calls a function for a protected call in its direct form, with up to three arguments. `L.ci` is the frame that calls.
   * @returns what a direct form does: NEEDS_FRAME in R where that is for the interpreter
   */
  protect(
    L: LuaState,
    call: HostCall,
    closure: LuaClosure,
    n: number,
    t0?: number,
    v0?: unknown,
    t1?: number,
    v1?: unknown,
    t2?: number,
    v2?: unknown,
  ): unknown;
  /**
   * Goes on with a frame at the loop where its saved instruction is.
   * @returns 1 when it has: the innermost frame goes on at its saved instruction; 2 when it is suspended; 0 when nothing
   * was done
   */
  loop(L: LuaState, ci: CallInfo): 0 | 1 | 2;
  /** Counts a call of a function that is not compiled. @returns whether it is now */
  isHot(p: Proto): boolean;
  /** Compiled code of the function was left at the instruction, since something unusual came up. */
  left(p: Proto, pc: number): void;
}

/** What execution needs of those who make a state. */
export interface Hooks {
  /** What a JavaScript exception is to Lua. */
  nativeError(L: LuaState, e: unknown): TValue;
  /** What a function of the library is called in messages; undefined for any other. */
  functionName(L: LuaState, f: TValue): string | undefined;
  readonly tier: Tier | null;
}

/** What all threads of a state have in common. */
export class GlobalState {
  /** The next number of an object, by which `tostring` tells it from others; also how many were made. */
  id_counter = 1;
  readonly ids = new WeakMap<object, number>();
  /** What the script used when it was last collected, and how many objects were made by then. */
  heapBytes: Bytes = 0;
  heapIds = 0;
  mainthread: LuaState = null as never;
  readonly l_registry: TValue = new TValue(NIL, null);
  panic = null;
  atnativeerror: unknown = null;
  version: number | null = null;
  /** The names of the metamethods. */
  tmname: readonly ByteString[];
  /** The metatables of types that have one for all values. */
  readonly mt: (LuaTable | null | undefined)[] = [];
  /** What belongs to this state (run/state.ts). */
  host: unknown = undefined;
  /** Instructions until the budget is asked again. A small integer. */
  fuel = MUCH;
  /** Asks the budget for more, or ends the script. */
  refuel: (L: LuaState) => void = refuelForever;
  readonly hooks: Hooks;
  readonly tier: Tier | null;
  /** The interpreter: runs the innermost frame, which is that of a Lua function. @returns false when it is suspended */
  readonly execute: (L: LuaState) => boolean;

  constructor(hooks: Hooks, execute: (L: LuaState) => boolean, names: readonly ByteString[]) {
    this.hooks = hooks;
    this.tier = hooks.tier;
    this.execute = execute;
    this.tmname = names;
  }
}

/** Where nobody counts. */
const MUCH = 2 ** 30 - 1;
const refuelForever = (L: LuaState): void => {
  L.l_G.fuel = MUCH;
};

export class LuaState {
  readonly id: number;
  readonly l_G: GlobalState;
  readonly base_ci: CallInfo = new CallInfo();
  /** Every slot has a cell. Those from `top` on are left from before. */
  readonly stack: TValue[] = [];
  top = 0;
  /** The most slots. */
  stack_last: number = MAXSTACK;
  ci: CallInfo = this.base_ci;
  /** How deeply calls nest through JavaScript. */
  nCcalls = 0;
  /** How many calls on the stack can't be suspended. */
  nny = 1;
  status: number = OK;
  /** The slot of the message handler, or 0. */
  handler = 0;
  /** How many values it gave when it yielded. */
  yielded = 0;
  /** Whether the host keeps it waiting, a coroutine of the script's own. */
  waits: boolean | undefined = undefined;

  // Fengari's API has these in its protected calls.
  errfunc = 0;
  allowhook = 1;

  constructor(g: GlobalState) {
    this.id = g.id_counter++;
    this.l_G = g;
    const ci = this.base_ci;
    for (let i = 0; i < FIRST_SLOTS; i++) this.stack.push(new TValue(NIL, null));
    ci.func = this.stack[0]!;
    this.top = 1;
    ci.top = 1 + MINSTACK;
  }
}

/** A coroutine that does little stays with these. */
const FIRST_SLOTS = 12;
