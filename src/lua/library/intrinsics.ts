/** Functions of the library that compiled code may do in place, where what is called is that very function. */
import { call } from "../core/call.ts";
import { shared } from "../core/shared.ts";
import { push } from "../core/stack.ts";
import { newTable, rawField } from "../vm/table.ts";
import { LIGHT_C_FUNCTION, type LuaTable, TABLE, type TValue } from "../vm/types.ts";
import { openLibraries } from "./stdlib.ts";

export function intrinsics(): ReadonlyMap<string, unknown> {
  const map = new Map<string, unknown>();
  const add = (name: string, cell: TValue | undefined) => {
    if (cell?.type === LIGHT_C_FUNCTION) map.set(name, cell.value);
  };
  const basic = newTable(shared);
  openLibraries(shared, basic);
  for (const name of ["next", "select", "type"]) add(name, rawField(basic, name));
  const math = rawField(basic, "math")!.value as LuaTable;
  for (const name of ["floor", "ceil", "abs", "sqrt", "max", "min"]) add(name, rawField(math, name));
  add("ipairs iterator", iterator(rawField(basic, "ipairs")!, basic));
  return map;
}

/** What `ipairs` answers first. */
function iterator(ipairs: TValue, table: LuaTable): TValue {
  const L = shared;
  const off = L.top;
  push(L, ipairs.type, ipairs.value);
  push(L, TABLE, table);
  call(L, off, 1);
  L.top = off;
  return L.stack[off]!;
}
