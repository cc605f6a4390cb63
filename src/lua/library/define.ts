/**
 * How functions of the library are made: of a direct form, from which the frame form follows, or of both where a
 * function may call back into Lua.
 */
import { ByteString } from "../../value/value.ts";
import type { DirectWait } from "../core/direct.ts";
import { type Direct, type DirectFunction, MAX_DIRECT, PENDING, R } from "../vm/direct.ts";
import { type Integer, tagOf } from "../vm/int64.ts";
import { BOOLEAN, FLOAT, INTEGER, type LuaCFunction, type LuaState, NIL, STRING, TABLE } from "../vm/types.ts";
import { ensureStack, push } from "./stack.ts";

/** Functions by their names: what a library has. */
export type Functions = Readonly<Record<string, LuaCFunction>>;

/** A function that is done without a frame, whatever it is given. */
export function direct(f: Direct): LuaCFunction {
  const frame: DirectFunction = (L) => leaveResults(L, callDirect(L, f));
  frame.direct = f;
  return frame;
}

/** A function that is done without a frame unless `f` answers NEEDS_FRAME. */
export function either(f: Direct, frame: LuaCFunction): LuaCFunction {
  const both: DirectFunction = (L) => frame(L);
  both.direct = f;
  return both;
}

/** Calls a direct form with what a host function's frame was called with. */
export function callDirect(L: LuaState, f: Direct): unknown {
  const { stack } = L;
  const at = L.ci.funcOff + 1;
  const n = L.top - at;
  switch (n) {
    case 0:
      return f(L, 0);
    case 1: {
      const a = stack[at]!;
      return f(L, 1, a.type, a.value);
    }
    case 2: {
      const a = stack[at]!;
      const b = stack[at + 1]!;
      return f(L, 2, a.type, a.value, b.type, b.value);
    }
    case 3: {
      const a = stack[at]!;
      const b = stack[at + 1]!;
      const c = stack[at + 2]!;
      return f(L, 3, a.type, a.value, b.type, b.value, c.type, c.value);
    }
    default: {
      const a = stack[at]!;
      const b = stack[at + 1]!;
      const c = stack[at + 2]!;
      const d = stack[at + 3]!;
      return f(L, n, a.type, a.value, b.type, b.value, c.type, c.value, d.type, d.value);
    }
  }
}

/** Leaves on the stack what a direct form answered, or suspends the script where that waits. @returns what a host function does */
export function leaveResults(L: LuaState, first: unknown): number {
  if (R.type !== PENDING) return pushResults(L, first);
  const { suspend } = R.wait as DirectWait;
  R.wait = undefined;
  return suspend(L);
}

/** Leaves the results of a direct form on the stack. @returns their number */
export function pushResults(L: LuaState, first: unknown): number {
  const { count } = R;
  if (count === 0) return 0;
  ensureStack(L, count);
  push(L, R.type, first);
  for (let i = 0; i < count - 1; i++) push(L, R.types[i]!, R.values[i]);
  return count;
}

/** The arguments of a function that takes any number of them. */
export interface Args {
  n: number;
  readonly types: number[];
  readonly values: unknown[];
}

const args: Args = { n: 0, types: [], values: [] };

/**
 * A function of any number of arguments that calls nothing: they are in one list, which is used again by the next call.
 * @returns the first result, as a direct form does
 */
export function variadic(f: (L: LuaState, args: Args) => unknown): LuaCFunction {
  const frame: DirectFunction = (L) => pushResults(L, f(L, argsOf(L)));
  frame.direct = (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => f(L, argsFrom(n, t0, v0, t1, v1, t2, v2, t3, v3));
  return frame;
}

/** The arguments in a host function's frame. */
export function argsOf(L: LuaState): Args {
  const { types, values } = args;
  const at = L.ci.funcOff + 1;
  const n = L.top - at;
  args.n = n;
  for (let i = 0; i < n; i++) {
    const { type, value } = L.stack[at + i]!;
    types[i] = type;
    values[i] = value;
  }
  if (types.length > KEPT && n < types.length) types.length = values.length = Math.max(n, KEPT);
  return args;
}

/** The list is no longer than this for long. */
const KEPT = 64;

/** The arguments of a direct call. */
export function argsFrom(
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
  t3?: number,
  v3?: unknown,
): Args {
  const { types, values } = args;
  args.n = n < MAX_DIRECT ? n : MAX_DIRECT;
  if (n > 0) {
    types[0] = t0!;
    values[0] = v0;
  }
  if (n > 1) {
    types[1] = t1!;
    values[1] = v1;
  }
  if (n > 2) {
    types[2] = t2!;
    values[2] = v2;
  }
  if (n > 3) {
    types[3] = t3!;
    values[3] = v3;
  }
  return args;
}

// ---- results ----

/** One result. */
export function answer(type: number, value: unknown): unknown {
  R.type = type;
  R.count = 1;
  return value;
}

/** A second result, or a later one, whose first was given by `answer`. */
export function alsoAnswer(type: number, value: unknown): void {
  const at = R.count++ - 1;
  R.types[at] = type;
  R.values[at] = value;
}

export function answerNothing(): null {
  R.type = NIL;
  R.count = 0;
  return null;
}

export const answerNil = (): unknown => answer(NIL, null);
export const answerBoolean = (b: boolean): unknown => answer(BOOLEAN, b);
export const answerFloat = (n: number): unknown => answer(FLOAT, n);
export const answerString = (s: ByteString): unknown => answer(STRING, s);
export const answerText = (text: string): unknown => answer(STRING, ByteString.fromAscii(text));
export const answerTable = (t: unknown): unknown => answer(TABLE, t);
/** An integer that is a number for certain. */
export const answerSmall = (n: number): unknown => answer(INTEGER, n);

export function answerInteger(i: Integer): unknown {
  R.type = tagOf(i);
  R.count = 1;
  return i;
}
