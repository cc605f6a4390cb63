/**
 * Host functions in their direct form: arguments and results are tags and values, with no frame and no cells between.
 *
 * A direct function gets the number of arguments and up to four of them, a tag and a value each; the tag of one that was
 * not given is undefined. It returns the value of its first result and leaves the tag and the number of results in `R`.
 * L.ci is the caller's frame. What needs a frame of its own, more arguments, or to call back into Lua, answers
 * NEEDS_FRAME before it has done anything, and is called in its frame form, which every `LuaCFunction` is.
 *
 * It fails by throwing a `LuaFailure`, which says what is wrong. Whoever catches it says where: L.ci is still what it
 * was then. When it is the frame of a Lua function, that function made a direct call, is level 1 itself, and its calling
 * instruction names the function; else it is the frame of the host function, and level 1 is the one before.
 */

import { inOnePiece } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { argumentExpected } from "./errors.ts";
import { LuaFailure } from "./failure.ts";
import { getString } from "./lua-table.ts";
import {
  LIGHTUSERDATA,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  STRING,
  TABLE,
  type Udata,
  USERDATA,
} from "./types.ts";

export type Direct = (
  L: LuaState,
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
  t3?: number,
  v3?: unknown,
) => unknown;

/** A host function that may have a direct form. */
export interface DirectFunction extends LuaCFunction {
  direct?: Direct;
}

/** As many arguments as a direct form takes. */
export const MAX_DIRECT = 4;

/** In place of a result's tag: the function waits, by what is in `R.wait`. */
export const PENDING = -1;
/** In place of a result's tag: nothing was done, and the frame form is to be called. */
export const NEEDS_FRAME = -3;
/** In place of a result's tag: what the function has called is suspended, and all frames lie as they should. */
export const INSIDE = -6;
/** In place of a result's tag: the function has failed, with what is in `R.failure`, as if it had thrown that. */
export const FAILED = -5;

/**
 * What a direct call came to, beside the value of its first result: the tag of that, the number of results (with none,
 * the tag is NIL), and the others' tags and values, of which only the first `count - 1` count.
 */
export const R: {
  type: number;
  count: number;
  types: number[];
  values: unknown[];
  wait: unknown;
  failure: LuaFailure | undefined;
} = {
  type: 0,
  count: 0,
  types: [],
  values: [],
  wait: undefined,
  failure: undefined,
};

/**
 * Drops what calls have answered before the last one. Whoever answers several results sets `R.count` before anything is
 * allocated that the script may be measured for.
 */
export function forgetResults(): void {
  const live = Math.max(0, R.count - 1);
  if (R.values.length <= live) return;
  R.values.length = live;
  R.types.length = live;
}

/** Nothing that was called goes on. */
export function forgetAllResults(): void {
  R.count = 0;
  R.failure = undefined;
  R.wait = undefined;
  forgetResults();
}

/** Fails by an answer, which takes less than to throw; for those who are called by who knows of it. */
export function answerFailure(failure: LuaFailure): null {
  R.type = FAILED;
  R.failure = failure;
  return null;
}

/** What a direct function has answered that it has failed with. */
export function takeFailure(): LuaFailure {
  const failure = R.failure!;
  R.failure = undefined;
  R.type = 0;
  return failure;
}

export { LuaFailure } from "./failure.ts";

// The state is not looked at yet: it is there for whoever reads a trace, and since every helper of this kind has it.

/** Fails with a message, as `luaL_error`. @param message one character per byte */
export function fail(_L: LuaState, message: string): never {
  throw new LuaFailure(STRING, ByteString.fromBinary(inOnePiece(message)), 1, 0);
}

/** Fails since an argument is wrong: "bad argument #1 to 'rep' (message)". @param message one character per byte */
export function argError(_L: LuaState, arg: number, message: string): never {
  throw new LuaFailure(STRING, ByteString.fromBinary(inOnePiece(message)), 1, arg);
}

/** Fails since an argument is of a wrong type. @param tag undefined: it was not given */
export function typeError(L: LuaState, arg: number, expected: string, tag: number | undefined, value: unknown): never {
  argError(L, arg, argumentExpected(expected, tag === undefined ? "no value" : typeNameOf(tag, value)));
}

const typeNames = ["nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"];

/** What `type` answers for a value with this tag. */
export const typeName = (tag: number): string => typeNames[tag & 0x0f]!;

const NAME = ByteString.fromAscii("__name");

/** What errors call a value: its metatable's `__name`, or its type. One character per byte. */
function typeNameOf(tag: number, value: unknown): string {
  if (tag === LIGHTUSERDATA) return "light userdata";
  const metatable =
    tag === TABLE ? (value as LuaTable).metatable : tag === USERDATA ? (value as Udata).metatable : null;
  const name = metatable === null ? undefined : getString(metatable, NAME);
  return name?.type === STRING ? (name.value as ByteString).binary.slice(0, LONGEST_NAME) : typeName(tag);
}

/** Of a name that a script gives its objects, so much is shown. */
const LONGEST_NAME = 200;
