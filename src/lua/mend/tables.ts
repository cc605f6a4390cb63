import { ENTRY } from "../measure.ts";
import { allocate } from "../meter.ts";
import { type Core, FLOAT, INTEGER, type LuaState, type LuaTable, TABLE, type TValue, USERDATA } from "../types.ts";

/**
 * Two things that Fengari leaves out: tables that can't be changed, and a count of instructions that can't be evaded.
 *
 * A table is made read-only by its own flag, so there is no proxy: `pairs`, `next`, `#` and rawget see it as it is, and
 * neither assignment nor rawset, table.insert or setmetatable changes it. Every write of the VM and of the libraries
 * goes through the one function that is mended here.
 */
export function mendTables(core: Core): void {
  const { ldebug, lobject, ltable, ltm } = core;
  const set = ltable.luaH_setfrom;
  const zero = new lobject.TValue(INTEGER, 0);
  ltable.luaH_setfrom = (L, t, key, value) => {
    if (t.readonly === true) ldebug.luaG_runerror(L, cannotModify);
    const before = t.strong.size;
    set(L, t, key.type === FLOAT && key.value === 0 ? zero : key, value); // a key of -0.0 is the integer 0
    if (t.strong.size > before) allocate(ENTRY);
  };
  const setInteger = ltable.luaH_setint;
  ltable.luaH_setint = (t, key, value) => {
    const before = t.strong.size;
    setInteger(t, key, value);
    if (t.strong.size > before) allocate(ENTRY);
  };
  // A table without the flag inherits this one, so that reading it is as fast as reading any field.
  Object.defineProperty(ltable.Table.prototype, "readonly", { value: false, writable: true });
  // What is read-only can't get another `__index`, so a method call on a handle need not look it up.
  const { luaT_gettmbyobj } = ltm;
  const { TM_INDEX } = ltm.TMS;
  Object.defineProperty(ltable.Table.prototype, "index", { value: undefined, writable: true });
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

const cannotModify = Buffer.from("attempt to modify a read-only table");

/** Makes a table read-only for good. `index`: its `__index`, if it is a metatable. */
export function freeze(table: LuaTable, index?: TValue): LuaTable {
  table.readonly = true;
  table.flags = 0; // it may serve as a metatable, and its fields came past the function that keeps this up to date
  if (index !== undefined) table.index = index;
  return table;
}
