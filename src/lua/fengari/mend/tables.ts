import { bindCells } from "../../vm/cell.ts";
import { get, getInteger, getString, LuaTable, length, next, set, setInteger, setRaise } from "../../vm/lua-table.ts";
import type { Core, Ltable, LuaState, TValue } from "../../vm/types.ts";
import { TABLE, USERDATA } from "../../vm/types.ts";

/** What Fengari's files get for their own tables (lua-table.ts). */
export const tables: Ltable = {
  Table: LuaTable,
  luaH_new: (L) => new LuaTable(L),
  luaH_get: (_, t, key) => get(t, key),
  luaH_getint: getInteger,
  luaH_getstr: getString,
  luaH_getn: length,
  luaH_next: next,
  luaH_setfrom: set,
  luaH_setint: setInteger,
  invalidateTMcache: (t) => {
    t.flags = 0;
  },
};

/**
 * Two things that Fengari leaves out: tables that can't be changed, and a count of instructions that can't be evaded.
 *
 * A table is made read-only by its own flag, so there is no proxy: `pairs`, `next`, `#` and rawget see it as it is, and
 * neither assignment nor rawset, table.insert or setmetatable changes it.
 */
export function mendTables(core: Core): void {
  const { ldebug, lobject, ltm } = core;
  bindCells(lobject.TValue, lobject.luaO_nilobject);
  setRaise(ldebug.luaG_runerror);
  // What is read-only can't get another `__index`, so a method call on a handle need not look it up.
  const { luaT_gettmbyobj } = ltm;
  const { TM_INDEX } = ltm.TMS;
  ltm.luaT_gettmbyobj = (L, o, event) => {
    const metatable =
      o.type === USERDATA || o.type === TABLE ? (o.value as { metatable: LuaTable | null }).metatable : null;
    if (event === TM_INDEX && metatable !== null && metatable.index !== undefined) return metatable.index;
    return luaT_gettmbyobj(L, o, event);
  };
  // Fengari asks for a hook before each instruction when a count hook is set. We count here instead, one counter for
  // all coroutines of a state: no hook to be removed, switched off by an error, or caught.
  ldebug.luaG_traceexec = (L: LuaState) => {
    if (--L.l_G.fuel < 0) L.l_G.refuel(L);
  };
}

/** Makes a table read-only for good. `index`: its `__index`, if it is a metatable. */
export function freeze(table: LuaTable, index?: TValue): LuaTable {
  table.readonly = true;
  table.flags = 0; // it may serve as a metatable, and its fields came past the function that keeps this up to date
  if (index !== undefined) table.index = index;
  return table;
}
