import { toText } from "../../value/bytes.ts";
import { type Library, type Loads, stateOf } from "../core/state-of.ts";
import { fengari } from "../fengari/fengari.ts";
import { booleanCell, newCell, numberCell } from "../vm/table.ts";
import { type Continuation, type LuaCFunction, type LuaState, OK } from "../vm/types.ts";

/** The basic functions that we do otherwise than Fengari. */
const { lua, lauxlib } = fengari;
const ascii = (text: string) => Buffer.from(text, "latin1");

/**
 * `require` of code that may load what is listed, and nothing else: names are compared whole, there are no paths and no
 * searchers.
 * @param loads what code with globals of its own may load; without it, what the code may that the state was made for
 */
export function requireFrom(loads?: Loads): LuaCFunction {
  return (L) => {
    const name = toText(lauxlib.luaL_checkstring(L, 1));
    const { modules, imports } = loads ?? stateOf(L).loads;
    const library = imports?.get(name);
    if (library !== undefined) return requireLibrary(L, library);
    const table = modules.get(name)?.table();
    if (table === undefined) return notFound(L, name, [...modules.keys(), ...(imports?.keys() ?? [])]);
    L.stack[L.top++] = newCell(table.type, table.value);
    return 1;
  };
}

function notFound(L: LuaState, name: string, known: readonly string[]): number {
  const names = known.map((one) => `'${one}'`).join(", ") || "none";
  const shown = name.slice(0, 60).replace(/[^ -~]/g, "?");
  const message = `module '${shown}' not found (modules that this script may load: ${names})`;
  return lauxlib.luaL_error(L, Buffer.from(message.replaceAll("%", "%%")));
}

/** What the library's code returned, or true when that is nil: the same to everyone who imports it. */
function requireLibrary(L: LuaState, library: Library): number {
  const state = stateOf(L);
  const known = state.loaded(library);
  if (known !== undefined) {
    L.stack[L.top++] = newCell(known.type, known.value);
    return 1;
  }
  const started = state.start(library);
  L.stack[L.top++] = started;
  lua.lua_callk(L, 0, 1, library, hasRun);
  return hasRun(L, OK, library);
}

const hasRun: Continuation = (L, _, library) => {
  const result = L.stack[L.top - 1]!;
  if (result.ttisnil()) result.setfrom(booleanCell(true));
  stateOf(L).setLoaded(library as Library, newCell(result.type, result.value));
  return 1;
};

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
