/**
 * Methods of handles that call functions of the script. The handle may be the host's while the script runs in a thread of
 * its own, so such a method is a sequence of steps that is taken where the script is: it asks inner methods of the
 * handle, which scripts can't reach, and calls the script's functions between.
 */
import { MoonkeepError } from "../../errors.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import { callk } from "../core/call.ts";
import { throwValue } from "../core/errors.ts";
import { pcallk } from "../core/protect.ts";
import { ensureStack, push } from "../core/stack.ts";
import { stateOf } from "../core/state-of.ts";
import { suspend, type Wait } from "../core/suspend.ts";
import { burn } from "../meter/fuel.ts";
import { newCell, TValue } from "../vm/cell.ts";
import { type Direct, type DirectFunction, NEEDS_FRAME, R } from "../vm/direct.ts";
import { type Continuation, INTEGER, type LuaCFunction, type LuaState, OK, SUSPENDED, YIELD } from "../vm/types.ts";
import type { Arg, Param } from "./arg.ts";
import { type HostFunction, type Receiver, receiverOf } from "./function.ts";
import { handleTypeOf } from "./handle-type.ts";
import { raiseError, writeResult } from "./results.ts";

/** Asks an inner method of the handle. What it throws is thrown where the step was taken. */
interface Ask {
  readonly ask: string;
  readonly args: readonly Arg[];
}

/** Calls a function of the script. What it raises goes through the method, unless it is caught here. */
interface Call {
  readonly call: Arg;
  readonly args: readonly Arg[];
  readonly results: number;
  readonly catches: boolean;
}

/** Lets time pass. */
interface Pause {
  readonly pause: Milliseconds;
}

/** What a step came to. */
export interface Outcome {
  /** The results of a method or a function; the error alone where one was caught. */
  readonly values: readonly Arg[];
  readonly failed: boolean;
}

/** The steps of a method. It returns its results; a MoonkeepError that it throws is `nil, err`. */
export type Steps = Generator<Ask | Call | Pause, readonly Arg[], Outcome>;

export const ask = (method: string, ...args: readonly Arg[]): Ask => ({ ask: method, args });
export const call = (f: Arg, results: number, ...args: readonly Arg[]): Call => ({
  call: f,
  args,
  results,
  catches: false,
});
export const pcall = (f: Arg, results: number, ...args: readonly Arg[]): Call => ({
  call: f,
  args,
  results,
  catches: true,
});
/** Arguments that the method itself makes. */
export const nilArg = new TValue() as unknown as Arg;
export const numberArg = (n: number): Arg => newCell(INTEGER, n) as unknown as Arg;

export const pause = (time: Milliseconds): Pause => ({ pause: time });

/** Raises a value of the script again. */
export class Raised extends Error {
  readonly value: Arg;
  constructor(value: Arg) {
    super("raised by a function of the script");
    this.value = value;
  }
}

/**
 * @param args as many as there are parameters; nil where none was given
 * @param coroutine the same for all calls in one
 * @param object the handle, or what stands for it
 */
export type Begin = (args: readonly Arg[], coroutine: object, object: object) => Steps;

/** Answers without a step where it can: the answer, or undefined where steps are to be taken. Nothing is done then. */
export type Quick<T> = (object: T, args: readonly Arg[]) => unknown;

/** Asks a handle, here or elsewhere. */
export type Asker = (object: object, method: string, args: readonly Arg[]) => Eventually<readonly unknown[]>;

const known = new Map<string, Begin>();

/** The steps of a method, for a handle that stands for one of the host. */
export const stepsOf = (handle: string, method: string): Begin | undefined => known.get(`${handle}:${method}`);

/** A method that calls back. */
export function stepped<T>(params: readonly Param<unknown>[], begin: Begin, quick?: Quick<T>): HostFunction<T> {
  return {
    params,
    impl: () => undefined,
    mode: "result",
    raw: (name, receiver) => {
      known.set(`${receiver!.name}:${name}`, begin);
      return steppedFunction(name, receiver!, params.length, begin, askHere, quick as Quick<object>);
    },
  };
}

/** @param count of parameters */
export function steppedFunction(
  name: string,
  receiver: Receiver,
  count: number,
  begin: Begin,
  asker: Asker,
  quick?: Quick<object>,
): LuaCFunction {
  const framed: DirectFunction = (L) => {
    burn(L, CALL);
    const at = L.ci.funcOff + 1;
    const first = at < L.top ? L.stack[at] : undefined;
    const object = receiverOf(L, receiver, name, first?.type, first?.value) as object;
    ensureStack(L, count + 1);
    // Nobody else writes into the cells of its arguments while the method goes on.
    while (L.top < at + 1 + count) L.stack[L.top++]!.setnilvalue();
    const args = L.stack.slice(at + 1, at + 1 + count) as unknown as Arg[];
    const task: Task = { object, asker, steps: begin(args, L, object), top: L.top };
    return goOn(L, task, () => task.steps.next());
  };
  if (quick !== undefined) framed.direct = directly(name, receiver, quick);
  return framed;
}

/** What a call costs, as of any other host function. */
const CALL = 25;

function directly(name: string, receiver: Receiver, quick: Quick<object>): Direct {
  const [a, b, c] = [new TValue(), new TValue(), new TValue()];
  const args = [a, b, c] as unknown as Arg[];
  const fill = (cell: TValue, type: number | undefined, value: unknown): void => {
    cell.type = type ?? 0;
    cell.value = value ?? null;
  };
  return (L, _n, t0, v0, t1, v1, t2, v2, t3, v3) => {
    burn(L, CALL);
    stateOf(L).running = L;
    const object = receiverOf(L, receiver, name, t0, v0) as object;
    fill(a, t1, v1);
    fill(b, t2, v2);
    fill(c, t3, v3);
    let answer: unknown;
    try {
      answer = quick(object, args);
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      answer = undefined; // the steps come to the same, and tell it
    }
    if (answer === undefined) {
      R.type = NEEDS_FRAME;
      return null;
    }
    const cell = new TValue();
    writeResult(L, answer, cell);
    R.type = cell.type;
    R.count = 1;
    return cell.value;
  };
}

interface Task {
  readonly object: object;
  readonly asker: Asker;
  readonly steps: Steps;
  /** Of the stack, between steps. */
  readonly top: number;
}

type Next = () => IteratorResult<Ask | Call | Pause, readonly Arg[]>;

function goOn(L: LuaState, task: Task, first: Next): number {
  for (let next = first; ; ) {
    let step: ReturnType<Next>;
    try {
      step = next();
    } catch (e) {
      return failed(L, e);
    }
    if (step.done === true) return deliver(L, step.value);
    const { value } = step;
    if ("call" in value) {
      const outcome = callBack(L, task, value);
      if (outcome === undefined) return SUSPENDED;
      next = () => task.steps.next(outcome);
    } else {
      const answer = "ask" in value ? asked(task, value) : later(value.pause);
      if (isLater(answer)) return suspend(L, answer, resumed(task));
      next = told(L, task, answer);
    }
  }
}

function failed(L: LuaState, e: unknown): number {
  if (e instanceof Raised) {
    const { type, value } = e.value as unknown as TValue;
    throwValue(type, value);
  }
  if (!(e instanceof MoonkeepError)) throw e;
  ensureStack(L, 2);
  L.stack[L.top++]!.setnilvalue();
  writeResult(L, e, L.stack[L.top++]!);
  return 2;
}

function deliver(L: LuaState, values: readonly Arg[]): number {
  ensureStack(L, values.length);
  for (const one of values) {
    const { type, value } = one as unknown as TValue;
    push(L, type, value);
  }
  return values.length;
}

// ---- asking ----

/** What was thrown at once is told like what is thrown later. */
class Thrown {
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

function asked({ object, asker }: Task, { ask: method, args }: Ask): Eventually<readonly unknown[] | Thrown> {
  try {
    return asker(object, method, args);
  } catch (e) {
    if (e instanceof MoonkeepError) return new Thrown(e);
    throw e; // a limit, or a bug
  }
}

const askHere: Asker = (object, method, args) => {
  const found = handleTypeOf(object)!.inner.find(({ name }) => name === method)!;
  return found.invoke!(object, args) as Eventually<readonly unknown[]>;
};

/** Results as the script would have them. */
function told(L: LuaState, { steps }: Task, answer: readonly unknown[] | Thrown): Next {
  if (answer instanceof Thrown) return () => steps.throw(answer.reason);
  const values = answer.map((one) => {
    const cell = new TValue();
    writeResult(L, one, cell);
    return cell as unknown as Arg;
  });
  return () => steps.next({ values, failed: false });
}

const resumed =
  (task: Task): Continuation =>
  (L, _, context) => {
    const { rejected, outcome } = context as Wait;
    if (!rejected) return goOn(L, task, told(L, task, outcome as readonly unknown[]));
    if (outcome instanceof MoonkeepError) return goOn(L, task, () => task.steps.throw(outcome));
    return raiseError(L, outcome);
  };

const later = (time: Milliseconds): Promise<readonly unknown[]> =>
  new Promise((resolve) => {
    setTimeout(() => resolve([]), time);
  });

// ---- calling back ----

/** @returns undefined when it is suspended */
function callBack(L: LuaState, task: Task, { call: f, args, results, catches }: Call): Outcome | undefined {
  ensureStack(L, args.length + results + 1);
  const off = L.top;
  for (const one of [f, ...args]) {
    const { type, value } = one as unknown as TValue;
    push(L, type, value);
  }
  const after: Continuation = (thread, status) => {
    const outcome = taken(thread, off, status);
    return goOn(thread, task, () => task.steps.next(outcome));
  };
  if (catches) {
    const status = pcallk(L, off, results, 0, undefined, after);
    return status === SUSPENDED ? undefined : taken(L, off, status);
  }
  return callk(L, off, results, undefined, after) ? taken(L, off, OK) : undefined;
}

/** What lies on the stack from there on, which is again as it was before. */
function taken(L: LuaState, off: number, status: number): Outcome {
  const values = L.stack.slice(off, L.top).map((cell) => {
    const copy = new TValue();
    copy.setfrom(cell!);
    return copy as unknown as Arg;
  });
  L.top = off;
  return { values, failed: status !== OK && status !== YIELD };
}
