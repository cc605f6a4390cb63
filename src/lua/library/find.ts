/** `string.find`, `match` and `gmatch`: what patterns find, and what they capture. `gsub` is in substitute.ts. */

import type { ByteString } from "../../value/value.ts";
import type { Holding } from "../limits/roots.ts";
import { allocate, HOLDER } from "../meter/meter.ts";
import { newCell } from "../vm/cell.ts";
import { type Direct, fail, R } from "../vm/direct.ts";
import { INTEGER, LIGHT_C_FUNCTION, type LuaCFunction, type LuaState, NIL, STRING } from "../vm/types.ts";
import { optSizeArg, positionFrom, stringArg } from "./args.ts";
import { alsoAnswer, answer, answerNil, answerSmall, direct } from "./define.ts";
import { invalidCaptureIndex, unfinishedCapture } from "./errors.ts";
import { IS_POSITION, type Matcher, matcherOf, PAUSED, release } from "./matcher.ts";
import { type Pattern, patternOf } from "./patterns.ts";
import { answerLater } from "./pause.ts";
import { findText } from "./search.ts";
import { binaryOf, part } from "./text.ts";

/** The tag of a capture. @param i from 0 on; the first of none is the whole match */
function captureTag({ level, lengths }: Matcher, i: number): number {
  return i < level && lengths[i] === IS_POSITION ? INTEGER : STRING;
}

/** A capture's value: a string, or a position. @param start @param end of the whole match */
export function capture(L: LuaState, matcher: Matcher, s: ByteString, i: number, start: number, end: number): unknown {
  if (i >= matcher.level) {
    if (i !== 0) fail(L, invalidCaptureIndex(i + 1));
    return part(s, start, end);
  }
  const length = matcher.lengths[i]!;
  const from = matcher.starts[i]!;
  if (length === IS_POSITION) return from + 1;
  return length < 0 ? fail(L, unfinishedCapture) : part(s, from, from + length);
}

/** How many captures a match gives: all that the pattern has, or the whole. */
export const captureCount = ({ level }: Matcher): number => (level === 0 ? 1 : level);

/** Gives what a match has captured as results. */
function answerCaptures(L: LuaState, matcher: Matcher, s: ByteString, start: number): unknown {
  const { end } = matcher;
  const count = captureCount(matcher);
  const first = capture(L, matcher, s, 0, start, end);
  for (let i = 1; i < count; i++) {
    R.count = i;
    R.values[i - 1] = capture(L, matcher, s, i, start, end);
    R.types[i - 1] = captureTag(matcher, i);
  }
  R.type = captureTag(matcher, 0);
  R.count = count;
  return first;
}

/** @param isFind gives where the match is, too, and may search for plain text */
const finder =
  (isFind: boolean): Direct =>
  (L, _, t0, v0, t1, v1, t2, v2, t3, v3) => {
    const s = stringArg(L, 1, t0, v0);
    const p = stringArg(L, 2, t1, v1);
    const init = Math.max(1, positionFrom(optSizeArg(L, 3, t2, v2, 1), s.length));
    if (init > s.length + 1) return answerNil();
    const subject = binaryOf(s);
    const text = binaryOf(p);
    const isPlain = isFind && t3 !== undefined && t3 !== NIL && v3 !== false;
    const pattern = isPlain ? undefined : patternOf(text);
    if (isFind && (pattern === undefined || pattern.isPlain)) return findPlain(subject, text, init - 1);
    const matcher = matcherOf(L, subject, pattern!);
    return (isFind ? answerPlace : answerFirst)(L, matcher, s, matcher.search(init - 1));
  };

/** What a search came to; where it is paused, what it comes to later. */
type Answer = (L: LuaState, matcher: Matcher, s: ByteString, start: number) => unknown;

const answerPlace: Answer = (L, matcher, s, start) => {
  if (start < 0) return answerNone(answerPlace, start, matcher, s);
  const { end } = matcher;
  for (let i = 0; i < matcher.level; i++) {
    R.count = i + 2;
    R.values[i + 1] = capture(L, matcher, s, i, start, end);
    R.types[i + 1] = captureTag(matcher, i);
  }
  R.type = R.types[0] = INTEGER;
  R.values[0] = end;
  R.count = matcher.level + 2;
  release(matcher);
  return start + 1;
};

const answerFirst: Answer = (L, matcher, s, start) => {
  if (start < 0) return answerNone(answerFirst, start, matcher, s);
  const first = answerCaptures(L, matcher, s, start);
  release(matcher);
  return first;
};

/** Nothing was found, or not yet. */
function answerNone(then: Answer, start: number, matcher: Matcher, s: ByteString): unknown {
  if (start === PAUSED) return answerLater((L) => then(L, matcher, s, matcher.goOn()));
  release(matcher);
  return answerNil();
}

function findPlain(subject: string, text: string, from: number): unknown {
  const at = findText(subject, text, from);
  if (at < 0) return answerNil();
  answerSmall(at + 1);
  alsoAnswer(INTEGER, at + text.length);
  return at + 1;
}

export const find: LuaCFunction = direct(finder(true));
export const match: LuaCFunction = direct(finder(false));

/** What an iterator of `gmatch` goes through, and how far it is. */
class Matches {
  readonly s: ByteString;
  readonly #pattern: Pattern;
  /** Where the search goes on, and where the last match ended. */
  #from = 0;
  #last = -1;

  constructor(s: ByteString, pattern: Pattern) {
    this.s = s;
    this.#pattern = pattern;
  }

  next(L: LuaState): unknown {
    const matcher = matcherOf(L, this.s.binary, this.#pattern);
    return this.#found(L, matcher, this.#last, matcher.search(this.#from, this.#last));
  }

  /** @param last where the match before ended when the search began */
  #found(L: LuaState, matcher: Matcher, last: number, start: number): unknown {
    if (start === PAUSED) return answerLater((L) => this.#goOn(L, matcher, last));
    if (start < 0) {
      release(matcher);
      this.#from = this.s.length + 1;
      return answerNil();
    }
    this.#from = this.#last = matcher.end;
    const first = answerCaptures(L, matcher, this.s, start);
    release(matcher);
    return first;
  }

  /** Goes on with a search that was paused, unless another task has got what it would have found. */
  #goOn(L: LuaState, matcher: Matcher, last: number): unknown {
    return last === this.#last ? this.#found(L, matcher, last, matcher.goOn()) : this.next(L);
  }
}

/** The iterator is a function of its own, which keeps its subject. A `^` has no meaning in its pattern. */
export const gmatch: LuaCFunction = direct((L, _, t0, v0, t1, v1) => {
  const s = stringArg(L, 1, t0, v0);
  const text = binaryOf(stringArg(L, 2, t1, v1));
  const pattern = patternOf(text[0] === "^" ? `%${text}` : text);
  binaryOf(s); // counted once
  allocate(HOLDER);
  const matches = new Matches(s, pattern);
  const iterator: LuaCFunction & Holding = direct((L) => matches.next(L));
  iterator.holds = [newCell(STRING, s)];
  return answer(LIGHT_C_FUNCTION, iterator);
});
