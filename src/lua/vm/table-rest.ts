import { discarded } from "../../value/bytes.ts";
import { HASHED } from "../../value/key-hash.ts";
import type { ByteString, Bytes } from "../../value/value.ts";
import { borrow, work } from "../meter/meter.ts";
import { BORROWED, grownBetween, LOOK } from "./growth.ts";
import { fromFloat, hashOfInt64, type Int64 } from "./int64.ts";
import { KEY, Places } from "./places.ts";
import { hashOfString } from "./string-hash.ts";
import { FLOAT, INT64, INTEGER, LIGHTUSERDATA, NIL, STRING } from "./tags.ts";

/** What a key is found by in a Map; of strings, only the long ones are. */
function hashOf(type: number, value: unknown): unknown {
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
/** Past what a list, or a search for a border, has to do with: integers from here on are not numbers (int64.ts). */
const BEYOND = 2 ** 53;

/** What V8 takes for a key in its Map, which has room for a power of two of them and is copied when it is full. */
const PLACE_IN_MAP: Bytes = 28;

/** Before the next entries are added; what is copied then is garbage. */
function growingMap(length: number): void {
  const count = length / SLOTS;
  discarded(8 * grownBetween(length, length + LOOK));
  if ((count & (count - 1)) === 0) discarded(PLACE_IN_MAP * count);
}

/** Before the next entries are added by the script: whether there is room for the copies. */
function borrowGrowth(length: number): void {
  const count = length / SLOTS;
  borrow(8 * BORROWED * grownBetween(length, length + LOOK) + ((count & (count - 1)) === 0 ? PLACE_IN_MAP * count : 0));
}

/** Slots of an entry: the tag and the key (KEY), the tag and the value. */
export { KEY };
export const VALUE_TAG = 2;
export const VALUE = 3;
export const SLOTS = 4;
/** What an entry leaves behind when all of them are copied. */
const GARBAGE: Bytes = 8 * SLOTS + PLACE_IN_MAP;

/**
 * What is in a table and neither an item nor a field, in the order in which it came. What was taken out stays, as nil,
 * until keys are added: it is where a traversal goes on from. A place is that of an entry's first slot.
 */
export class Rest {
  /** Four slots for each key: its tag, itself, the tag of its value, and that. */
  entries: unknown[] = [];
  /** How many values are not nil, and how many of those have an integer from 1 on for a key. */
  live = 0;
  integers = 0;
  /** Before this place there are only nils. */
  first = 0;
  /** Where a traversal came to last. */
  cursor = 0;
  /** Which metamethods are known not to be in it, a bit each (core/metatables.ts). */
  absent = 0;
  /** Places by what short strings hash to. */
  readonly #strings = new Places();
  /** Places of all other keys. */
  #others: Map<unknown, number> | undefined = undefined;
  /** The string that was asked for last, and its place: what is read is often written next. */
  #lastKey: ByteString | undefined = undefined;
  #lastPlace = -1;

  /** How many keys there are, with those that were taken out. */
  get count(): number {
    return this.entries.length / SLOTS;
  }

  /** Where a key is, or was; -1 where it never was. */
  placeOf(type: number, key: unknown): number {
    return type === STRING ? this.placeOfString(key as ByteString) : this.#placeOf(hashOf(type, key));
  }

  /** The same of an integer that JavaScript has exactly. */
  placeOfInteger(n: number): number {
    return this.#placeOf(n);
  }

  #placeOf(hash: unknown): number {
    const place = this.#others?.get(hash);
    return place === undefined ? -1 : place;
  }

  /** The same of a string. */
  placeOfString(key: ByteString): number {
    if (key === this.#lastKey) return this.#lastPlace;
    if (key.length > HASHED) return this.#placeOf(hashOfString(key));
    this.#lastKey = key; // as it is short, it does not matter that the table may keep it alive
    return (this.#lastPlace = this.#strings.find(this.entries, key));
  }

  /** The tag of the value at a place; nil for -1. */
  tagAt(place: number): number {
    return place < 0 ? NIL : (this.entries[place + VALUE_TAG] as number);
  }

  /** Where a traversal that came to this key goes on from. */
  placeOfKey(type: number, key: unknown): number {
    const { entries, cursor } = this;
    if (cursor < entries.length && entries[cursor] === type && entries[cursor + KEY] === key) return cursor;
    return this.placeOf(type, key);
  }

  /** Adds a key that is not there. */
  add(keyType: number, key: unknown, type: number, value: unknown): void {
    const { length } = this.entries;
    if (length > 0 && length % LOOK === 0) growingMap(length);
    this.#place(keyType, key);
    this.entries.push(keyType, key, type, value);
    this.live++;
    this.absent = 0;
    if (isPositive(keyType, key)) this.integers++;
  }

  /** Remembers the next place as that of a key. */
  #place(type: number, key: unknown): void {
    const place = this.entries.length;
    if (type === STRING && (key as ByteString).length <= HASHED) {
      this.#strings.add(key as ByteString, place);
      this.#lastKey = key as ByteString;
      this.#lastPlace = place;
      return;
    }
    this.#others ??= new Map();
    this.#others.set(hashOf(type, key), place);
  }

  /** Sets the value of a key that is there, or was. */
  setAt(place: number, type: number, value: unknown): void {
    const { entries } = this;
    const before = entries[place + VALUE_TAG] as number;
    if (before === NIL) {
      if (type === NIL) return;
      this.live++;
      this.absent = 0;
      if (isPositive(entries[place] as number, entries[place + KEY])) this.integers++;
      if (place < this.first) this.first = place;
    }
    entries[place + VALUE_TAG] = type;
    entries[place + VALUE] = value;
    if (type === NIL) this.#tookOut(place);
  }

  #tookOut(place: number): void {
    this.live--;
    if (isPositive(this.entries[place] as number, this.entries[place + KEY])) this.integers--;
    if (this.live === 0 && this.count > FEW_TAKEN_OUT) this.#clear();
  }

  /** Takes out the value of an integer, which goes somewhere else. */
  forget(place: number): void {
    this.entries[place + VALUE_TAG] = NIL;
    this.entries[place + VALUE] = null;
    this.live--;
    this.integers--;
  }

  /** Before a key is added: nobody may be on his way through the table, so what was taken out may go for good. */
  makeRoom(): void {
    if (this.count - this.live > this.live + FEW_TAKEN_OUT) this.clearAway();
    // Here, where nothing is half done: the script may be measured.
    const { length } = this.entries;
    if (length > 0 && length % LOOK === 0) borrowGrowth(length);
  }

  clearAway(): void {
    const { entries } = this;
    work(this.count);
    discarded(GARBAGE * this.count);
    this.#clear();
    this.live = 0;
    this.integers = 0;
    for (let i = 0; i < entries.length; i += SLOTS) {
      const type = entries[i + VALUE_TAG] as number;
      if (type === NIL) continue;
      const keyType = entries[i] as number;
      const key = entries[i + KEY];
      this.add(keyType, key, type, entries[i + VALUE]);
    }
  }

  /**
   * Takes out the entries that are gone, and keys that have no value and that nobody has any more. A key that somebody
   * has stays, since it may be where a traversal goes on from.
   */
  sweep(
    isGone: (keyType: number, key: unknown, type: number, value: unknown) => boolean,
    isReached: (type: number, value: unknown) => boolean,
  ): void {
    const { entries } = this;
    this.#clear();
    this.live = 0;
    this.integers = 0;
    for (let i = 0; i < entries.length; i += SLOTS) {
      const keyType = entries[i] as number;
      const key = entries[i + KEY];
      const type = entries[i + VALUE_TAG] as number;
      const value = entries[i + VALUE];
      if (type !== NIL && !isGone(keyType, key, type, value)) {
        this.add(keyType, key, type, value);
      } else if (isReached(keyType, key)) {
        this.#place(keyType, key);
        this.entries.push(keyType, key, NIL, null);
      }
    }
  }

  /** Goes through the entries that have a value. */
  forEach(visit: (keyType: number, key: unknown, type: number, value: unknown) => void): void {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += SLOTS) {
      const type = entries[i + VALUE_TAG] as number;
      if (type !== NIL) visit(entries[i] as number, entries[i + KEY], type, entries[i + VALUE]);
    }
  }

  #clear(): void {
    this.#strings.clear();
    this.#others = undefined;
    this.#lastKey = undefined;
    this.entries = [];
    this.first = 0;
    this.cursor = 0;
  }

  /** How many integers there are up to each power of two, from above the one before it. */
  integersByPower(): number[] {
    const counts: number[] = new Array(32).fill(0);
    const { entries } = this;
    for (let i = 0; i < entries.length; i += SLOTS) {
      const key = entries[i + KEY];
      if (isPositive(entries[i] as number, key) && (key as number) <= LONGEST_LIST && entries[i + VALUE_TAG] !== NIL)
        counts[32 - Math.clz32((key as number) - 1)]!++;
    }
    return counts;
  }

  /** A border from `from` on, which is there, or 0. */
  border(from: number): number {
    const has = (n: number) => this.tagAt(this.placeOfInteger(n)) !== NIL;
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

const isPositive = (type: number, value: unknown): boolean => type === INTEGER && (value as number) > 0;
