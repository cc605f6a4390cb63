/** How errors are raised by the VM itself, and what those of host functions (vm/direct.ts) come to. */
import { inOnePiece } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { reserveString } from "../meter/meter.ts";
import type { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import { toNumber } from "../vm/coerce.ts";
import { typeName } from "../vm/direct.ts";
import { HERE, type LuaFailure } from "../vm/failure.ts";
import { getString, type LuaTable } from "../vm/lua-table.ts";
import { type CallInfo, CIST_LUA, type LuaState } from "../vm/thread.ts";
import { ERRRUN, FLOAT, LIGHTUSERDATA, STRING, TABLE, type Udata, USERDATA } from "../vm/types.ts";
import { chunkId } from "./chunk-id.ts";
import { aOf, codeOf } from "./decode.ts";
import { calledBy, functionName, type Name, variableInfo } from "./names.ts";

/** A Lua error on its way to whoever catches it. It is not a JavaScript error, so making it takes no stack trace. */
export class LuaError {
  readonly status: number;
  readonly type: number;
  readonly value: unknown;

  constructor(status: number, type: number, value: unknown) {
    this.status = status;
    this.type = type;
    this.value = value;
  }
}

/** A message as a string of Lua's. @param message one character per byte */
export function messageString(message: string): ByteString {
  reserveString(message.length);
  return ByteString.fromBinary(inOnePiece(message));
}

/** `file:line: `, where a frame of a Lua function is; nothing for any other frame. */
export function position(ci: CallInfo): string {
  if (!(ci.callstatus & CIST_LUA)) return "";
  const { source, lineinfo } = (ci.func.value as LuaClosure).p;
  return `${source === null ? "?" : chunkId(source)}:${lineinfo[ci.l_savedpc - 1] ?? 0}: `;
}

/** The position of a level of the stack; level 1 is whoever called the running host function. */
export function positionOfLevel(L: LuaState, level: number): string {
  let ci = L.ci;
  // In a direct call the frame that runs is the caller's.
  for (let n = ci.callstatus & CIST_LUA ? 1 : 0; n < level && ci !== L.base_ci; n++) ci = ci.previous;
  return ci === L.base_ci ? "" : position(ci);
}

/** Raises a message of the VM's, with where the running function is. @param message one character per byte */
export function runError(L: LuaState, message: string): never {
  throw new LuaError(ERRRUN, STRING, messageString(position(L.ci) + message));
}

export function throwValue(type: number, value: unknown): never {
  throw new LuaError(ERRRUN, type, value);
}

const NAME = ByteString.fromAscii("__name");
/** Of a name that a script gives its objects, so much is shown. */
const LONGEST_NAME = 200;

/** What messages call a value by its type. */
export function objectTypeName({ type, value }: { readonly type: number; readonly value: unknown }): string {
  const metatable =
    type === TABLE ? (value as LuaTable).metatable : type === USERDATA ? (value as Udata).metatable : null;
  const name = metatable === null ? undefined : getString(metatable, NAME);
  if (name?.type === STRING) return (name.value as ByteString).binary.slice(0, LONGEST_NAME);
  return type === LIGHTUSERDATA ? "userdata" : typeName(type);
}

/** @param operation what can't be done with the value: `index`, `call` … */
export const operationError = (L: LuaState, o: TValue, operation: string): never =>
  runError(L, `attempt to ${operation} a ${objectTypeName(o)} value${variableInfo(L, o)}`);

export function concatError(L: LuaState, a: TValue, b: TValue): never {
  const isText = (a.type & 0x0f) === 4 || (a.type & 0x0f) === FLOAT;
  return operationError(L, isText ? b : a, "concatenate");
}

/** One of the operands is not a number, and no string that is one. */
export function arithmeticError(L: LuaState, a: TValue, b: TValue, operation: string): never {
  return operationError(L, toNumber(a.type, a.value) === undefined ? a : b, operation);
}

/** One of the operands is a number, but not an integer. */
export function noIntegerError(L: LuaState, o: TValue): never {
  return runError(L, `number${variableInfo(L, o)} has no integer representation`);
}

export function compareError(L: LuaState, a: TValue, b: TValue): never {
  const [one, other] = [objectTypeName(a), objectTypeName(b)];
  return runError(
    L,
    one === other ? `attempt to compare two ${one} values` : `attempt to compare ${one} with ${other}`,
  );
}

// ---- errors of host functions ----

/** What `failure` of a host function is to Lua. L.ci is still what it was when it was thrown. */
export function complete(L: LuaState, { type, value, level, arg }: LuaFailure): LuaError {
  if (level === 0) return new LuaError(ERRRUN, type, value);
  const message = (value as ByteString).binary;
  if (level === HERE) return new LuaError(ERRRUN, STRING, messageString(position(L.ci) + message));
  const text = arg === 0 ? message : argumentMessage(L, arg, message);
  return new LuaError(ERRRUN, STRING, messageString(positionOfLevel(L, level) + text));
}

function argumentMessage(L: LuaState, arg: number, message: string): string {
  const { ci } = L;
  const isDirect = (ci.callstatus & CIST_LUA) !== 0;
  const called = isDirect ? calledBy(ci) : functionName(ci);
  let n = arg;
  if (called?.kind === "method") {
    n--;
    if (n === 0) return `calling '${called.name}' on bad self (${message})`;
  }
  return `bad argument #${n} to '${nameFor(L, ci, called, isDirect)}' (${message})`;
}

function nameFor(L: LuaState, ci: CallInfo, called: Name | undefined, isDirect: boolean): string {
  if (called !== undefined) return called.name;
  const f = isDirect ? calledFunction(L, ci) : ci.func;
  return L.l_G.hooks.functionName(L, f) ?? "?";
}

/** The function that lies where a call instruction takes it from. */
function calledFunction(L: LuaState, ci: CallInfo): TValue {
  const word = codeOf((ci.func.value as LuaClosure).p).words[ci.l_savedpc - 1]!;
  return L.stack[ci.l_base + aOf(word)]!;
}

// ---- what the VM says, in Lua 5.3's words ----

export const cannotResume = (status: string): string => `cannot resume ${status} coroutine`;
export const cStackOverflow = "C stack overflow";
export const indexChainTooLong = "'__index' chain too long; possible loop";
export const newindexChainTooLong = "'__newindex' chain too long; possible loop";
export const moduloByZero = "attempt to perform 'n%0'";
export const divideByZero = "attempt to divide by zero";
export const performArithmetic = "perform arithmetic on";
export const performBitwise = "perform bitwise operation on";
export const yieldOutside = "attempt to yield from outside a coroutine";
export const yieldAcrossC = "attempt to yield across a C-call boundary";
export const luaStackOverflow = "stack overflow";

// ---- what only a mistake of ours can bring about ----

export const cantGoOn = "a host function was suspended that can't be resumed";
export const notAnInstruction = "not an instruction";
