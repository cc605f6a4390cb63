/**
 * Lua ⇄ Value, past the stack. Strings are shared, tables are copied part by part and raw: no metamethod runs, so a
 * script can neither answer differently the second time nor be suspended in the middle.
 */
import { MAX_DEPTH, MAX_PARTS } from "../value/js.ts";
import {
  ByteString,
  type Bytes,
  Float,
  float,
  isInteger,
  noItems,
  Table,
  type TableKey,
  type Value,
} from "../value/value.ts";
import { writeHandle } from "./handle-type.ts";
import { ENTRY } from "./measure.ts";
import { allocate, work } from "./meter.ts";
import { appendEntry, newCell, newTable } from "./table.ts";
import {
  BOOLEAN,
  FLOAT,
  INTEGER,
  LIGHTUSERDATA,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
  TABLE,
  THREAD,
  type TValue,
  USERDATA,
} from "./types.ts";

/** The most steps of a place that are all shown, and how many are shown of each end of one that has more. */
const LONGEST_WAY = 16;
const WAY_END = 5;

/** Why a value can't cross, with the path of the part that can't: `value.user.callback: a function …`. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The keys from the value down to the part. */
  readonly path: readonly (string | number | boolean)[];
  /** What it is: `a function`. */
  readonly what: string;
  constructor(path: readonly (string | number | boolean)[], what: string) {
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

// One conversion at a time, so its state is here and costs no allocation.
const ancestors: LuaTable[] = [];
const trail: TValue[] = [];
let parts = 0;
let deepest = MAX_DEPTH;
let foreign: Foreign = noForeign;
/** Parts of a table that are read in the time of the call that leads here. */
const SMALL = 32;

/** How deeply tables may nest from now on: `MAX_DEPTH` at most, and when not given. @returns what held before */
export function limitDepth(depth: number = MAX_DEPTH): number {
  const before = deepest;
  deepest = Math.min(depth, MAX_DEPTH);
  return before;
}

/**
 * A Lua value as a Value; nil is undefined.
 * @throws Refused
 */
export function toValue(cell: TValue, outside: Foreign = noForeign): Value | undefined {
  parts = 0;
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
    case FLOAT:
      return float(cell.value as number);
    case NIL:
      return undefined;
  }
  foreign = outside;
  try {
    return convert(cell, 0);
  } finally {
    // By `pop`, since V8 sets a length in its runtime.
    while (ancestors.length > 0) ancestors.pop();
    while (trail.length > 0) trail.pop();
  }
}

function convert(cell: TValue, depth: number): Value {
  switch (cell.type) {
    case STRING:
      return cell.value as ByteString;
    case INTEGER:
    case BOOLEAN:
      return cell.value as number | boolean;
    case FLOAT:
      return float(cell.value as number);
    case TABLE:
      return convertTable(cell.value as LuaTable, depth);
    default: {
      const stand_in = foreign(cell);
      if (stand_in === undefined) throw refuse(depth, nameOf(cell));
      return stand_in as Value;
    }
  }
}

function convertTable(t: LuaTable, depth: number): Table {
  if (depth >= deepest) throw refuse(depth, `a table nested deeper than ${deepest}`);
  for (let i = 0; i < depth; i++) if (ancestors[i] === t) throw refuse(depth, "a table that contains itself");
  ancestors[depth] = t;
  const { strong } = t;
  parts += strong.size;
  if (strong.size > SMALL) work(strong.size);
  if (parts > MAX_PARTS) throw refuse(depth, `a table of more than ${MAX_PARTS} parts`);
  work(1 + strong.size);

  let items: Value[] = noItems as never;
  let count = 0;
  // Most lists were filled from 1 up, and come first in the order of insertion: no item has to be looked up.
  let first = t.f;
  for (; first !== undefined && first.key.value === count + 1 && first.key.type === INTEGER; first = first.n) {
    trail[depth] = first.key;
    if (count++ === 0) items = [];
    items.push(convert(first.value, depth + 1));
  }
  if (count === strong.size) return new Table(trimmed(items), noItems, noItems);
  for (let entry = strong.get(count + 1); entry !== undefined; entry = strong.get(count + 1)) {
    trail[depth] = entry.key;
    if (count++ === 0) items = [];
    items.push(convert(entry.value, depth + 1));
  }
  if (count === strong.size) return new Table(trimmed(items), noItems, noItems);

  const keys: TableKey[] = [];
  const values: Value[] = [];
  for (let entry = first; entry !== undefined; entry = entry.n) {
    const { key } = entry;
    trail[depth] = key;
    if (key.type === STRING) keys.push(key.value as ByteString);
    else if (key.type === INTEGER) {
      const n = key.value as number;
      if (n >= 1 && n <= count) continue; // an item
      keys.push(n === 0 ? 0 : n); // Fengari keeps the sign of a key of minus zero
    } else if (key.type === FLOAT || key.type === BOOLEAN) keys.push(key.value as number | boolean);
    else throw refuse(depth, `${nameOf(key)} as a key`);
    values.push(convert(entry.value, depth + 1));
  }
  return new Table(trimmed(items), namesOf(keys), trimmed(values));
}

/** A list that was filled by `push` has room for seventeen; a copy has as much as it needs. */
const trimmed = (list: Value[]): Value[] => (list.length === 0 ? (noItems as never) : list.slice());

/** The most names, and the longest one, of tables that share their list of names. */
const MOST_NAMES = 16;
const LONGEST_NAME: Bytes = 64;
/** Lists of names that were met last; a power of two. */
const shapes: (readonly TableKey[])[] = new Array(64).fill(noItems);

/** The keys of a table. Records that are made alike have the same list: a store of them keeps it once. */
function namesOf(keys: TableKey[]): readonly TableKey[] {
  if (keys.length > MOST_NAMES) return keys.slice();
  let mixed = keys.length;
  for (const key of keys) {
    if (!(key instanceof ByteString) || key.length > LONGEST_NAME) return keys.slice();
    mixed = (mixed * 31 + key.length) | 0;
  }
  const place = mixed & (shapes.length - 1);
  const known = shapes[place]!;
  return same(known, keys) ? known : (shapes[place] = keys.slice());
}

function same(a: readonly TableKey[], b: readonly TableKey[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function refuse(depth: number, what: string): Refused {
  const path = trail.slice(0, depth).map((key) => {
    if (key.type === STRING) return shown(key.value as ByteString);
    return key.value as number | boolean;
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
      cell.type = isInteger(value) ? INTEGER : FLOAT;
      cell.value = value;
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
    cell.type = TABLE;
    cell.value = buildTable(L, value);
  } else if (value instanceof Float) {
    cell.type = FLOAT;
    cell.value = value.value;
  } else if (!writeHandle(L, value as object, cell)) throw new TypeError("neither a value nor a handle"); // a module's
}

/** A new Lua table with these contents. */
export function buildTable(L: LuaState, { items, keys, values }: Table): LuaTable {
  allocate(ENTRY * (items.length + keys.length));
  work(1 + items.length + keys.length);
  const t = newTable(L);
  for (let i = 0; i < items.length; i++) {
    const cell = newCell(NIL, null);
    fromValue(L, items[i], cell);
    appendEntry(t, i + 1, newCell(INTEGER, i + 1), cell);
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const cell = newCell(NIL, null);
    fromValue(L, values[i], cell);
    if (key instanceof ByteString) appendEntry(t, key.binary, newCell(STRING, key), cell);
    else if (typeof key === "boolean") appendEntry(t, key, newCell(BOOLEAN, key), cell);
    else appendEntry(t, key, newCell(isInteger(key) ? INTEGER : FLOAT, key), cell);
  }
  return t;
}
