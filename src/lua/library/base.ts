import { fengari } from "../fengari/fengari.ts";
import { booleanCell, numberCell } from "../vm/table.ts";
import type { LuaCFunction } from "../vm/types.ts";
import { requireFrom } from "./require.ts";

/** The basic functions that we do otherwise than Fengari. */
const { lua, lauxlib } = fengari;
const ascii = (text: string) => Buffer.from(text, "latin1");

/**
 * Memory is JavaScript's business, so there is nothing to collect. "count" answers with an estimate that grows with
 * the tables, functions and coroutines that the script has made; nothing of the host can be read off it.
 */
const collectgarbage: LuaCFunction = (L) => {
  const option = lua.lua_type(L, 1) > 0 ? Buffer.from(lauxlib.luaL_checkstring(L, 1)).toString("latin1") : "collect";
  switch (option) {
    case "count":
      lua.lua_pushnumber(L, L.l_G.id_counter * 0.25);
      return 1;
    case "step":
    case "isrunning":
      L.stack[L.top++] = booleanCell(true);
      return 1;
    case "collect":
    case "stop":
    case "restart":
    case "setpause":
    case "setstepmul":
      L.stack[L.top++] = numberCell(0);
      return 1;
    default:
      return lauxlib.luaL_argerror(L, 1, ascii(`invalid option '${option}'`));
  }
};

export const base: Readonly<Record<string, LuaCFunction>> = {
  collectgarbage,
  require: requireFrom(),
};
