/**
 * Values as bytes, for backends that keep bytes: exact for everything that a store takes, and compact. docs/encoding.md
 * describes it for others who read or write it; docs/codec-vectors.json has examples.
 *
 * The first byte names the format. `encode` writes the oldest one that holds the value, so that older versions of
 * moonkeep read what they can; `decode` reads every one that there ever was.
 */

import { FORMAT_1, FORMAT_2 } from "./codec-format.ts";
import { EncodingProblem, read } from "./codec-reader.ts";
import { write } from "./codec-writer.ts";
import { noBytes, unknownFormat } from "./errors.ts";
import { Packed } from "./packed.ts";
import type { Value } from "./value.ts";

export { EncodingProblem } from "./codec-reader.ts";

/** What reads each format, by its first byte. A line is never taken away. */
const readers: ReadonlyMap<number, (bytes: Uint8Array, from: number) => Value> = new Map([
  [FORMAT_1, read],
  [FORMAT_2, read],
]);

/** The bytes of a value, which are the caller's own. Equal values whose keys are in one order give the same bytes. */
export function encode(value: Value): Uint8Array {
  return value instanceof Packed ? value.bytes.slice() : write(value);
}

/**
 * The value in some bytes, of which nothing is kept.
 * @param from where it begins; it goes on to the end
 * @throws EncodingProblem when they are not a value
 */
export function decode(bytes: Uint8Array, from = 0): Value {
  const reader = readers.get(bytes[from] as number);
  if (reader !== undefined) return reader(bytes, from);
  throw new EncodingProblem(bytes.length === from ? noBytes : unknownFormat, 0);
}
