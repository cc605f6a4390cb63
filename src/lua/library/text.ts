/**
 * Strings as functions of the library take and make them: in binary form, one character per byte, counted before they
 * are made.
 */
import { byItself, fromBinary, inOnePiece } from "../../value/bytes.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { allocate, handle, newBuffer, newString } from "../meter/meter.ts";

const { latin1Slice } = Buffer.prototype;

/** Shorter strings are made without being counted in both forms. */
const LONG: Bytes = 1000;

/** A string's binary form, counted where it has to be made. */
export function binaryOf(s: ByteString): string {
  if (s.length > LONG && !s.hasBinary) {
    allocate(s.length);
    handle(s.length);
  }
  return s.binary;
}

/** A string's bytes, counted where they have to be made. */
export function bytesOf(s: ByteString): Uint8Array {
  if (s.length > LONG && !s.hasBytes) {
    allocate(s.length);
    handle(s.length);
  }
  return s.bytes;
}

/** One byte of a string. */
export const byteAt = (s: ByteString, i: number): number => (s.hasBinary ? s.binary.charCodeAt(i) : s.bytes[i]!);

export const EMPTY: ByteString = ByteString.fromAscii("");

/** The strings of one byte, which all states share. */
const single: readonly ByteString[] = Array.from({ length: 256 }, (_, c) =>
  ByteString.fromBinary(String.fromCharCode(c) as never),
);

export const stringOfByte = (byte: number): ByteString => single[byte]!;

/** A string of this binary form. */
export function newText(binary: string): ByteString {
  const { length } = binary;
  if (length < 2) return length === 0 ? EMPTY : single[binary.charCodeAt(0)]!;
  newString(length);
  allocate(length);
  return ByteString.fromBinary(binary as never);
}

/** JavaScript copies parts that are shorter; a longer one keeps what it is a part of. */
const COPIED = 13;
/** What a part may keep of the string that it is a part of: this much, or so many times its own length. */
const KEPT: Bytes = 256;
const TIMES = 4;

/** A part of a string, as a string that does not keep the whole. */
export function part(s: ByteString, from: number, to: number): ByteString {
  const length = to - from;
  if (length <= 1) return length < 1 ? EMPTY : single[byteAt(s, from)]!;
  if (length === s.length) return s;
  newString(length);
  allocate(length);
  if (s.hasBinary && (length < COPIED || s.length <= KEPT || s.length <= TIMES * length)) {
    return ByteString.fromBinary(s.binary.slice(from, to) as never);
  }
  handle(length);
  if (s.hasBytes) {
    if (length > LONG) return new ByteString(Uint8Array.prototype.slice.call(s.bytes, from, to));
    return ByteString.fromBinary(latin1Slice.call(s.bytes, from, to) as never);
  }
  return new ByteString(fromBinary(s.binary.slice(from, to) as never));
}

/** Pieces are put together in runs of so many. */
const RUN = 256;
const SMALL: Bytes = 256;

/**
 * A string that is put together piece by piece. It is counted as a buffer that doubles, so that whoever measures what
 * the script holds need not look in here.
 */
export class Builder {
  length: Bytes = 0;
  /** What is shorter is not worth to be counted before it is a string. */
  #capacity: Bytes = SMALL;
  #text = "";
  #pieces = 0;
  #runs: string[] | undefined = undefined;

  add(piece: string): void {
    if (piece === "") return;
    this.length += piece.length;
    if (this.length > this.#capacity) this.#grow();
    this.#text += piece;
    if (++this.#pieces >= RUN) this.#endRun();
  }

  /** Bytes that it holds. */
  get held(): Bytes {
    return this.#capacity;
  }

  #grow(): void {
    this.#capacity = 2 * this.length;
    newBuffer(this.#capacity);
  }

  #endRun(): void {
    this.#runs ??= [];
    this.#runs.push(inOnePiece(this.#text));
    this.#text = "";
    this.#pieces = 0;
  }

  /** What was put together, in binary form. */
  toText(): string {
    if (this.#runs === undefined && this.#pieces === 1) return byItself(this.#text); // it may be a part of another one
    return inOnePiece(this.#runs === undefined ? this.#text : this.#runs.join("") + this.#text);
  }

  toString(): ByteString {
    return newText(this.toText());
  }
}
