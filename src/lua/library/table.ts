import { fengari } from "../fengari/fengari.ts";
import { burn } from "../meter/fuel.ts";
import { watched } from "../meter/meter.ts";
import { length } from "../vm/lua-table.ts";
import { type LuaCFunction, type LuaState, type LuaTable, TABLE } from "../vm/types.ts";

/**
 * Fengari's functions over ranges of a table, which run through them within one instruction: here the work is counted
 * before it is done. A range may be as long as a script likes to say.
 */
const { lua, lauxlib } = fengari;

/** So many steps take some milliseconds, in which nobody looks at the clock: V8 does then. */
const MANY = 10_000;

/** An argument that may be a whole number; anything else is left for the function itself to complain about. */
function whole(L: LuaState, arg: number, otherwise: number): number {
  const n = lua.lua_type(L, arg) > 0 ? lua.lua_tointegerx(L, arg) : otherwise;
  return n === false ? otherwise : n;
}

/** The length of the table in the first argument; `__len` is asked once more than the function itself does. */
function lengthOf(L: LuaState): number {
  const cell = L.stack[L.ci.funcOff + 1];
  if (L.top <= L.ci.funcOff + 1 || cell?.type !== TABLE) return 0;
  const table = cell.value as LuaTable;
  return table.metatable === null ? length(table) : lauxlib.luaL_len(L, 1);
}

const counted =
  (steps: (L: LuaState) => number) =>
  (original: LuaCFunction): LuaCFunction =>
  (L) => {
    const n = steps(L);
    if (n > 0) burn(L, n);
    return n < MANY ? original(L) : watched(() => original(L));
  };

/** What each function costs, by its name. */
export const countedFunctions: Readonly<Record<string, (original: LuaCFunction) => LuaCFunction>> = {
  concat: counted((L) => whole(L, 4, lengthOf(L)) - whole(L, 3, 1) + 1),
  insert: counted((L) => (lua.lua_gettop(L) === 3 ? lengthOf(L) - whole(L, 2, 0) : 0)),
  move: counted((L) => whole(L, 3, 0) - whole(L, 2, 0) + 1),
  remove: counted((L) => lengthOf(L) - whole(L, 2, lengthOf(L))),
  sort: counted((L) => lengthOf(L) * Math.ceil(Math.log2(lengthOf(L) + 1))),
  unpack: counted((L) => whole(L, 3, lengthOf(L)) - whole(L, 2, 1) + 1),
};
