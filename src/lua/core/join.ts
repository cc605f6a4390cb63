/**
 * Strings put together. They are added up as JavaScript's strings are, from their binary forms, which is the form that
 * keys and patterns are looked up in; the bytes of the result are made when somebody asks for them. Very long strings
 * are copied as bytes, unless their parts have the other form already.
 */
import { inOnePiece } from "../../value/bytes.ts";
import type { Affixes } from "../../value/key-hash.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { allocate, handle, newBuffer, newString } from "../meter/meter.ts";

/** The binary form of strings up to this length is made without being counted. */
export const SHORT: Bytes = 256;
/** Up to this length, the binary forms of the parts are made for this. */
const MADE: Bytes = 2 ** 16;
/** Up to this length, they are used where they are there. */
const USED: Bytes = 2 ** 24;

/** A string of this text, which is short. */
export function shortString(text: string): ByteString {
  newString(text.length);
  allocate(text.length);
  return new ByteString(inOnePiece(text));
}

/** The text around a number, which is whole and from 0 to 2^31 - 1: it is written when somebody asks for it. */
export function textAround(affixes: Affixes, n: number): ByteString {
  const text = new ByteString(affixes, n);
  newString(text.length);
  allocate(text.length);
  return text;
}

/** The parts as one string, of this length. @throws Stopped where it is too long */
export function joined(parts: readonly ByteString[], length: Bytes): ByteString {
  if (length <= MADE || (length <= USED && parts.every(({ length, hasBinary }) => hasBinary || length <= SHORT))) {
    const text = sum(parts);
    if (length <= SHORT) return shortString(text);
    newString(length);
    newBuffer(length);
    return new ByteString(inOnePiece(text));
  }
  newString(length);
  newBuffer(length);
  const bytes = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    bytes.set(part.bytes, to);
    to += part.length;
  }
  return new ByteString(bytes);
}

function sum(parts: readonly ByteString[]): string {
  let text = "";
  for (const part of parts) {
    if (!part.hasBinary && part.length > SHORT) {
      allocate(part.length);
      handle(part.length);
    }
    text += part.binary;
  }
  return text;
}
