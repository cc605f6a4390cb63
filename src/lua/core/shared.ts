import type { LuaTable } from "../vm/lua-table.ts";
import { appendField, freeze, newTable } from "../vm/table.ts";
import type { Hooks, LuaState } from "../vm/thread.ts";
import type { TValue } from "../vm/types.ts";
import { newState } from "./state.ts";

/** Of a state in which no script runs. */
const hooks: Hooks = {
  nativeError: (_, e) => {
    throw e;
  },
  functionName: () => undefined,
  tier: null,
};

/**
 * The state in which the tables are made that all states share: libraries, modules, metatables of handles. They are
 * read-only and hold nothing but host functions, constants and each other, so no script can tell that they are shared.
 */
export const shared: LuaState = newState(hooks);
shared.l_G.id_counter = 1 << 24;

/** A read-only table with these fields, in this order. */
export function frozenTable(fields: Readonly<Record<string, TValue>>): LuaTable {
  const table = newTable(shared);
  for (const [name, cell] of Object.entries(fields)) appendField(table, name, cell);
  return freeze(table);
}
