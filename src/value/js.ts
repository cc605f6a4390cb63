/**
 * Values as a JavaScript program sees them.
 *
 * | Lua | JavaScript | back |
 * |---|---|---|
 * | nil | `undefined` | nil, as is `null` by itself |
 * | boolean | boolean | the same |
 * | integer | number while that is exact (`Number.isSafeInteger`), else bigint | the same; a bigint of 64 bits at most |
 * | float | number | the same, unless it is whole and exact: that is an integer, and a `Float` keeps it a float |
 * | string, valid UTF-8 | string | the same bytes |
 * | string, other bytes | `Uint8Array` | the same bytes |
 * | sequence 1..n, empty table | array | a sequence |
 * | table with text keys only | object | the same keys |
 * | any other table | `Map` | the same keys |
 *
 * A field of an object or a Map that is `undefined` is a field that is not there. What can't cross as itself is refused
 * with its place: null within other data, holes in arrays, half a surrogate pair, two keys that are one in Lua, integers
 * of more than 64 bits, functions, symbols, instances of classes, cycles.
 */

import { MAX_DEPTH } from "../limits.ts";
import { decodeUtf8, exactBinary, isAscii } from "./bytes.ts";
import {
  badMapKey,
  bigintTooLarge,
  circular,
  hole,
  loneSurrogate,
  nestedTooDeep,
  notPlain,
  nullField,
  nullItem,
  sameKeyInLua,
  tooManyParts,
  typeNotGiven,
} from "./errors.ts";
import {
  ByteString,
  type Bytes,
  Float,
  floatKey,
  integer,
  noItems,
  plainKey,
  Table,
  type TableKey,
  type Value,
} from "./value.ts";

/** How many parts a value may have: a table that is shared is copied in each place, and doubling is cheap to write. */
export const MAX_PARTS = 1_000_000;

export function toJs(value: Value | undefined): unknown {
  if (value instanceof ByteString) return textOf(value) ?? value.bytes.slice();
  if (value instanceof Float) return value.value;
  if (!(value instanceof Table)) return value;
  const { items, keys, values } = value;
  if (keys.length === 0) return items.map(toJs);
  if (items.length === 0) return toObject(keys, values) ?? toMap(value);
  return toMap(value);
}

/** The text of a string, if it is one. */
const textOf = (value: ByteString): string | undefined =>
  value.hasBinary && isAscii(value.binary) ? value.binary : decodeUtf8(value.bytes);

/** An object, unless a key is not text. */
function toObject(keys: readonly TableKey[], values: readonly Value[]): Record<string, unknown> | undefined {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const name = key instanceof ByteString ? textOf(key) : undefined;
    if (name === undefined) return undefined;
    const value = toJs(values[i]!);
    if (name === "__proto__") ownProperty(object, name, value);
    else object[name] = value;
  }
  return object;
}

/** By assignment, this name would change the object's prototype. */
function ownProperty(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function toMap({ items, keys, values }: Table): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  items.forEach((item, i) => {
    map.set(i + 1, toJs(item));
  });
  keys.forEach((key, i) => {
    map.set(toJs(key), toJs(values[i]!));
  });
  return map;
}

/**
 * Where a value comes from. `outside`: an embedder. `module`: a module's function, whose texts may be bytes in the form
 * of value/bytes.ts. `details`: an error's details, which are told as far as they can be.
 */
export type Origin = "outside" | "module" | "details";

/**
 * A JavaScript value as a Lua value; `undefined` and `null` are nil.
 * @param name how to call the value in an error: `args[0]`, `value`.
 * @param count called for each part of a table, before the next one is looked at; what it throws ends the conversion
 * @throws TypeError for what can't cross as itself; the message names the place
 */
export function fromJs(
  value: unknown,
  name: string,
  origin: Origin = "outside",
  count?: () => void,
): Value | undefined {
  return value === null ? undefined : convert(value, name, { ancestors: [], parts: 0, origin, count });
}

interface Progress {
  readonly ancestors: unknown[];
  parts: number;
  readonly origin: Origin;
  readonly count: (() => void) | undefined;
}

const refuse = (path: string, what: string): TypeError => new TypeError(`${path}: ${what}`);

function convert(value: unknown, path: string, progress: Progress): Value | undefined {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return value;
    case "number":
      return Object.is(value, -0) ? new Float(-0) : value;
    case "string":
      return fromString(value, path, progress);
    case "bigint":
      return fromBigint(value, path);
    case "object":
      if (value === null) return fromNull(path, progress);
      if (value instanceof ByteString || value instanceof Float || value instanceof Table) return value;
      if (value instanceof Uint8Array) return new ByteString(Uint8Array.from(value));
      return fromContainer(value, path, progress);
    default:
      throw refuse(path, typeNotGiven(typeof value));
  }
}

function fromString(text: string, path: string, { origin }: Progress): ByteString {
  if (origin === "details" || text.isWellFormed()) return ByteString.fromText(text);
  const bytes = origin === "module" ? exactBinary(text) : undefined;
  if (bytes !== undefined) return ByteString.fromBinary(bytes);
  throw refuse(path, loneSurrogate);
}

function fromBigint(value: bigint, path: string): number | bigint {
  const whole = integer(value);
  if (whole === undefined) throw refuse(path, bigintTooLarge(value));
  return whole;
}

function fromNull(path: string, { origin }: Progress): undefined {
  if (origin === "details") return undefined;
  throw refuse(path, nullField);
}

function fromContainer(value: object, path: string, progress: Progress): Table {
  const { ancestors } = progress;
  if (ancestors.includes(value)) throw refuse(path, circular);
  if (ancestors.length === MAX_DEPTH) throw refuse(path, nestedTooDeep(MAX_DEPTH));
  ancestors.push(value);
  const table = new Builder(path, progress);
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) table.addItem(i, value[i]);
  else if (value instanceof Map) for (const [key, item] of value) table.addEntry(key, item);
  else if (isPlain(value)) for (const [key, item] of Object.entries(value)) table.addField(key, item);
  else throw refuse(path, notPlain(describe(value), hint(value)));
  ancestors.pop();
  return table.build();
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function describe(value: object): string {
  const name = value.constructor?.name;
  return name ? `an instance of ${name}` : "this object";
}

/** What to give instead of what people give by mistake. */
function hint(value: object): string {
  if (value instanceof Date) return ", such as its seconds (date.getTime() / 1000) or its text (date.toISOString())";
  if (value instanceof Promise) return "; await it first";
  if (value instanceof Set) return ", such as an array of what is in it";
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? "; bytes are given as a Uint8Array" : "";
}

/** @throws TypeError for what leaves a place of an array empty, which Lua can't tell from the array's end */
export function checkItem(item: unknown, path: string): void {
  if (item === undefined) throw refuse(path, hole);
  if (item === null) throw refuse(path, nullItem);
}

/** Collects the parts of a table, whose sequence may come in any order. */
class Builder {
  readonly #path: string;
  readonly #progress: Progress;
  readonly #fields = new Map<string | number | bigint | boolean, [TableKey, Value]>();

  constructor(path: string, progress: Progress) {
    this.#path = path;
    this.#progress = progress;
  }

  addItem(i: number, item: unknown): void {
    const path = `${this.#path}[${i}]`;
    if (this.#progress.origin !== "details") checkItem(item, path);
    this.#add(i + 1, item, path);
  }

  addField(name: string, item: unknown): void {
    const path = `${this.#path}.${name}`;
    this.#add(fromString(name, path, this.#progress), item, path);
  }

  /** An entry of a Map, whose key may be any value that Lua takes for one. */
  addEntry(key: unknown, item: unknown): void {
    const path = `${this.#path}[${String(key)}]`;
    if (typeof key === "string") this.#add(fromString(key, path, this.#progress), item, path);
    else if (typeof key === "boolean") this.#add(key, item, path);
    else if (typeof key === "bigint") this.#add(fromBigint(key, path), item, path);
    else if (typeof key === "number" && !Number.isNaN(key)) this.#add(floatKey(key), item, path);
    else if (key instanceof ByteString) this.#add(key, item, path);
    else if (key instanceof Uint8Array) this.#add(new ByteString(Uint8Array.from(key)), item, path);
    else throw refuse(path, badMapKey);
  }

  #add(key: TableKey, item: unknown, path: string): void {
    const value = convert(item, path, this.#progress);
    if (value === undefined) return;
    this.#progress.count?.();
    if (++this.#progress.parts > MAX_PARTS) throw refuse(this.#path, tooManyParts(MAX_PARTS));
    const plain = plainKey(key);
    if (this.#fields.has(plain)) throw refuse(path, sameKeyInLua);
    this.#fields.set(plain, [key, value]);
  }

  build(): Table {
    const items: Value[] = [];
    for (let next = this.#take(1); next !== undefined; next = this.#take(items.length + 1)) items.push(next);
    const rest = [...this.#fields.values()];
    return new Table(
      items.length === 0 ? noItems : items,
      rest.map(([key]) => key),
      rest.map(([, value]) => value),
    );
  }

  #take(index: number): Value | undefined {
    const field = this.#fields.get(index);
    if (field !== undefined) this.#fields.delete(index);
    return field?.[1];
  }
}

/** About how many bytes of memory plain data takes: what `toJs` makes, and JSON's types. */
export function sizeOfPlain(data: unknown): Bytes {
  if (typeof data === "string") return 24 + 2 * data.length;
  if (typeof data !== "object" || data === null) return 8;
  if (data instanceof Uint8Array) return 100 + data.length;
  const parts = data instanceof Map ? [...data].flat() : Array.isArray(data) ? data : Object.entries(data).flat();
  return parts.reduce((sum: Bytes, part) => sum + 16 + sizeOfPlain(part), 64);
}
