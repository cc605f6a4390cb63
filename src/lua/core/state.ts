/** How a state is made: a main thread, a registry and a table of globals. */
import { newCell } from "../vm/cell.ts";
import { LuaTable, setInteger } from "../vm/lua-table.ts";
import { GlobalState, type Hooks, LuaState } from "../vm/thread.ts";
import { TABLE, THREAD } from "../vm/types.ts";
import { execute } from "./interpreter.ts";
import { eventNames } from "./metatables.ts";

/** Where the registry has the main thread, and the globals. */
const MAIN_THREAD = 1;
export const GLOBALS = 2;

export function newState(hooks: Hooks): LuaState {
  const g = new GlobalState(hooks, execute, eventNames);
  const L = new LuaState(g);
  g.mainthread = L;
  g.version = 503;
  const registry = new LuaTable(L);
  g.l_registry.type = TABLE;
  g.l_registry.value = registry;
  setInteger(registry, MAIN_THREAD, newCell(THREAD, L));
  setInteger(registry, GLOBALS, newCell(TABLE, new LuaTable(L)));
  return L;
}
