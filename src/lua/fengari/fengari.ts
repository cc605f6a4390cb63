/** What the library of scripts still takes of Fengari's: the C API, and some basic functions. */
import "./api.ts";
import { handle } from "../meter/meter.ts";
import type { LuaCFunction, LuaState } from "../vm/thread.ts";
import type { Lauxlib, Lua } from "./files.ts";
import { file } from "./loader.ts";

type ToString = (L: LuaState, index: number) => Uint8Array | null;

function load() {
  const api = file<Record<"lua_tolstring" | "lua_tostring", ToString>>("lapi.js");
  const original = api.lua_tolstring;
  // What a function does with a string is about as long as it is.
  api.lua_tolstring = api.lua_tostring = (L, index) => {
    const bytes = original(L, index);
    if (bytes !== null) handle(bytes.length);
    return bytes;
  };
  return {
    lua: file<Lua>("lua.js"),
    lauxlib: file<Lauxlib>("lauxlib.js"),
    lualib: file<{ readonly luaopen_base: LuaCFunction }>("lbaselib.js"),
  };
}

export const fengari: ReturnType<typeof load> = load();
