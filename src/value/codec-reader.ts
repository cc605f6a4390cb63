import { MAX_DEPTH } from "../limits.ts";
import type { Binary } from "./bytes.ts";
import {
  ANY_TABLE,
  FALSE,
  FIELDS,
  FLOAT_32,
  FLOAT_64,
  FORMAT_1,
  FORMAT_2,
  INTEGER_8,
  INTEGER_16,
  INTEGER_32,
  INTEGER_64,
  ITEMS,
  LONG_STRING,
  MOST_PARTS,
  MOST_SHORT,
  NAN_32,
  NEGATIVE,
  SHORT_STRING,
  TRUE,
} from "./codec-format.ts";
import {
  endMissing,
  keyNotPossible,
  keyTwice,
  notCanonical,
  noValueBegins,
  numberTooLong,
  tablesTooDeep,
  tooManyParts,
  trailingBytes,
  unknownFormat,
} from "./errors.ts";
import { MAX_PARTS } from "./js.ts";
import { make, makeBinary, makeString } from "./making.ts";
import {
  ByteString,
  type Bytes,
  Float,
  float,
  floatKey,
  integer,
  noItems,
  plainKey,
  Table,
  type TableKey,
  type Value,
} from "./value.ts";

/** Bytes that are not a value, with the place where that shows. */
export class EncodingProblem extends Error {
  override readonly name = "EncodingProblem";
  /** How many bytes lie before it. */
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`byte ${offset - origin + 1}: ${what}`);
    this.offset = offset - origin;
  }
}

// One value at a time is read from here.
let input: Uint8Array = new Uint8Array();
let numbers: DataView | undefined;
/** Where the value begins. */
let origin = 0;
let at = 0;
let parts = 0;
/** A value of many parts is read, whose short strings are to take little memory rather than little time. */
let inSteps = false;
/** Whether it may have integers of 64 bits, and whether it had one. */
let mayBeWide = false;
let isWide = false;

const emptyTable = new Table(noItems, noItems, noItems);

/**
 * Reads what follows the byte of the format at `from`, to the end. Nothing of `bytes` is kept. It takes time and memory in
 * proportion to their length, whatever they claim.
 * @throws EncodingProblem
 */
export function read(bytes: Uint8Array, from: number): Value {
  input = bytes;
  numbers = undefined;
  origin = from;
  at = from + 1;
  parts = 0;
  mayBeWide = bytes[from] === FORMAT_2;
  isWide = false;
  try {
    const value = readValue(0);
    if (at < bytes.length) throw new EncodingProblem(trailingBytes, at);
    if (mayBeWide && !isWide) throw notShortest(from);
    return value;
  } finally {
    input = nothing;
    origin = 0;
  }
}
const nothing = new Uint8Array();

// What V8 takes for what is made here, on 64 bits.
const TABLE: Bytes = 100;
const ITEM: Bytes = 12;
const FIELD: Bytes = 70;

/** The input for numbers: most values that are read one at a time have none, and it takes as long as all the rest. */
const view = () => (numbers ??= new DataView(input.buffer, input.byteOffset, input.byteLength));

function readValue(depth: number): Value {
  const start = at;
  const byte = next();
  if (byte < SHORT_STRING) return byte;
  if (byte < ITEMS) return readString(byte - SHORT_STRING);
  if (byte < FIELDS) return readTable(byte - ITEMS, 0, start, depth);
  if (byte < FALSE) {
    if (byte === FIELDS) throw notShortest(start);
    return readTable(0, byte - FIELDS, start, depth);
  }
  if (byte >= NEGATIVE) return byte - 0x100;
  switch (byte) {
    case FALSE:
      return false;
    case TRUE:
      return true;
    case LONG_STRING:
      return readString(readLength(start));
    case ANY_TABLE:
      return readAnyTable(start, depth);
    case FLOAT_32:
    case FLOAT_64:
      return float(readFloat(byte, start));
    case INTEGER_64:
      if (mayBeWide) return readWide(start);
  }
  return readInteger(byte, start);
}

function readWide(start: number): number | bigint {
  const n = view().getBigInt64(take(8));
  if (BigInt.asIntN(32, n) === n) throw notShortest(start);
  isWide = true;
  return integer(n)!;
}

function readInteger(byte: number, start: number): number {
  const [n, shorter] = integerAt(byte, start);
  if (shorter) throw notShortest(start);
  return n;
}

/** An integer, and whether fewer bytes would do. */
function integerAt(byte: number, start: number): [number, boolean] {
  if (byte === INTEGER_8) {
    const n = view().getInt8(take(1));
    return [n, n >= -0x10];
  }
  if (byte === INTEGER_16) {
    const n = view().getInt16(take(2));
    return [n, n >= -0x80 && n <= 0x7f];
  }
  if (byte === INTEGER_32) {
    const n = view().getInt32(take(4));
    return [n, n >= -0x8000 && n <= 0x7fff];
  }
  throw new EncodingProblem(noValueBegins(byte.toString(16)), start);
}

function readFloat(byte: number, start: number): number {
  if (byte === FLOAT_32) {
    const from = take(4);
    const n = view().getFloat32(from);
    if (Number.isNaN(n) && view().getUint32(from) !== NAN_32) throw notShortest(start);
    return n;
  }
  const n = view().getFloat64(take(8));
  if (Number.isNaN(n) || Math.fround(n) === n) throw notShortest(start);
  return n;
}

/** The length of a string that was too long for a byte. */
function readLength(start: number): number {
  const length = readCount();
  if (length <= MOST_SHORT) throw notShortest(start);
  return length;
}

function readAnyTable(start: number, depth: number): Table {
  const items = readCount();
  const fields = readCount();
  if (isShortEnough(items, fields)) throw notShortest(start);
  return readTable(items, fields, start, depth);
}

/** Whether the numbers of a table's parts go into its first byte. */
const isShortEnough = (items: number, fields: number): boolean =>
  (fields === 0 && items <= MOST_PARTS) || (items === 0 && fields <= MOST_PARTS);

function checkTable(itemCount: number, fieldCount: number, start: number, depth: number): void {
  if (depth >= MAX_DEPTH) throw new EncodingProblem(tablesTooDeep(MAX_DEPTH), start);
  // What is promised has to be there, before memory is taken for it: a byte for each part at least.
  if (itemCount + 2 * fieldCount > input.length - at) throw tooShort();
  parts += itemCount + fieldCount;
  make(TABLE + ITEM * itemCount + FIELD * fieldCount);
  if (parts > MAX_PARTS) throw new EncodingProblem(tooManyParts(MAX_PARTS), start);
}

function readTable(itemCount: number, fieldCount: number, start: number, depth: number): Table {
  checkTable(itemCount, fieldCount, start, depth);
  if (itemCount + fieldCount === 0) return emptyTable;
  let items: Value[] = noItems as never;
  if (itemCount > 0) {
    items = [];
    for (let i = 0; i < itemCount; i++) items.push(readValue(depth + 1));
  }
  if (fieldCount === 0) return new Table(items, noItems, noItems);
  const keys: TableKey[] = [];
  const values: Value[] = [];
  const seen = fieldCount > FEW ? new Set<string | number | bigint | boolean>() : undefined;
  for (let i = 0; i < fieldCount; i++) {
    const keyStart = at;
    const key = readKey(itemCount);
    if (seen === undefined ? includes(keys, key) : seen.size === seen.add(plainKey(key)).size) {
      throw new EncodingProblem(keyTwice, keyStart);
    }
    keys.push(key);
    values.push(readValue(depth + 1));
  }
  return new Table(items, keys, values);
}

/** Up to this many keys, comparing all of them is faster than a set. */
const FEW = 12;

function includes(keys: readonly TableKey[], key: TableKey): boolean {
  if (!(key instanceof ByteString)) return keys.includes(key);
  for (let i = 0; i < keys.length; i++) {
    const other = keys[i]!;
    if (other === key || (other instanceof ByteString && other.equals(key))) return true;
  }
  return false;
}

function readKey(itemCount: number): TableKey {
  const start = at;
  const byte = next();
  if (byte >= SHORT_STRING && byte < ITEMS) return readName(byte - SHORT_STRING);
  at = start;
  if ((byte >= ITEMS && byte < FALSE) || byte === ANY_TABLE) throw notAKey(start);
  const key = readValue(0);
  if (key instanceof ByteString || typeof key === "boolean" || typeof key === "bigint") return key;
  if (byte === FLOAT_32 || byte === FLOAT_64) return readFloatKey(key instanceof Float ? key.value : key, start);
  if (typeof key !== "number" || (key >= 1 && key <= itemCount + 1)) throw notAKey(start);
  return key;
}

/** When integers had 32 bits, whole floats beyond them were keys of their own; they are the integers now. */
function readFloatKey(n: Value, start: number): TableKey {
  if (typeof n !== "number" || Number.isNaN(n)) throw notAKey(start);
  const key = floatKey(n);
  if (Number.isInteger(n) && (mayBeWide ? key !== n || Number.isSafeInteger(n) : (n | 0) === n)) throw notAKey(start);
  return key;
}

// The names of fields come again and again: those that were read lately are kept, and their bytes compared.
const NAMES = 512;
const LONGEST_NAME = 24;
const names: (ByteString | undefined)[] = new Array(NAMES).fill(undefined);

function readName(length: number): ByteString {
  if (length > LONGEST_NAME) return inSteps ? readString(length) : new ByteString(readBytes(length));
  const from = take(length);
  let hash = length;
  for (let i = from; i < at; i++) hash = (Math.imul(hash, 31) + input[i]!) | 0;
  const slot = (hash ^ (hash >>> 9)) & (NAMES - 1);
  const known = names[slot];
  if (known !== undefined && (inSteps ? isTextAt(known, from, length) : isAt(known.bytes, from, length))) return known;
  at = from;
  return (names[slot] = inSteps ? readString(length) : new ByteString(readBytes(length)));
}

/** As `isAt`, for names of which many are read: each would get its bytes as well. */
function isTextAt(name: ByteString, from: number, length: number): boolean {
  if (name.length !== length) return false;
  const text = name.binary;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== input[from + i]) return false;
  return true;
}

function isAt(bytes: Uint8Array, from: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== input[from + i]) return false;
  return true;
}

/** Up to this length a loop copies faster than a call. */
const LOOP = 24;
/** Up to this length a string is made in its binary form, in a fifth of the time: its bytes are made when they are needed. */
const LONGEST_BINARY = 256;
// Node's own: one copy from bytes to a one-byte string.
const { latin1Slice } = Buffer.prototype;

function readString(length: number): ByteString {
  if ((length <= LOOP && !inSteps) || length > LONGEST_BINARY) return new ByteString(readBytes(length));
  const from = take(length);
  makeBinary(length);
  return new ByteString(latin1Slice.call(input, from, at) as Binary);
}

function readBytes(length: number): Uint8Array {
  const from = take(length);
  makeString(length);
  const bytes = new Uint8Array(length);
  if (length > LOOP) bytes.set(input.subarray(from, at));
  else for (let i = 0; i < length; i++) bytes[i] = input[from + i]!;
  return bytes;
}

/** Seven bits a byte, up to 31 bits. */
function readCount(): number {
  const start = at;
  let n = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = next();
    if (shift === 28 && byte > 0x07) throw new EncodingProblem(numberTooLong, start);
    n |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte === 0 && shift > 0) throw notShortest(start);
      return n;
    }
  }
}

function next(): number {
  if (at >= input.length) throw tooShort();
  return input[at++]!;
}

/** Where the next `length` bytes are. */
function take(length: number): number {
  const from = at;
  if (length > input.length - from) throw tooShort();
  at = from + length;
  return from;
}

const notAKey = (offset: number) => new EncodingProblem(keyNotPossible, offset);
const tooShort = () => new EncodingProblem(endMissing, input.length);
const notShortest = (offset: number) => new EncodingProblem(notCanonical, offset);

// ---- in steps (codec-steps.ts) ----

/** A value that is being read, between two steps: its bytes, and what the variables above were. */
export class Place {
  readonly #input: Uint8Array;
  #at = 1;
  #parts = 0;
  #isWide = false;

  /** @throws EncodingProblem for bytes of another format */
  constructor(bytes: Uint8Array) {
    const [format] = bytes;
    if (format !== FORMAT_1 && format !== FORMAT_2) throw new EncodingProblem(unknownFormat, 0);
    this.#input = bytes;
  }

  get parts(): number {
    return this.#parts;
  }

  /** Goes on reading from here, and keeps where that ends. */
  readFrom<T>(read: () => T): T {
    this.#enter();
    try {
      return read();
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    input = this.#input;
    numbers = undefined;
    origin = 0;
    inSteps = true;
    at = this.#at;
    parts = this.#parts;
    mayBeWide = input[0] === FORMAT_2;
    isWide = this.#isWide;
  }

  #leave(): void {
    this.#at = at;
    this.#parts = parts;
    this.#isWide = isWide;
    inSteps = false;
    input = nothing;
  }
}

/** How many items and fields the table has that begins here; undefined where something else does. */
export function readHead(depth: number): readonly [items: number, fields: number] | undefined {
  const start = at;
  const byte = next();
  const isShort = byte >= ITEMS && byte < FALSE;
  if (!isShort && byte !== ANY_TABLE) {
    at = start;
    return undefined;
  }
  const [items, fields] = isShort
    ? byte < FIELDS
      ? [byte - ITEMS, 0]
      : [0, byte - FIELDS]
    : [readCount(), readCount()];
  if (isShort ? byte === FIELDS : isShortEnough(items, fields)) throw notShortest(start);
  checkTable(items, fields, start, depth);
  return [items, fields];
}

/** What begins here, and is no table. */
export const readPart = (): Value => readValue(MAX_DEPTH);

export { readKey };

/**
 * @param seen strings by their binary form, which no other key is
 * @throws EncodingProblem for a key that is there already
 */
export function addKey(seen: Set<string | number | bigint | boolean>, key: TableKey): void {
  const { size } = seen;
  if (seen.add(key instanceof ByteString ? key.binary : key).size === size) throw new EncodingProblem(keyTwice, at);
}

/** @throws EncodingProblem where the value is whole and something follows, or another format would have done */
export function expectEnd(): void {
  if (at < input.length) throw new EncodingProblem(trailingBytes, at);
  if (mayBeWide && !isWide) throw notShortest(0);
}
