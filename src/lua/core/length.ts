/** `#` of any value. */
import type { ByteString } from "../../value/value.ts";
import { nothing, type TValue } from "../vm/cell.ts";
import { type LuaTable, length } from "../vm/lua-table.ts";
import type { LuaState } from "../vm/thread.ts";
import { INTEGER, NIL, STRING, TABLE } from "../vm/types.ts";
import { operationError } from "./errors.ts";
import { callMetamethod } from "./metamethods.ts";
import { metamethod, methodIn, TM } from "./metatables.ts";

/** @returns false when it is suspended in a metamethod */
export function len(L: LuaState, of: TValue, to: TValue): boolean {
  let n: number;
  let method = nothing;
  if (of.type === TABLE) {
    const table = of.value as LuaTable;
    if (table.metatable !== null) method = methodIn(table.metatable, TM.LEN);
    if (method.type !== NIL) return callMetamethod(L, method, of, of, to);
    n = length(table);
  } else if (of.type === STRING) n = (of.value as ByteString).length;
  else {
    method = metamethod(L, of.type, of.value, TM.LEN);
    if (method.type === NIL) operationError(L, of, "get length of");
    return callMetamethod(L, method, of, of, to);
  }
  to.type = INTEGER;
  to.value = n;
  return true;
}
