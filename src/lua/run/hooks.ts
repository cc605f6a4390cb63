import { nativeError } from "../boundary/native-error.ts";
import { shared } from "../core/shared.ts";
import { openLibraries } from "../library/stdlib.ts";
import { forEachAfter } from "../vm/lua-table.ts";
import { newTable } from "../vm/table.ts";
import type { Hooks, Tier } from "../vm/thread.ts";
import { LIGHT_C_FUNCTION, type LuaTable, STRING, TABLE } from "../vm/types.ts";
import { compiler } from "./compiler.ts";

/** What the functions of the library are called in messages where no code names them: `print`, `string.rep`. */
function libraryNames(): Map<unknown, string> {
  const names = new Map<unknown, string>();
  const globals = newTable(shared);
  const add = (table: LuaTable, prefix: string) =>
    forEachAfter(table, 0, (key, { type, value }) => {
      if (key.type !== STRING) return;
      const name = `${prefix}${key.value}`;
      if (type === LIGHT_C_FUNCTION) names.set(value, name);
      else if (type === TABLE && value !== globals && prefix === "") add(value as LuaTable, `${name}.`);
    });
  openLibraries(shared, globals);
  add(globals, "");
  return names;
}

let names: Map<unknown, string> | undefined;

/** What execution gets of those above it, in every state that runs scripts. */
export const hooks: Hooks = {
  nativeError,
  functionName(_, { value }) {
    names ??= libraryNames();
    return names.get(value);
  },
  tier: compiler,
};

/** The same with another compiler; null: everything is interpreted. */
export const hooksWith = (tier: Tier | null): Hooks => (tier === compiler ? hooks : { ...hooks, tier });
