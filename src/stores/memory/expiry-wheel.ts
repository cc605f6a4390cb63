import { endianness } from "node:os";
import type { Milliseconds } from "../../value/value.ts";

/*
 * Which deadlines have come: a hierarchical timing wheel that reads a deadline as sixteen hexadecimal digits.
 *
 * The digits are those of the number's own 64 bits. As integers, the bits of IEEE doubles stand in the order of the
 * numbers (once the sign is taken care of), so no resolution had to be chosen: a microsecond and a thousand years fit
 * the same sixteen levels, and two deadlines share the lowest slot only when they are equal.
 *
 * The wheel has an origin, a time that has already come. A timer lies on the level of the highest digit in which its
 * deadline differs from the origin, in the slot of the deadline's digit there. It follows that
 *  - everything on a lower level is due before everything on a higher one, and on a level by order of slots: slots are
 *    numbered `16 * level + digit`, and the lowest one in use holds what is due next;
 *  - `now` has a slot by the same rule. Slots below it are due as a whole, slots above it not at all. Only the slot of
 *    `now` itself has to be opened: its start becomes the origin, and its timers move to lower levels one by one.
 *
 * Costs: scheduling and cancelling are O(1), at any number of timers and any deadline. A timer moves down at most
 * fifteen times in its life; in practice few timers do, because most slots are passed as a whole. Opening a slot is
 * resumable: `step` looks at one timer.
 *
 * Rejected: a wheel of ticks needs a resolution, an overflow list and a scan of the current tick to be exact to the
 * instant; a heap costs O(log n) for each session that is touched; a timer of the process per key costs a hundred times
 * as much.
 */

const DIGIT_BITS = 4;
const SLOTS_PER_LEVEL = 16;
const LEVELS = 16;
/** The first slot of the levels that lie in the upper half of the 64 bits. */
const UPPER = (LEVELS / 2) * SLOTS_PER_LEVEL;
/** Holds what was due when it was scheduled. No other timer comes here: its digit would not exceed the origin's. */
const OVERDUE = 0;
const NOT_SCHEDULED = -1;

// One double seen as two signed words: small integers to V8, which never allocates for them.
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const HIGH = endianness() === "LE" ? 1 : 0;
const LOW = 1 - HIGH;
const SIGN = 1 << 31;

/** A deadline of something. It belongs to one wheel, and is used again for each new deadline. */
export class Timer<T> {
  readonly owner: T;
  /** The deadline. From this instant on, the owner has expired. */
  at: Milliseconds = Number.POSITIVE_INFINITY;
  /** The whole of the time that it was given last. */
  life: Milliseconds = Number.POSITIVE_INFINITY;
  slot = NOT_SCHEDULED;
  next: Timer<T> | undefined = undefined;
  previous: Timer<T> | undefined = undefined;

  constructor(owner: T) {
    this.owner = owner;
  }
}

export class ExpiryWheel<T> {
  #size = 0;
  // The origin's 64 bits.
  #high: number;
  #low: number;
  /** The first timer of each slot. */
  readonly #slots: (Timer<T> | undefined)[] = new Array(LEVELS * SLOTS_PER_LEVEL).fill(undefined);
  /** By level: which of its slots are in use, a bit each. */
  readonly #used = new Int32Array(LEVELS);
  /** Which levels are in use, a bit each. */
  #levels = 0;
  /** The slot whose timers are being moved to lower levels. */
  #opened = OVERDUE;

  /** @param now the time at which the wheel starts; deadlines lie after it */
  constructor(now: Milliseconds) {
    const sign = read(now);
    this.#high = upperWord(sign);
    this.#low = lowerWord(sign);
  }

  /** How many timers are scheduled. */
  get size(): number {
    return this.#size;
  }

  /** Sets a timer, or sets it anew. */
  schedule(timer: Timer<T>, at: Milliseconds): void {
    const slot = this.#slotOf(at);
    timer.at = at;
    if (slot === timer.slot) return; // a deadline that is put off a little
    this.cancel(timer);
    this.#insert(timer, slot);
  }

  /** Takes a timer out; nothing happens when it is not in. */
  cancel(timer: Timer<T>): void {
    if (timer.slot !== NOT_SCHEDULED) this.#remove(timer);
  }

  /**
   * Looks at one timer that may be due by `now`.
   * @returns a timer that was due, and is scheduled no more; `"moved"` when it only moved closer to its turn, and
   *   there may be others; `undefined` when nothing is due.
   */
  step(now: Milliseconds): Timer<T> | "moved" | undefined {
    let timer = this.#slots[this.#opened];
    if (timer === undefined || this.#opened === OVERDUE) {
      const slot = this.#first();
      if (slot === NOT_SCHEDULED) return undefined;
      const reached = this.#slotOf(now);
      timer = this.#slots[slot]!;
      if (slot < reached || slot === OVERDUE) return this.#remove(timer);
      if (slot > reached) return undefined;
      this.#open(slot, timer);
    }
    this.#remove(timer);
    if (timer.at <= now) return timer;
    this.#insert(timer, this.#slotOf(timer.at));
    return "moved";
  }

  /** As `step`, until it knows: a timer that was due by `now`, or `undefined`. */
  take(now: Milliseconds): Timer<T> | undefined {
    let timer = this.step(now);
    while (timer === "moved") timer = this.step(now);
    return timer;
  }

  #insert(timer: Timer<T>, slot: number): void {
    const next = this.#slots[slot];
    timer.slot = slot;
    timer.next = next;
    if (next !== undefined) next.previous = timer;
    else {
      this.#used[slot >> DIGIT_BITS]! |= 1 << (slot & 15);
      this.#levels |= 1 << (slot >> DIGIT_BITS);
    }
    this.#slots[slot] = timer;
    this.#size++;
  }

  #remove(timer: Timer<T>): Timer<T> {
    const { slot, next, previous } = timer;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else {
      this.#slots[slot] = next;
      if (next === undefined) this.#release(slot);
    }
    timer.slot = NOT_SCHEDULED;
    timer.next = undefined;
    timer.previous = undefined;
    this.#size--;
    return timer;
  }

  /** Notes that a slot is no longer in use. */
  #release(slot: number): void {
    const level = slot >> DIGIT_BITS;
    this.#used[level]! &= ~(1 << (slot & 15));
    if (this.#used[level] === 0) this.#levels &= ~(1 << level);
  }

  /** The lowest slot in use. */
  #first(): number {
    if (this.#levels === 0) return NOT_SCHEDULED;
    const level = lowestBit(this.#levels);
    return level * SLOTS_PER_LEVEL + lowestBit(this.#used[level]!);
  }

  /** The slot of a time; `OVERDUE` when it is not after the origin. */
  #slotOf(at: Milliseconds): number {
    const sign = read(at);
    const high = upperWord(sign);
    if (high !== this.#high) {
      const slot = slotInWord(high, this.#high);
      return slot === OVERDUE ? OVERDUE : UPPER + slot;
    }
    const low = lowerWord(sign);
    return low === this.#low ? OVERDUE : slotInWord(low, this.#low);
  }

  /** Moves the origin to where a slot begins: the digits of any of its timers, with zeros below the slot's level. */
  #open(slot: number, timer: Timer<T>): void {
    const sign = read(timer.at);
    const mask = -1 << (DIGIT_BITS * ((slot & (UPPER - 1)) >> DIGIT_BITS));
    this.#high = upperWord(sign) & (slot >= UPPER ? mask : -1);
    this.#low = slot >= UPPER ? 0 : lowerWord(sign) & mask;
    this.#opened = slot;
  }
}

/** Puts a number where `upperWord` and `lowerWord` find it. @returns all ones for a negative number, else zeros */
function read(n: number): number {
  double[0] = n + 0; // plus zero: minus zero is the same time as zero
  return words[HIGH]! >> 31;
}

// A negative number has all its bits turned, any other its sign bit only: the order of integers without a sign.

function upperWord(sign: number): number {
  return words[HIGH]! ^ (sign | SIGN);
}

function lowerWord(sign: number): number {
  return words[LOW]! ^ sign;
}

/** The slot of a word that differs from the origin's, counted within that word; `OVERDUE` when it lies before it. */
function slotInWord(word: number, origin: number): number {
  const level = (31 - Math.clz32(word ^ origin)) >> 2;
  const shift = level * DIGIT_BITS;
  const digit = (word >>> shift) & 15;
  return digit > ((origin >>> shift) & 15) ? level * SLOTS_PER_LEVEL + digit : OVERDUE;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
