import { type Bytes, Table, type Value } from "./value.ts";

/** A table that came as bytes (codec.ts) from another thread, and has them still: whoever hands it on needs no others. */
export class Packed extends Table {
  readonly bytes: Uint8Array;
  /** How many parts it has, with those of the tables in it. */
  readonly parts: number;

  constructor({ items, keys, values }: Table, bytes: Uint8Array, parts: number) {
    super(items, keys, values);
    this.bytes = bytes;
    this.parts = parts;
  }
}

/** The value without its bytes. */
export const unpacked = (value: Value): Value =>
  value instanceof Packed ? new Table(value.items, value.keys, value.values) : value;

/** Parts of a table from which on it is large: smaller ones are read in less than a millisecond. */
const LARGE = 2000;
/** The same for the memory that it takes. */
const LARGE_BYTES: Bytes = 2 ** 18;

/** Whether a value takes so long to read that whoever reads it lets others have their turn. */
export const isLarge = (value: Value | undefined): value is Table =>
  value instanceof Table && (value.size > LARGE_BYTES || countParts(value, LARGE) > LARGE);

/** How many parts there are, those of the tables in it included; or more than `most`, where the count ends. */
export function countParts({ items, keys, values }: Table, most: number): number {
  let count = items.length + keys.length;
  for (const part of [items, values]) {
    for (let i = 0; i < part.length && count <= most; i++) {
      const value = part[i]!;
      if (value instanceof Table) count += countParts(value, most - count);
    }
  }
  return count;
}
