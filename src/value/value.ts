import { type Binary, bytesRecord, complete, fromBinary, fromText, inOnePiece, toBinary, toText } from "./bytes.ts";
import { Affixes, digitsOf, hashOfBytes, hashOfText } from "./key-hash.ts";

/**
 * What a store keeps and what crosses the boundary of the VM: nil-free plain data, immutable once made.
 *
 * A Lua integer is a JavaScript number while that is exact (`isWhole`), and a bigint beyond, up to 64 bits. Any other
 * number is a Lua float. `Float` holds the floats that this would mistake for integers: `1.0`, and minus zero.
 */
export type Value = boolean | number | bigint | Float | ByteString | Table;

/** A key of a table. Lua makes integers of whole float keys, so a key is never a `Float`, and never such a float. */
export type TableKey = boolean | number | bigint | ByteString;

/** A store's key: the bytes as given, one character per byte. */
export type Key = Binary;

export type Milliseconds = number;
export type Bytes = number;

/** A float that looks like an integer: `1.0`, `-0.0`. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Whether the VM keeps this number as an integer: whole, of 32 bits, and not minus zero. */
export function isInteger(n: number): boolean {
  return (n | 0) === n && (n !== 0 || 1 / n > 0);
}

/** Whether a number stands for an integer: whole, exact, and not minus zero. */
export function isWhole(n: number): boolean {
  return Number.isSafeInteger(n) && (n !== 0 || 1 / n > 0);
}

/** A Lua float as a value. */
export function float(n: number): number | Float {
  return isWhole(n) || Object.is(n, -0) ? new Float(n) : n;
}

/** A Lua integer as a value; undefined when it has more than 64 bits. */
export function integer(n: bigint): number | bigint | undefined {
  if (n >= -MAX_SAFE && n <= MAX_SAFE) return Number(n);
  return BigInt.asIntN(64, n) === n ? n : undefined;
}
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A Lua float as a key: the integer that it is equal to, if there is one of 64 bits. Not for not-a-number. */
export function floatKey(n: number): number | bigint {
  if (!Number.isInteger(n)) return n;
  return Number.isSafeInteger(n) ? n + 0 : (integer(BigInt(n)) ?? n); // + 0: Lua has one zero for keys
}

/**
 * An immutable byte string. It is also the VM's own string class, which is why it has `getstr` and `tsslen`, and why a
 * string that goes from a script into a store and back is the same object all the way: nothing is copied.
 *
 * It is made of its bytes, of its binary form, or of a number and what stands around it. The other forms are made when they
 * are asked for: a key that a script puts together, and that a table is asked for, needs none of them.
 */
export class ByteString {
  readonly length: Bytes;
  #bytes: Uint8Array | undefined;
  #binary: Binary | undefined;
  /** What stands around a number. */
  #affixes: Affixes | undefined;
  #number: number;
  /** 0 where it is not known yet. */
  #hash: number;

  /**
   * Takes ownership of bytes: whoever made them must not change them again.
   * @param number with affixes, what they stand around: whole, and from 0 to 2^31 - 1
   */
  constructor(content: Uint8Array | Binary | Affixes, number = 0) {
    if (typeof content === "string") {
      this.length = content.length;
      this.#bytes = undefined;
      this.#binary = content;
      this.#affixes = undefined;
    } else if (content instanceof Affixes) {
      this.length = content.length + digitsOf(number);
      this.#bytes = undefined;
      this.#binary = undefined;
      this.#affixes = content;
    } else {
      this.length = content.length;
      this.#bytes = content;
      this.#binary = undefined;
      this.#affixes = undefined;
    }
    this.#number = number;
    this.#hash = 0;
  }

  static fromText(text: string): ByteString {
    return new ByteString(fromText(text));
  }

  /**
   * From characters below U+0080 only. A text that was put together is made one, by a look at it: its pieces would take
   * many times its length, for as long as it is kept.
   */
  static fromAscii(text: string): ByteString {
    return ByteString.fromBinary(inOnePiece(text));
  }

  static fromBinary(binary: Binary): ByteString {
    return new ByteString(binary);
  }

  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      complete(bytesRecord(this.length) + this.length);
      this.#bytes = fromBinary(this.binary);
    }
    return this.#bytes;
  }

  /** The binary form: key of stores, and what is compared for order. */
  get binary(): Binary {
    if (this.#binary === undefined) {
      const affixes = this.#affixes;
      this.#binary = affixes === undefined ? secondForm(this.#bytes!) : inOnePiece(affixes.around(this.#number));
    }
    return this.#binary;
  }

  /** Whether the binary form was made, which takes as much memory as the bytes; or is the one that is made first. */
  get hasBinary(): boolean {
    return this.#binary !== undefined || this.#affixes !== undefined;
  }

  /** Whether the bytes were made. */
  get hasBytes(): boolean {
    return this.#bytes !== undefined;
  }

  /** Of a string that is no longer than HASHED: what it is found by in a table. At least 1. */
  get hash(): number {
    if (this.#hash === 0) {
      if (this.#affixes !== undefined) this.#hash = this.#affixes.hashAround(this.#number);
      else this.#hash = this.#binary === undefined ? hashOfBytes(this.#bytes!) : hashOfText(this.#binary);
    }
    return this.#hash;
  }

  /** Makes its text its own, which may be a part of a longer one, and keep that. */
  own(): void {
    this.#binary = inOnePiece(toBinary(fromBinary(this.binary)));
    this.#bytes = undefined;
  }

  getstr(): Uint8Array {
    return this.bytes;
  }

  tsslen(): number {
    return this.length;
  }

  equals(other: ByteString): boolean {
    if (this === other) return true;
    if (this.length !== other.length) return false;
    const affixes = this.#affixes;
    // Around the same, two texts are the same if their numbers are.
    if (affixes !== undefined && affixes === other.#affixes) return this.#number === other.#number;
    return this.binary === other.binary;
  }

  toString(): string {
    return toText(this.bytes);
  }
}

function secondForm(bytes: Uint8Array): Binary {
  complete(bytes.length);
  return toBinary(bytes);
}

/** A Lua table without nil, metatable or cycles. A subtable that was shared is a copy in each place. */
export class Table {
  /** The values at 1, 2, 3 … as far as they go without a gap. */
  readonly items: readonly Value[];
  /** All other keys, in the order of their insertion. */
  readonly keys: readonly TableKey[];
  /** The values of `keys`, place by place. */
  readonly values: readonly Value[];
  #size: Bytes = 0;

  constructor(items: readonly Value[], keys: readonly TableKey[], values: readonly Value[]) {
    this.items = items;
    this.keys = keys;
    this.values = values;
  }

  /** About how much memory it takes with all that is in it: added up once, since nothing in it changes. */
  get size(): Bytes {
    if (this.#size === 0) this.#size = this.#measure();
    return this.#size;
  }

  #measure(): Bytes {
    const { items, keys, values } = this;
    let bytes = TABLE_OVERHEAD + SLOT * (items.length + 2 * keys.length);
    for (let i = 0; i < items.length; i++) bytes += sizeOf(items[i]!);
    for (let i = 0; i < keys.length; i++) bytes += sizeOf(keys[i]!) + sizeOf(values[i]!);
    return bytes;
  }
}

const none: readonly never[] = Object.freeze([]);

/** Shared by every table without items, or without fields. */
export const noItems: readonly never[] = none;

// What a value costs in memory, for `max_bytes`: the heap of Node 20 on 64 bits, rounded. Strings are exact to the byte
// in what they hold; the rest is V8's header of the object and its arrays.
const STRING_OVERHEAD: Bytes = 120;
const TABLE_OVERHEAD: Bytes = 88;
const SLOT: Bytes = 8;
const FLOAT_OVERHEAD: Bytes = 16;
const BIGINT_OVERHEAD: Bytes = 24;

/** About how many bytes of memory a value takes. */
export function sizeOf(value: Value): Bytes {
  if (typeof value === "number") return FLOAT_OVERHEAD;
  if (typeof value === "bigint") return BIGINT_OVERHEAD;
  if (typeof value === "boolean") return 0;
  if (value instanceof ByteString) return STRING_OVERHEAD + value.length;
  if (value instanceof Float) return FLOAT_OVERHEAD;
  return value instanceof Table ? value.size : 0; // 0: what stands for a function on its way out of a script
}

/** Whether two values are the same to Lua in every part, integers and floats kept apart. Order of keys is ignored. */
export function equal(a: Value, b: Value): boolean {
  if (a instanceof ByteString) return b instanceof ByteString && a.equals(b);
  if (a instanceof Float) return b instanceof Float && Object.is(a.value, b.value);
  if (!(a instanceof Table)) return Object.is(a, b);
  if (!(b instanceof Table) || a.items.length !== b.items.length || a.keys.length !== b.keys.length) return false;
  if (!a.items.every((item, i) => equal(item, b.items[i]!))) return false;
  const fields = new Map(b.keys.map((key, i) => [plainKey(key), b.values[i]!]));
  return a.keys.every((key, i) => {
    const other = fields.get(plainKey(key));
    return other !== undefined && equal(a.values[i]!, other);
  });
}

/** A table key as a key of a JavaScript Map: `"s…"` for strings, the number or boolean itself otherwise. */
export function plainKey(key: TableKey): string | number | bigint | boolean {
  return key instanceof ByteString ? `s${key.binary}` : key;
}
