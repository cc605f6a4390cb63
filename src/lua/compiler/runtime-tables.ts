/** Tables, for compiled code: what it does not do itself. Where nothing is answered, the interpreter has to do it. */
import { ByteString } from "../../value/value.ts";
import { hasMethod, metatableOf, readMethod, TM } from "../core/metatables.ts";
import { NEEDS_FRAME, R } from "../vm/direct.ts";
import {
  addItem,
  appendItems,
  entry,
  found,
  LuaTable,
  length,
  nextEntry,
  read,
  readInteger,
  readString,
  takeItems,
  takeSame,
  write,
  writeInteger,
} from "../vm/lua-table.ts";
import type { Shape } from "../vm/shape.ts";
import { addField, expectFields, nothingMore, placesFor, putField, readField, tagOfField } from "../vm/table-layout.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { FLOAT, INTEGER, NIL, STRING, TABLE } from "../vm/types.ts";
import { type FieldSite, MethodSite } from "./sites.ts";

/** The tag of what was read last. */
/** Fields by their places, where the code does not know them. */
export { found, LuaTable, nothingMore, placesFor, putField, readField, tagOfField };

/** Metatables that are followed here; the interpreter follows more. */
const CHAIN = 20;
/** Fields up to which a new table gets just as many places. */
const EXACT = 16;

export function newTable(L: LuaState, _items: number, fields: number): LuaTable {
  const table = new LuaTable(L);
  if (fields < EXACT) expectFields(table, fields);
  return table;
}

// ---- reading ----
// Each answers a value, with its tag in `found`; undefined where the interpreter has to do it.

const isThere = (): boolean => found.type !== NIL;

function nil(): null {
  found.type = NIL;
  return null;
}

/** The value of a field, and of the tables that stand behind. */
export function getField(site: FieldSite, t: number, v: unknown, name: ByteString): unknown {
  if (t !== TABLE) return undefined;
  const table = v as LuaTable;
  const { behind } = site;
  if (behind !== undefined && table.shape === behind.object) return methodOf(behind, table, name);
  const value = fieldOf(site, table, name);
  if (found.type !== NIL || table.metatable === null) return value;
  return methodOf((site.behind ??= new MethodSite()), table, name);
}

function fieldOf(site: FieldSite, table: LuaTable, name: ByteString): unknown {
  if (table.rest !== undefined) return readString(table, name);
  const slot = placeOf(site, table.shape, name);
  if (slot < 0) return nil();
  return readField(table, slot);
}

/** Where tables of a shape have a field, or -1; the site has not met it last. */
function placeOf(site: FieldSite, shape: Shape, name: ByteString): number {
  if (shape === site.otherShape) return site.otherAt;
  const slot = shape.slotOf(name);
  if (slot < 0) return -1;
  if (site.place < 0 || site.place === slot) {
    site.shape = shape;
    site.at = slot;
  } else {
    site.otherShape = shape;
    site.otherAt = slot;
  }
  return slot;
}

/** The value of a key that a table does not have itself; undefined where a function is to be asked, too. */
function inherited(of: LuaTable, t: number, v: unknown): unknown {
  let table = of;
  for (let n = 0; n < CHAIN; n++) {
    const { metatable } = table;
    if (metatable === null) return nil();
    const method = readMethod(metatable, TM.INDEX);
    if (found.type === NIL) return null;
    if (found.type !== TABLE) return undefined;
    table = method as LuaTable;
    const value = t === STRING ? readString(table, v as ByteString) : read(table, t, v);
    if (isThere()) return value;
  }
  return undefined;
}

/** The value of any key, and of the tables that stand behind. */
export function getKey(t: number, v: unknown, tk: number, vk: unknown): unknown {
  if (t !== TABLE) return undefined;
  const table = v as LuaTable;
  const value =
    tk === INTEGER
      ? readInteger(table, vk as number)
      : tk === STRING
        ? readString(table, vk as ByteString)
        : read(table, tk, vk);
  return found.type !== NIL || table.metatable === null ? value : inherited(table, tk, vk);
}

/** The function that a method call calls. */
export function getMethod(L: LuaState, site: MethodSite, t: number, v: unknown, name: ByteString): unknown {
  if (t === TABLE) return methodOf(site, v as LuaTable, name);
  const metatable = metatableOf(L, t, v);
  if (metatable === null) return undefined;
  const index = readMethod(metatable, TM.INDEX);
  if (found.type !== TABLE) return undefined;
  const methods = index as LuaTable;
  if (methods.shape === site.shape) {
    const method = readField(methods, site.at);
    if (isThere()) return method;
  }
  const slot = methods.rest === undefined ? methods.shape.slotOf(name) : -1;
  if (slot >= 0) remember(site, methods, slot);
  const value = readString(methods, name);
  return isThere() || methods.metatable === null ? value : inherited(methods, STRING, name);
}

function methodOf(site: MethodSite, table: LuaTable, name: ByteString): unknown {
  const { metatable } = table;
  if (metatable !== null && table.shape === site.object && metatable.shape === site.metatable) {
    const methods = readField(metatable, site.index) as LuaTable;
    if (found.type === TABLE && methods.shape === site.shape) {
      const method = readField(methods, site.at);
      if (isThere()) return method;
    }
  }
  if (metatable === null && table.shape === site.shape) {
    const method = readField(table, site.at);
    if (isThere()) return method;
  }
  return findMethod(site, table, name);
}

function remember(site: MethodSite, { shape }: LuaTable, slot: number): void {
  site.shape = shape;
  site.at = slot;
  site.object = undefined;
}

const INDEX = ByteString.fromAscii("__index");

function findMethod(site: MethodSite, table: LuaTable, name: ByteString): unknown {
  const { metatable } = table;
  if (metatable === null && table.rest === undefined) {
    const slot = table.shape.slotOf(name);
    if (slot >= 0) remember(site, table, slot);
  }
  const value = readString(table, name);
  if (isThere() || metatable === null) return value;
  const method = readMethod(metatable, TM.INDEX);
  if (found.type === TABLE && table.rest === undefined && metatable.rest === undefined) {
    rememberInherited(site, table, metatable, method as LuaTable, name);
  }
  return inherited(table, STRING, name);
}

/** A method in the `__index` of an object's metatable: by the shapes of all three. */
function rememberInherited(
  site: MethodSite,
  table: LuaTable,
  metatable: LuaTable,
  methods: LuaTable,
  name: ByteString,
): void {
  if (table.shape.slotOf(name) >= 0 || methods.rest !== undefined) return;
  const index = metatable.shape.slotOf(INDEX);
  const slot = methods.shape.slotOf(name);
  if (index < 0 || slot < 0 || metatable.index !== undefined) return;
  site.object = table.shape;
  site.metatable = metatable.shape;
  site.index = index;
  site.shape = methods.shape;
  site.at = slot;
}

// ---- writing ----

/** Sets a field by a name of the code. @returns false where that is for the interpreter */
export function setField(site: FieldSite, table: LuaTable, name: ByteString, t: number, v: unknown): boolean {
  if (table.readonly || table.rest !== undefined || t === NIL) return setKey(table, STRING, name, t, v);
  const { shape } = table;
  if (shape !== site.before) {
    const slot = placeOf(site, shape, name);
    if (slot >= 0) return setThere(table, slot, name, t, v);
    site.next = shape.with(name);
    site.before = shape;
    if (shape.length === site.place && site.next !== undefined) {
      site.without = shape;
      site.added = site.next;
    }
  }
  if (site.next === undefined || table.metatable !== null) return setKey(table, STRING, name, t, v);
  addField(table, site.next, t, v);
  return true;
}

function setThere(table: LuaTable, slot: number, name: ByteString, t: number, v: unknown): boolean {
  if (tagOfField(table, slot) === NIL) return setKey(table, STRING, name, t, v);
  putField(table, slot, t, v);
  return true;
}

/** Sets the value of any key. @returns false where that is for the interpreter: an error, or a metamethod */
export function setKey(table: LuaTable, tk: number, vk: unknown, t: number, v: unknown): boolean {
  if (tk === INTEGER && t !== NIL && table.metatable === null && table.itemTag === t && !table.readonly) {
    const { items } = table;
    const i = (vk as number) - 1;
    if (i >= 0 && i < items.length) {
      if (items[i] === null) table.more.holes--;
      items[i] = v;
      return true;
    }
  }
  if (table.readonly || tk === NIL || (tk === FLOAT && Number.isNaN(vk))) return false;
  if (table.metatable !== null && hasMethod(table.metatable, TM.NEWINDEX)) return false;
  if (tk === INTEGER) {
    const { rest } = table;
    if (vk === table.items.length + 1 && t !== NIL && (rest === undefined || rest.integers === 0)) addItem(table, t, v);
    else writeInteger(table, vk as number, t, v);
  } else write(table, tk, vk, t, v);
  return true;
}

/** Sets what a constructor lists, from `n + 1` on. @param list tags and values */
export function setItems(table: LuaTable, n: number, list: readonly unknown[]): void {
  if (n === 0 && table.items.length === 0 && table.rest === undefined) {
    const items = placesFor(list.length >> 1);
    const tags: number[] = [];
    for (let i = 0; i < items.length; i++) {
      tags.push(list[2 * i] as number);
      items[i] = list[2 * i + 1];
    }
    takeItems(table, items, tags);
    return;
  }
  appendItems(table, n, list);
}

/** The same of values that are all of one type, and not nil. */
export function setSame(table: LuaTable, values: unknown[], tag: number): void {
  const { rest } = table;
  if (table.items.length === 0 && (rest === undefined || rest.integers === 0)) takeSame(table, values, tag);
  else for (let i = 0; i < values.length; i++) writeInteger(table, i + 1, tag, values[i]);
}

// ---- going through ----

/** The key and the value after a key. */
export function nextOf(L: LuaState, ci: CallInfo, _t: number, v: unknown, tk: number, vk: unknown): unknown {
  L.ci = ci; // it fails for a key that is not there
  if (!nextEntry(v as LuaTable, tk, vk)) {
    R.type = NIL;
    R.count = 1;
    return null;
  }
  R.type = entry.keyType;
  R.count = 2;
  R.types[0] = entry.type;
  R.values[0] = entry.value;
  return entry.key;
}

/** The next index of a list and the value there, as `ipairs` has them; NEEDS_FRAME where that is for its iterator. */
export function nextItem(_t: number, v: unknown, tk: number, vk: unknown): unknown {
  const table = v as LuaTable;
  const i = (vk as number) + 1;
  if (tk !== INTEGER || i > Number.MAX_SAFE_INTEGER) {
    R.type = NEEDS_FRAME;
    return null;
  }
  const value = readInteger(table, i);
  if (found.type === NIL) {
    R.type = table.metatable === null ? NIL : NEEDS_FRAME;
    R.count = 1;
    return null;
  }
  R.type = INTEGER;
  R.count = 2;
  R.types[0] = found.type;
  R.values[0] = value;
  return i;
}

/** The length of a string, or of a table without metatable; -1 of all else. */
export function lengthOf(t: number, v: unknown): number {
  if (t === STRING) return (v as ByteString).length;
  if (t !== TABLE) return -1;
  const table = v as LuaTable;
  if (table.metatable !== null && hasMethod(table.metatable, TM.LEN)) return -1;
  const { holes, rest } = table.more;
  return holes === 0 && rest === undefined ? table.items.length : length(table);
}
