/** Texts as differs see them: a number for each character, and for each byte that is not part of UTF-8. */
import { allocate, handle, reserveString } from "../../lua/meter/meter.ts";
import { ByteString } from "../../value/value.ts";

export type Symbols = Int32Array;

/** Bytes of a symbol and of what it comes from, while both are there. */
const SYMBOL = 8;

export function symbolsOf(text: ByteString): Symbols {
  allocate(text.length * SYMBOL);
  handle(text.length * 4);
  const units = text.toString();
  const symbols = new Int32Array(units.length);
  let n = 0;
  for (let i = 0; i < units.length; n++) {
    const symbol = units.codePointAt(i)!;
    symbols[n] = symbol;
    i += symbol > 0xffff ? 2 : 1;
  }
  return n === symbols.length ? symbols : symbols.slice(0, n);
}

const CHUNK = 8192;

export function textOf(symbols: Symbols): ByteString {
  allocate(2 * symbols.length);
  handle(symbols.length * 4);
  let text = "";
  for (let i = 0; i < symbols.length; i += CHUNK) text += String.fromCodePoint(...symbols.subarray(i, i + CHUNK));
  const made = ByteString.fromText(text);
  reserveString(made.length);
  return made;
}

/** Several in one. */
export function joined(parts: readonly Symbols[]): Symbols {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  allocate(4 * length);
  handle(length);
  const all = new Int32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
