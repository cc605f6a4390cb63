/** How large keys and values may be in backends that keep bytes: the same in all, so that one can replace another. */
import type { Bytes, Key } from "../value/value.ts";
import { keyTooLong, valueTooLarge } from "./errors.ts";

/** An index of PostgreSQL takes keys of 2704 bytes at most. */
export const MOST_KEY_BYTES: Bytes = 2048;
/** As bytes of the encoding. A value is read and written in one piece. */
export const MOST_VALUE_BYTES: Bytes = 64 * 1024 * 1024;

/** @throws INVALID */
export function checkKeySize(key: Key): void {
  if (key.length > MOST_KEY_BYTES) throw keyTooLong(key.length, MOST_KEY_BYTES);
}

/** @throws INVALID */
export function checkValueSize(value: Uint8Array): void {
  if (value.length > MOST_VALUE_BYTES) throw valueTooLarge(value.length, MOST_VALUE_BYTES);
}
