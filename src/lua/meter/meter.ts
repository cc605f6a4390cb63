/**
 * What the script that runs has allocated, counted where it happens: bytes of strings and buffers before they exist,
 * table entries as they are made. It is an account of what was asked for, not of what is still in use; when it is
 * used up, `exhausted` looks at what can be reached (measure.ts) and fills it again, or ends the script.
 *
 * One script runs in a thread at a time, so the account is here and costs a subtraction. The room meter/ says who pays:
 * for memory, for work and for depth. It knows nothing of the VM.
 */

import { discarded } from "../../value/bytes.ts";
import { making } from "../../value/making.ts";
import type { Bytes } from "../../value/value.ts";
import { noTooLongString } from "./errors.ts";

export interface Account {
  /** Bytes that may be asked for until `exhausted` is called. */
  left: Bytes;
  /** Bytes of what is being made for the script, and what nobody finds yet who measures what it reaches. */
  unseen: Bytes;
  /** The longest string. */
  readonly longest: Bytes;
  /** Fills the account again. @param wanted what was asked for last, which is not there yet. @throws Stopped */
  exhausted(wanted: Bytes): void;
  /** Looks whether there is room for so much, which is given back soon; absent where that is not worth it. @throws Stopped */
  borrow?(bytes: Bytes): void;
  /** Counts work that was done for the script, in instructions of the VM. @throws Stopped */
  work(steps: number): void;
  /** A string is to be longer than `longest`. @throws Stopped */
  tooLong(length: Bytes): never;
}

const unlimited: Account = {
  left: Number.POSITIVE_INFINITY,
  unseen: 0,
  longest: Number.POSITIVE_INFINITY,
  exhausted() {},
  work() {},
  tooLong() {
    throw new RangeError(noTooLongString);
  },
};

let account: Account = unlimited;

/** Counts for this account from now on, or for none. @returns the one before */
export function chargeTo(next: Account | undefined): Account {
  const before = account;
  account = next ?? unlimited;
  return before;
}

/** Whether somebody pays for what is done now. */
export const isCharged = (): boolean => account !== unlimited;

/** Before memory is taken. @throws Stopped when the script may not have it */
export function allocate(bytes: Bytes): void {
  account.left -= bytes;
  if (account.left < 0) account.exhausted(bytes);
}

/**
 * Before a part of a value is made that the script gets when all of it is there: until then, what was made counts as
 * what the script has. @throws Stopped when the script may not have it
 */
export function makeUnseen(bytes: Bytes): void {
  allocate(bytes);
  account.unseen += bytes;
}
making.told = makeUnseen;

/** What was made is the script's now, or nobody's. */
export function allSeen(): void {
  account.unseen = 0;
}

/** What was made stays with a call that waits. @returns how much it is, for `hold` */
export function takeUnseen(): Bytes {
  const { unseen } = account;
  account.unseen = 0;
  return unseen;
}

/** Before memory is taken for a moment, as by a copy whose original is dropped. @throws Stopped when there is no room */
export function borrow(bytes: Bytes): void {
  if (account.left < bytes) account.borrow?.(bytes);
}

/**
 * Before work that grows with what the script gave, within one call of the host: counts as that many instructions.
 * @throws Stopped when a limit is hit
 */
export function work(steps: number): void {
  counted += Math.ceil(steps);
  account.work(steps);
}

let counted = 0;

/** Counts work from now on. @returns how much there was, in whole instructions */
export function countWork(): () => number {
  const before = counted;
  return () => counted - before;
}

/** Bytes that are gone through in the time of an instruction, by the slower ones of the library. */
const BYTES_PER_STEP = 250;
/** Fewer bytes cost less than the call that handles them. */
const SHORT: Bytes = 1000;

/** Before bytes are read or written. @throws Stopped when a limit is hit */
export function handle(bytes: Bytes): void {
  if (bytes > SHORT) work(bytes / BYTES_PER_STEP);
}

/** What the VM's own records of a string take, beside its bytes. */
export const STRING: Bytes = 225;

/** What a JavaScript closure takes that is made for the script. */
export const HOLDER: Bytes = 450;

/** What an error keeps of one level of the call stack. */
export const FRAME_SNAPSHOT: Bytes = 400;

/** Whether a string may have this length. */
export const canHold = (length: Bytes): boolean => length <= account.longest;

/** Before a string is made of bytes that are already counted. */
export function newString(length: Bytes): void {
  if (length > account.longest) account.tooLong(length);
  allocate(STRING);
}

/** Before a buffer is filled. One that grows is doubled, so it may be twice as long as the string it ends as. */
export function newBuffer(length: Bytes): void {
  if (length > 2 * account.longest) account.tooLong(length);
  allocate(length);
  handle(length);
}

/**
 * A function of the VM holds memory that nothing in Lua reaches, such as the buffer that it fills, while it calls back
 * into the script. @param bytes all that it holds now
 */
/** A thread, as far as its innermost frame is concerned. */
export interface Holder {
  readonly ci: { held: Bytes };
}

export function hold(L: Holder, bytes: Bytes): void {
  L.ci.held = bytes;
}

/** Before a string of this length is made from JavaScript. @throws Stopped when it is too long, or too much */
export function reserveString(length: Bytes): void {
  newString(length);
  allocate(length);
  if (length > SHORT) discarded(length);
}

/** What a piece takes while a string is put together, beside its bytes. */
const PIECE: Bytes = 120;

/**
 * A string that a library function puts together piece by piece, and that may call back into the script between two
 * pieces. What it holds meanwhile is counted; that a piece is also in a string of the script's is not known here.
 */
export class Pieces {
  readonly #L: Holder;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(L: Holder) {
    this.#L = L;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > account.longest) account.tooLong(this.#length);
    hold(this.#L, this.#length + PIECE * this.#pieces.length);
    allocate(PIECE);
  }

  /** Everything in one buffer. */
  join(): Uint8Array {
    return concat(this.#pieces);
  }
}

/** One buffer of several, counted before it is made. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  newBuffer(length);
  return Buffer.concat(parts, length);
}

/**
 * Stands for `Uint8Array` in the VM's files: a buffer is counted before it exists. What it makes is the real thing.
 */
export const MeteredBytes = function (this: unknown, ...args: [never]) {
  const [length] = args as readonly unknown[];
  if (typeof length === "number") newBuffer(length);
  return new Uint8Array(...args);
} as unknown as Uint8ArrayConstructor;
Object.defineProperties(MeteredBytes, {
  prototype: { value: Uint8Array.prototype },
  from: { value: Uint8Array.from.bind(Uint8Array) },
  of: { value: Uint8Array.of.bind(Uint8Array) },
});
