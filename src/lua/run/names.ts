/** What names there are at a place of a state, for completion at a prompt. Nothing of the script is called. */
import { toText } from "../../value/bytes.ts";
import type { ByteString } from "../../value/value.ts";
import { forEachAfter } from "../vm/lua-table.ts";
import { newCell, rawField } from "../vm/table.ts";
import {
  baseType,
  LUA_CLOSURE,
  type LuaState,
  type LuaTable,
  STRING,
  TABLE,
  type TValue,
  type Udata,
  USERDATA,
} from "../vm/types.ts";

/** A name that can stand behind a dot, or behind a colon. */
export interface Name {
  readonly name: string;
  readonly isFunction: boolean;
}

/** How many tables are looked through for one value: a chain of `__index` may have no end. */
const MOST_TABLES = 10;
const MOST_NAMES = 1000;
const FUNCTION = baseType({ type: LUA_CLOSURE });

/**
 * @param path from the globals on: `["store", "get"]`
 * @returns the names of what is there, sorted; none where there is nothing, or nothing with names
 */
export function namesAt(L: LuaState, globals: LuaTable, path: readonly string[]): Name[] {
  let cell: TValue | undefined = newCell(TABLE, globals);
  for (const part of path) {
    cell = field(L, cell, part);
    if (cell === undefined) return [];
  }
  const names = new Map<string, Name>();
  for (const table of tablesOf(L, cell)) {
    forEachAfter(table, 0, (key, value) => {
      if (key.type !== STRING || names.size >= MOST_NAMES) return;
      const name = toText((key.value as ByteString).bytes);
      if (!/^[A-Za-z_]\w*$/.test(name) || names.has(name)) return;
      names.set(name, { name, isFunction: baseType(value) === FUNCTION });
    });
  }
  return [...names.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function field(L: LuaState, cell: TValue, name: string): TValue | undefined {
  for (const table of tablesOf(L, cell)) {
    const found = rawField(table, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tables in which a value's fields are: itself, and those that its metatable leads to. */
function* tablesOf(L: LuaState, cell: TValue): Generator<LuaTable> {
  let next: TValue | undefined = cell;
  for (let i = 0; next !== undefined && i < MOST_TABLES; i++) {
    if (next.type === TABLE) yield next.value as LuaTable;
    const metatable = metatableOf(L, next);
    const index: TValue | undefined = metatable && (metatable.index ?? rawField(metatable, "__index"));
    next = index?.type === TABLE ? index : undefined;
  }
}

function metatableOf(L: LuaState, { type, value }: TValue): LuaTable | undefined {
  if (type === TABLE) return (value as LuaTable).metatable ?? undefined;
  if (type === USERDATA) return (value as Udata).metatable ?? undefined;
  return L.l_G.mt[baseType({ type })] ?? undefined;
}
