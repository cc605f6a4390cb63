/**
 * The one wrapper around host functions: reads the declared arguments, calls, and turns the outcome into a value or
 * into `nil, err`. No module writes error plumbing, stack plumbing or waiting of its own.
 */

import { isLater } from "../../value/eventually.ts";
import type { DirectWait } from "../core/direct.ts";
import { ensureStack } from "../core/stack.ts";
import { stateOf } from "../core/state-of.ts";
import { suspend, type Wait } from "../core/suspend.ts";
import { burn } from "../meter/fuel.ts";
import { hold, takeUnseen } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import { type Direct, type DirectFunction, fail, forgetAllResults, MAX_DIRECT, PENDING, R } from "../vm/direct.ts";
import {
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  TABLE,
  type Udata,
  USERDATA,
} from "../vm/types.ts";
import type { Arg, Param } from "./arg.ts";
import { badSelfOfMethod } from "./errors.ts";
import { writeHandle } from "./handle-type.ts";
import type { Invoke, Mode } from "./member.ts";
import { expected, raiseError, severalResults, writeResult, writeResults } from "./results.ts";

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

export type { Invoke, Mode } from "./member.ts";

/** A function that scripts can call, as `fn` and `plain` declare it; `C` is what it gets before its arguments. */
export interface HostFunction<C> {
  readonly params: readonly Param<unknown>[];
  readonly impl: (context: C, ...args: never[]) => unknown;
  readonly mode: Mode;
  /** Called with a colon on the module's table. */
  readonly isMethod?: boolean;
  /** @internal Has a run called. */
  readonly callsRun?: boolean;
  /** @internal The function itself, where it works with values of the VM. */
  readonly raw?: (name: string, receiver?: Receiver) => LuaCFunction;
}

/** A function of the VM's values, with its parameters for documentation. */
export const raw = <C>(
  params: readonly Param<unknown>[],
  make: (name: string, receiver?: Receiver) => LuaCFunction,
): HostFunction<C> => ({ params, impl: () => undefined, mode: "plain", raw: make });

export const isHostFunction = (value: unknown): value is HostFunction<unknown> =>
  typeof value === "object" && value !== null && "impl" in value && "params" in value && "mode" in value;

/**
 * What a call of the host costs, in instructions: enough that the clock is looked at again soon, however slow each of
 * the calls is, so that a script is ended between two of them and not by V8 within one.
 */
const CALL = 25;

// ---- arguments ----

const missing = new TValue() as unknown as Arg;

/** What lies in a slot of the stack; nil above the arguments that were given. */
const argument = (L: LuaState, slot: number): Arg => (slot < L.top ? (L.stack[slot] as unknown as Arg) : missing);

/** The arguments of a direct call, while they are read. */
const given = [new TValue(), new TValue(), new TValue(), new TValue()] as const;

function directArgument(i: 0 | 1 | 2 | 3, type: number | undefined, value: unknown): Arg {
  if (type === undefined) return missing;
  const cell = given[i];
  cell.type = type;
  cell.value = value;
  return cell as unknown as Arg;
}

/** Nothing that was called goes on: what it was given, and answered, is nobody's. */
export function forgetCalls(): void {
  for (const cell of shared) {
    cell.type = NIL;
    cell.value = null;
  }
  forgetAllResults();
}

export function invoker(impl: Implementation, params: readonly Param<unknown>[], asThis = false): Invoke {
  const last = params.at(-1);
  const named = last?.rest === true ? params.slice(0, -1) : params;
  return (self, args) => {
    const decoded = named.map((param, i) => param.read(args[i] ?? missing));
    if (last?.rest === true) decoded.push(args.slice(named.length).map((arg) => last.read(arg)));
    return asThis ? impl.apply(self, decoded) : impl(self, ...decoded);
  };
}

/** The same for up to three parameters, without a list. */
type InvokeFew = (self: unknown, x: Arg, y: Arg, z: Arg) => unknown;

const FEW = 3;

function fewInvoker(
  impl: Implementation,
  [first, second, third]: readonly Param<unknown>[],
  asThis: boolean,
): InvokeFew {
  return (self, x, y, z) => {
    if (first === undefined) return asThis ? impl.call(self) : impl(self);
    const a = first.read(x);
    if (second === undefined) return asThis ? impl.call(self, a) : impl(self, a);
    const b = second.read(y);
    if (third === undefined) return asThis ? impl.call(self, a, b) : impl(self, a, b);
    const c = third.read(z);
    return asThis ? impl.call(self, a, b, c) : impl(self, a, b, c);
  };
}

// ---- the function ----

/** How a function answers, by its mode. */
interface Answers {
  /** Leaves results on the stack. @returns how many */
  deliver(L: LuaState, result: unknown): number;
  failed(L: LuaState, e: unknown): number;
  /** Goes on after a wait. */
  readonly resumed: Continuation;
  /** Leaves results in R. @returns the first */
  directly(L: LuaState, result: unknown): unknown;
  failedDirectly(L: LuaState, e: unknown): unknown;
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
): DirectFunction {
  const asThis = receiver?.as === "this";
  const isFew = params.length <= FEW && params.at(-1)?.rest !== true;
  const few = fewInvoker(impl, params, asThis);
  const many = invoker(impl, params, asThis);
  const answers = answersOf[mode];
  const skip = receiver === undefined ? 1 : 2;

  function begin(L: LuaState, type: number | undefined, value: unknown): unknown {
    burn(L, CALL);
    const state = stateOf(L);
    state.running = L;
    return receiver === undefined ? state.call : receiverOf(L, receiver, name, type, value);
  }

  const framed: DirectFunction = (L) => {
    const at = L.ci.funcOff + skip;
    const first = at - 1 < L.top && skip === 2 ? L.stack[at - 1] : undefined;
    const self = begin(L, first?.type, first?.value);
    let outcome: unknown;
    try {
      outcome = isFew
        ? few(self, argument(L, at), argument(L, at + 1), argument(L, at + 2))
        : many(self, L.stack.slice(at, Math.max(at, L.top)) as unknown as Arg[]);
    } catch (e) {
      return answers.failed(L, e);
    }
    if (!isLater(outcome)) return answers.deliver(L, outcome);
    hold(L, takeUnseen());
    return suspend(L, outcome, answers.resumed);
  };

  const direct: Direct = (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
    const self = begin(L, t0, v0);
    let outcome: unknown;
    try {
      if (!isFew) outcome = many(self, directArguments(n, t0, v0, t1, v1, t2, v2, t3, v3).slice(skip - 1));
      else if (receiver === undefined)
        outcome = few(self, directArgument(0, t0, v0), directArgument(1, t1, v1), directArgument(2, t2, v2));
      else outcome = few(self, directArgument(1, t1, v1), directArgument(2, t2, v2), directArgument(3, t3, v3));
    } catch (e) {
      return answers.failedDirectly(L, e);
    }
    return isLater(outcome) ? wait(outcome, answers.resumed) : answers.directly(L, outcome);
  };

  framed.direct = direct;
  return framed;
}

function directArguments(
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
  t3?: number,
  v3?: unknown,
): Arg[] {
  const args = [
    directArgument(0, t0, v0),
    directArgument(1, t1, v1),
    directArgument(2, t2, v2),
    directArgument(3, t3, v3),
  ];
  return args.slice(0, Math.min(n, MAX_DIRECT));
}

/** The object behind the first argument. Anything else is a `.` for a `:`, which no data can cause: it raises. */
export function receiverOf(
  L: LuaState,
  receiver: Receiver,
  method: string,
  type: number | undefined,
  value: unknown,
): unknown {
  const { name } = receiver;
  if (receiver.as === "module") {
    if (type === TABLE && (value as LuaTable).readonly) return stateOf(L).call;
  } else if (type === USERDATA) {
    const { data, metatable } = value as Udata;
    if (metatable === receiver.metatable || data instanceof receiver.of) return data;
  }
  return fail(L, badSelfOfMethod(method, name));
}

// ---- answers on the stack ----

/**
 * Cells on top of the stack for results. The arguments are done with, and nothing else refers to their cells, so those
 * serve again.
 * @returns the slot of the first
 */
function resultCells(L: LuaState, count: 1 | 2): number {
  if (L.top - L.ci.funcOff <= count) L.top += count;
  return L.top - count;
}

function deliverOne(L: LuaState, result: unknown): number {
  writeResult(L, result, L.stack[resultCells(L, 1)]!);
  return 1;
}

function deliverMany(L: LuaState, results: unknown): number {
  const values = severalResults(results);
  ensureStack(L, values.length);
  const at = L.top;
  L.top += values.length; // who measures the script gives up slots above
  writeResults(L, values, (i) => L.stack[at + i]!);
  return values.length;
}

function returnError(L: LuaState, e: unknown): number {
  const error = expected(L, e);
  const at = resultCells(L, 2);
  L.stack[at]!.setnilvalue();
  writeHandle(L, error, L.stack[at + 1]!);
  return 2;
}

// ---- answers of direct calls ----

const first = new TValue();

/** Cells that all calls use. */
const shared: readonly TValue[] = [...given, first];

function answerOne(L: LuaState, result: unknown): unknown {
  writeResult(L, result, first);
  R.type = first.type;
  R.count = 1;
  return first.value;
}

function answerMany(L: LuaState, results: unknown): unknown {
  const values = severalResults(results);
  const cells: TValue[] = [];
  writeResults(L, values, (i) => {
    cells[i] = new TValue();
    return cells[i];
  });
  R.count = cells.length;
  for (let i = 1; i < cells.length; i++) {
    R.types[i - 1] = cells[i]!.type;
    R.values[i - 1] = cells[i]!.value;
  }
  R.type = cells[0]?.type ?? NIL;
  return cells[0]?.value ?? null;
}

function answerError(L: LuaState, e: unknown): null {
  const cell = new TValue();
  writeHandle(L, expected(L, e), cell);
  R.type = NIL;
  R.count = 2;
  R.types[0] = cell.type;
  R.values[0] = cell.value;
  return null;
}

/** The call site makes the function's frame, which goes on when the answer is there. */
function wait(promise: Promise<unknown>, resumed: Continuation): null {
  const bytes = takeUnseen();
  const pending: DirectWait = {
    suspend: (L) => {
      hold(L, bytes);
      return suspend(L, promise, resumed);
    },
  };
  R.wait = pending;
  R.type = PENDING;
  R.count = 0;
  return null;
}

// ---- by mode ----

const resumedBy =
  (deliver: Answers["deliver"], failed: Answers["failed"]): Continuation =>
  (L, _, context) => {
    const { rejected, outcome } = context as Wait;
    return rejected ? failed(L, outcome) : deliver(L, outcome);
  };

const raising = (deliver: Answers["deliver"], directly: Answers["directly"]): Answers => ({
  deliver,
  directly,
  failed: raiseError,
  failedDirectly: raiseError,
  resumed: resumedBy(deliver, raiseError),
});

const answersOf: Readonly<Record<Mode, Answers>> = {
  result: {
    deliver: deliverOne,
    directly: answerOne,
    failed: returnError,
    failedDirectly: answerError,
    resumed: resumedBy(deliverOne, returnError),
  },
  plain: raising(deliverOne, answerOne),
  many: raising(deliverMany, answerMany),
};
