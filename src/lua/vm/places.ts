/**
 * Where the short strings are among the entries of a table: a hash table with open addressing. It keeps each string's
 * hash beside its place, so that a search looks into one list, and into the entries where it has most likely found it.
 */
import type { ByteString } from "../../value/value.ts";
import { work } from "../meter/meter.ts";

/** Numbers of a slot: the place of an entry and one more, or 0; and the hash of its key. */
const SLOT = 2;
const EMPTY = new Int32Array(SLOT);
/** Slots that there are with the first string. */
const FIRST_BITS = 4;
/** 2^32 by the golden ratio: spreads hashes that follow each other. */
const SPREAD = 0x9e3779b1;
/** Where the key is in an entry (table-rest.ts). */
export const KEY = 1;
/** A search counts as work each time that it has looked at so many slots. */
const MANY = 64;

export class Places {
  #slots = EMPTY;
  /** The logarithm of how many slots there are. */
  #bits = 0;
  #count = 0;

  /** The place of a string that equals this one, or -1. */
  find(entries: readonly unknown[], key: ByteString): number {
    if (this.#count === 0) return -1;
    const { hash } = key;
    const slots = this.#slots;
    const last = slots.length - 1;
    let at = this.#first(hash);
    for (let steps = 1; slots[at] !== 0; steps++) {
      if (slots[at + 1] === hash) {
        const place = slots[at]! - 1;
        if ((entries[place + KEY] as ByteString).equals(key)) return place;
      }
      at = (at + SLOT) & last;
      if (steps % MANY === 0) work(MANY);
    }
    return -1;
  }

  /** Adds a string that is not there. */
  add(key: ByteString, place: number): void {
    if (2 * (this.#count + 1) > 1 << this.#bits) this.#grow();
    this.#count++;
    this.#put(key.hash, place + 1);
  }

  clear(): void {
    this.#slots = EMPTY;
    this.#bits = 0;
    this.#count = 0;
  }

  #first(hash: number): number {
    return SLOT * (Math.imul(hash, SPREAD) >>> (32 - this.#bits));
  }

  #put(hash: number, occupied: number): void {
    const slots = this.#slots;
    const last = slots.length - 1;
    let at = this.#first(hash);
    while (slots[at] !== 0) at = (at + SLOT) & last;
    slots[at] = occupied;
    slots[at + 1] = hash;
  }

  #grow(): void {
    const before = this.#slots;
    this.#bits = this.#bits === 0 ? FIRST_BITS : this.#bits + 1;
    this.#slots = new Int32Array(SLOT << this.#bits);
    for (let at = 0; at < before.length; at += SLOT) {
      if (before[at] !== 0) this.#put(before[at + 1]!, before[at]!);
    }
  }
}
