import { bytesRecord } from "./bytes.ts";
import type { Bytes } from "./value.ts";

/**
 * Told what reading a value has made, every now and then while it goes on: whoever counts memory (lua/meter/meter.ts)
 * puts itself here. It may throw, and the reading ends.
 */
export const making: { told: (bytes: Bytes) => void } = { told() {} };

/** So much is made until somebody is told. */
const MUCH: Bytes = 16 * 1024;

/** What was made since then. */
let made: Bytes = 0;

/** Counts what a reader is about to make. */
export function make(bytes: Bytes): void {
  made += bytes;
  if (made < MUCH) return;
  const all = made;
  made = 0;
  making.told(all);
}

/** What V8 takes for a string beside its content, on 64 bits. */
const STRING: Bytes = 80;

/** The same for a string that is made of bytes, and one of its binary form, which has no list of bytes. */
export const makeString = (length: Bytes): void => make(STRING + bytesRecord(length) + length);
export const makeBinary = (length: Bytes): void => make(STRING + length);
