/**
 * How a table lies in memory: an object of nine fields, 96 bytes on 64 bits. Its first four Lua fields are JavaScript
 * fields of it, and their tags stand in one number with that of the list; more fields lie in an array. All that most
 * tables do without is in a second object, which tables that have nothing in it but the same metatable share.
 */
import { allocate } from "../meter/meter.ts";
import type { TValue } from "./cell.ts";
import type { Owner } from "./owner.ts";
import { Shape } from "./shape.ts";
import type { Rest } from "./table-rest.ts";
import { NIL } from "./tags.ts";

// What V8 takes on 64 bits (Node 20); bench/memory.mjs compares the sum with what a process grows by.
/** The table itself, with its first fields. */
export const TABLE_RECORD = 96;
/** What it has beyond that: a Map, tags of items, nils among them, a metatable beside any of these. */
export const MORE = 72;
/** Of a metatable: what tables with it share. */
export const AS_METATABLE = 112;
/** A list of items, or of fields, as soon as there is one. */
export const LIST = 48;
/** A place for a field that is not among the first, with its tag. */
export const FIELD = 16;

/** The tag of a list of several types; no type has it. */
export const MIXED = 63;

/** Fields that lie in the table itself. */
export const FIRST_FIELDS = 4;
/**
 * In `tags`: six bits for the list, from the lowest on, and six for each of the first fields; the sign, where the table is
 * read-only. So it stays a small integer of V8's, and one comparison tells that a write of the same type is allowed.
 */
const BITS = 6;
const TAG = 63;
const READ_ONLY = 1 << 31;
/** The tag of the list, and none where the table is read-only. */
export const ITEM_TAG_AND_SIGN: number = TAG | READ_ONLY;

/** Where the tag of one of the first fields is in `tags`. */
export const shiftOf = (place: number): number => BITS * place + BITS;

/** An empty list that nobody adds to: a table gets one of its own with the first value. */
export const none: unknown[] = [];

/** Lists of so many places, to be copied: V8 makes a list by `new Array` that has holes, and is slower. */
const blanks: unknown[][] = [];
const MOST_BLANKS = 64;

/** A list with so many places, to be filled. */
export function placesFor(count: number): unknown[] {
  if (count === 0) return none;
  if (count > MOST_BLANKS) {
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(null);
    return list;
  }
  let blank = blanks[count];
  if (blank === undefined) {
    blank = [];
    for (let i = 0; i < count; i++) blank.push(null);
    blanks[count] = blank;
  }
  return blank.slice();
}

/** Of a table that is a metatable. */
interface AsMetatable {
  /** Its `__index`, where it is read-only and has one. */
  index: TValue | undefined;
  /** What the tables share that have nothing else. */
  readonly more: More;
}

/** What most tables do without. */
export class More {
  metatable: LuaTable | null;
  /** Whether it serves several tables: none of them may write to it. */
  readonly isShared: boolean;
  /** All but the items, where they are not fields. */
  rest: Rest | undefined = undefined;
  /** The tag of each item, where they are of several types. */
  itemTags: number[] | undefined = undefined;
  /** How many of the items are nil. */
  holes = 0;
  asMetatable: AsMetatable | undefined = undefined;

  constructor(metatable: LuaTable | null, isShared: boolean) {
    this.metatable = metatable;
    this.isShared = isShared;
  }
}

/** Of tables that have no more. */
export const nothingMore: More = new More(null, true);

export class LuaTable {
  /** The names of the fields. */
  shape: Shape = Shape.noKeys;
  /** The tags of the list and of the first fields. */
  tags = NIL;
  /** The first fields, in the order of the shape. One that was taken out is nil. */
  f0: unknown = null;
  f1: unknown = null;
  f2: unknown = null;
  f3: unknown = null;
  /** The others, and room for more: a tag and a value each. */
  fields: unknown[] = none;
  /** The values at 1, 2, 3 …; null where there is none. */
  items: unknown[] = none;
  more: More = nothingMore;

  constructor(L: Owner) {
    allocate(TABLE_RECORD);
    L.l_G.id_counter++;
  }

  /** The type of all items that are there, or MIXED; any as long as there is none. */
  get itemTag(): number {
    return this.tags & TAG;
  }

  set itemTag(tag: number) {
    this.tags = (this.tags & ~TAG) | tag;
  }

  get metatable(): LuaTable | null {
    return this.more.metatable;
  }

  set metatable(metatable: LuaTable | null) {
    if (!this.more.isShared) this.more.metatable = metatable;
    else this.more = metatable === null ? nothingMore : asMetatable(metatable).more;
  }

  /** No write gets through. */
  get readonly(): boolean {
    return this.tags < 0;
  }

  get rest(): Rest | undefined {
    return this.more.rest;
  }

  /** Of a read-only metatable: its `__index`. */
  get index(): TValue | undefined {
    return this.more.asMetatable?.index;
  }

  /** How many of the items are not nil. */
  get filled(): number {
    return this.items.length - this.more.holes;
  }

  /** How many of the fields are not nil. */
  get named(): number {
    const { length } = this.shape;
    let count = 0;
    for (let place = 0; place < length; place++) if (tagOfField(this, place) !== NIL) count++;
    return count;
  }

  /** How many keys have a value. */
  get size(): number {
    const { rest } = this.more;
    return this.filled + this.named + (rest === undefined ? 0 : rest.live);
  }

  /** For good. @param index its `__index`, if it is a metatable */
  makeReadOnly(index: TValue | undefined): void {
    this.tags |= READ_ONLY;
    if (index !== undefined) asMetatable(this).index = index;
  }
}

/** What a table has beyond its first fields, to be written to. */
export function moreOf(t: LuaTable): More {
  if (!t.more.isShared) return t.more;
  allocate(MORE);
  const more = new More(t.more.metatable, false);
  t.more = more;
  return more;
}

function asMetatable(t: LuaTable): AsMetatable {
  const more = moreOf(t);
  if (more.asMetatable === undefined) {
    allocate(AS_METATABLE);
    more.asMetatable = { index: undefined, more: new More(t, true) };
  }
  return more.asMetatable;
}

// ---- fields, by their places in the shape ----
// The numbers are written out: V8 makes functions a part of those that call them only as long as they are short.

/** The tag of what was read last. */
export const found: { type: number } = { type: NIL };

export const tagOfField = (t: LuaTable, place: number): number =>
  place < 4 ? (t.tags >> (6 * place + 6)) & 63 : (t.fields[2 * place - 8] as number);

/** The value of a field, with its tag in `found`. */
export function readField(t: LuaTable, place: number): unknown {
  switch (place) {
    case 0:
      found.type = (t.tags >> 6) & 63;
      return t.f0;
    case 1:
      found.type = (t.tags >> 12) & 63;
      return t.f1;
    case 2:
      found.type = (t.tags >> 18) & 63;
      return t.f2;
    case 3:
      found.type = (t.tags >> 24) & 63;
      return t.f3;
  }
  const { fields } = t;
  found.type = fields[2 * place - 8] as number;
  return fields[2 * place - 7];
}

export function putField(t: LuaTable, place: number, type: number, value: unknown): void {
  if (place > 3) {
    const { fields } = t;
    fields[2 * place - 8] = type;
    fields[2 * place - 7] = value;
    return;
  }
  const shift = 6 * place + 6;
  t.tags = (t.tags & ~(63 << shift)) | (type << shift);
  if (place === 0) t.f0 = value;
  else if (place === 1) t.f1 = value;
  else if (place === 2) t.f2 = value;
  else t.f3 = value;
}

/** Makes room for so many fields in all, in a table that has none. */
export function expectFields(t: LuaTable, count: number): void {
  if (count > FIRST_FIELDS) t.fields = fieldsFor(count - FIRST_FIELDS);
}

/** Places for so many fields, each with its tag. */
function fieldsFor(count: number): unknown[] {
  allocate(LIST + FIELD * count);
  return placesFor(2 * count);
}

/** @param shape that of the table with the field's name added */
export function addField(t: LuaTable, shape: Shape, type: number, value: unknown): void {
  const place = t.shape.length;
  if (2 * (place - FIRST_FIELDS) === t.fields.length) t.fields = withRoom(t.fields);
  putField(t, place, type, value);
  t.shape = shape;
}

/** The same places and as many again. V8 would make room for sixteen more at once. */
function withRoom(list: readonly unknown[]): unknown[] {
  const room = fieldsFor(Math.max(2, list.length));
  for (let i = 0; i < list.length; i++) room[i] = list[i];
  return room;
}

/** Takes all fields out of a table, which gets this shape. */
export function dropFields(t: LuaTable, shape: Shape): void {
  t.shape = shape;
  t.tags &= ITEM_TAG_AND_SIGN;
  t.f0 = null;
  t.f1 = null;
  t.f2 = null;
  t.f3 = null;
  t.fields = none;
}

/**
 * V8 learns what a field of an object may be from what it has been, and throws compiled code away each time that it is
 * something new. So it learns at once that each of them may be anything.
 */
function teach(): void {
  const owner = { l_G: { id_counter: 0 }, stack: [] };
  const t = new LuaTable(owner);
  for (const value of [1, 0.5, "text", null, {}]) for (let i = 0; i < FIRST_FIELDS; i++) putField(t, i, NIL, value);
  for (let i = 0; i < FIRST_FIELDS + 1; i++) addField(t, Shape.noKeys, NIL, null);
  dropFields(t, Shape.dictionary);
  t.items = [];
  t.tags = -1;
  moreOf(t).rest = undefined;
  t.metatable = t;
  new LuaTable(owner).metatable = t;
}
teach();
