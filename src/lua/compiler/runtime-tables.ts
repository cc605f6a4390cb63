/** Tables, for compiled code: what it does not do itself. Where nothing is answered, the interpreter has to do it. */
import { ByteString } from "../../value/value.ts";
import { metatableOf, methodIn, TM } from "../core/metatables.ts";
import { nothing, TValue } from "../vm/cell.ts";
import { NEEDS_FRAME, R } from "../vm/direct.ts";
import {
  addField,
  addItem,
  get,
  getInteger,
  getString,
  LuaTable,
  length,
  next,
  placesFor,
  set,
  setItems as setCells,
  setInteger,
} from "../vm/lua-table.ts";
import type { CallInfo, LuaState } from "../vm/thread.ts";
import { FLOAT, INTEGER, NIL, STRING, TABLE } from "../vm/types.ts";
import type { FieldSite, MethodSite } from "./sites.ts";

/** For keys and values on their way into a table, which copies them. */
const key = new TValue(NIL, null);
const value = new TValue(NIL, null);

function asKey(t: number, v: unknown): TValue {
  key.type = t;
  key.value = v;
  return key;
}

/** Metatables that are followed here; the interpreter follows more. */
const CHAIN = 20;
/** Fields up to which a new table gets just as many places. */
const EXACT = 16;

export function newTable(L: LuaState, _items: number, fields: number): LuaTable {
  const table = new LuaTable(L);
  if (fields > 0 && fields < EXACT) table.fields = placesFor(fields);
  return table;
}

// ---- reading ----

/** The value of a field, and of the tables that stand behind. */
export function getField(site: FieldSite, t: number, v: unknown, name: ByteString): TValue | undefined {
  if (t !== TABLE) return undefined;
  const table = v as LuaTable;
  const found = fieldOf(site, table, name);
  return found.type !== NIL || table.metatable === null ? found : inherited(table, STRING, name);
}

function fieldOf(site: FieldSite, table: LuaTable, name: ByteString): TValue {
  if (table.rest !== undefined) return getString(table, name);
  const { shape } = table;
  const slot = shape.slotOf(name);
  if (slot < 0) return nothing;
  site.shape = shape;
  site.slot = slot;
  return table.fields[slot]!;
}

/** The value of a key that a table does not have itself; undefined where a function is to be asked. */
function inherited(of: LuaTable, t: number, v: unknown): TValue | undefined {
  let table = of;
  for (let n = 0; n < CHAIN; n++) {
    const { metatable } = table;
    if (metatable === null) return nothing;
    const method = methodIn(metatable, TM.INDEX);
    if (method.type === NIL) return nothing;
    if (method.type !== TABLE) return undefined;
    table = method.value as LuaTable;
    const found = t === STRING ? getString(table, v as ByteString) : get(table, asKey(t, v));
    if (found.type !== NIL) return found;
  }
  return undefined;
}

/** The value of any key, in the table itself. */
export function getKey(table: LuaTable, t: number, v: unknown): TValue {
  if (t === INTEGER) return getInteger(table, v as number);
  if (t === STRING) return getString(table, v as ByteString);
  return get(table, asKey(t, v));
}

/** The value of a key that a table does not have itself. */
export const missing = (table: LuaTable, t: number, v: unknown): TValue | undefined =>
  table.metatable === null ? nothing : inherited(table, t, v);

/** The function that a method call calls. */
export function getMethod(L: LuaState, site: MethodSite, t: number, v: unknown, name: ByteString): TValue | undefined {
  if (t === TABLE) {
    const table = v as LuaTable;
    const { metatable } = table;
    if (metatable !== null && table.shape === site.object && metatable.shape === site.metatable) {
      const index = metatable.fields[site.index]!;
      if (index.type === TABLE && (index.value as LuaTable).shape === site.shape) {
        const method = (index.value as LuaTable).fields[site.slot]!;
        if (method.type !== NIL) return method;
      }
    }
    if (metatable === null && table.shape === site.shape) {
      const method = table.fields[site.slot]!;
      if (method.type !== NIL) return method;
    }
    return findMethod(site, table, name);
  }
  const metatable = metatableOf(L, t, v);
  const index = metatable === null ? nothing : methodIn(metatable, TM.INDEX);
  if (index.type !== TABLE) return undefined;
  const methods = index.value as LuaTable;
  if (methods.shape === site.shape) {
    const method = methods.fields[site.slot]!;
    if (method.type !== NIL) return method;
  }
  const slot = methods.rest === undefined ? methods.shape.slotOf(name) : -1;
  if (slot >= 0) remember(site, methods, slot);
  const found = getString(methods, name);
  return found.type === NIL ? missing(methods, STRING, name) : found;
}

function remember(site: MethodSite, { shape }: LuaTable, slot: number): void {
  site.shape = shape;
  site.slot = slot;
  site.object = undefined;
}

const INDEX = ByteString.fromAscii("__index");

function findMethod(site: MethodSite, table: LuaTable, name: ByteString): TValue | undefined {
  const found = getString(table, name);
  const { metatable } = table;
  if (metatable === null && table.rest === undefined) {
    const slot = table.shape.slotOf(name);
    if (slot >= 0) remember(site, table, slot);
  }
  if (found.type !== NIL || metatable === null) return found;
  const method = methodIn(metatable, TM.INDEX);
  if (method.type === TABLE && table.rest === undefined && metatable.rest === undefined) {
    rememberInherited(site, table, metatable, method.value as LuaTable, name);
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
  site.slot = slot;
}

// ---- writing ----

/** Sets a field by a name of the code. @returns false where that is for the interpreter */
export function setField(site: FieldSite, table: LuaTable, name: ByteString, t: number, v: unknown): boolean {
  if (table.readonly || table.rest !== undefined || t === NIL) return setKey(table, STRING, name, t, v);
  const { shape } = table;
  if (shape !== site.before) {
    const slot = shape.slotOf(name);
    if (slot >= 0) return setThere(site, table, slot, name, t, v);
    site.next = shape.with(name);
    site.before = shape;
  }
  if (site.next === undefined || table.metatable !== null) return setKey(table, STRING, name, t, v);
  addField(table, site.next, new TValue(t, v));
  return true;
}

function setThere(site: FieldSite, table: LuaTable, slot: number, name: ByteString, t: number, v: unknown): boolean {
  site.shape = table.shape;
  site.slot = slot;
  const field = table.fields[slot]!;
  if (field.type === NIL) return setKey(table, STRING, name, t, v);
  field.type = t;
  field.value = v;
  return true;
}

/** Sets the value of any key. @returns false where that is for the interpreter: an error, or a metamethod */
export function setKey(table: LuaTable, tk: number, vk: unknown, t: number, v: unknown): boolean {
  if (table.readonly || tk === NIL || (tk === FLOAT && Number.isNaN(vk))) return false;
  if (table.metatable !== null && methodIn(table.metatable, TM.NEWINDEX).type !== NIL) return false;
  if (tk === INTEGER) {
    const { rest } = table;
    if (vk === table.items.length + 1 && t !== NIL && (rest === undefined || rest.integers === 0)) {
      addItem(table, new TValue(t, v));
      return true;
    }
  }
  value.type = t;
  value.value = v;
  if (tk === INTEGER) setInteger(table, vk as number, value);
  else set(null as never, table, asKey(tk, vk), value);
  return true;
}

/** Sets what a constructor lists, from `n + 1` on. @param list tags and values */
export function setItems(table: LuaTable, n: number, list: readonly unknown[]): void {
  const cells: TValue[] = [];
  for (let i = 0; i < list.length; i += 2) cells.push(new TValue(list[i] as number, list[i + 1]));
  setCells(table, n, cells, 0, cells.length);
}

// ---- going through ----

/** Two slots for `next`, which works on a stack. */
const slots = { stack: [new TValue(NIL, null), new TValue(NIL, null)] };

/** The key and the value after a key. */
export function nextOf(L: LuaState, ci: CallInfo, _t: number, v: unknown, tk: number, vk: unknown): unknown {
  L.ci = ci; // it fails for a key that is not there
  const [k, found] = slots.stack as [TValue, TValue];
  k.type = tk;
  k.value = vk;
  if (!next(slots as never, v as LuaTable, 0)) {
    R.type = NIL;
    R.count = 1;
    return null;
  }
  R.type = k.type;
  R.count = 2;
  R.types[0] = found.type;
  R.values[0] = found.value;
  return k.value;
}

/** The next index of a list and the value there, as `ipairs` has them; NEEDS_FRAME where that is for its iterator. */
export function nextItem(_t: number, v: unknown, tk: number, vk: unknown): unknown {
  const table = v as LuaTable;
  const i = (vk as number) + 1;
  if (tk !== INTEGER || i > Number.MAX_SAFE_INTEGER) {
    R.type = NEEDS_FRAME;
    return null;
  }
  const found = getInteger(table, i);
  if (found.type === NIL) {
    R.type = table.metatable === null ? NIL : NEEDS_FRAME;
    R.count = 1;
    return null;
  }
  R.type = INTEGER;
  R.count = 2;
  R.types[0] = found.type;
  R.values[0] = found.value;
  return i;
}

/** The length of a string, or of a table without metatable; -1 of all else. */
export function lengthOf(t: number, v: unknown): number {
  if (t === STRING) return (v as ByteString).length;
  if (t !== TABLE) return -1;
  const table = v as LuaTable;
  if (table.metatable !== null && methodIn(table.metatable, TM.LEN).type !== NIL) return -1;
  const n = table.items.length;
  return n > 0 && table.items[n - 1]!.type !== NIL && table.rest === undefined ? n : length(table);
}
