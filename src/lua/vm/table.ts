import { ByteString } from "../../value/value.ts";
import { fengari } from "../fengari/fengari.ts";
import { newCell } from "./cell.ts";
import { getString, LuaTable, setString } from "./lua-table.ts";
import { BOOLEAN, FLOAT, INTEGER, type LuaState, NIL, STRING, TABLE, type TValue } from "./types.ts";

/** Direct work on Fengari's tables and values, without the stack. */

export { newCell };
export const nilCell = (): TValue => newCell(NIL, null);
export const booleanCell = (b: boolean): TValue => newCell(BOOLEAN, b);
export const stringCell = (s: ByteString): TValue => newCell(STRING, s);
export const textCell = (text: string): TValue => newCell(STRING, ByteString.fromText(text));
export const tableCell = (t: LuaTable): TValue => newCell(TABLE, t);
/** An integer when it fits one, else a float. */
export const numberCell = (n: number): TValue => newCell((n | 0) === n && !Object.is(n, -0) ? INTEGER : FLOAT, n);

export const newTable = (L: LuaState): LuaTable => new LuaTable(L);

/** Adds a field to a table that is being made. */
export const appendField = (t: LuaTable, name: string, value: TValue): void =>
  setString(t, ByteString.fromText(name), value);

/** A field of a table, metatables aside. */
export function rawField(t: LuaTable, name: string): TValue | undefined {
  const cell = getString(t, ByteString.fromText(name));
  return cell.type === NIL ? undefined : cell;
}

/**
 * The state in which the tables are made that all states share: libraries, modules, metatables of handles. They are
 * read-only and hold nothing but host functions, constants and each other, so no script can tell that they are shared.
 */
export const shared: LuaState = fengari.lstate.lua_newstate();
shared.l_G.id_counter = 1 << 24;
