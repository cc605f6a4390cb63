import type { ByteString } from "../../value/value.ts";
import { work } from "../meter/meter.ts";
import type { TValue } from "./cell.ts";
import { newCell, nothing } from "./cell.ts";
import { fromFloat, hashOfInt64, type Int64 } from "./int64.ts";
import { hashOfString } from "./string-hash.ts";
import { FLOAT, INT64, INTEGER, LIGHTUSERDATA, NIL, STRING } from "./tags.ts";

/** What a key is found by in a Map. */
export function hashOf({ type, value }: TValue): unknown {
  switch (type) {
    case STRING:
      return hashOfString(value as ByteString);
    case INT64:
      return hashOfInt64(value as Int64);
    case FLOAT: {
      const whole = fromFloat(value as number);
      return whole === undefined || typeof whole === "number" ? value : hashOfInt64(whole);
    }
    case LIGHTUSERDATA:
      return standInFor(value);
    default:
      return value;
  }
}

/** A light userdata is another key than what it holds: an object of the VM's, or a number, as in the compiler. */
function standInFor(held: unknown): unknown {
  if ((typeof held !== "object" && typeof held !== "function") || held === null) return `${NO_BYTE}${String(held)}`;
  let known = standIns.get(held);
  if (known === undefined) {
    known = {};
    standIns.set(held, known);
  }
  return known;
}
const standIns = new WeakMap<object, object>();
/** A character that the binary form of no string has. */
const NO_BYTE = "\u0100";

/** So many that were taken out are not worth to be cleared away. */
const FEW_TAKEN_OUT = 32;
/** Past what a list, or a search for a border, has to do with: integers from here on are no numbers (int64.ts). */
const BEYOND = 2 ** 53;

/**
 * What is in a table and neither an item nor a field, in the order in which it came. What was taken out stays, as nil,
 * until keys are added: it is where a traversal goes on from.
 */
export class Rest {
  keys: TValue[] = [];
  values: TValue[] = [];
  /** How many values are not nil, and how many of those have an integer from 1 on for a key. */
  live = 0;
  integers = 0;
  /** Before this place there are only nils. */
  first = 0;
  /** Where a traversal came to last. */
  cursor = 0;
  #places = new Map<unknown, number>();

  get(hash: unknown): TValue {
    const place = this.#places.get(hash);
    return place === undefined ? nothing : this.values[place]!;
  }

  /** The key that is found by this. */
  key(hash: unknown): TValue | undefined {
    const place = this.#places.get(hash);
    return place === undefined ? undefined : this.keys[place];
  }

  /** Where a key is, or was. */
  placeOf(key: TValue): number | undefined {
    const last = this.keys[this.cursor];
    if (last !== undefined && last.type === key.type && last.value === key.value) return this.cursor;
    return this.#places.get(hashOf(key));
  }

  /** Adds a key that is not there. */
  add(hash: unknown, key: TValue, value: TValue): void {
    this.#places.set(hash, this.keys.length);
    this.keys.push(key);
    this.values.push(value);
    this.live++;
    if (isPositive(key)) this.integers++;
  }

  /** Sets the value of a key that is there, or was. @returns false for any other */
  replace(hash: unknown, value: TValue): boolean {
    const place = this.#places.get(hash);
    if (place === undefined) return false;
    const known = this.values[place]!;
    if (known.type !== NIL) {
      known.setfrom(value);
      if (value.type === NIL) this.#tookOut(place);
    } else if (value.type !== NIL) {
      known.setfrom(value);
      this.live++;
      if (isPositive(this.keys[place]!)) this.integers++;
      if (place < this.first) this.first = place;
    }
    return true;
  }

  #tookOut(place: number): void {
    this.live--;
    if (isPositive(this.keys[place]!)) this.integers--;
    if (this.live === 0 && this.keys.length > FEW_TAKEN_OUT) this.#clear();
  }

  /** Takes out the value of an integer, which goes somewhere else. */
  takeOut(n: number): TValue | undefined {
    const place = this.#places.get(n);
    if (place === undefined) return undefined;
    const value = this.values[place]!;
    if (value.type === NIL) return undefined;
    this.values[place] = newCell(NIL, null);
    this.live--;
    this.integers--;
    return value;
  }

  /** Before a key is added: nobody may be on his way through the table, so what was taken out may go for good. */
  makeRoom(): void {
    if (this.keys.length - this.live > this.live + FEW_TAKEN_OUT) this.clearAway();
  }

  clearAway(): void {
    const { keys, values } = this;
    work(keys.length);
    this.#clear();
    this.live = 0;
    this.integers = 0;
    for (let i = 0; i < keys.length; i++) {
      if (values[i]!.type !== NIL) this.add(hashOf(keys[i]!), keys[i]!, values[i]!);
    }
  }

  #clear(): void {
    this.#places = new Map();
    this.keys = [];
    this.values = [];
    this.first = 0;
    this.cursor = 0;
  }

  /** How many integers there are up to each power of two, from above the one before it. */
  integersByPower(): number[] {
    const counts: number[] = new Array(32).fill(0);
    for (let i = 0; i < this.keys.length; i++) {
      const key = this.keys[i]!;
      if (isPositive(key) && (key.value as number) <= LONGEST_LIST && this.values[i]!.type !== NIL)
        counts[32 - Math.clz32((key.value as number) - 1)]!++;
    }
    return counts;
  }

  /** A border from `from` on, which is there, or 0. */
  border(from: number): number {
    const has = (n: number) => this.get(n).type !== NIL;
    let there = from;
    let beyond = from + 1;
    while (has(beyond)) {
      there = beyond;
      beyond = Math.min(2 * beyond, BEYOND);
    }
    while (beyond - there > 1) {
      const middle = Math.floor((there + beyond) / 2);
      if (has(middle)) there = middle;
      else beyond = middle;
    }
    return there;
  }
}

/** The longest list that is looked for. */
const LONGEST_LIST = 2 ** 31;

const isPositive = ({ type, value }: TValue): boolean => type === INTEGER && (value as number) > 0;
