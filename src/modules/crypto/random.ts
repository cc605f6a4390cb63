/** Random bytes and texts, from the operating system. */

import { MoonkeepError } from "../../errors.ts";
import { reserveString, work } from "../../lua/meter/meter.ts";
import { nodeCrypto } from "../../value/node-crypto.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { charsetLength, randomLength } from "./errors.ts";

const LONGEST: Bytes = 1 << 20;
const BYTES_A_STEP: Bytes = 16;
const letters = ByteString.fromAscii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

const invalid = (message: string) => new MoonkeepError("INVALID", message);

export function randomBytes(length: number): ByteString {
  if (length < 1 || length > LONGEST) throw invalid(randomLength(LONGEST, length));
  reserveString(length);
  work(length / BYTES_A_STEP);
  return new ByteString(Uint8Array.from(nodeCrypto().randomBytes(length)));
}

/** Each byte of the alphabet with the same chance: a random byte that does not divide evenly is thrown away. */
export function randomString(length: number, alphabet: ByteString = letters): ByteString {
  const { bytes } = alphabet;
  if (bytes.length < 1 || bytes.length > 256) throw invalid(charsetLength(bytes.length));
  if (length < 1 || length > LONGEST) throw invalid(randomLength(LONGEST, length));
  reserveString(length);
  work(length / 4);
  const text = new Uint8Array(length);
  const even = 256 - (256 % bytes.length);
  let at = 0;
  while (at < length) {
    for (const byte of nodeCrypto().randomBytes(2 * (length - at))) {
      if (byte < even && at < length) text[at++] = bytes[byte % bytes.length]!;
    }
  }
  return new ByteString(text);
}
