/**
 * Lua's tables.
 *
 * What lies at 1, 2, 3 … is in a list; fields, which are what records and objects have, are in a second one, in the
 * order of the table's shape. A table with other keys, or with more of them, has a Map of those and no fields. Nothing
 * that is in a table moves while it is only changed or taken out, so whoever goes through it may do both.
 */
import type { ByteString } from "../../value/value.ts";
import { allocate, work } from "../meter/meter.ts";
import type { TValue } from "./cell.ts";
import { newCell, nothing } from "./cell.ts";
import { failHere } from "./failure.ts";
import { fromFloat, hashOfInt64, type Integer, tagOf } from "./int64.ts";
import type { Owner } from "./owner.ts";
import { Shape } from "./shape.ts";
import { hashOfString } from "./string-hash.ts";
import { hashOf, Rest } from "./table-rest.ts";
import { FLOAT, INTEGER, NIL, STRING } from "./tags.ts";

// What V8 takes on 64 bits (Node 20); bench/memory.mjs compares the sum with what a process grows by.
/** The table itself. */
export const TABLE_RECORD = 150;
/** A value in the list, and one among the fields. */
export const ITEM = 60;
export const FIELD = 60;
/** A key and its value in the Map. */
export const ENTRY = 170;

/** Fields that a table gets one by one under names that the script computes; with more it is taken for a dictionary. */
export const FEW_FIELDS = 8;

/** An empty list that nobody adds to: a table gets one of its own with the first value. */
const none: TValue[] = [];

/** Lists of so many places, to be copied: V8 makes a list by `new Array` that has holes, and is slower. */
const blanks: TValue[][] = [];

/** A list with so many places, to be filled. */
export function placesFor(count: number): TValue[] {
  if (count === 0) return none;
  if (count > MOST_BLANKS) {
    const list: TValue[] = [];
    for (let i = 0; i < count; i++) list.push(nothing);
    return list;
  }
  let blank = blanks[count];
  if (blank === undefined) {
    blank = [];
    for (let i = 0; i < count; i++) blank.push(nothing);
    blanks[count] = blank;
  }
  return blank.slice();
}
const MOST_BLANKS = 64;

export class LuaTable {
  readonly id: number;
  metatable: LuaTable | null = null;
  /** Which metamethods are known not to be in it, a bit each (core/metatables.ts). */
  flags = ~0;
  /** No write gets through. */
  readonly = false;
  /** Of a read-only metatable: its `__index`. */
  index: TValue | undefined = undefined;
  /** The values at 1, 2, 3 …; nil where there is none. */
  items: TValue[] = none;
  /** How many of the items are not nil. */
  filled = 0;
  /** The names of the fields. */
  shape: Shape = Shape.noKeys;
  /** The fields, in the order of the shape, and room for more. One that was taken out is nil. */
  fields: TValue[] = none;
  /** How many of the fields are not nil. */
  named = 0;
  /** All but the items, where they are no fields. */
  rest: Rest | undefined = undefined;

  constructor(L: Owner) {
    allocate(TABLE_RECORD);
    this.id = L.l_G.id_counter++;
  }

  /** How many keys have a value. */
  get size(): number {
    return this.filled + this.named + (this.rest === undefined ? 0 : this.rest.live);
  }
}

// ---- reading ----

/** The value at a key; a nil where there is none. Whoever gets it only reads it. */
export function get(t: LuaTable, key: TValue): TValue {
  switch (key.type) {
    case STRING:
      return getString(t, key.value as ByteString);
    case INTEGER:
      return getInteger(t, key.value as number);
    case NIL:
      return nothing;
    case FLOAT: {
      const n = key.value as number;
      if (Number.isSafeInteger(n)) return getInteger(t, n + 0); // a key of -0.0 is the integer 0
    }
  }
  return t.rest === undefined ? nothing : t.rest.get(hashOf(key));
}

export function getString(t: LuaTable, key: ByteString): TValue {
  if (t.rest !== undefined) return t.rest.get(hashOfString(key));
  const slot = t.shape.slotOf(key);
  return slot < 0 ? nothing : t.fields[slot]!;
}

export function getInteger(t: LuaTable, n: number): TValue {
  if (n > 0 && n <= t.items.length) return t.items[n - 1]!;
  return t.rest === undefined ? nothing : t.rest.get(n);
}

/** The values at 1, 2, 3 … as far as they go. */
export function sequence(t: LuaTable): TValue[] {
  const values: TValue[] = [];
  for (let value = getInteger(t, 1); value.type !== NIL; value = getInteger(t, values.length + 1)) values.push(value);
  return values;
}

/** The string that is the key, where there is such a key; the compiler keeps each string once. */
export function keyLike(t: LuaTable, key: ByteString): ByteString | undefined {
  if (t.rest !== undefined) return t.rest.key(hashOfString(key))?.value as ByteString | undefined;
  const slot = t.shape.slotOf(key);
  return slot < 0 ? undefined : t.shape.keys[slot]!;
}

/**
 * A border: an n that is there, or 0, while n + 1 is not. If there are several, the one that is found is that of the
 * reference implementation where the values lie in a list.
 */
export function length({ items, rest }: LuaTable): number {
  const n = items.length;
  if (n > 0 && items[n - 1]!.type === NIL) {
    let there = 0;
    let beyond = n;
    while (beyond - there > 1) {
      const middle = (there + beyond) >>> 1;
      if (items[middle - 1]!.type === NIL) beyond = middle;
      else there = middle;
    }
    return there;
  }
  return rest === undefined || rest.integers === 0 ? n : rest.border(n);
}

// ---- writing ----

/** Sets the value at a key; nil takes it out. */
export function set(_L: Owner, t: LuaTable, key: TValue, value: TValue): void {
  if (t.readonly) failHere("attempt to modify a read-only table");
  const n = key.value as number;
  switch (key.type) {
    case STRING:
      setString(t, key.value as ByteString, value, FEW_FIELDS);
      break;
    case INTEGER:
      setInteger(t, n, value);
      break;
    case FLOAT: {
      if (Number.isNaN(n)) failHere("table index is NaN");
      const whole = fromFloat(n);
      if (whole === undefined) setInRest(t, n, FLOAT, n, value);
      else setAnyInteger(t, whole, value);
      break;
    }
    case NIL:
      failHere("table index is nil");
      break;
    default:
      setInRest(t, hashOf(key), key.type, key.value, value);
  }
}

/** Of any size. */
function setAnyInteger(t: LuaTable, i: Integer, value: TValue): void {
  if (typeof i === "number") setInteger(t, i, value);
  else setInRest(t, hashOfInt64(i), tagOf(i), i, value);
}

/** @param most fields that a table may have, before it is taken for a dictionary */
export function setString(t: LuaTable, key: ByteString, value: TValue, most: number = Number.MAX_SAFE_INTEGER): void {
  t.flags = 0;
  if (t.rest !== undefined) {
    setInRest(t, hashOfString(key), STRING, key, value);
    return;
  }
  const slot = t.shape.slotOf(key);
  if (slot >= 0) {
    const field = t.fields[slot]!;
    if (field.type !== NIL) {
      if (value.type === NIL) t.named--;
      field.setfrom(value);
    } else if (value.type !== NIL) {
      t.named++;
      field.setfrom(value);
    }
  } else if (value.type !== NIL) {
    const next = t.shape.length < most ? t.shape.with(key) : undefined;
    if (next === undefined) setInRest(t, hashOfString(key), STRING, key, value);
    else addField(t, next, newCell(value.type, value.value));
  }
}

/** @param shape that of the table with the field's name added */
export function addField(t: LuaTable, shape: Shape, value: TValue): void {
  allocate(FIELD);
  const slot = t.shape.length;
  if (slot === t.fields.length) t.fields = withRoom(t.fields);
  t.fields[slot] = value;
  t.shape = shape;
  t.named++;
  t.flags = 0;
}

/** The same places and as many again. V8 would make room for sixteen more at once. */
function withRoom(list: readonly TValue[]): TValue[] {
  const room = placesFor(Math.max(4, 2 * list.length));
  for (let i = 0; i < list.length; i++) room[i] = list[i]!;
  return room;
}

export function setInteger(t: LuaTable, n: number, value: TValue): void {
  const { items } = t;
  if (n > 0 && n <= items.length) {
    const item = items[n - 1]!;
    if (item.type !== NIL) {
      if (value.type === NIL) t.filled--;
      item.setfrom(value);
    } else if (value.type !== NIL) {
      t.filled++;
      if (item !== nothing) item.setfrom(value);
      else {
        allocate(ITEM);
        items[n - 1] = newCell(value.type, value.value);
      }
    }
  } else if (n === items.length + 1 && value.type !== NIL && !isInRest(t, n)) {
    addItem(t, newCell(value.type, value.value));
  } else if (n > items.length && n <= SPARSE * t.filled && value.type !== NIL && !hasIntegers(t)) {
    work((n - items.length) / SKIPPED_PER_STEP);
    while (items.length < n - 1) items.push(nothing);
    addItem(t, newCell(value.type, value.value));
  } else setInRest(t, n, INTEGER, n, value);
}

const hasIntegers = ({ rest }: LuaTable): boolean => rest !== undefined && rest.integers > 0;
const isInRest = (t: LuaTable, n: number): boolean => hasIntegers(t) && t.rest!.get(n).type !== NIL;

/** From so many items on, a list of which little is left is given up. */
const LONG = 64;

/** Adds the item that follows the last. */
export function addItem(t: LuaTable, value: TValue): void {
  allocate(ITEM);
  const { length } = t.items;
  if (length >= LONG && (length & (length - 1)) === 0 && t.filled < length >> 2) {
    // A queue, which grows at one end and is emptied at the other.
    giveUpItems(t);
    setInRest(t, length + 1, INTEGER, length + 1, value);
    return;
  }
  if (length === 0) t.items = [value];
  else t.items.push(value);
  t.filled++;
  if (hasIntegers(t)) takeFollowing(t, t.rest!);
}

/** Fills a table that is empty with values that nobody else has. */
export function addItems(t: LuaTable, values: TValue[]): void {
  if (values.length === 0) return;
  allocate(ITEM * values.length);
  t.items = values;
  t.filled = values.reduce((sum, value) => (value.type === NIL ? sum : sum + 1), 0);
}

/** What follows the last item, and lies in the Map since it came too early. */
function takeFollowing(t: LuaTable, rest: Rest): void {
  for (let n = t.items.length + 1; rest.integers > 0; n++) {
    const value = rest.takeOut(n);
    if (value === undefined) break;
    t.items.push(value);
    t.filled++;
    if (n % MANY === 0) work(MANY);
  }
  if (rest.live === 0) dropRest(t);
}

function dropRest(t: LuaTable): void {
  t.rest = undefined;
  t.shape = Shape.noKeys;
}

/** Of so many places, one is in use at least, or they are not worth a list. */
const SPARSE = 4;

/** Each time that there are twice as many keys, so that a look costs each key no more than a step or two. */
const isTimeToGather = ({ items }: LuaTable, { keys: { length }, integers }: Rest): boolean =>
  length >= 4 && (length & (length - 1)) === 0 && 2 * integers >= length && 8 * integers >= items.length;

/**
 * Values that did not come in order may fill a list nonetheless: the longest of which a quarter is in use, as the
 * reference implementation has it with a half (ltable.c, `computesizes`).
 */
function gatherItems(t: LuaTable, rest: Rest): void {
  work(rest.keys.length / SKIPPED_PER_STEP);
  const upTo = rest.integersByPower();
  let size = 0;
  let count = t.filled;
  for (let power = 0; power < 31; power++) {
    count += upTo[power]!;
    if (2 ** power > t.items.length && count > 2 ** power / SPARSE) size = 2 ** power;
  }
  if (size === 0) return;
  work(size / SKIPPED_PER_STEP);
  if (t.items === none) t.items = [];
  const before = t.items.length;
  while (t.items.length < size) t.items.push(nothing);
  for (let n = before + 1; n <= size && rest.integers > 0; n++) {
    const value = rest.takeOut(n);
    if (value === undefined) continue;
    t.items[n - 1] = value;
    t.filled++;
  }
  // … and no further than to the last of them.
  while (t.items.at(-1) === nothing) t.items.pop();
  if (rest.live === 0) dropRest(t);
  else rest.clearAway();
}

/** So much is done before the time is looked at. */
const MANY = 1024;

/**
 * Sets `count` values from `n + 1` on, which lie on the stack: what a constructor lists. A nil among them takes a place,
 * as in the reference implementation.
 */
export function setItems(t: LuaTable, n: number, stack: readonly TValue[], at: number, count: number): void {
  if (t.items.length !== n || t.rest !== undefined) {
    for (let i = 0; i < count; i++) setInteger(t, n + i + 1, stack[at + i]!);
    return;
  }
  allocate(ITEM * count);
  if (n === 0) t.items = placesFor(count);
  for (let i = 0; i < count; i++) {
    const { type, value } = stack[at + i]!;
    if (type !== NIL) t.filled++;
    const item = newCell(type, value);
    if (n === 0) t.items[i] = item;
    else t.items.push(item);
  }
}

function giveUpItems(t: LuaTable): void {
  const rest = restOf(t);
  const { items } = t;
  t.items = none;
  t.filled = 0;
  for (let i = 0; i < items.length; i++) {
    const value = items[i]!;
    if (value.type !== NIL) rest.add(i + 1, newCell(INTEGER, i + 1), value);
  }
  work(items.length);
}

/** The table's Map, to which it changes for good if it had fields. */
function restOf(t: LuaTable): Rest {
  if (t.rest !== undefined) return t.rest;
  const rest = new Rest();
  const { shape, fields } = t;
  for (let i = 0; i < shape.length; i++) {
    if (fields[i]!.type === NIL) continue;
    const key = shape.keys[i]!;
    rest.add(key.binary, newCell(STRING, key), fields[i]!);
  }
  t.shape = Shape.dictionary;
  t.fields = none;
  t.named = 0;
  t.rest = rest;
  return rest;
}

/** @param hash what the key, of this type, is found by */
function setInRest(t: LuaTable, hash: unknown, type: number, key: unknown, value: TValue): void {
  if (t.rest === undefined && value.type === NIL) return;
  const rest = restOf(t);
  if (rest.replace(hash, value) || value.type === NIL) return;
  allocate(ENTRY);
  rest.makeRoom();
  rest.add(hash, newCell(type, key), newCell(value.type, value.value));
  if (type === INTEGER && isTimeToGather(t, rest)) gatherItems(t, rest);
}

// ---- going through ----

/** Steps that go past what was taken out, in the time of one instruction. */
const SKIPPED_PER_STEP = 16;

/** Writes what follows the key at this place of the stack there, key and value. @returns whether anything does */
export function next(L: Owner, t: LuaTable, at: number): boolean {
  const key = L.stack[at]!;
  const { items, shape, fields, rest } = t;
  const from = placeAfter(t, key);
  const count = items.length;
  let i = from;
  let value = nothing;
  for (; i < count; i++) {
    value = items[i]!;
    if (value.type === NIL) continue;
    key.type = INTEGER;
    key.value = i + 1;
    break;
  }
  if (i < count) {
    // an item
  } else if (rest === undefined) {
    const end = count + shape.length;
    for (; i < end; i++) {
      value = fields[i - count]!;
      if (value.type === NIL) continue;
      key.type = STRING;
      key.value = shape.keys[i - count]!;
      break;
    }
    if (i === end) value = nothing;
  } else {
    const end = count + rest.keys.length;
    const isFromStart = i === count;
    if (isFromStart) i += rest.first;
    for (; i < end; i++) {
      value = rest.values[i - count]!;
      if (value.type === NIL) continue;
      rest.cursor = i - count;
      key.setfrom(rest.keys[i - count]!);
      break;
    }
    if (isFromStart) rest.first = i - count;
    if (i === end) value = nothing;
  }
  if (i - from > SKIPPED_PER_STEP) work((i - from) / SKIPPED_PER_STEP);
  if (value === nothing) return false;
  L.stack[at + 1]!.setfrom(value);
  return true;
}

/** Where a traversal goes on: items come first, then fields or what is in the Map. */
function placeAfter(t: LuaTable, key: TValue): number {
  if (key.type === NIL) return 0;
  const { items, rest } = t;
  const n = key.value as number;
  if ((key.type === INTEGER || key.type === FLOAT) && (n | 0) === n && n > 0 && n <= items.length) return n;
  if (rest === undefined) {
    const slot = key.type === STRING ? t.shape.slotOf(key.value as ByteString) : -1;
    return slot < 0 ? invalidKey() : items.length + slot + 1;
  }
  const place = rest.placeOf(key);
  if (place !== undefined) return items.length + place + 1;
  // What was taken out last is forgotten when nothing is left.
  return rest.keys.length === 0 ? items.length : invalidKey();
}

const invalidKey = (): never => failHere("invalid key to 'next'");

/** Keys and values but the first `count` items, in the order in which a script finds them. */
export function forEachAfter(t: LuaTable, count: number, visit: (key: TValue, value: TValue) => void): void {
  const { items, shape, fields, rest } = t;
  for (let i = count; i < items.length; i++) {
    if (items[i]!.type !== NIL) visit(newCell(INTEGER, i + 1), items[i]!);
  }
  for (let i = 0; i < shape.length; i++) {
    if (fields[i]!.type !== NIL) visit(newCell(STRING, shape.keys[i]!), fields[i]!);
  }
  if (rest === undefined) return;
  const { keys, values } = rest;
  for (let i = 0; i < keys.length; i++) {
    if (values[i]!.type !== NIL && !isAmong(keys[i]!, count)) visit(keys[i]!, values[i]!);
  }
}

/** Whether a key is one of the integers from 1 to `count`. */
const isAmong = ({ type, value }: TValue, count: number): boolean =>
  type === INTEGER && (value as number) >= 1 && (value as number) <= count;
