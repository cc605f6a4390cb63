import { ByteString } from "../value/value.ts";
import { fengari } from "./fengari.ts";
import { BOOLEAN, FLOAT, INTEGER, type LuaState, type LuaTable, NIL, STRING, TABLE, type TValue } from "./types.ts";

/** Direct work on Fengari's tables and values, without the stack. */

const { TValue: Cell } = fengari.lobject;

export const newCell = (type: number, value: unknown): TValue => new Cell(type, value);
export const nilCell = (): TValue => new Cell(NIL, null);
export const booleanCell = (b: boolean): TValue => new Cell(BOOLEAN, b);
export const stringCell = (s: ByteString): TValue => new Cell(STRING, s);
export const textCell = (text: string): TValue => new Cell(STRING, ByteString.fromText(text));
export const tableCell = (t: LuaTable): TValue => new Cell(TABLE, t);
/** An integer when it fits one, else a float. */
export const numberCell = (n: number): TValue => new Cell((n | 0) === n && !Object.is(n, -0) ? INTEGER : FLOAT, n);

export const newTable = (L: LuaState): LuaTable => new fengari.ltable.Table(L);

/** Adds an entry whose key is not in the table yet. `hash` is what mend/strings.ts makes of the key. */
export function appendEntry(t: LuaTable, hash: unknown, key: TValue, value: TValue): void {
  const last = t.l;
  const entry = { key, value, p: last, n: undefined };
  if (last === undefined) t.f = entry;
  else last.n = entry;
  t.l = entry;
  t.strong.set(hash, entry);
}

/** Adds a field to a table that is being made. */
export function appendField(t: LuaTable, name: string, value: TValue): void {
  const key = stringCell(ByteString.fromText(name));
  appendEntry(t, (key.value as ByteString).binary, key, value);
}

/** A field of a table, metatables aside. */
export function rawField(t: LuaTable, name: string): TValue | undefined {
  return t.strong.get(ByteString.fromText(name).binary)?.value;
}

/**
 * The state in which the tables are made that all states share: libraries, modules, metatables of handles. They are
 * read-only and hold nothing but host functions, constants and each other, so no script can tell that they are shared.
 */
export const shared: LuaState = fengari.lstate.lua_newstate();
shared.l_G.id_counter = 1 << 24;
