/**
 * What an entry is in Redis: a string of the version and the value.
 *
 * | bytes | |
 * |---|---|
 * | 1 | 01, the format |
 * | 1 | the length of the version |
 * | … | the version, in ASCII |
 * | … | the value, as docs/encoding.md has it |
 */

import { decode, EncodingProblem } from "../../value/codec.ts";
import type { Bytes, Value } from "../../value/value.ts";
import { bytesOfVersion } from "../versions.ts";
import { notAnEntry } from "./errors.ts";

const FORMAT = 0x01;
const HEAD = 2;
const LONGEST_VERSION = 0xff;
/** A record has at most so many bytes more than its value. */
export const MOST_HEAD: Bytes = HEAD + LONGEST_VERSION;
/** No entry that can be read begins so: with the empty version, and a value that begins with a zero byte. */
const NO_VERSION = Buffer.of(0, 0);

export interface Content {
  readonly value: Value;
  readonly version: string;
}

export function writeRecord(encoded: Uint8Array, version: string): Buffer {
  const record = Buffer.allocUnsafe(HEAD + version.length + encoded.length);
  record[0] = FORMAT;
  record[1] = version.length;
  record.write(version, HEAD, "latin1");
  record.set(encoded, HEAD + version.length);
  return record;
}

/** A version with its length in front: what the write script compares. */
export function versionHead(version: string): Buffer {
  const bytes = bytesOfVersion(version);
  if (bytes === undefined || bytes.length > LONGEST_VERSION) return NO_VERSION;
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

export function readValue(record: Buffer): Value {
  return decode(record, valueStart(record));
}

export function readRecord(record: Buffer): Content {
  const start = valueStart(record);
  return { value: decode(record, start), version: record.toString("latin1", HEAD, start) };
}

/** @throws EncodingProblem */
function valueStart(record: Buffer): number {
  if (record[0] !== FORMAT || record.length < HEAD) throw new EncodingProblem(notAnEntry, 0);
  return HEAD + record[1]!;
}
