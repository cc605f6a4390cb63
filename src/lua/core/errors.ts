/** How host functions and the library raise errors of Lua. Each needs no more than the frame that is running. */
import { ByteString } from "../../value/value.ts";
import { fengari } from "../fengari/fengari.ts";
import { newCell } from "../vm/cell.ts";
import type { LuaState } from "../vm/types.ts";

const { lauxlib, lua } = fengari;
const names = ["nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"];

/** Bytes of a message, and no `%` that the formatter would take for a directive. */
const bytesOf = (message: string): Uint8Array => Buffer.from(message.replaceAll("%", "%%"));

/** Raises an error with where in Lua the running function was called. */
export const fail = (L: LuaState, message: string): never => lauxlib.luaL_error(L, bytesOf(message));

/** Raises "bad argument #1 to 'f' (message)". */
export const argError = (L: LuaState, arg: number, message: string): never =>
  lauxlib.luaL_argerror(L, arg, Buffer.from(message));

/** Raises that an argument has another type than it should; `type` is undefined where none was given. */
export function typeError(
  L: LuaState,
  arg: number,
  expected: string,
  type: number | undefined,
  _value: unknown,
): never {
  const got = type === undefined ? "no value" : (names[type & 0x0f] ?? "value");
  return argError(L, arg, `${expected} expected, got ${got}`);
}

/** Raises a value. */
export function throwValue(L: LuaState, type: number, value: unknown): never {
  L.stack[L.top++] = newCell(type, value);
  return lua.lua_error(L);
}

/** Raises a message as it is, without a position. */
export const throwText = (L: LuaState, message: string): never => throwValue(L, 20, ByteString.fromText(message));
