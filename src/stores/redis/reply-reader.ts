/**
 * Where replies of Redis end, and whether each is one of RESP, protocol 2 or 3:
 * https://redis.io/docs/latest/develop/reference/protocol-spec/. It reads the headers only, and passes over the rest.
 */
import type { Bytes } from "../../value/value.ts";
import { answerTooLong, UnreadableAnswer } from "../errors.ts";
import { MOST_VALUE_BYTES } from "../kept-size.ts";

const CR = 13;
const LF = 10;
const MINUS = 45;
const ZERO = 48;
const STRING = 36;
const LIST = 42;
const INTEGER = 58;
/** Of a length. */
const MOST_DIGITS = 9;

/** What begins with a length: strings, and lists of things. The client takes two of them for null where it is -1. */
const STRINGS = "$!=";
const LISTS = "*~%";
const NULLABLE = "$*";
/** What is a line. */
const LINES = "+-:,(_#";
/** `txt:`, which the third kind of strings begins with. */
const FORMAT: Bytes = 4;

/** A text in one line, an error and a number among them, is short. */
const LONGEST_LINE: Bytes = 2 ** 16;
/** A reply is at most a list of lists. */
const MOST_DEPTH = 4;
/** As many things as the lists of a reply have room for in all: 10,000 is what we ask for at most. */
const MOST_PLACES = 2 ** 14;

/**
 * What a reply has at most, with `A_PIECE`: a record of the largest value, and some for its pieces. What is read
 * together is less: 10,000 records of 4 KiB.
 */
const MOST_OF_A_REPLY: Bytes = 1.5 * MOST_VALUE_BYTES;

/** The same while the client logs in and asks the server what it is. */
const MOST_AT_FIRST: Bytes = 2 ** 20;

/** What it costs to keep a piece of a reply: they come in as many as the network, or the server, likes. */
const A_PIECE: Bytes = 256;

export class ReplyReader {
  /** How many bytes of a string, with its end, are still to come. */
  #left: Bytes = 0;
  /** How many things are still to come in each list that has begun. */
  readonly #open: number[] = [];
  #places = 0;
  /** How much of a reply has come. */
  #sum: Bytes = 0;
  #most = MOST_AT_FIRST;
  /** How many replies have ended. */
  replies = 0;

  /** Whether a reply has begun. */
  get isWithin(): boolean {
    return this.#left > 0 || this.#open.length > 0;
  }

  /**
   * @param isReady whether the client has logged in
   * @returns how many of these bytes it has read: a line that has not ended has to be given once more
   * @throws UnreadableAnswer
   */
  read(bytes: Buffer, isReady: boolean): Bytes {
    if (isReady) this.#most = MOST_OF_A_REPLY;
    this.#sum += bytes.length + A_PIECE;
    if (this.#sum > this.#most) throw answerTooLong();
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, bytes.length - at);
        at += passed;
        this.#left -= passed;
        if (this.#left === 0) this.#ended();
      } else {
        const next = this.#plain(bytes, at);
        if (next > 0) {
          at = next;
          continue;
        }
        const end = bytes.indexOf(LF, at) + 1;
        if ((end || bytes.length) - at > LONGEST_LINE) throw answerTooLong();
        if (end === 0) return at;
        this.#header(bytes, at, end - 2);
        at = end;
      }
    }
    return bytes.length;
  }

  /**
   * The header of most replies: a string, a list, or an integer that is not negative.
   * @returns where it ends; 0 where it is another one, has not come whole, or is wrong: then nothing is read
   */
  #plain(bytes: Buffer, start: number): number {
    const type = bytes[start]!;
    if (type !== STRING && type !== LIST && type !== INTEGER) return 0;
    let at = start + 1;
    let number = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      number = number * 10 + digit;
      at++;
    }
    const digits = at - start - 1;
    if (digits === 0 || digits > MOST_DIGITS || bytes[at] !== CR || bytes[at + 1] !== LF) return 0;
    if (type === STRING) this.#string(number, 0);
    else if (type === LIST) this.#list(number);
    else this.#ended();
    return at + 2;
  }

  /** @param last where its CR is to be */
  #header(bytes: Buffer, start: number, last: number): void {
    check(last > start && bytes[last] === CR);
    const type = String.fromCharCode(bytes[start]!);
    if (NULLABLE.includes(type) && isNull(bytes, start, last)) this.#ended();
    else if (STRINGS.includes(type)) this.#string(lengthIn(bytes, start, last), type === "=" ? FORMAT : 0);
    else if (LISTS.includes(type)) this.#list(lengthIn(bytes, start, last) * (type === "%" ? 2 : 1));
    else {
      check(LINES.includes(type)); // it is also no push: nobody has asked for any
      if (type === "_") check(last === start + 1);
      else if (type === "#") check(last === start + 2);
      else check(bytes.indexOf(CR, start) === last); // for the client the line ends there, whatever follows
      this.#ended();
    }
  }

  #string(length: Bytes, least: Bytes): void {
    check(length >= least);
    if (length > this.#most) throw answerTooLong();
    this.#left = length + 2;
  }

  #list(length: number): void {
    this.#places += length;
    if (this.#places > MOST_PLACES) throw answerTooLong();
    check(this.#open.length < MOST_DEPTH);
    if (length === 0) this.#ended();
    else this.#open.push(length);
  }

  /** One thing is over, and maybe the lists that end with it. */
  #ended(): void {
    const open = this.#open;
    while (open.length > 0) {
      open[open.length - 1]!--;
      if (open.at(-1)! > 0) return;
      open.pop();
    }
    this.#places = 0;
    this.#sum = 0;
    this.replies++;
  }
}

/** @throws UnreadableAnswer */
function check(isRight: boolean): void {
  if (!isRight) throw new UnreadableAnswer();
}

/** `$-1` or `*-1` */
const isNull = (bytes: Buffer, start: number, last: number): boolean =>
  last === start + 3 && bytes[start + 1] === MINUS && bytes[start + 2] === ZERO + 1;

/** The number behind the first byte of a line. */
function lengthIn(bytes: Buffer, start: number, last: number): number {
  check(last > start + 1 && last <= start + 1 + MOST_DIGITS);
  let length = 0;
  for (let i = start + 1; i < last; i++) {
    const digit = bytes[i]! - ZERO;
    check(digit >= 0 && digit <= 9);
    length = length * 10 + digit;
  }
  return length;
}
