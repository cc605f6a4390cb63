/**
 * Byte strings, and the three forms that they take.
 *
 * Lua's strings are bytes; JavaScript's are UTF-16. Two translations keep every byte:
 *
 * - **binary**: one character per byte, U+0000 to U+00FF. JavaScript compares two of them as Lua compares the bytes,
 *   and stores them with one byte a character. This is the form of keys.
 * - **text**: UTF-8 decoded. A byte that is part of no valid sequence becomes a lone surrogate, U+DC80 to U+DCFF, and
 *   turns back into that byte on the way out (the scheme of Python's PEP 383). Two different byte strings never
 *   become one text, so what people read and policies compare is still exact.
 */

import type { Bytes } from "./value.ts";

/** One character per byte. */
export type Binary = string & { readonly [binary]: true };
declare const binary: unique symbol;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// Node's own: one copy from bytes to a one-byte string. Below 16 bytes the call costs more than the loop.
const { latin1Slice, latin1Write } = Buffer.prototype;
const SHORT = 16;
/** Longer buffers than this are made each by itself. */
const POOLED: Bytes = Buffer.poolSize;

/** Whoever writes to something outside gets bytes as Node.js has them: what `toString` gives is their text. */
export const toBuffers =
  (write: (bytes: Uint8Array) => void): ((bytes: Uint8Array) => void) =>
  (bytes) =>
    write(bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));

/**
 * How many bytes translations have made since the process began. Each is garbage soon, which V8 lets lie: whoever has to
 * answer for memory looks at it now and then, and knows what nobody else has counted.
 */
export let translated: Bytes = 0;

/** Counts what was made on the way to something else, as a translation is. */
export function discarded(bytes: Bytes): void {
  translated += bytes;
}

/** What V8 takes for a list of bytes beside these: longer ones lie outside its heap. */
const RECORD_INSIDE: Bytes = 130;
const RECORD_OUTSIDE: Bytes = 300;
const MOST_INSIDE: Bytes = 64;
export const bytesRecord = (length: Bytes): Bytes => (length > MOST_INSIDE ? RECORD_OUTSIDE : RECORD_INSIDE);

/**
 * How much strings have got since the process began that had one form and were given the other one as well, which they
 * keep: nobody asked for it when they were made.
 */
export let completed: Bytes = 0;

export function complete(bytes: Bytes): void {
  completed += bytes;
}

export function toBinary(bytes: Uint8Array): Binary {
  const length = bytes.length;
  if (length > SHORT) {
    translated += length;
    return latin1Slice.call(bytes, 0, length) as Binary;
  }
  let text = "";
  for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[i]!);
  return text as Binary;
}

export function fromBinary(text: Binary): Uint8Array {
  const bytes = new Uint8Array(text.length);
  if (text.length > SHORT) {
    translated += text.length;
    latin1Write.call(bytes, text, 0, text.length);
  } else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** V8 copies what it puts together to fewer characters, and keeps the pieces of what has more. */
const PUT_TOGETHER = 13;
/** Where a look into a string ends up, so that V8 does not leave it out. */
const seen = { first: 0 };

/**
 * The same text in one piece: V8 keeps a sum as a tree of its parts, many times as large, until somebody looks in.
 * @param text one character per byte
 */
export function inOnePiece(text: string): Binary {
  if (text.length >= PUT_TOGETHER) seen.first = text.charCodeAt(0);
  return text as Binary;
}

/** The same text by itself: V8 keeps a part of a string with the whole that it is a part of. */
export const byItself = (text: string): Binary => inOnePiece(text.slice(0, 1) + text.slice(1));

// biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character is meant, control characters too
const ascii = /^[\x00-\x7f]*$/;

/** Whether a binary string is its own text. */
export const isAscii = (text: string): boolean => ascii.test(text);

/** The text of a binary string; see above. ASCII, the usual case, is its own text. */
export function binaryToText(text: Binary): string {
  return ascii.test(text) ? text : toText(fromBinary(text));
}

/** The binary form of a text's UTF-8 bytes; the inverse of `binaryToText`. */
export function textToBinary(text: string): Binary {
  return ascii.test(text) ? (text as Binary) : toBinary(fromText(text));
}

/** How two texts are ordered, by their bytes, as Lua orders strings: below 0, 0 or above 0. */
export function compareTexts(a: string, b: string): number {
  const [left, right] = [textToBinary(a), textToBinary(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As `textToBinary`; undefined for half of a surrogate pair that stands for no byte, since two texts would be one. */
export function exactBinary(text: string): Binary | undefined {
  if (ascii.test(text)) return text as Binary;
  const bytes = fromText(text);
  return text.isWellFormed() || toText(bytes) === text ? toBinary(bytes) : undefined;
}

/** Bytes as text, and `undefined` when they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  translated += bytes.length;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as text; a byte outside valid UTF-8 becomes a lone surrogate. */
export function toText(bytes: Uint8Array): string {
  const whole = decodeUtf8(bytes);
  if (whole !== undefined) return whole;
  // Unit by unit into one buffer: a text put together from its characters would take 32 bytes for each.
  const units = new Uint16Array(bytes.length);
  translated += 4 * bytes.length;
  let n = 0;
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i]!;
    if (first < 0xc2 || first > 0xf4) {
      units[n++] = first < 0x80 ? first : 0xdc00 + first; // which begins no sequence of several bytes
      i++;
      continue;
    }
    const length = sequenceLength(bytes, i);
    if (length === 0) units[n++] = 0xdc00 + bytes[i++]!;
    else {
      const code = codePoint(bytes, i, length);
      if (code < 0x10000) units[n++] = code;
      else {
        units[n++] = 0xd7c0 + (code >> 10);
        units[n++] = 0xdc00 + (code & 0x3ff);
      }
      i += length;
    }
  }
  return Buffer.from(units.buffer, 0, 2 * n).toString("utf16le");
}

/** The UTF-8 bytes of a text; a lone surrogate U+DC80 to U+DCFF is the byte that it stands for. */
export function fromText(text: string): Uint8Array {
  translated += 2 * text.length;
  if (text.isWellFormed()) {
    const bytes = Buffer.from(text, "utf8");
    // A short one lies in the pool of Node.js, which it would keep alive.
    if (bytes.length > POOLED) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    return Uint8Array.from(bytes);
  }
  translated += 2 * text.length;
  const bytes = Buffer.alloc(3 * text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes[n++] = code - 0xdc00;
    else n += bytes.write(String.fromCodePoint(code), n, "utf8");
    if (code > 0xffff) i++;
  }
  return Uint8Array.from(bytes.subarray(0, n));
}

/** How many bytes the valid UTF-8 sequence at `at` has (Unicode 15, table 3-7); 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >> 4 === 0xe ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  if (second < (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80)) return 0;
  if (second > (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf)) return 0;
  for (let i = 2; i < length; i++) if (bytes[at + i]! >> 6 !== 2) return 0;
  return length;
}

/** The character of a valid sequence of this length. */
function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
  return code;
}
