import { ByteString } from "../../value/value.ts";
import type { TValue } from "./cell.ts";
import { newCell, nilCell } from "./cell.ts";
import { getString, LuaTable, setString } from "./lua-table.ts";
import type { Owner } from "./owner.ts";
import { BOOLEAN, FLOAT, INTEGER, NIL, STRING, TABLE } from "./tags.ts";

/** Direct work on tables and values, without the stack. */

export { newCell, nilCell };
export const booleanCell = (b: boolean): TValue => newCell(BOOLEAN, b);
export const stringCell = (s: ByteString): TValue => newCell(STRING, s);
export const textCell = (text: string): TValue => newCell(STRING, ByteString.fromText(text));
export const tableCell = (t: LuaTable): TValue => newCell(TABLE, t);
/** An integer when it is a whole number that JavaScript has exactly, else a float. */
export const numberCell = (n: number): TValue =>
  newCell(Number.isSafeInteger(n) && !Object.is(n, -0) ? INTEGER : FLOAT, n);

export const newTable = (L: Owner): LuaTable => new LuaTable(L);

/** Sets a field of a table that is being made. */
export const appendField = (t: LuaTable, name: string, value: TValue): void =>
  setString(t, ByteString.fromText(name), value);

/** A field of a table, metatables aside. */
export function rawField(t: LuaTable, name: string): TValue | undefined {
  const cell = getString(t, ByteString.fromText(name));
  return cell.type === NIL ? undefined : cell;
}

/** Makes a table read-only for good. `index`: its `__index`, if it is a metatable. */
export function freeze(table: LuaTable, index?: TValue): LuaTable {
  table.makeReadOnly(index);
  return table;
}
