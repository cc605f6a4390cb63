/** How large keys and values may be in backends that keep bytes: the same in all, so that one can replace another. */
import type { MoonkeepError } from "../errors.ts";
import type { Bytes, Key } from "../value/value.ts";
import { keyTooLong, storedTooLarge, tooMuchOfOne, valueTooLarge, valueUnreadable } from "./errors.ts";

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

/**
 * Before what is kept is brought here.
 * @param most how much whoever asks may have; absent: any
 * @throws as `notBrought` says
 */
export function checkKeptSize(key: Key, length: Bytes, most: Bytes = MOST_VALUE_BYTES): void {
  if (length > Math.min(most, MOST_VALUE_BYTES)) throw notBrought(key, length, most);
}

/** Why a value was left out: it is larger than any of ours, or than whoever asks may have. */
export const notBrought = (key: Key, length: Bytes, most: Bytes): MoonkeepError =>
  length > MOST_VALUE_BYTES
    ? valueUnreadable(key, new Error(storedTooLarge(length, MOST_VALUE_BYTES)))
    : tooMuchOfOne(key, most);
