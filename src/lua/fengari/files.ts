/** What Fengari's files look like, as far as they are used here. */
import type { LuaClosure } from "../vm/closure.ts";
import type { Continuation, LuaState } from "../vm/thread.ts";

/** A source that is read byte by byte. */
export interface Zio {
  zgetc(): number;
  readonly data: unknown;
  /** Gives the next part of the source. */
  readonly reader: (L: LuaState, data: unknown) => Uint8Array | null;
}

/** A list of the parser's. */
interface List {
  arr: unknown[];
}

export interface Lparser {
  Dyndata: new () => { readonly gt: List; readonly label: List };
  luaY_parser(L: LuaState, z: Zio, buffer: unknown, lists: unknown, name: Uint8Array, first: number): LuaClosure;
}

export interface Lzio {
  MBuffer: new () => unknown;
  ZIO: new (L: LuaState, reader: Zio["reader"], data?: unknown) => Zio;
}

export interface LuaDebug {
  name: Uint8Array | null;
  namewhat: Uint8Array | null;
  what: Uint8Array | null;
  i_ci: unknown;
}

export interface Lua {
  lua_Debug: new () => LuaDebug;
  lua_call(L: LuaState, args: number, results: number): void;
  lua_callk(L: LuaState, args: number, results: number, context: unknown, k: Continuation | null): void;
  lua_checkstack(L: LuaState, n: number): boolean;
  lua_error(L: LuaState): never;
  lua_getstack(L: LuaState, level: number, ar: LuaDebug): number;
  lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
  lua_gettop(L: LuaState): number;
  lua_isinteger(L: LuaState, index: number): boolean;
  lua_load(
    L: LuaState,
    reader: (L: LuaState, data: unknown) => Uint8Array | null,
    data: unknown,
    name: Uint8Array,
    mode: Uint8Array | null,
  ): number;
  lua_newtable(L: LuaState): void;
  lua_pop(L: LuaState, n: number): void;
  lua_pushboolean(L: LuaState, b: boolean): void;
  lua_pushinteger(L: LuaState, n: number): void;
  lua_pushliteral(L: LuaState, text: string): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, n: number): void;
  lua_pushstring(L: LuaState, bytes: Uint8Array): void;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  lua_settop(L: LuaState, top: number): void;
  lua_tointegerx(L: LuaState, index: number): number | false;
  lua_tonumberx(L: LuaState, index: number): number | false;
  lua_type(L: LuaState, index: number): number;
  lua_xmove(from: LuaState, to: LuaState, n: number): void;
}

export interface Lauxlib {
  luaL_argerror(L: LuaState, arg: number, message: Uint8Array): never;
  luaL_checkany(L: LuaState, arg: number): void;
  luaL_checkinteger(L: LuaState, arg: number): number;
  luaL_checknumber(L: LuaState, arg: number): number;
  luaL_checkstring(L: LuaState, arg: number): Uint8Array;
  luaL_checktype(L: LuaState, arg: number, type: number): void;
  luaL_error(L: LuaState, format: Uint8Array, ...args: unknown[]): never;
  luaL_len(L: LuaState, index: number): number;
  luaL_optinteger(L: LuaState, arg: number, otherwise: number): number;
  luaL_tolstring(L: LuaState, index: number): Uint8Array;
  luaL_where(L: LuaState, level: number): void;
}
