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

/** One character per byte. */
export type Binary = string & { readonly [binary]: true };
declare const binary: unique symbol;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// Node's own: one copy from bytes to a one-byte string. Below 16 bytes the call costs more than the loop.
const { latin1Slice, latin1Write } = Buffer.prototype;
const SHORT = 16;

export function toBinary(bytes: Uint8Array): Binary {
  const length = bytes.length;
  if (length > SHORT) return latin1Slice.call(bytes, 0, length) as Binary;
  let text = "";
  for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[i]!);
  return text as Binary;
}

export function fromBinary(text: Binary): Uint8Array {
  const bytes = new Uint8Array(text.length);
  if (text.length > SHORT) latin1Write.call(bytes, text, 0, text.length);
  else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character is meant, control characters too
const ascii = /^[\x00-\x7f]*$/;

/** The text of a binary string; see above. ASCII, the usual case, is its own text. */
export function binaryToText(text: Binary): string {
  return ascii.test(text) ? text : toText(fromBinary(text));
}

/** The binary form of a text's UTF-8 bytes; the inverse of `binaryToText`. */
export function textToBinary(text: string): Binary {
  return ascii.test(text) ? (text as Binary) : toBinary(fromText(text));
}

/** Bytes as text, and `undefined` when they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
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
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length === 0) text += String.fromCharCode(0xdc00 + bytes[i++]!);
    else {
      text += utf8.decode(bytes.subarray(i, i + length));
      i += length;
    }
  }
  return text;
}

/** The UTF-8 bytes of a text; a lone surrogate U+DC80 to U+DCFF is the byte that it stands for. */
export function fromText(text: string): Uint8Array {
  if (text.isWellFormed()) return Uint8Array.from(Buffer.from(text, "utf8"));
  const parts: Buffer[] = [];
  // Between the lone surrogates the text is well-formed.
  for (const part of text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/)) {
    const code = part.charCodeAt(0);
    if (part.length === 1 && code >= 0xdc80 && code <= 0xdcff) parts.push(Buffer.from([code - 0xdc00]));
    else if (part !== "") parts.push(Buffer.from(part, "utf8"));
  }
  return Uint8Array.from(Buffer.concat(parts));
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
