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
 * | table with text keys only | object, but for names that JavaScript calls by itself (`isCalledByItself`) | the same keys |
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
export const textOf = (value: ByteString): string | undefined =>
  value.hasBinary && isAscii(value.binary) ? value.binary : decodeUtf8(value.bytes);

/** An object, unless a key is not text, or an object would act by itself. */
function toObject(keys: readonly TableKey[], values: readonly Value[]): Record<string, unknown> | undefined {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const value = values[i]!;
    const name = key instanceof ByteString ? textOf(key) : undefined;
    if (name === undefined || isCalledByItself(name, value)) return undefined;
    setField(object, name, toJs(value));
  }
  return object;
}

const calledByItself: ReadonlySet<string> = new Set(["then", "toJSON", "toString", "toLocaleString", "valueOf"]);

/**
 * Whether JavaScript would call a field without anybody saying so: a promise that resolves to an object calls its `then`
 * and waits for ever, and JSON and text call the others; what those calls reject with, nobody hears, and that ends the
 * process. A script that returns such a table must not decide that, so it is a Map.
 */
export const isCalledByItself = (name: string, value: unknown): boolean =>
  typeof value === "function" && calledByItself.has(name);

/** Sets a field; by assignment alone, one name would change the object's prototype. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") ownProperty(object, name, value);
  else object[name] = value;
}

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
 * @throws TypeError for what can't cross as itself; the message names the place
 */
export function fromJs(
  value: unknown,
  name: string,
  origin: Origin = "outside",
  options: ReadOptions = {},
): Value | undefined {
  return value === null ? undefined : new Reader(name, origin, options).value(value);
}

export interface ReadOptions {
  /** Called for each part of a table, before the next one is looked at; what it throws ends the conversion. */
  readonly count?: (part: Value, key?: TableKey) => void;
  /** How deeply the value lies in another one. */
  readonly depth?: number | undefined;
}

const refuse = (path: string, what: string): TypeError => new TypeError(`${path}: ${what}`);

/** Reads one value; where it is in it is put into words when something is refused. */
class Reader {
  readonly #name: string;
  readonly #origin: Origin;
  readonly #count: ReadOptions["count"];
  readonly #depth: number;
  readonly #ancestors: object[] = [];
  /** Of each of them, the key of what is read now. */
  readonly #keys: unknown[] = [];
  #parts = 0;

  constructor(name: string, origin: Origin, { count, depth = 0 }: ReadOptions) {
    this.#name = name;
    this.#origin = origin;
    this.#count = count;
    this.#depth = depth;
  }

  value(value: unknown): Value | undefined {
    switch (typeof value) {
      case "undefined":
      case "boolean":
        return value;
      case "number":
        return Object.is(value, -0) ? new Float(-0) : value;
      case "string":
        return this.#string(value);
      case "bigint":
        return this.#bigint(value);
      case "object":
        if (value === null) return this.#null();
        if (value instanceof ByteString || value instanceof Float || value instanceof Table) return value;
        if (value instanceof Uint8Array) return new ByteString(Uint8Array.from(value));
        return this.#container(value);
      default:
        throw this.#refuse(typeNotGiven(typeof value));
    }
  }

  /** @param depth of how many ancestors the keys are named */
  #refuse(what: string, depth: number = this.#ancestors.length): TypeError {
    let path = this.#name;
    for (let i = 0; i < depth; i++) path += pathOf(this.#ancestors[i]!, this.#keys[i]);
    return refuse(path, what);
  }

  #string(text: string): ByteString {
    if (this.#origin === "details" || text.isWellFormed()) return ByteString.fromText(text);
    const bytes = this.#origin === "module" ? exactBinary(text) : undefined;
    if (bytes !== undefined) return ByteString.fromBinary(bytes);
    throw this.#refuse(loneSurrogate);
  }

  #bigint(value: bigint): number | bigint {
    const whole = integer(value);
    if (whole === undefined) throw this.#refuse(bigintTooLarge(value));
    return whole;
  }

  #null(): undefined {
    if (this.#origin === "details") return undefined;
    throw this.#refuse(nullField);
  }

  #container(value: object): Table {
    const ancestors = this.#ancestors;
    if (ancestors.includes(value)) throw this.#refuse(circular);
    if (this.#depth + ancestors.length === MAX_DEPTH) throw this.#refuse(nestedTooDeep(MAX_DEPTH));
    const isList = Array.isArray(value);
    if (!isList && !(value instanceof Map) && !isPlain(value)) {
      throw this.#refuse(notPlain(describe(value), hint(value)));
    }
    const depth = ancestors.length;
    ancestors.push(value);
    const table = isList && this.#origin !== "details" ? this.#list(value, depth) : this.#table(value, depth);
    ancestors.pop();
    return table;
  }

  #list(list: readonly unknown[], depth: number): Table {
    const items: Value[] = [];
    for (let i = 0; i < list.length; i++) {
      this.#keys[depth] = i;
      const item = list[i];
      const problem = problemOfItem(item);
      if (problem !== undefined) throw this.#refuse(problem);
      const read = this.value(item)!;
      items.push(read);
      this.#countPart(depth, read);
    }
    return new Table(items.length === 0 ? noItems : items, [], []);
  }

  #table(value: object, depth: number): Table {
    const builder = new Builder();
    const entries = value instanceof Map ? value : Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, item] of entries) {
      this.#keys[depth] = key;
      const own = Array.isArray(value) ? key + 1 : this.#key(key);
      const read = this.value(item);
      if (read === undefined) continue;
      this.#countPart(depth, read, own);
      if (!builder.add(own, read)) throw this.#refuse(sameKeyInLua);
    }
    return builder.build();
  }

  #key(key: unknown): TableKey {
    if (typeof key === "string") return this.#string(key);
    if (typeof key === "boolean") return key;
    if (typeof key === "bigint") return this.#bigint(key);
    if (typeof key === "number" && !Number.isNaN(key)) return floatKey(key);
    if (key instanceof ByteString) return key;
    if (key instanceof Uint8Array) return new ByteString(Uint8Array.from(key));
    throw this.#refuse(badMapKey);
  }

  #countPart(depth: number, part: Value, key?: TableKey): void {
    this.#count?.(part, key);
    if (++this.#parts > MAX_PARTS) throw this.#refuse(tooManyParts(MAX_PARTS), depth);
  }
}

const pathOf = (container: object, key: unknown): string =>
  Array.isArray(container) || container instanceof Map ? `[${String(key)}]` : `.${key}`;

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

/** What leaves a place of an array empty, which Lua can't tell from the array's end. */
export function problemOfItem(item: unknown): string | undefined {
  if (item === undefined) return hole;
  return item === null ? nullItem : undefined;
}

/** Collects the parts of a table, whose sequence may come in any order. */
class Builder {
  readonly #fields = new Map<string | number | bigint | boolean, [TableKey, Value]>();

  /** @returns false when there is one of this key */
  add(key: TableKey, value: Value): boolean {
    const plain = plainKey(key);
    if (this.#fields.has(plain)) return false;
    this.#fields.set(plain, [key, value]);
    return true;
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
