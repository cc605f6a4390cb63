import type { Binary } from "../../value/bytes.ts";
import type { ByteString } from "../../value/value.ts";
import { allocate, handle } from "../meter/meter.ts";

/**
 * From this length on the binary form is counted before it is made, that of shorter strings when it is met; and going
 * through the bytes counts as work.
 */
const LONG = 1000;

/**
 * What a string is found by in a Map, and compared by: its binary form, one character per byte, in byte order. It can't
 * meet the hash of anything else: other values hash to numbers, booleans and objects.
 */
export function hashOfString(s: ByteString): Binary {
  if (s.length > LONG) {
    handle(s.length);
    if (!s.hasBinary) allocate(s.length);
  }
  return s.binary;
}
