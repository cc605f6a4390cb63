/** The list of a table as functions of the library work on it, past metamethods. */

import { work } from "../meter/meter.ts";
import {
  found,
  getInteger,
  insertIntoList,
  length,
  readInteger,
  removeFromList,
  writeInteger,
} from "../vm/lua-table.ts";
import { type LuaTable, NIL } from "../vm/types.ts";

/** Whether a table can be worked on past metamethods: it has none, and is not read-only. */
export const isPlain = (t: LuaTable): boolean => t.metatable === null && !t.readonly;

/** Sets a value of a table that may be changed. */
export function setItem(t: LuaTable, n: number, type: number, value: unknown): void {
  writeInteger(t, n, type, value);
}

/** Whether the first `n` values, and no other integers, are the table's list. */
const isList = ({ items, rest }: LuaTable, n: number): boolean =>
  items.length === n && (rest === undefined || rest.integers === 0);

/** Items that are moved in the time of an instruction, all at once and one by one. */
const MOVED_PER_STEP = 32;

/** Makes room at `position` among `n` values and puts one there. */
export function insertItem(t: LuaTable, n: number, position: number, type: number, value: unknown): void {
  if (position > n) {
    setItem(t, position, type, value);
    return;
  }
  if (isList(t, n) && type !== NIL) {
    work((n - position) / MOVED_PER_STEP);
    insertIntoList(t, position - 1, type, value);
    return;
  }
  work(n - position + 1);
  for (let i = n + 1; i > position; i--) {
    const value = readInteger(t, i - 1);
    setItem(t, i, found.type, value);
  }
  setItem(t, position, type, value);
}

/** Takes out the value at `position` of `n` values, and closes the gap. */
export function removeItem(t: LuaTable, n: number, position: number): void {
  if (isList(t, n) && position >= 1 && position < n) {
    work((n - position) / MOVED_PER_STEP);
    removeFromList(t, position - 1);
    return;
  }
  if (n > position) work(n - position);
  let i = position;
  for (; i < n; i++) {
    const value = readInteger(t, i + 1);
    setItem(t, i, found.type, value);
  }
  setItem(t, i, NIL, null);
}

export { found, getInteger, length, readInteger };
