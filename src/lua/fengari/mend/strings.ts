import { handle, work } from "../../meter/meter.ts";
import type { Lapi } from "../files.ts";

/**
 * The libraries take every string that they work on, and every item of a table, through here. What they do with a string
 * is about as long as it is.
 */
export function mendAccess(lapi: Lapi): void {
  const { lua_geti, lua_tolstring } = lapi;
  const counted: typeof lua_tolstring = (L, index) => {
    const bytes = lua_tolstring(L, index);
    if (bytes !== null) handle(bytes.length);
    return bytes;
  };
  lapi.lua_tolstring = counted;
  lapi.lua_tostring = counted;
  lapi.lua_geti = (L, index, n) => {
    work(1);
    return lua_geti(L, index, n);
  };
}
