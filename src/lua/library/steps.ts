/**
 * Host functions that may be suspended between any two of their operations: generators, which ask for one operation
 * after the other and get what it came to. They are for what seldom happens (tables with metamethods); what is hot is
 * written without.
 */
import { BOOLEAN, type Continuation, type LuaCFunction, type LuaState, NIL, SUSPENDED } from "../vm/types.ts";
import * as operations from "./operations.ts";
import { callk, ensureStack, push } from "./stack.ts";

/** A value of Lua. */
export interface Slot {
  readonly type: number;
  readonly value: unknown;
}

export const NOTHING: Slot = { type: NIL, value: null };

/** An operation, and the values that it is done with. */
interface Request {
  readonly operation: "index" | "setIndex" | "length" | "call" | "less";
  readonly values: readonly Slot[];
}

/** What a function does, step by step. It returns the number of results, which it has pushed. */
export type Steps<T = number> = Generator<Request, T, Slot>;

export const index = function* (object: Slot, key: Slot): Steps<Slot> {
  return yield { operation: "index", values: [object, key] };
};

export const setIndex = function* (object: Slot, key: Slot, value: Slot): Steps<void> {
  yield { operation: "setIndex", values: [object, key, value] };
};

export const length = function* (object: Slot): Steps<Slot> {
  return yield { operation: "length", values: [object] };
};

/** Calls a function. @returns its first result */
export const call = function* (f: Slot, ...args: readonly Slot[]): Steps<Slot> {
  return yield { operation: "call", values: [f, ...args] };
};

export const isLess = function* (a: Slot, b: Slot): Steps<boolean> {
  return isTrue(yield { operation: "less", values: [a, b] });
};

export const isTrue = ({ type, value }: Slot): boolean => type !== NIL && value !== false;

/** A host function, in its frame form, of the steps that it takes. */
export const inSteps =
  (start: (L: LuaState) => Steps): LuaCFunction =>
  (L) =>
    run(L, start(L), NOTHING);

/** A function that is under way, and the top of its stack before the operation. */
class Progress {
  readonly steps: Steps;
  top = 0;
  operation: Request["operation"] = "call";
  constructor(steps: Steps) {
    this.steps = steps;
  }
}

const run = (L: LuaState, steps: Steps, first: Slot): number => goThrough(L, new Progress(steps), first);

function goThrough(L: LuaState, progress: Progress, first: Slot): number {
  for (let got = first; ; ) {
    const next = progress.steps.next(got);
    if (next.done === true) return next.value;
    progress.top = L.top;
    progress.operation = next.value.operation;
    if (!perform(L, next.value, progress)) return SUSPENDED;
    got = take(L, progress);
  }
}

const goOn: Continuation = (L, _, context) => {
  const progress = context as Progress;
  return goThrough(L, progress, take(L, progress));
};

/** What the operation left on the stack, which is again as it was before. */
function take(L: LuaState, { top, operation }: Progress): Slot {
  if (operation === "setIndex" || L.top <= top) {
    L.top = top;
    return NOTHING;
  }
  const { type, value } = L.stack[L.top - 1]!;
  L.top = top;
  return { type, value };
}

/** Does an operation, and leaves what it came to on top of the stack. @returns false when it is suspended */
function perform(L: LuaState, { operation, values }: Request, progress: Progress): boolean {
  ensureStack(L, values.length + 1);
  const off = L.top;
  for (const { type, value } of values) push(L, type, value);
  switch (operation) {
    case "index":
      return operations.index(L, off, off + 1, off, progress, goOn);
    case "setIndex":
      return operations.setIndex(L, off, off + 1, off + 2, progress, goOn);
    case "length":
      return operations.length(L, off, off, progress, goOn);
    case "less": {
      const less = operations.lessThan(L, off, off + 1, progress, goOn);
      if (less >= 0) push(L, BOOLEAN, less === 1);
      return less >= 0;
    }
    default:
      return callk(L, off, 1, progress, goOn);
  }
}
