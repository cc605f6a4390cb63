/** `string.gsub`. A function, or a metamethod of a table, may suspend the script between two matches. */

import type { ByteString, Bytes } from "../../value/value.ts";
import { burn } from "../meter/fuel.ts";
import { allocate, hold, work } from "../meter/meter.ts";
import { argError, fail, NEEDS_FRAME, R, typeName } from "../vm/direct.ts";
import { getInteger, getString } from "../vm/lua-table.ts";
import { numberText } from "../vm/numeral.ts";
import {
  type Continuation,
  FLOAT,
  INTEGER,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  STRING,
  SUSPENDED,
  TABLE,
} from "../vm/types.ts";
import { isMissing, sizeArg, stringArg } from "./args.ts";
import { alsoAnswer, answer, either, leaveResults, pushResults } from "./define.ts";
import { badPercentInReplacement, invalidReplacementValue, stringFunctionTableExpected } from "./errors.ts";
import { capture, captureCount } from "./find.ts";
import { type Matcher, matcherOf, NONE, PAUSED, release } from "./matcher.ts";
import { index } from "./operations.ts";
import { patternOf } from "./patterns.ts";
import { answerLater, suspendForTurn } from "./pause.ts";
import { callk, ensureStack, push, tagAt, valueAt } from "./stack.ts";
import { Builder, binaryOf } from "./text.ts";

/** What a match is replaced with: text, by itself or of captures, or what a table or a function gives. */
interface Replacement {
  readonly type: number;
  readonly value: unknown;
  /** Where it is a string. */
  readonly parts: readonly Part[] | undefined;
}

/** Text, a capture by its number from 0 on, the whole match, or what is wrong. */
type Part = string | number;
const WHOLE = -1;
const WRONG = -2;

/** A part of a replacement: a place in a list that grows, and of text its slice. */
const PART: Bytes = 48;
/** With fewer of them there is nothing to count. */
const FEW_PARTS = 256;

const knownParts = new Map<string, readonly Part[]>();
const MOST_KNOWN = 64;
const LONGEST_KNOWN = 128;

function partsOf(text: string): readonly Part[] {
  let parts = knownParts.get(text);
  if (parts !== undefined) return parts;
  parts = parseParts(text);
  if (text.length > LONGEST_KNOWN) return parts;
  if (knownParts.size >= MOST_KNOWN) knownParts.clear();
  knownParts.set(text, parts);
  return parts;
}

function parseParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let counted = FEW_PARTS;
  let literal = "";
  for (let i = 0; ; i++) {
    const percent = text.indexOf("%", i);
    literal += text.slice(i, percent < 0 ? undefined : percent);
    if (percent < 0) break;
    i = percent + 1;
    if (parts.length % PIECES === PIECES - 1) work(PIECE_STEPS * PIECES);
    if (parts.length >= counted) {
      allocate(counted * PART); // all of them at once: nobody finds them who measures the script
      counted *= 2;
    }
    const c = text[i] ?? "";
    if (c === "%") {
      literal += c;
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    const digit = c >= "0" && c <= "9" ? c.charCodeAt(0) - 0x30 : undefined;
    parts.push(digit === undefined ? WRONG : digit === 0 ? WHOLE : digit - 1);
    if (digit === undefined) return parts;
  }
  if (literal !== "") parts.push(literal);
  return parts;
}

/** A piece of the replacement, in instructions, and how many are put together until they are counted. */
const PIECE_STEPS = 1;
const PIECES = 1000;

/** One call of gsub. */
class Substitution {
  readonly #s: ByteString;
  readonly #matcher: Matcher;
  readonly #replacement: Replacement;
  readonly #most: number;
  readonly #result = new Builder();
  /** How many matches there were, where the search goes on, and where the last match ended. */
  #count = 0;
  #from = 0;
  #last = -1;
  /** Up to here the subject is in the result. */
  #done = 0;
  /** The match that is being replaced. */
  #start = 0;
  #end = 0;

  constructor(L: LuaState, s: ByteString, pattern: string, replacement: Replacement, most: number) {
    this.#s = s;
    this.#matcher = matcherOf(L, binaryOf(s), patternOf(pattern));
    this.#replacement = replacement;
    this.#most = most;
  }

  /** Goes to the next match. @returns what `search` does: less than 0 where there is none yet */
  next(): number {
    const matcher = this.#matcher;
    if (this.#count >= this.#most || (matcher.pattern.anchored && this.#from > 0)) return NONE;
    return this.#found(matcher.search(this.#from, this.#last));
  }

  /** As `next`, where that was paused. */
  goOn(): number {
    return this.#found(this.#matcher.goOn());
  }

  #found(start: number): number {
    if (start < 0) return start;
    const { pattern, end } = this.#matcher;
    this.#count++;
    this.#start = start;
    this.#end = this.#last = end;
    this.#from = pattern.anchored ? Number.POSITIVE_INFINITY : end;
    return start;
  }

  /** Puts a piece in place of the match. */
  replace(piece: string): void {
    const { subject } = this.#matcher;
    if (this.#start > this.#done) this.#result.add(subject.slice(this.#done, this.#start));
    if (piece !== "") this.#result.add(piece);
    this.#done = this.#end;
  }

  /** The replacement, where it is a string. */
  text(L: LuaState): string {
    const { parts } = this.#replacement;
    if (parts!.length < 2 && typeof parts![0] !== "number") {
      burn(L, PIECE_STEPS);
      return parts![0] ?? "";
    }
    let text = "";
    let untimed = 0;
    for (const one of parts!) {
      if (++untimed === PIECES) {
        burn(L, PIECE_STEPS * untimed);
        untimed = 0;
      }
      if (typeof one === "string") text += one;
      else if (one === WHOLE) text += this.#matcher.subject.slice(this.#start, this.#end);
      else if (one === WRONG) fail(L, badPercentInReplacement);
      else {
        const value = this.capture(L, one);
        text += typeof value === "number" ? String(value) : (value as ByteString).binary;
      }
    }
    burn(L, PIECE_STEPS * untimed);
    return text;
  }

  capture(L: LuaState, i: number): unknown {
    return capture(L, this.#matcher, this.#s, i, this.#start, this.#end);
  }

  /** Replaces the match by what a table or a function gave: nothing but a string or a number does. */
  take(L: LuaState, type: number, value: unknown): void {
    if (type === STRING) this.replace(binaryOf(value as ByteString));
    else if ((type & 0x0f) === FLOAT) this.replace(numberText(type, value));
    else if (type === 0 || value === false) this.replace(this.#matcher.subject.slice(this.#start, this.#end));
    else fail(L, invalidReplacementValue(typeName(type)));
  }

  /** Gives the result and the number of matches. */
  answer(): unknown {
    const { subject } = this.#matcher;
    let result = this.#s;
    if (this.#count > 0) {
      if (this.#done < subject.length) this.#result.add(subject.slice(this.#done));
      result = this.#result.toString();
    }
    release(this.#matcher);
    answer(STRING, result);
    alsoAnswer(INTEGER, this.#count);
    return result;
  }

  /** Replaces what is left by what a function gives, or a table with metamethods. @returns what a host function does */
  run(L: LuaState, first: number = this.next()): number {
    let found = first;
    for (; found >= 0; found = this.next()) {
      hold(L, this.held);
      if (!this.#ask(L)) return SUSPENDED;
      this.taken(L);
    }
    if (found === PAUSED) {
      hold(L, this.held);
      return suspendForTurn(L, () => this.run(L, this.goOn()));
    }
    hold(L, 0);
    return pushResults(L, this.answer());
  }

  /** Bytes of the result so far. */
  get held(): Bytes {
    return this.#result.held;
  }

  /** What was asked for lies on the stack. */
  taken(L: LuaState): void {
    const { type, value } = L.stack[--L.top]!;
    this.take(L, type, value);
  }

  /** Leaves what the match is to be replaced with on top of the stack. @returns false when it is suspended */
  #ask(L: LuaState): boolean {
    const { type, value } = this.#replacement;
    const count = type === TABLE ? 1 : captureCount(this.#matcher);
    ensureStack(L, count + 2);
    const off = L.top;
    push(L, type, value);
    for (let i = 0; i < count; i++) {
      const one = this.capture(L, i);
      push(L, typeof one === "number" ? INTEGER : STRING, one);
    }
    return type === TABLE ? index(L, off, off + 1, off, this, goOn) : callk(L, off, 1, this, goOn);
  }
}

const goOn: Continuation = (L, _, context) => {
  const substitution = context as Substitution;
  substitution.taken(L);
  return substitution.run(L);
};

function replacementOf(L: LuaState, t: number | undefined, v: unknown): Replacement {
  const base = t === undefined ? 0 : t & 0x0f;
  if (base === 3) return { type: STRING, value: undefined, parts: [numberText(t!, v)] };
  if (base === 4) return { type: STRING, value: undefined, parts: partsOf(binaryOf(v as ByteString)) };
  if (base !== 5 && base !== 6) argError(L, 3, stringFunctionTableExpected);
  return { type: t!, value: v, parts: undefined };
}

/** The value of a table without metamethods, at what the match captured first. */
function lookUp(L: LuaState, substitution: Substitution, table: LuaTable): void {
  const key = substitution.capture(L, 0);
  const { type, value } = typeof key === "number" ? getInteger(table, key) : getString(table, key as ByteString);
  substitution.take(L, type, value);
}

/** Replaces what is left by text, or by what a table without metamethods has. */
function replaceAll(L: LuaState, substitution: Substitution, table: LuaTable | undefined, first: number): unknown {
  let found = first;
  for (; found >= 0; found = substitution.next()) {
    if (table !== undefined) lookUp(L, substitution, table);
    else substitution.replace(substitution.text(L));
  }
  if (found !== PAUSED) return substitution.answer();
  return answerLater((L) => replaceAll(L, substitution, table, substitution.goOn()), substitution.held);
}

export const gsub: LuaCFunction = either(
  (L, _, t0, v0, t1, v1, t2, v2, t3, v3) => {
    const base = t2 === undefined ? 0 : t2 & 0x0f;
    if (base === 6 || (base === 5 && (v2 as LuaTable).metatable !== null)) return (R.type = NEEDS_FRAME);
    const substitution = substitutionOf(L, t0, v0, t1, v1, t2, v2, t3, v3);
    return replaceAll(L, substitution, base === 5 ? (v2 as LuaTable) : undefined, substitution.next());
  },
  (L) => {
    const substitution = substitutionOf(
      L,
      tagAt(L, 1),
      valueAt(L, 1),
      tagAt(L, 2),
      valueAt(L, 2),
      tagAt(L, 3),
      valueAt(L, 3),
      tagAt(L, 4),
      valueAt(L, 4),
    );
    if (tagAt(L, 3) !== STRING && (tagAt(L, 3)! & 0x0f) !== FLOAT) return substitution.run(L);
    return leaveResults(L, replaceAll(L, substitution, undefined, substitution.next()));
  },
);

function substitutionOf(
  L: LuaState,
  t0: number | undefined,
  v0: unknown,
  t1: number | undefined,
  v1: unknown,
  t2: number | undefined,
  v2: unknown,
  t3: number | undefined,
  v3: unknown,
): Substitution {
  const s = stringArg(L, 1, t0, v0);
  const pattern = stringArg(L, 2, t1, v1);
  const most = isMissing(t3) ? s.length + 1 : undefined;
  const replacement = replacementOf(L, t2, v2);
  return new Substitution(L, s, binaryOf(pattern), replacement, most ?? sizeArg(L, 4, t3, v3));
}
