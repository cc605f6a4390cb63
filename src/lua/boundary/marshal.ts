/**
 * Lua ⇄ Value, past the stack. Strings are shared, tables are copied part by part and raw: no metamethod runs, so a
 * script can neither answer differently the second time nor be suspended in the middle.
 */

import { MAX_PARTS } from "../../value/js.ts";
import { Packed } from "../../value/packed.ts";
import {
  ByteString,
  type Bytes,
  Float,
  float,
  isWhole,
  noItems,
  Table,
  type TableKey,
  type Value,
} from "../../value/value.ts";
import { depth as limit } from "../meter/depth.ts";
import { allocate, allSeen, makeUnseen, work } from "../meter/meter.ts";
import { newCell } from "../vm/cell.ts";
import { type Int64, toBigInt, wrapBigInt } from "../vm/int64.ts";
import {
  expectKeys,
  forEachAfter,
  found,
  type LuaTable,
  readInteger,
  tagOfItem,
  takeItems,
  takeSame,
  write,
} from "../vm/lua-table.ts";
import { Shape } from "../vm/shape.ts";
import { newTable } from "../vm/table.ts";
import { expectFields, placesFor, putField, readField, tagOfField } from "../vm/table-layout.ts";
import {
  BOOLEAN,
  FLOAT,
  INT64,
  INTEGER,
  LIGHTUSERDATA,
  type LuaState,
  NIL,
  STRING,
  TABLE,
  THREAD,
  type TValue,
  USERDATA,
} from "../vm/types.ts";
import { asKey, circularTable, notGivable, tooDeep, tooLarge, tooManyParts } from "./errors.ts";
import { writeHandle } from "./handle-type.ts";

/** The most steps of a place that are all shown, and how many are shown of each end of one that has more. */
const LONGEST_WAY = 16;
const WAY_END = 5;

/** Why a value can't cross, with the path of the part that can't: `value.user.callback: a function …`. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The keys from the value down to the part. */
  readonly path: readonly (string | number | bigint | boolean)[];
  /** What it is: `a function`. */
  readonly what: string;
  constructor(path: readonly (string | number | bigint | boolean)[], what: string) {
    super(what);
    this.path = path;
    this.what = what;
  }
  /** The place as a script would write it: `value.user["first name"][3]`; the middle of a long way down is left out. */
  place(root: string): string {
    const steps = this.path.map((key) => {
      if (typeof key !== "string") return `[${key}]`;
      return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    });
    if (steps.length > LONGEST_WAY) steps.splice(WAY_END, steps.length - 2 * WAY_END, " ... ");
    return root + steps.join("");
  }
}

/** Gives what stands for a function or a handle outside Lua, or undefined where it can't leave. */
export type Foreign = (cell: TValue) => unknown;

const noForeign: Foreign = () => undefined;

/** What a table and a part of one take as a Value; so much of them goes uncounted, being gone again soon. */
const TABLE_BYTES: Bytes = 100;
const PART_BYTES: Bytes = 8;
const UNCOUNTED: Bytes = 2 ** 16;

// One conversion at a time, so its state is here and costs no allocation.
const ancestors: LuaTable[] = [];
const trail: TableKey[] = [];
let parts = 0;
/** Bytes of what was made, and from how many on they are counted. */
let made = 0;
let counted = UNCOUNTED;
let most: Bytes = Number.POSITIVE_INFINITY;
let foreign: Foreign = noForeign;
/** Parts of a table that are read in the time of the call that leads here. */
const SMALL = 32;

/**
 * A Lua value as a Value; nil is undefined.
 * @param largest what its tables may take, less their strings; it goes no further once it is beyond. Default: any
 * @throws Refused
 */
export function toValue(
  cell: TValue,
  outside: Foreign = noForeign,
  largest: Bytes = Number.POSITIVE_INFINITY,
): Value | undefined {
  parts = 0;
  made = 0;
  counted = UNCOUNTED;
  most = largest;
  return toNextValue(cell, outside);
}

/** The same for one of several values that go together: what went before counts as a part of them. */
export function toNextValue(cell: TValue, outside: Foreign = noForeign): Value | undefined {
  switch (cell.type) {
    case STRING:
      return cell.value as ByteString;
    case INTEGER:
    case BOOLEAN:
      return cell.value as number | boolean;
    case INT64:
      return toBigInt(cell.value as Int64);
    case FLOAT:
      return float(cell.value as number);
    case NIL:
      return undefined;
  }
  if (cell.value instanceof Packed) return takePacked(cell.value);
  foreign = outside;
  try {
    return convert(cell.type, cell.value, 0);
  } finally {
    // By `pop`, since V8 sets a length in its runtime.
    while (ancestors.length > 0) ancestors.pop();
    while (trail.length > 0) trail.pop();
  }
}

/** A table that came from a thread is a Value already, which only stands in a cell. */
function takePacked(table: Packed): Packed {
  parts += table.parts;
  if (parts > MAX_PARTS) throw refuse(0, tooManyParts(MAX_PARTS));
  return table;
}

function convert(type: number, value: unknown, depth: number): Value {
  switch (type) {
    case STRING:
      return value as ByteString;
    case INTEGER:
    case BOOLEAN:
      return value as number | boolean;
    case INT64:
      return toBigInt(value as Int64);
    case FLOAT:
      return float(value as number);
    case TABLE:
      return convertTable(value as LuaTable, depth);
    default: {
      const cell = newCell(type, value);
      const stand_in = foreign(cell);
      if (stand_in === undefined) throw refuse(depth, nameOf(cell));
      return stand_in as Value;
    }
  }
}

function convertTable(t: LuaTable, depth: number): Table {
  if (depth >= limit.most) throw refuse(depth, tooDeep(limit.most));
  for (let i = 0; i < depth; i++) if (ancestors[i] === t) throw refuse(depth, circularTable);
  ancestors[depth] = t;
  const { items, named, shape, rest } = t;
  const size = t.filled + named + (rest === undefined ? 0 : rest.live);
  parts += size;
  made += TABLE_BYTES + PART_BYTES * size;
  if (made > most) throw refuse(depth, tooLarge(most));
  if (made > counted) {
    counted = 2 * made;
    allocate(made); // all of it at once: nobody finds it who measures the script
  }
  if (size > SMALL) work(size);
  if (parts > MAX_PARTS) throw refuse(depth, tooManyParts(MAX_PARTS));
  work(1 + size);

  let count = items.length === 0 ? 0 : leading(t);
  let list: Value[] = noItems as never;
  if (count > 0) {
    list = listOf(count);
    for (let i = 0; i < count; i++) {
      trail[depth] = i + 1;
      list[i] = convert(tagOfItem(t, i), items[i], depth + 1);
    }
  }
  if (count === size) return new Table(list, noItems, noItems);
  if (named === size - count && named === shape.length) {
    const values = listOf(named);
    for (let i = 0; i < named; i++) {
      trail[depth] = shape.keys[i]!;
      values[i] = convert(tagOfField(t, i), readField(t, i), depth + 1);
    }
    return new Table(list, shape.keys, values);
  }
  if (rest !== undefined && rest.integers > 0) {
    // what a list would have, had it come in order
    for (let item = readInteger(t, count + 1); found.type !== NIL; item = readInteger(t, count + 1)) {
      if (count === 0) list = [];
      trail[depth] = ++count;
      list.push(convert(found.type, item, depth + 1));
    }
  }
  // By `push`, and copied: what grows has room for sixteen more.
  const keys: TableKey[] = [];
  const values: Value[] = [];
  forEachAfter(t, count, (key, value) => {
    if (key.type !== STRING && (key.type & 0x0f) !== FLOAT && key.type !== BOOLEAN) {
      throw refuse(depth, asKey(nameOf(key)));
    }
    const name = key.type === INT64 ? toBigInt(key.value as Int64) : (key.value as TableKey);
    trail[depth] = name;
    keys.push(name);
    values.push(convert(value.type, value.value, depth + 1));
  });
  return new Table(list, keys.slice(), values.slice());
}

// ---- numbers ----

function writeNumber(n: number | bigint, cell: TValue): void {
  if (typeof n === "bigint") {
    cell.type = INT64;
    cell.value = wrapBigInt(n); // a value's bigint is beyond what a number has, and within 64 bits
  } else {
    cell.type = isWhole(n) ? INTEGER : FLOAT;
    cell.value = n;
  }
}

// ---- tables ----

const listOf = (count: number): Value[] => placesFor(count) as Value[];

/** How many items there are before the first that is nil. */
function leading(t: LuaTable): number {
  const { length } = t.items;
  if (t.more.holes === 0) return length;
  let count = 0;
  while (count < length && tagOfItem(t, count) !== NIL) count++;
  return count;
}

function refuse(depth: number, what: string): Refused {
  const path = trail.slice(0, depth).map((key) => {
    return key instanceof ByteString ? shown(key) : key;
  });
  return new Refused(path, what);
}

/** A key is as long as a script likes, and stands in the path of everything below it. */
const SHOWN: Bytes = 60;

const shown = (key: ByteString) =>
  key.length <= SHOWN ? String(key) : `${new ByteString(key.bytes.subarray(0, SHOWN))}…`;

function nameOf(cell: TValue): string {
  switch (cell.type) {
    case TABLE:
      return "a table";
    case THREAD:
      return "a coroutine";
    case USERDATA:
    case LIGHTUSERDATA:
      return "a userdata";
    default:
      return "a function";
  }
}

/** Writes a Value into a stack slot or a table's cell. */
export function fromValue(L: LuaState, value: Value | undefined, cell: TValue): void {
  switch (typeof value) {
    case "number":
    case "bigint":
      writeNumber(value, cell);
      return;
    case "boolean":
      cell.type = BOOLEAN;
      cell.value = value;
      return;
    case "undefined":
      cell.type = NIL;
      cell.value = null;
      return;
  }
  if (value instanceof ByteString) {
    cell.type = STRING;
    cell.value = value;
  } else if (value instanceof Table) {
    const table = buildTable(L, value); // while it is made, the script may be measured, and the cell with it
    cell.type = TABLE;
    cell.value = table;
    allSeen();
  } else if (value instanceof Float) {
    cell.type = FLOAT;
    cell.value = value.value;
  } else if (!writeHandle(L, value as object, cell)) throw new TypeError(notGivable); // a module's
}

/** What a table takes that is made of a Value, and an item and a field of it; strings are those of the Value. */
const BUILT: Bytes = 200;
const BUILT_ITEM: Bytes = 8;
const BUILT_FIELD: Bytes = 40;

/** A new Lua table with these contents. */
export function buildTable(L: LuaState, { items, keys, values }: Table): LuaTable {
  work(1 + items.length + keys.length);
  makeUnseen(BUILT + BUILT_ITEM * items.length + BUILT_FIELD * keys.length);
  const t = newTable(L);
  if (items.length > 0) giveItems(L, t, items);
  if (keys.length === 0) return t;
  const shape = Shape.of(keys);
  if (shape === undefined) {
    expectKeys(t);
    for (let i = 0; i < keys.length; i++) {
      const value = partOf(L, values[i]!);
      const { type } = part;
      const key = partOf(L, keys[i]!);
      write(t, part.type, key, type, value);
    }
    return t;
  }
  const { length: count } = shape;
  expectFields(t, count);
  for (let i = 0; i < count; i++) {
    const value = partOf(L, values[i]!);
    putField(t, i, part.type, value);
  }
  t.shape = shape;
  return t;
}

/** Most lists have items of one type, which need no list of their tags. */
function giveItems(L: LuaState, t: LuaTable, items: readonly Value[]): void {
  const { length } = items;
  const list = placesFor(length);
  list[0] = partOf(L, items[0]!);
  const tag = part.type;
  for (let i = 1; i < length; i++) {
    list[i] = partOf(L, items[i]!);
    if (part.type !== tag) {
      giveMixed(L, t, items, list, i, tag);
      return;
    }
  }
  takeSame(t, list, tag);
}

/** @param at where the first item is whose type is not that of those before it; it is in the list, its tag in `part` */
function giveMixed(L: LuaState, t: LuaTable, items: readonly Value[], list: unknown[], at: number, tag: number): void {
  const tags: number[] = [];
  for (let i = 0; i < at; i++) tags.push(tag);
  tags.push(part.type);
  for (let i = at + 1; i < items.length; i++) {
    list[i] = partOf(L, items[i]!);
    tags.push(part.type);
  }
  takeItems(t, list, tags);
}

/** The tag of the part that was made last. */
const part = { type: NIL };
const partCell = newCell(NIL, null);

/** A part of a table, with its tag in `part`. */
function partOf(L: LuaState, value: Value): unknown {
  if (value instanceof ByteString) {
    part.type = STRING;
    return value;
  }
  if (typeof value === "number") {
    part.type = isWhole(value) ? INTEGER : FLOAT;
    return value;
  }
  if (value instanceof Table) {
    const table = buildTable(L, value);
    part.type = TABLE;
    return table;
  }
  fromValue(L, value, partCell);
  part.type = partCell.type;
  return partCell.value;
}
