import { MAX_DEPTH } from "../limits.ts";
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
  SHORT_STRING,
  TRUE,
} from "./codec-format.ts";
import { valueTooDeep } from "./errors.ts";
import { ByteString, Float, isWhole, Table, type Value } from "./value.ts";

// One value at a time is written here, and copied out when it is whole.
const START = 4096;
/** What is kept for the next value; a larger one gives its memory back. */
const KEPT = 1024 * 1024;
let room: Uint8Array = new Uint8Array(START);
let view = new DataView(room.buffer);
let at = 0;
/** Whether there was something that the first format can't hold. */
let isWide = false;

/** @throws RangeError for tables nested deeper than `MAX_DEPTH`, which no script and no JavaScript value gets here */
export function write(value: Value): Uint8Array {
  at = 1;
  isWide = false;
  try {
    writeValue(value, 0);
    room[0] = isWide ? FORMAT_2 : FORMAT_1;
    return room.slice(0, at);
  } finally {
    if (room.length > KEPT) renew(START);
  }
}

function writeValue(value: Value, depth: number): void {
  if (typeof value === "number") writeNumber(value);
  else if (value instanceof ByteString) writeString(value);
  else if (value instanceof Table) writeTable(value, depth);
  else if (value instanceof Float) writeFloat(value.value);
  else if (typeof value === "bigint") writeWide(value);
  else {
    reserve(1);
    room[at++] = value ? TRUE : FALSE;
  }
}

function writeNumber(n: number): void {
  if ((n | 0) !== n || (n === 0 && 1 / n < 0)) {
    if (isWhole(n)) writeWide(BigInt(n));
    else writeFloat(n);
    return;
  }
  reserve(5);
  if (n >= -16 && n <= 0x7f) room[at++] = n & 0xff;
  else if (n >= -0x80 && n <= 0x7f) {
    room[at++] = INTEGER_8;
    room[at++] = n;
  } else if (n >= -0x8000 && n <= 0x7fff) {
    room[at] = INTEGER_16;
    view.setInt16(at + 1, n);
    at += 3;
  } else {
    room[at] = INTEGER_32;
    view.setInt32(at + 1, n);
    at += 5;
  }
}

function writeWide(n: bigint): void {
  isWide = true;
  reserve(9);
  room[at] = INTEGER_64;
  view.setBigInt64(at + 1, n);
  at += 9;
}

function writeFloat(n: number): void {
  reserve(9);
  const nan = Number.isNaN(n);
  if (nan || Math.fround(n) === n) {
    room[at] = FLOAT_32;
    if (nan) view.setUint32(at + 1, NAN_32);
    else view.setFloat32(at + 1, n);
    at += 5;
  } else {
    room[at] = FLOAT_64;
    view.setFloat64(at + 1, n);
    at += 9;
  }
}

/** Up to this length a loop copies faster than a call. */
const LOOP = 24;

// Node's own: a one-byte string as bytes.
const { latin1Write } = Buffer.prototype as unknown as { latin1Write(text: string, at: number, length: number): void };

/** In the form that the string has: the other one would stay with it. */
function writeString(string: ByteString): void {
  const { length } = string;
  reserve(length + 6);
  if (length <= MOST_SHORT) room[at++] = SHORT_STRING | length;
  else {
    room[at++] = LONG_STRING;
    writeCount(length);
  }
  if (string.hasBytes) {
    const { bytes } = string;
    if (length > LOOP) room.set(bytes, at);
    else for (let i = 0; i < length; i++) room[at + i] = bytes[i]!;
  } else {
    const text = string.binary;
    if (length > LOOP) latin1Write.call(room, text, at, length);
    else for (let i = 0; i < length; i++) room[at + i] = text.charCodeAt(i);
  }
  at += length;
}

function writeTable({ items, keys, values }: Table, depth: number): void {
  if (depth >= MAX_DEPTH) throw new RangeError(valueTooDeep(MAX_DEPTH));
  reserve(11);
  if (keys.length === 0 && items.length <= MOST_PARTS) room[at++] = ITEMS | items.length;
  else if (items.length === 0 && keys.length <= MOST_PARTS) room[at++] = FIELDS | keys.length;
  else {
    room[at++] = ANY_TABLE;
    writeCount(items.length);
    writeCount(keys.length);
  }
  for (let i = 0; i < items.length; i++) writeValue(items[i]!, depth + 1);
  for (let i = 0; i < keys.length; i++) {
    writeValue(keys[i]!, depth + 1);
    writeValue(values[i]!, depth + 1);
  }
}

/** Seven bits a byte; there is room. */
function writeCount(n: number): void {
  let rest = n;
  for (; rest > 0x7f; rest >>>= 7) room[at++] = (rest & 0x7f) | 0x80;
  room[at++] = rest;
}

function reserve(bytes: number): void {
  if (at + bytes > room.length) renew(Math.max(2 * room.length, at + bytes));
}

function renew(size: number): void {
  const before = room;
  room = new Uint8Array(size);
  if (size > before.length) room.set(before);
  view = new DataView(room.buffer);
}
