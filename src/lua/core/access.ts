/** `t[k]` and `t[k] = v`, with metamethods; and the places where an instruction found its key last. */
import type { ByteString } from "../../value/value.ts";
import { work } from "../meter/meter.ts";
import { nothing, type TValue } from "../vm/cell.ts";
import {
  addItem,
  FEW_FIELDS,
  found,
  type LuaTable,
  putItem,
  read,
  readString,
  set,
  tagOfItem,
} from "../vm/lua-table.ts";
import { LONGEST_KEY } from "../vm/shape.ts";
import { addField, putField, readField, tagOfField } from "../vm/table-layout.ts";
import type { LuaState } from "../vm/thread.ts";
import { INTEGER, NIL, STRING, TABLE } from "../vm/types.ts";
import { Site } from "./decode.ts";
import { indexChainTooLong, newindexChainTooLong, operationError, runError } from "./errors.ts";
import { callForEffect, callMetamethod } from "./metamethods.ts";
import { metatableOf, methodIn, TM } from "./metatables.ts";

/** Metatables that are followed from one to the next. */
const LONGEST_CHAIN = 2000;
/** Links of a chain that are followed in the time of one instruction. */
const LINKS_PER_STEP = 16;

// ---- reading ----

/** The value of a string key, by the place where the instruction found it last; with its tag in `found`. */
export function fieldAt(site: Site, table: LuaTable, key: ByteString): unknown {
  if (table.rest !== undefined) return readString(table, key);
  if (table.shape !== site.shape || key !== site.key) remember(site, table, key);
  const { at } = site;
  if (at < 0) {
    found.type = NIL;
    return null;
  }
  return readField(table, at);
}

function remember(site: Site, { shape }: LuaTable, key: ByteString): void {
  site.shape = shape;
  site.key = key.length > LONGEST_KEY ? undefined : key; // code lives longer than scripts; a shape has no long keys
  site.at = shape.slotOf(key);
  site.next = undefined;
}

/** Reads `t[key]` into a cell. @returns false when it is suspended in a metamethod */
export function index(L: LuaState, t: TValue, key: TValue, to: TValue, site?: Site): boolean {
  let from = t;
  for (let n = 0; n < LONGEST_CHAIN; n++) {
    let method: TValue;
    if (from.type === TABLE) {
      const table = from.value as LuaTable;
      const value =
        n === 0 || site === undefined || key.type !== STRING
          ? read(table, key.type, key.value)
          : inherited(site, table, key);
      if (found.type !== NIL || table.metatable === null) {
        to.type = found.type;
        to.value = value;
        return true;
      }
      method = methodIn(table.metatable, TM.INDEX);
      if (method.type === NIL) {
        to.type = NIL;
        to.value = null;
        return true;
      }
    } else {
      const metatable = metatableOf(L, from.type, from.value);
      method = metatable === null ? nothing : methodIn(metatable, TM.INDEX);
      if (method.type === NIL) operationError(L, from, "index");
    }
    if ((method.type & 0x0f) === 6) return callMetamethod(L, method, from, key, to);
    from = method;
    if (n % LINKS_PER_STEP === LINKS_PER_STEP - 1) work(1);
  }
  return runError(L, indexChainTooLong);
}

/** A string key of a table that is some `__index`. */
function inherited(site: Site, table: LuaTable, key: TValue): unknown {
  site.home ??= new Site();
  return fieldAt(site.home, table, key.value as ByteString);
}

// ---- writing ----

/** Sets `t[key]`. @returns false when it is suspended in a metamethod */
export function setIndex(L: LuaState, t: TValue, key: TValue, value: TValue): boolean {
  let from = t;
  for (let n = 0; n < LONGEST_CHAIN; n++) {
    let method: TValue;
    if (from.type === TABLE) {
      const table = from.value as LuaTable;
      const { metatable } = table;
      method = nothing;
      if (metatable !== null && !isThere(table, key)) method = methodIn(metatable, TM.NEWINDEX);
      if (method.type === NIL) {
        set(L, table, key, value);
        return true;
      }
    } else {
      const metatable = metatableOf(L, from.type, from.value);
      method = metatable === null ? nothing : methodIn(metatable, TM.NEWINDEX);
      if (method.type === NIL) operationError(L, from, "index");
    }
    if ((method.type & 0x0f) === 6) return callForEffect(L, method, from, key, value);
    from = method;
    if (n % LINKS_PER_STEP === LINKS_PER_STEP - 1) work(1);
  }
  return runError(L, newindexChainTooLong);
}

function isThere(table: LuaTable, key: TValue): boolean {
  read(table, key.type, key.value);
  return found.type !== NIL;
}

/**
 * Sets `t[key]` where it takes no more than that.
 * @param isConstant whether the key is a constant of the code: tables get fields of such names for long
 * @returns false where it takes more
 */
export function setAt(site: Site, table: LuaTable, key: TValue, value: TValue, isConstant: boolean): boolean {
  if (table.readonly || value.type === NIL) return false;
  if (key.type === STRING) return setField(site, table, key.value as ByteString, value, isConstant);
  if (key.type !== INTEGER) return false;
  const { items } = table;
  const n = key.value as number;
  if (n > 0 && n <= items.length) {
    if (tagOfItem(table, n - 1) === NIL) return false;
    putItem(table, n - 1, value.type, value.value);
    return true;
  }
  if (n !== items.length + 1 || table.metatable !== null) return false;
  if (table.rest !== undefined && table.rest.integers !== 0) return false;
  addItem(table, value.type, value.value);
  return true;
}

function setField(site: Site, table: LuaTable, key: ByteString, value: TValue, isConstant: boolean): boolean {
  const { shape } = table;
  if (shape !== site.shape || key !== site.key) {
    if (table.rest !== undefined) return false;
    remember(site, table, key);
    if (site.at < 0 && (isConstant || shape.length < FEW_FIELDS)) site.next = shape.with(key);
  }
  if (site.at < 0) {
    if (site.next === undefined || table.metatable !== null) return false;
    addField(table, site.next, value.type, value.value);
    return true;
  }
  if (tagOfField(table, site.at) === NIL) return false;
  putField(table, site.at, value.type, value.value);
  return true;
}
