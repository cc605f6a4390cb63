/**
 * Values as a JavaScript program sees them.
 *
 * | Lua | JavaScript | back |
 * |---|---|---|
 * | nil | `undefined` | nil, as is `null` |
 * | boolean | boolean | the same |
 * | integer, float | number | an integer when it is whole and fits 32 bits, else a float |
 * | string, valid UTF-8 | string | the same bytes |
 * | string, other bytes | `Uint8Array` | the same bytes |
 * | sequence 1..n, empty table | array | a sequence |
 * | table with text keys only | object | the same keys |
 * | any other table | `Map` | the same keys |
 *
 * What is lost on the way out: a float that is whole (`1.0`) comes back as an integer. A `Float` keeps it.
 */

import { decodeUtf8 } from "./bytes.ts";
import type { Bytes } from "./value.ts";
import { ByteString, Float, noItems, Table, type TableKey, type Value } from "./value.ts";

/** How deep tables, arrays and objects may nest. */
export const MAX_DEPTH = 128;
/** How many parts a value may have: a table that is shared is copied in each place, and doubling is cheap to write. */
export const MAX_PARTS = 1_000_000;

export function toJs(value: Value | undefined): unknown {
  if (value instanceof ByteString) return decodeUtf8(value.bytes) ?? value.bytes.slice();
  if (value instanceof Float) return value.value;
  if (!(value instanceof Table)) return value;
  const { items, keys, values } = value;
  if (keys.length === 0) return items.map(toJs);
  if (items.length === 0) return toObject(keys, values) ?? toMap(value);
  return toMap(value);
}

/** An object, unless a key is no text, or is the one name that would change the object's prototype. */
function toObject(keys: readonly TableKey[], values: readonly Value[]): Record<string, unknown> | undefined {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const name = key instanceof ByteString ? decodeUtf8(key.bytes) : undefined;
    if (name === undefined || name === "__proto__") return undefined;
    object[name] = toJs(values[i]!);
  }
  return object;
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
 * A JavaScript value as a Lua value; `undefined` and `null` are nil.
 * @param name how to call the value in an error: `args[0]`, `value`.
 * @throws TypeError for what is no plain data (functions, symbols, class instances), for cycles, for what nests deeper
 * than `MAX_DEPTH`, and for bigints that a number can't hold; the message names the place.
 */
export function fromJs(value: unknown, name: string): Value | undefined {
  return convert(value, name, { ancestors: [], parts: 0 });
}

interface Progress {
  readonly ancestors: unknown[];
  parts: number;
}

function convert(value: unknown, path: string, progress: Progress): Value | undefined {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return value;
    case "number":
      return Object.is(value, -0) ? new Float(-0) : value;
    case "string":
      return ByteString.fromText(value);
    case "bigint":
      return fromBigint(value, path);
    case "object":
      if (value === null) return undefined;
      if (value instanceof ByteString || value instanceof Float || value instanceof Table) return value;
      if (value instanceof Uint8Array) return new ByteString(Uint8Array.from(value));
      return fromContainer(value, path, progress);
    default:
      throw new TypeError(`${path}: a ${typeof value} can't be given to Lua`);
  }
}

function fromBigint(value: bigint, path: string): number {
  const number = Number(value);
  if (BigInt(number) === value) return number;
  throw new TypeError(`${path}: the bigint ${value} is more than a Lua number holds exactly`);
}

function fromContainer(value: object, path: string, progress: Progress): Table {
  const { ancestors } = progress;
  if (ancestors.includes(value)) throw new TypeError(`${path}: a value that contains itself can't be given to Lua`);
  if (ancestors.length === MAX_DEPTH) throw new TypeError(`${path}: nested deeper than ${MAX_DEPTH}`);
  ancestors.push(value);
  const table = new Builder(path, progress);
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) table.add(i + 1, value[i], `${path}[${i}]`);
  else if (value instanceof Map) for (const [key, item] of value) table.addEntry(key, item);
  else if (isPlain(value)) for (const [key, item] of Object.entries(value)) table.add(key, item, `${path}.${key}`);
  else throw new TypeError(`${path}: ${describe(value)} can't be given to Lua; only plain data can`);
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

/** Collects the parts of a table, whose sequence may come in any order. */
class Builder {
  readonly #path: string;
  readonly #progress: Progress;
  readonly #fields = new Map<string | number | boolean, [TableKey, Value]>();

  constructor(path: string, progress: Progress) {
    this.#path = path;
    this.#progress = progress;
  }

  add(key: string | number | boolean, item: unknown, path: string): void {
    const value = convert(item, path, this.#progress);
    if (value === undefined) return;
    if (++this.#progress.parts > MAX_PARTS) throw new TypeError(`${this.#path}: more than ${MAX_PARTS} parts`);
    if (typeof key === "string") {
      const name = ByteString.fromText(key);
      this.#fields.set(`s${name.binary}`, [name, value]);
    } else this.#fields.set(key, [key, value]);
  }

  /** An entry of a Map, whose key may be any value that Lua takes for one. */
  addEntry(key: unknown, item: unknown): void {
    const path = `${this.#path}[${String(key)}]`;
    const number = typeof key === "number" && !Number.isNaN(key);
    if (typeof key === "string" || typeof key === "boolean" || number) {
      this.add(key === 0 ? 0 : key, item, path); // Lua has one zero for keys
      return;
    }
    if (key instanceof Uint8Array || key instanceof ByteString) {
      const name = key instanceof ByteString ? key : new ByteString(Uint8Array.from(key));
      const value = convert(item, path, this.#progress);
      if (value !== undefined) this.#fields.set(`s${name.binary}`, [name, value]);
      return;
    }
    throw new TypeError(`${path}: a key must be a string, a number, a boolean or a Uint8Array`);
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
