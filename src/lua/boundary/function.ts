/**
 * The one wrapper around host functions: reads the declared arguments, calls, and turns the outcome into a value or
 * into `nil, err`. No module writes error plumbing, stack plumbing or waiting of its own.
 */
import { MoonkeepError } from "../../errors.ts";
import { isLater } from "../../value/eventually.ts";
import { fromJs } from "../../value/js.ts";
import { ByteString, Float, Table, type Value } from "../../value/value.ts";
import { stateOf } from "../core/state-of.ts";
import { suspend, type Wait } from "../core/suspend.ts";
import { captureStack } from "../core/traceback.ts";
import { fengari } from "../fengari/fengari.ts";
import { burn } from "../meter/fuel.ts";
import { allocate, FRAME_SNAPSHOT } from "../meter/meter.ts";
import { setInteger } from "../vm/lua-table.ts";
import { newTable, nilCell } from "../vm/table.ts";
import {
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  TABLE,
  type TValue,
  type Udata,
  USERDATA,
} from "../vm/types.ts";
import type { Arg, Param } from "./arg.ts";
import { writeHandle } from "./handle-type.ts";
import { fromValue } from "./marshal.ts";

/**
 * `result`: answers one value, or `nil, err`. `plain`: answers one value, and raises its errors. `many`: answers a list
 * of values, and raises its errors.
 */
export type Mode = "result" | "plain" | "many";

/**
 * The class that a method's receiver must be of, and whether the implementation takes it as `this` or first. Of a
 * module whose functions are called with a colon it is the module's table, and of no interest.
 */
export type Receiver =
  | {
      readonly name: string;
      readonly of: abstract new (...args: never[]) => object;
      /** What every handle of the class has, but for those of a class below it that is a handle type by itself. */
      readonly metatable: LuaTable;
      readonly as: "this" | "argument";
    }
  | { readonly name: string; readonly as: "module" };

export type Implementation = (...args: unknown[]) => unknown;

/** A function that scripts can call, as `fn` and `plain` declare it; `C` is what it gets before its arguments. */
export interface HostFunction<C> {
  readonly params: readonly Param<unknown>[];
  readonly impl: (context: C, ...args: never[]) => unknown;
  readonly mode: Mode;
  /** Called with a colon on the module's table. */
  readonly isMethod?: boolean;
  /** The function itself, where it works with values of the VM. */
  readonly raw?: (name: string, receiver?: Receiver) => LuaCFunction;
}

/** A function of the VM's values, with its parameters for documentation. */
export const raw = <C>(
  params: readonly Param<unknown>[],
  make: (name: string, receiver?: Receiver) => LuaCFunction,
): HostFunction<C> => ({ params, impl: () => undefined, mode: "plain", raw: make });

export const isHostFunction = (value: unknown): value is HostFunction<unknown> =>
  typeof value === "object" && value !== null && "impl" in value && "params" in value && "mode" in value;

const { TValue: Cell } = fengari.lobject;
/**
 * What a call of the host costs, in instructions: enough that the clock is looked at again soon, however slow each of
 * the calls is, so that a script is ended between two of them and not by V8 within one.
 */
const CALL = 25;

const missing = nilCell() as unknown as Arg;

/** What lies in a slot of the stack; nil above the arguments that were given. */
const argument = (L: LuaState, slot: number): Arg => (slot < L.top ? (L.stack[slot] as unknown as Arg) : missing);

/**
 * What a host function does, apart from the VM: reads the arguments by their parameters, and calls.
 * @param self the receiver, or the call context where there is none
 */
export type Invoke = (self: unknown, args: readonly Arg[]) => unknown;

export function invoker(impl: Implementation, params: readonly Param<unknown>[], asThis = false): Invoke {
  const last = params.at(-1);
  const named = last?.rest === true ? params.slice(0, -1) : params;
  return (self, args) => {
    const decoded = named.map((param, i) => param.read(args[i] ?? missing));
    if (last?.rest === true) decoded.push(args.slice(named.length).map((arg) => last.read(arg)));
    return asThis ? impl.apply(self, decoded) : impl(self, ...decoded);
  };
}

/**
 * @param impl called with the receiver when there is one, else with the state's call context as its first argument;
 * then the decoded arguments. Returns a value, or a promise of one; throws MoonkeepError to fail.
 */
export function hostFunction(
  name: string,
  impl: Implementation,
  params: readonly Param<unknown>[],
  mode: Mode,
  receiver?: Receiver,
): LuaCFunction {
  const last = params.at(-1);
  const rest = last?.rest === true ? last : undefined;
  const [first, second, third] = params;
  const more = params.slice(3);
  const skip = receiver === undefined ? 1 : 2;
  const asThis = receiver?.as === "this";
  const deliver = deliverers[mode];
  const failed = mode === "result" ? returnError : raiseError;
  const resumed = resumers[mode];

  /** Reads the arguments from the stack and calls. Written out for the usual numbers of them: this is the hot path. */
  function invoke(L: LuaState, self: unknown): unknown {
    const at = L.ci.funcOff + skip;
    if (first === undefined) return asThis ? impl.call(self) : impl(self);
    const a = first.read(argument(L, at));
    if (second === undefined) return asThis ? impl.call(self, a) : impl(self, a);
    const b = second.read(argument(L, at + 1));
    if (third === undefined) return asThis ? impl.call(self, a, b) : impl(self, a, b);
    const c = third.read(argument(L, at + 2));
    if (more.length === 0) return asThis ? impl.call(self, a, b, c) : impl(self, a, b, c);
    const rest = more.map((param, i) => param.read(argument(L, at + 3 + i)));
    return asThis ? impl.call(self, a, b, c, ...rest) : impl(self, a, b, c, ...rest);
  }

  /** As `invoke`, for a function that takes any number of arguments. */
  function invokeAll(L: LuaState, self: unknown): unknown {
    const at = L.ci.funcOff + skip;
    const named = params.slice(0, -1).map((param, i) => param.read(argument(L, at + i)));
    const list: unknown[] = [];
    for (let i = at + named.length; i < L.top; i++) list.push(rest!.read(argument(L, i)));
    return asThis ? impl.call(self, ...named, list) : impl(self, ...named, list);
  }

  const call = rest === undefined ? invoke : invokeAll;

  return (L) => {
    burn(L, CALL);
    const state = stateOf(L);
    state.running = L;
    const self = receiver === undefined ? state.call : receiverOf(L, receiver, name);
    let outcome: unknown;
    try {
      outcome = call(L, self);
    } catch (e) {
      return failed(L, e);
    }
    if (isLater(outcome)) return suspend(L, outcome, resumed);
    return deliver(L, outcome);
  };
}

/** The object behind the first argument. Anything else is a `.` for a `:`, which no data can cause: it raises. */
export function receiverOf(L: LuaState, receiver: Receiver, method: string): unknown {
  const { name } = receiver;
  const at = L.ci.funcOff + 1;
  const cell = at < L.top ? L.stack[at] : undefined;
  if (receiver.as === "module") {
    if (cell?.type === TABLE && (cell.value as LuaTable).readonly) return stateOf(L).call;
  } else if (cell !== undefined && cell.type === USERDATA) {
    const { data, metatable } = cell.value as Udata;
    if (metatable === receiver.metatable || data instanceof receiver.of) return data;
  }
  const { lauxlib } = fengari;
  return lauxlib.luaL_error(L, Buffer.from(`calling '${method}' on bad self (${name} expected; use ':')`));
}

// ---- results ----

/** Writes what a host function returned into a cell: a Value, a handle, plain JavaScript data, or what an Arg was. */
export function writeResult(L: LuaState, result: unknown, cell: TValue): void {
  if (typeof result === "number" || typeof result === "boolean" || result instanceof ByteString) {
    fromValue(L, result, cell);
  } else if (result === undefined || result === null) {
    cell.type = NIL;
    cell.value = null;
  } else if (Array.isArray(result)) {
    cell.type = TABLE;
    cell.value = writeList(L, result);
  } else if (typeof result === "object" && !(result instanceof Table || result instanceof Float)) {
    if (result instanceof MoonkeepError) located(L, result);
    if (result instanceof Cell) cell.setfrom(result);
    else if (!writeHandle(L, result, cell)) fromValue(L, fromJs(result, "result"), cell);
  } else fromValue(L, fromJs(result, "result") as Value, cell);
}

/**
 * Cells on top of the stack for results. The arguments are done with, and nothing else refers to their cells, so those
 * serve again.
 * @returns the slot of the first
 */
function resultCells(L: LuaState, count: 1 | 2): number {
  if (L.top - L.ci.funcOff <= count) for (let i = 0; i < count; i++) L.stack[L.top++] = nilCell();
  return L.top - count;
}

/** A list, whose items may be handles. */
function writeList(L: LuaState, items: readonly unknown[]): LuaTable {
  const table = newTable(L);
  items.forEach((item, i) => {
    const cell = nilCell();
    writeResult(L, item, cell);
    setInteger(table, i + 1, cell);
  });
  return table;
}

function deliverResult(L: LuaState, result: unknown): number {
  writeResult(L, result, L.stack[resultCells(L, 1)]!);
  return 1;
}

function deliverPlain(L: LuaState, result: unknown): number {
  const cell = nilCell();
  writeResult(L, result, cell);
  L.stack[L.top++] = cell;
  return 1;
}

function deliverMany(L: LuaState, results: unknown): number {
  const values = results as readonly unknown[];
  for (const value of values) deliverPlain(L, value);
  return values.length;
}

const deliverers = { result: deliverResult, plain: deliverPlain, many: deliverMany };

function returnError(L: LuaState, e: unknown): number {
  const error = expected(L, e);
  const at = resultCells(L, 2);
  const value = L.stack[at]!;
  value.type = NIL;
  value.value = null;
  writeHandle(L, error, L.stack[at + 1]!);
  return 2;
}

export function raiseError(L: LuaState, e: unknown): never {
  const cell = nilCell();
  writeHandle(L, expected(L, e), cell);
  L.stack[L.top++] = cell;
  return fengari.lua.lua_error(L);
}

// The same, when they come after a wait.

const resumedResult: Continuation = (L, _, context) => {
  const { rejected, outcome } = context as Wait;
  return rejected ? returnError(L, outcome) : deliverResult(L, outcome);
};

const resumedPlain: Continuation = (L, _, context) => {
  const { rejected, outcome } = context as Wait;
  return rejected ? raiseError(L, outcome) : deliverPlain(L, outcome);
};

const resumedMany: Continuation = (L, _, context) => {
  const { rejected, outcome } = context as Wait;
  return rejected ? raiseError(L, outcome) : deliverMany(L, outcome);
};

const resumers = { result: resumedResult, plain: resumedPlain, many: resumedMany };

/** An error that a script may handle, with where it happened. Anything else that was thrown goes on its way. */
function expected(L: LuaState, e: unknown): MoonkeepError {
  if (!(e instanceof MoonkeepError)) throw e;
  return located(L, e);
}

/** An error with where in Lua it came into being. */
function located(L: LuaState, error: MoonkeepError): MoonkeepError {
  if (error.luaStackDepth === 0) {
    error.luaStack = captureStack(L);
    allocate(FRAME_SNAPSHOT * error.luaStackDepth);
  }
  return error;
}
