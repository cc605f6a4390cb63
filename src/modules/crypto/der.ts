/**
 * As much of DER (X.690) as a key needs to be looked at before any arithmetic is done with it. Strict: what OpenSSL would
 * read in another way than this does is refused.
 */

import { derBadLength, derExtraZeros, derLongLength, derNotWhole, derTooShort, wrongDerType } from "./errors.ts";

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;
export const SEQUENCE = 0x30;

/** Reads one value after another. Every method throws a `RangeError` where the bytes are something else. */
export class Der {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The content of the value that comes next. */
  read(tag: number): Uint8Array {
    if (this.#bytes[this.#at] !== tag) throw new RangeError(wrongDerType);
    const [length, start] = this.#length(this.#at + 1);
    const end = start + length;
    if (end > this.#bytes.length) throw new RangeError(derTooShort);
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  sequence(): Der {
    return new Der(this.read(SEQUENCE));
  }

  /** The bits that an integer has; none may be below zero. */
  bits(): number {
    const [first, ...rest] = this.read(INTEGER);
    if (first === undefined || first > 127) throw new RangeError(derNotWhole);
    if (first === 0 && rest.length > 0 && rest[0]! < 128) throw new RangeError(derExtraZeros);
    return first === 0 && rest.length > 0 ? bitsOf(rest[0]!) + 8 * (rest.length - 1) : bitsOf(first) + 8 * rest.length;
  }

  /** @returns the length, and where the content begins */
  #length(at: number): [length: number, start: number] {
    const first = this.#bytes[at] ?? 0x80;
    if (first < 0x80) return [first, at + 1];
    const count = first & 0x7f;
    if (count < 1 || count > 3) throw new RangeError(derBadLength);
    let length = 0;
    for (let i = 1; i <= count; i++) length = length * 256 + (this.#bytes[at + i] ?? 0);
    if (length < 0x80 || length < 256 ** (count - 1)) throw new RangeError(derLongLength);
    return [length, at + 1 + count];
  }
}

const bitsOf = (byte: number): number => 32 - Math.clz32(byte);
