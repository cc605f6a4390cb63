/**
 * Lua's tables: reading, writing and going through them. How one lies in memory is in table-layout.ts.
 *
 * What lies at 1, 2, 3 … is in a list; fields, which are what records and objects have, are in the order of the table's
 * shape. A table with other keys, or with more of them, has a Map of those and no fields. Nothing that is in a table
 * moves while it is only changed or taken out, so whoever goes through it may do both.
 *
 * All of them hold values, and no cells. A list whose values are of one type has its tag once, and V8 keeps its numbers
 * as such; one of several types has a tag for each item. What reads a value answers it, and leaves its tag in `found`;
 * for whoever is in no hurry there are cells, made for him.
 */

import type { ByteString } from "../../value/value.ts";
import { allocate, work } from "../meter/meter.ts";
import { newCell, nothing, type TValue } from "./cell.ts";
import { indexIsNaN, indexIsNil, invalidKeyToNext, readOnlyTable } from "./errors.ts";
import { failHere, failWithoutPlace } from "./failure.ts";
import { growing, LOOK } from "./growth.ts";
import { fromFloat, type Integer, tagOf } from "./int64.ts";
import type { Owner } from "./owner.ts";
import { Shape } from "./shape.ts";
import {
  addField,
  dropFields,
  found,
  LIST,
  LuaTable,
  MIXED,
  moreOf,
  none,
  placesFor,
  putField,
  readField,
  tagOfField,
} from "./table-layout.ts";
import { KEY, Rest, SLOTS, VALUE, VALUE_TAG } from "./table-rest.ts";
import { FLOAT, INTEGER, LIGHTUSERDATA, NIL, STRING } from "./tags.ts";

export { found, LuaTable };

// What V8 takes on 64 bits (Node 20), beside what table-layout.ts counts.
/** A value in the list, and the tag that it has where there are several. */
export const ITEM = 10;
export const ITEM_TAG = 10;
/** What a number takes beside its place, unless it is a small integer, or in a list of numbers. */
export const NUMBER = 16;
/** The Map itself with its lists, before there are many keys in it. */
export const REST = 440;
/** A key and its value in the Map, once it is as long as its keys need. */
export const ENTRY = 85;
/** The same for one that is added: the Map and the list grow by more than one at a time. */
const NEW_ENTRY = 110;

/** Fields that a table gets one by one under names that the script computes; with more it is taken for a dictionary. */
export const FEW_FIELDS = 8;

// A copy is what its original is, whatever became of other copies: lists that were written where they are needed would
// all get the kind that fits the values of any of them.
const oneInteger: unknown[] = [0];
const oneFloat: unknown[] = [0.5];
const oneValue: unknown[] = [null];

function listWith(type: number, value: unknown): unknown[] {
  allocate(LIST);
  const list = (type === INTEGER ? oneInteger : type === FLOAT ? oneFloat : oneValue).slice();
  list[0] = value;
  return list;
}

// ---- reading ----

/** A nil that was read. */
function nil(): null {
  found.type = NIL;
  return null;
}

/** The value at a key, with its tag in `found`. */
export function read(t: LuaTable, type: number, key: unknown): unknown {
  switch (type) {
    case STRING:
      return readString(t, key as ByteString);
    case INTEGER:
      return readInteger(t, key as number);
    case NIL:
      return nil();
    case FLOAT: {
      const n = key as number;
      if (Number.isSafeInteger(n)) return readInteger(t, n + 0); // a key of -0.0 is the integer 0
    }
  }
  return t.rest === undefined ? nil() : readPlace(t.rest, t.rest.placeOf(type, key));
}

export function readString(t: LuaTable, key: ByteString): unknown {
  if (t.rest !== undefined) return readPlace(t.rest, t.rest.placeOfString(key));
  const slot = t.shape.slotOf(key);
  if (slot < 0) return nil();
  return readField(t, slot);
}

export function readInteger(t: LuaTable, n: number): unknown {
  const { items } = t;
  if (n > 0 && n <= items.length) {
    const value = items[n - 1];
    const { itemTag } = t;
    found.type = itemTag === MIXED ? t.more.itemTags![n - 1]! : value === null ? NIL : itemTag;
    return value;
  }
  return t.rest === undefined ? nil() : readPlace(t.rest, t.rest.placeOfInteger(n));
}

function readPlace(rest: Rest, place: number): unknown {
  if (place < 0) return nil();
  found.type = rest.entries[place + VALUE_TAG] as number;
  return rest.entries[place + VALUE];
}

/** The tag of the item at a place of the list, counted from 0. */
export function tagOfItem(t: LuaTable, i: number): number {
  const { itemTag } = t;
  return itemTag === MIXED ? t.more.itemTags![i]! : t.items[i] === null ? NIL : itemTag;
}

const cellOf = (value: unknown): TValue => (found.type === NIL ? nothing : newCell(found.type, value));

/** The value at a key, in a cell of its own; a nil where there is none, which can't be changed. */
export const get = (t: LuaTable, key: TValue): TValue => cellOf(read(t, key.type, key.value));
export const getString = (t: LuaTable, key: ByteString): TValue => cellOf(readString(t, key));
export const getInteger = (t: LuaTable, n: number): TValue => cellOf(readInteger(t, n));

/** The values at 1, 2, 3 … as far as they go. */
export function sequence(t: LuaTable): TValue[] {
  const values: TValue[] = [];
  for (let value = getInteger(t, 1); value.type !== NIL; value = getInteger(t, values.length + 1)) values.push(value);
  return values;
}

/** The string that is the key, where there is such a key; the compiler keeps each string once. */
export function keyLike(t: LuaTable, key: ByteString): ByteString | undefined {
  if (t.rest !== undefined) {
    const place = t.rest.placeOfString(key);
    return place < 0 ? undefined : (t.rest.entries[place + KEY] as ByteString);
  }
  const slot = t.shape.slotOf(key);
  return slot < 0 ? undefined : t.shape.keys[slot]!;
}

/**
 * A border: an n that is there, or 0, while n + 1 is not. If there are several, the one that is found is that of the
 * reference implementation where the values lie in a list.
 */
export function length(t: LuaTable): number {
  const { items, rest } = t;
  const n = items.length;
  if (n > 0 && tagOfItem(t, n - 1) === NIL) {
    let there = 0;
    let beyond = n;
    while (beyond - there > 1) {
      const middle = (there + beyond) >>> 1;
      if (tagOfItem(t, middle - 1) === NIL) beyond = middle;
      else there = middle;
    }
    return there;
  }
  return rest === undefined || rest.integers === 0 ? n : rest.border(n);
}

// ---- writing ----

/** Sets the value at a key; nil takes it out. */
export function set(_L: Owner, t: LuaTable, key: TValue, value: TValue): void {
  write(t, key.type, key.value, value.type, value.value);
}

/** Sets the value at a key; nil takes it out. */
export function write(t: LuaTable, keyType: number, key: unknown, type: number, value: unknown): void {
  if (t.readonly) failHere(readOnlyTable);
  const n = key as number;
  switch (keyType) {
    case STRING:
      writeString(t, key as ByteString, type, value, FEW_FIELDS);
      break;
    case INTEGER:
      writeInteger(t, n, type, value);
      break;
    case FLOAT: {
      if (Number.isNaN(n)) failHere(indexIsNaN);
      const whole = fromFloat(n);
      if (whole === undefined) writeRest(t, FLOAT, n, type, value);
      else writeAnyInteger(t, whole, type, value);
      break;
    }
    case NIL:
      failHere(indexIsNil);
      break;
    default:
      writeRest(t, keyType, key, type, value);
  }
}

/** Of any size. */
function writeAnyInteger(t: LuaTable, i: Integer, type: number, value: unknown): void {
  if (typeof i === "number") writeInteger(t, i, type, value);
  else writeRest(t, tagOf(i), i, type, value);
}

/** @param most fields that a table may have, before it is taken for a dictionary */
export function setString(t: LuaTable, key: ByteString, value: TValue, most: number = Number.MAX_SAFE_INTEGER): void {
  writeString(t, key, value.type, value.value, most);
}

function writeString(t: LuaTable, key: ByteString, type: number, value: unknown, most: number): void {
  if (t.rest !== undefined) {
    const place = t.rest.placeOfString(key);
    if (place >= 0) t.rest.setAt(place, type, value);
    else if (type !== NIL) addToRest(t.rest, STRING, key, type, value);
    return;
  }
  const slot = t.shape.slotOf(key);
  if (slot >= 0) putField(t, slot, type, value);
  else if (type !== NIL) {
    const next = t.shape.length < most ? t.shape.with(key) : undefined;
    if (next === undefined) writeRest(t, STRING, key, type, value);
    else addField(t, next, type, value);
  }
}

export function setInteger(t: LuaTable, n: number, value: TValue): void {
  writeInteger(t, n, value.type, value.value);
}

export function writeInteger(t: LuaTable, n: number, type: number, value: unknown): void {
  const { items } = t;
  if (n > 0 && n <= items.length) {
    if (tagOfItem(t, n - 1) !== NIL) {
      if (type === NIL) moreOf(t).holes++;
    } else {
      if (type === NIL) return;
      takeType(t, type, t.filled);
      t.more.holes--;
    }
    putItem(t, n - 1, type, value);
  } else if (n === items.length + 1 && type !== NIL && !isInRest(t, n)) {
    addItem(t, type, value);
  } else if (n > items.length && n <= SPARSE * t.filled && type !== NIL && !hasIntegers(t)) {
    const places = n - items.length;
    if (places > SKIPPED_PER_STEP) work(places / SKIPPED_PER_STEP);
    allocate(ITEM * places);
    if (n % LOOK < places) beforeGrowth(t);
    for (let i = 1; i < places; i++) addPlace(t);
    push(t, type, value);
  } else writeRest(t, INTEGER, n, type, value);
}

const hasIntegers = ({ rest }: LuaTable): boolean => rest !== undefined && rest.integers > 0;
const isInRest = (t: LuaTable, n: number): boolean =>
  hasIntegers(t) && t.rest!.tagAt(t.rest!.placeOfInteger(n)) !== NIL;

// ---- the list ----
// Whenever memory or work is counted the script may be looked at, or stopped: so that is done before anything changes.

/** Writes a value to a place that the list has; whether one is there, was counted before. */
export function putItem(t: LuaTable, i: number, type: number, value: unknown): void {
  if (t.itemTag !== type) setItemTag(t, i, type);
  t.items[i] = type === NIL ? null : value;
}

/** Before a value of another type than the list's is written. */
function setItemTag(t: LuaTable, i: number, type: number): void {
  if (type !== NIL) takeType(t, type, t.filled - 1);
  if (t.itemTag === MIXED) t.more.itemTags![i] = type;
}

/** Before a value is written that is not nil. @param others how many the list has beside what that takes the place of */
function takeType(t: LuaTable, type: number, others: number): void {
  if (t.itemTag === type || t.itemTag === MIXED) return;
  if (others === 0 && type !== LIGHTUSERDATA) t.itemTag = type;
  else mix(t);
}

/** Gives each item a tag of its own. */
function mix(t: LuaTable): void {
  const { items, itemTag } = t;
  const { length } = items;
  work(length / SKIPPED_PER_STEP);
  allocate(ITEM_TAG * length);
  const tags: number[] = [];
  for (let i = 0; i < length; i++) tags.push(items[i] === null ? NIL : itemTag);
  moreOf(t).itemTags = tags;
  t.itemTag = MIXED;
}

/** A place at the end of a list that has values. */
function addPlace(t: LuaTable): void {
  const more = moreOf(t);
  t.items.push(null);
  more.holes++;
  if (t.itemTag === MIXED) more.itemTags!.push(NIL);
}

/** Adds a value that is not nil at the end. */
function push(t: LuaTable, type: number, value: unknown): void {
  if (t.itemTag === type) {
    t.items.push(value);
    return;
  }
  if (t.items === none) {
    const items = listWith(type, value);
    takeType(t, type, 0);
    if (t.itemTag === MIXED) t.more.itemTags!.push(type);
    t.items = items;
    return;
  }
  takeType(t, type, t.filled);
  if (t.itemTag === MIXED) {
    allocate(ITEM_TAG);
    t.more.itemTags!.push(type);
  }
  t.items.push(null); // which is no number: a list of numbers becomes one of any values
  t.items[t.items.length - 1] = value;
}

/** Items that fill a table without any, of these tags: a value that is nil is null. */
export function takeItems(t: LuaTable, items: unknown[], tags: number[]): void {
  const { length } = items;
  if (length === 0) return;
  let filled = 0;
  let tag = NIL;
  for (let i = 0; i < length; i++) {
    const type = tags[i]!;
    if (type === NIL) continue;
    filled++;
    if (tag === NIL) tag = type;
    else if (tag !== type) tag = MIXED;
  }
  if (tag === LIGHTUSERDATA) tag = MIXED;
  allocate(LIST + (tag === MIXED ? ITEM + ITEM_TAG : ITEM) * length);
  if (tag === MIXED) moreOf(t).itemTags = tags.slice(); // what grew has room for sixteen more
  if (filled < length) moreOf(t).holes = length - filled;
  t.items = items;
  t.itemTag = tag;
}

/** The same of values that are all of one type: not nil, and no light userdata. */
export function takeSame(t: LuaTable, items: unknown[], tag: number): void {
  const { length } = items;
  allocate(LIST + ITEM * length);
  t.items = items;
  t.itemTag = tag;
}

/** Makes room at a place of the list, and puts a value there that is not nil. */
export function insertIntoList(t: LuaTable, i: number, type: number, value: unknown): void {
  takeType(t, type, t.filled);
  allocate(t.itemTag === MIXED ? ITEM + ITEM_TAG : ITEM);
  if (t.itemTag === MIXED) t.more.itemTags!.splice(i, 0, type);
  t.items.splice(i, 0, null);
  t.items[i] = value;
}

/** Takes a value out of the list; those behind it move up, and the last place is empty. */
export function removeFromList(t: LuaTable, i: number): void {
  const { items } = t;
  const more = moreOf(t);
  if (tagOfItem(t, i) !== NIL) more.holes++;
  items.splice(i, 1);
  items.push(null);
  if (t.itemTag !== MIXED) return;
  more.itemTags!.splice(i, 1);
  more.itemTags!.push(NIL);
}

/** From so many items on, a list of which little is left is given up. */
const LONG = 64;

/** A list may grow in V8 with one of the next items; and numbers that came since the last look are counted. */
function beforeGrowth(t: LuaTable): void {
  const { items, itemTag } = t;
  growing(items.length, itemTag === MIXED ? 2 : 1);
  if (itemTag === INTEGER || itemTag === FLOAT || itemTag === MIXED) allocate(NUMBER * numbersIn(items));
}

/** How many of the last items are numbers that take more than their place, unless V8 keeps them as such. */
function numbersIn(items: readonly unknown[]): number {
  let count = 0;
  for (let i = Math.max(0, items.length - LOOK); i < items.length; i++) {
    const item = items[i];
    if (typeof item === "number" && (item | 0) !== item) count++;
  }
  return count;
}

/** Adds the item that follows the last. */
export function addItem(t: LuaTable, type: number, value: unknown): void {
  allocate(ITEM);
  const { length } = t.items;
  if ((length & (LONG - 1)) === 0 && length > 0) {
    if ((length & (length - 1)) === 0 && t.filled < length >> 2) {
      // A queue, which grows at one end and is emptied at the other.
      giveUpItems(t);
      writeRest(t, INTEGER, length + 1, type, value);
      return;
    }
    if ((length & (LOOK - 1)) === 0) beforeGrowth(t);
  }
  push(t, type, value);
  if (hasIntegers(t)) takeFollowing(t, t.rest!);
}

/** What follows the last item, and lies in the Map since it came too early. */
function takeFollowing(t: LuaTable, rest: Rest): void {
  for (let n = t.items.length + 1; rest.integers > 0; n++) {
    const place = rest.placeOfInteger(n);
    const type = rest.tagAt(place);
    if (type === NIL) break;
    push(t, type, rest.entries[place + VALUE]);
    rest.forget(place);
    if (n % MANY === 0) work(MANY);
  }
  if (rest.live === 0) dropRest(t);
}

function dropRest(t: LuaTable): void {
  moreOf(t).rest = undefined;
  t.shape = Shape.noKeys;
}

/** Of so many places, one is in use at least, or they are not worth a list. */
const SPARSE = 4;

/** Each time that there are twice as many keys, so that a look costs each key no more than a step or two. */
const isTimeToGather = ({ items }: LuaTable, { count: length, integers }: Rest): boolean =>
  length >= 4 && (length & (length - 1)) === 0 && 2 * integers >= length && 8 * integers >= items.length;

/**
 * Values that did not come in order may fill a list nonetheless: the longest of which a quarter is in use, as the
 * reference implementation has it with a half (ltable.c, `computesizes`).
 */
function gatherItems(t: LuaTable, rest: Rest): void {
  work(rest.count / SKIPPED_PER_STEP);
  const upTo = rest.integersByPower();
  let size = 0;
  let count = t.filled;
  for (let power = 0; power < 31; power++) {
    count += upTo[power]!;
    if (2 ** power > t.items.length && count > 2 ** power / SPARSE) size = 2 ** power;
  }
  if (size === 0) return;
  work(size / SKIPPED_PER_STEP);
  // … and no further than to the last of them.
  let last = size;
  while (last > t.items.length && rest.tagAt(rest.placeOfInteger(last)) === NIL) last--;
  allocate(ITEM * (last - t.items.length));
  for (let n = t.items.length + 1; n <= last; n++) {
    const place = rest.placeOfInteger(n);
    const type = rest.tagAt(place);
    if (type === NIL) {
      if (t.items === none) {
        const items = listWith(NIL, null);
        moreOf(t).holes = 1;
        t.items = items;
      } else addPlace(t);
      continue;
    }
    push(t, type, rest.entries[place + VALUE]);
    rest.forget(place);
  }
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
  if (n > 0 || t.items !== none || t.rest !== undefined) {
    const list: unknown[] = [];
    for (let i = at; i < at + count; i++) list.push(stack[i]!.type, stack[i]!.value);
    appendItems(t, n, list);
    return;
  }
  const items = placesFor(count);
  const tags: number[] = [];
  for (let i = 0; i < count; i++) {
    const { type, value } = stack[at + i]!;
    tags.push(type);
    if (type !== NIL) items[i] = value;
  }
  takeItems(t, items, tags);
}

/** The same, of what is not the first that is listed. @param list tags and values */
export function appendItems(t: LuaTable, n: number, list: readonly unknown[]): void {
  const isList = t.items.length === n && n > 0 && t.rest === undefined;
  if (isList) allocate((ITEM * list.length) / 2);
  for (let i = 0; i < list.length; i += 2) {
    const type = list[i] as number;
    if (!isList) writeInteger(t, n + (i >> 1) + 1, type, list[i + 1]);
    else if (type === NIL) addPlace(t);
    else push(t, type, list[i + 1]);
  }
}

function giveUpItems(t: LuaTable): void {
  const rest = restOf(t);
  const { items } = t;
  for (let i = 0; i < items.length; i++) {
    const type = tagOfItem(t, i);
    if (type !== NIL) rest.add(INTEGER, i + 1, type, items[i]);
  }
  const more = moreOf(t);
  more.itemTags = undefined;
  more.holes = 0;
  t.items = none;
  t.itemTag = NIL;
  work(items.length);
}

/** The table's Map, to which it changes for good if it had fields. */
function restOf(t: LuaTable): Rest {
  if (t.rest !== undefined) return t.rest;
  allocate(REST);
  const more = moreOf(t);
  const rest = new Rest();
  const { shape } = t;
  for (let i = 0; i < shape.length; i++) {
    const type = tagOfField(t, i);
    if (type === NIL) continue;
    const key = shape.keys[i]!;
    rest.add(STRING, key, type, readField(t, i));
  }
  dropFields(t, Shape.dictionary);
  more.rest = rest;
  return rest;
}

/** A table that is to get many keys has a Map from the start: as fields, the first of them would be moved there later. */
export function expectKeys(t: LuaTable): void {
  restOf(t);
}

function writeRest(t: LuaTable, keyType: number, key: unknown, type: number, value: unknown): void {
  if (t.rest === undefined && type === NIL) return;
  const rest = restOf(t);
  const place = rest.placeOf(keyType, key);
  if (place >= 0) rest.setAt(place, type, value);
  if (place >= 0 || type === NIL) return;
  addToRest(rest, keyType, key, type, value);
  if (keyType === INTEGER && isTimeToGather(t, rest)) gatherItems(t, rest);
}

function addToRest(rest: Rest, keyType: number, key: unknown, type: number, value: unknown): void {
  allocate(NEW_ENTRY);
  rest.makeRoom();
  rest.add(keyType, key, type, value);
}

// ---- going through ----

/** Steps that go past what was taken out, in the time of one instruction. */
const SKIPPED_PER_STEP = 16;

/** What `next` came to: a key and its value. */
export const entry: { keyType: number; key: unknown; type: number; value: unknown } = {
  keyType: NIL,
  key: null,
  type: NIL,
  value: null,
};

/** Puts what follows a key into `entry`. @returns whether anything does */
export function nextEntry(t: LuaTable, keyType: number, key: unknown): boolean {
  const { items, shape, rest } = t;
  const from = placeAfter(t, keyType, key);
  const count = items.length;
  let i = from;
  for (; i < count; i++) {
    const type = tagOfItem(t, i);
    if (type === NIL) continue;
    entry.keyType = INTEGER;
    entry.key = i + 1;
    entry.type = type;
    entry.value = items[i];
    break;
  }
  let isThere = i < count;
  if (isThere) {
    // an item
  } else if (rest === undefined) {
    const end = count + shape.length;
    for (; i < end; i++) {
      const type = tagOfField(t, i - count);
      if (type === NIL) continue;
      entry.keyType = STRING;
      entry.key = shape.keys[i - count]!;
      entry.type = type;
      entry.value = readField(t, i - count);
      isThere = true;
      break;
    }
  } else {
    const { entries } = rest;
    const end = count + rest.count;
    const isFromStart = i === count;
    if (isFromStart) i += rest.first / SLOTS;
    for (; i < end; i++) {
      const place = SLOTS * (i - count);
      if (entries[place + VALUE_TAG] === NIL) continue;
      rest.cursor = place;
      entry.keyType = entries[place] as number;
      entry.key = entries[place + KEY];
      entry.type = entries[place + VALUE_TAG] as number;
      entry.value = entries[place + VALUE];
      isThere = true;
      break;
    }
    if (isFromStart) rest.first = SLOTS * (i - count);
  }
  if (i - from > SKIPPED_PER_STEP) work((i - from) / SKIPPED_PER_STEP);
  return isThere;
}

/** Writes what follows the key at this place of the stack there, key and value. @returns whether anything does */
export function next(L: Owner, t: LuaTable, at: number): boolean {
  const key = L.stack[at]!;
  if (!nextEntry(t, key.type, key.value)) return false;
  const value = L.stack[at + 1]!;
  key.type = entry.keyType;
  key.value = entry.key;
  value.type = entry.type;
  value.value = entry.value;
  return true;
}

/** Where a traversal goes on: items come first, then fields or what is in the Map. */
function placeAfter(t: LuaTable, type: number, key: unknown): number {
  if (type === NIL) return 0;
  const { items, rest } = t;
  const n = key as number;
  if ((type === INTEGER || type === FLOAT) && (n | 0) === n && n > 0 && n <= items.length) return n;
  if (rest === undefined) {
    const slot = type === STRING ? t.shape.slotOf(key as ByteString) : -1;
    return slot < 0 ? invalidKey() : items.length + slot + 1;
  }
  const place = rest.placeOfKey(type, key);
  if (place >= 0) return items.length + place / SLOTS + 1;
  // What was taken out last is forgotten when nothing is left.
  return rest.count === 0 ? items.length : invalidKey();
}

const invalidKey = (): never => failWithoutPlace(invalidKeyToNext);

/** Keys and values but the first `count` items, in the order in which a script finds them. */
export function forEachAfter(t: LuaTable, count: number, visit: (key: TValue, value: TValue) => void): void {
  const { items, shape, rest } = t;
  for (let i = count; i < items.length; i++) {
    const type = tagOfItem(t, i);
    if (type !== NIL) visit(newCell(INTEGER, i + 1), newCell(type, items[i]));
  }
  for (let i = 0; i < shape.length; i++) {
    const type = tagOfField(t, i);
    if (type !== NIL) visit(newCell(STRING, shape.keys[i]!), newCell(type, readField(t, i)));
  }
  if (rest === undefined) return;
  const { entries } = rest;
  for (let i = 0; i < entries.length; i += SLOTS) {
    const type = entries[i + VALUE_TAG] as number;
    const key = newCell(entries[i] as number, entries[i + KEY]);
    if (type !== NIL && !isAmong(key, count)) visit(key, newCell(type, entries[i + VALUE]));
  }
}

/** Whether a key is one of the integers from 1 to `count`. */
const isAmong = ({ type, value }: TValue, count: number): boolean =>
  type === INTEGER && (value as number) >= 1 && (value as number) <= count;
