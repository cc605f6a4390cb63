/**
 * Lua's patterns, compiled into a list of items. They are matched in matcher.ts.
 *
 * What stands for one character is a table of 256 bytes, however long a set is in the pattern. A pattern that is wrong
 * fails where the match comes to what is wrong in it, and not before, as in the reference implementation: there the text
 * itself is interpreted, and `("a"):find("b[")` finds nothing and is not an error.
 *
 * Patterns are in binary form: one character per byte.
 */

import type { Bytes } from "../../value/value.ts";
import { allocate, work } from "../meter/meter.ts";
import {
  invalidPatternCapture,
  malformedBalance,
  malformedEnd,
  malformedFrontier,
  malformedSet,
  tooManyCaptures,
} from "./errors.ts";

/** What an item of a pattern is. */
export const END = 0;
/** One character, by its code. */
export const CHAR = 1;
/** One of a set, by a table. */
export const SET = 2;
export const OPEN = 3;
/** `()`: the capture of a position. */
export const POSITION = 4;
export const CLOSE = 5;
/** `$` at the end. */
export const LAST = 6;
/** `%b` with two characters. */
export const BALANCED = 7;
/** `%f` with a set. */
export const FRONTIER = 8;
/** `%1`: what was captured. */
export const AGAIN = 9;
/** What makes the pattern wrong. */
export const WRONG = 10;

/** How often a character may come; 2 is any number of times. */
export const ONCE = 0;
export const OPTIONAL = 1;
export const AT_LEAST_ONE = 3;
export const FEW = 4;

export interface Item {
  readonly op: number;
  readonly often: number;
  /** The character; of BALANCED the first; of AGAIN the number of the capture, from 0 on. */
  readonly char: number;
  /** Of BALANCED: the second character. */
  readonly other: number;
  /** Which characters are in the set. */
  readonly set: Uint8Array;
  /** What is wrong. */
  readonly message: string;
}

export interface Pattern {
  readonly anchored: boolean;
  readonly items: readonly Item[];
  /** What a match begins with: a short text, which may be empty. */
  readonly start: string;
  /** Where that is empty: which characters a match may begin with. Undefined: any, or none at all. */
  readonly first: Uint8Array | undefined;
  /** Whether nothing in it has a meaning but each character by itself. */
  readonly isPlain: boolean;
  /** Whether it matches wherever it may begin: `start` is all of it. */
  readonly isWhole: boolean;
  /** Whether it is one character or set that comes once or more, and nothing else. */
  readonly isRun: boolean;
}

const MAX_CAPTURES = 32;

// ---- compiling ----

const noSet = new Uint8Array(0);
const item = (op: number, fields: Partial<Item> = {}): Item => ({
  op,
  often: ONCE,
  char: 0,
  other: 0,
  set: noSet,
  message: "",
  ...fields,
});

const range = (from: number, to: number) => (c: number) => c >= from && c <= to;
const isDigit = range(0x30, 0x39);
const isLower = range(0x61, 0x7a);
const isUpper = range(0x41, 0x5a);
const isAlpha = (c: number) => isLower(c) || isUpper(c);
const isAlnum = (c: number) => isAlpha(c) || isDigit(c);
const isGraph = range(0x21, 0x7e);

/** The classes of characters of the C locale, by their letters. */
const classes: Readonly<Record<string, (c: number) => boolean>> = {
  a: isAlpha,
  c: (c) => c < 0x20 || c === 0x7f,
  d: isDigit,
  g: isGraph,
  l: isLower,
  p: (c) => isGraph(c) && !isAlnum(c),
  s: (c) => c === 0x20 || (c >= 9 && c <= 13),
  u: isUpper,
  w: isAlnum,
  // Of an older Lua: a zero byte.
  z: (c) => c === 0,
  x: (c) => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66),
};

const tableOf = (has: (c: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, c) => (has(c) ? 1 : 0));

/** Tables by the letter that follows `%`; none for what is not a class. */
const classTables: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(classes).flatMap(([letter, has]) => [
    [letter, tableOf(has)],
    [letter.toUpperCase(), tableOf((c) => !has(c))],
  ]),
);

export const anything: Uint8Array = tableOf(() => true);

/** What an item of a pattern takes, and so many are nothing. */
const ITEM: Bytes = 100;
const UNCOUNTED = 256;
/** Characters of a set that are gone through in the time of an instruction. */
const PER_STEP = 8;

class Compiler {
  readonly items: Item[] = [];
  readonly #text: string;
  #at: number;
  /** Captures that were opened, and which of them are open. */
  #captures = 0;
  readonly #open: number[] = [];

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  compile(): readonly Item[] {
    const text = this.#text;
    let counted = UNCOUNTED;
    while (this.#at < text.length) {
      if (this.items.length >= counted) {
        counted *= 2;
        allocate(counted * ITEM); // all of them at once: nobody finds them who measures the script
        work(counted);
      }
      const next = this.#next();
      this.items.push(next);
      if (next.op === WRONG) return this.items;
    }
    this.items.push(item(END));
    return this.items;
  }

  #next(): Item {
    const text = this.#text;
    switch (text[this.#at]) {
      case "(":
        return this.#openCapture();
      case ")":
        this.#at++;
        return this.#open.pop() === undefined ? wrong(invalidPatternCapture) : item(CLOSE);
      case "$":
        if (this.#at + 1 === text.length) {
          this.#at++;
          return item(LAST);
        }
        break;
      case "%": {
        const special = this.#special(text[this.#at + 1]);
        if (special !== undefined) return special;
      }
    }
    return this.#repeated(this.#single());
  }

  #openCapture(): Item {
    const isPosition = this.#text[this.#at + 1] === ")";
    this.#at += isPosition ? 2 : 1;
    if (this.#captures >= MAX_CAPTURES) return wrong(tooManyCaptures);
    this.#captures++;
    if (!isPosition) this.#open.push(this.#captures);
    return item(isPosition ? POSITION : OPEN);
  }

  /** What begins with `%` and is not a single character. */
  #special(c: string | undefined): Item | undefined {
    const text = this.#text;
    const at = this.#at + 2;
    if (c === "b") {
      if (at + 1 >= text.length) return wrong(malformedBalance);
      this.#at += 4;
      return item(BALANCED, { char: text.charCodeAt(at), other: text.charCodeAt(at + 1) });
    }
    if (c === "f") {
      this.#at = at;
      if (text[at] !== "[") return wrong(malformedFrontier);
      const set = this.#single();
      return set.op === WRONG
        ? set
        : item(FRONTIER, { set: set.op === CHAR ? tableOf((c) => c === set.char) : set.set });
    }
    if (c !== undefined && c >= "0" && c <= "9") {
      this.#at = at;
      return item(AGAIN, { char: c.charCodeAt(0) - 0x31 });
    }
    return undefined;
  }

  /** One character, or a set that stands for one. */
  #single(): Item {
    const text = this.#text;
    const c = text[this.#at++]!;
    if (c === ".") return item(SET, { set: anything });
    if (c === "[") return this.#set();
    if (c !== "%") return item(CHAR, { char: c.charCodeAt(0) });
    if (this.#at >= text.length) return wrong(malformedEnd);
    const escaped = text[this.#at++]!;
    const set = classTables.get(escaped);
    return set === undefined ? item(CHAR, { char: escaped.charCodeAt(0) }) : item(SET, { set });
  }

  /** A set, from after its `[` on. Where it ends is found first: a range may end with what looks like its end. */
  #set(): Item {
    const text = this.#text;
    const negated = text[this.#at] === "^";
    const from = negated ? this.#at + 1 : this.#at;
    const end = this.#endOfSet(from);
    work((end - from) / PER_STEP);
    if (end >= text.length) return wrong(malformedSet);
    this.#at = end + 1;
    const set = new Uint8Array(256);
    for (let i = from; i < end; i++) {
      if (text[i] === "%") addEscaped(set, text[++i]!);
      else if (text[i + 1] === "-" && i + 2 < end) {
        const first = text.charCodeAt(i);
        i += 2;
        set.fill(1, first, Math.max(first, text.charCodeAt(i) + 1));
      } else set[text.charCodeAt(i)] = 1;
    }
    if (negated) for (let c = 0; c < 256; c++) set[c]! ^= 1;
    return item(SET, { set });
  }

  /** A `]` that comes first stands for itself. */
  #endOfSet(from: number): number {
    const text = this.#text;
    let i = from;
    do {
      if (text[i] === "%") i++;
      i++;
    } while (i < text.length && text[i] !== "]");
    return i;
  }

  #repeated(one: Item): Item {
    if (one.op === WRONG) return one;
    const often = ["?", "*", "+", "-"].indexOf(this.#text[this.#at] ?? "") + 1;
    if (often === ONCE) return one;
    this.#at++;
    return { ...one, often };
  }
}

const wrong = (message: string): Item => item(WRONG, { message });

function addEscaped(set: Uint8Array, escaped: string): void {
  const known = classTables.get(escaped);
  if (known === undefined) set[escaped.charCodeAt(0)] = 1;
  else for (let c = 0; c < 256; c++) set[c]! |= known[c]!;
}

function compile(text: string): Pattern {
  work(text.length / PER_STEP);
  const anchored = text[0] === "^";
  const items = new Compiler(text, anchored ? 1 : 0).compile();
  const isPlain = !special.test(text);
  // A closing bracket alone is a mistake, of which only a plain search knows nothing.
  const isWhole = isPlain && !text.includes(")") && text.length > 0 && text.length <= LOOKED_FOR;
  const start = isWhole ? text : anchored ? "" : startOf(items);
  return {
    anchored,
    items,
    start,
    first: start === "" && !anchored ? firstOf(items) : undefined,
    isWhole,
    isRun: !anchored && items[0]!.often === AT_LEAST_ONE && items[1]!.op === END,
    isPlain,
  };
}

/** Whether it takes at least one character. */
const takesOne = ({ op, often }: Item): boolean =>
  (op === CHAR || op === SET) && (often === ONCE || often === AT_LEAST_ONE);

/** The first item that does more than to open a capture. */
function skipOpening(items: readonly Item[]): number {
  let i = 0;
  while (items[i]!.op === OPEN || items[i]!.op === POSITION) i++;
  return i;
}

/** The characters that each match begins with. */
function startOf(items: readonly Item[]): string {
  let start = "";
  for (let i = skipOpening(items); start.length < LOOKED_FOR; i++) {
    const one = items[i]!;
    if (one.op !== CHAR || !takesOne(one)) break;
    start += String.fromCharCode(one.char);
    if (one.often !== ONCE) break;
  }
  return start;
}

function firstOf(items: readonly Item[]): Uint8Array | undefined {
  const one = items[skipOpening(items)]!;
  return one.op === SET && takesOne(one) ? one.set : undefined;
}

const special = /[$^*+?.([%-]/;
/** V8 compares a text with every place of another one: a long one can take it the product of both lengths. */
const LOOKED_FOR = 16;

/** Patterns that were used last, which mean the same to all scripts. */
const known = new Map<string, Pattern>();
const MOST_KNOWN = 256;
const LONGEST_KNOWN = 128;

/** A pattern, compiled. Short ones are compiled once. */
export function patternOf(text: string): Pattern {
  let pattern = known.get(text);
  if (pattern !== undefined) return pattern;
  pattern = compile(text);
  if (text.length > LONGEST_KNOWN) return pattern;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, pattern);
  return pattern;
}
