/**
 * Matches Lua's patterns, by backtracking.
 *
 * Backtracking takes as long as it likes, so each try is counted: the script's limits end it. When the event loop is to
 * turn, a search is paused, and goes on after that. The levels of the recursion are left then as after a match, and each
 * keeps where it is; later they are gone through from the innermost one outwards, each with what the one within it came
 * to. So a search that is not paused costs what it costs without all this: nothing is kept, and what a level came to is
 * looked at only where it is not a failure.
 *
 * Subjects are in binary form: one character per byte.
 */
import { canWait, pause } from "../core/pause.ts";
import { burn } from "../meter/fuel.ts";
import { fail } from "../vm/direct.ts";
import type { LuaState } from "../vm/types.ts";
import { invalidCaptureIndex, patternTooComplex } from "./errors.ts";
import {
  AGAIN,
  AT_LEAST_ONE,
  anything,
  BALANCED,
  CHAR,
  CLOSE,
  END,
  FEW,
  FRONTIER,
  type Item,
  LAST,
  ONCE,
  OPEN,
  OPTIONAL,
  type Pattern,
  POSITION,
  SET,
} from "./patterns.ts";

/** How deeply a match may nest, as in the reference implementation. */
const MAX_DEPTH = 200;

/** In place of a capture's length: it is open, or a position. */
const UNFINISHED = -1;
export const IS_POSITION = -2;

/** In place of a place in the subject: there is no match, or the search is paused. */
export const NONE = -1;
export const PAUSED = -2;

/** Tries between two counts; fewer are nothing. */
export const TRIES = 1000;

/** A level of a search that was paused: at which item, and at which place of the subject. */
interface Level {
  readonly i: number;
  readonly at: number;
  /** Of what is repeated: the first place where the rest may begin. Of CLOSE: the capture. */
  readonly other: number;
}

/** A subject and a pattern, and what a match has captured. */
export class Matcher {
  #L: LuaState;
  subject: string;
  pattern: Pattern;
  /** How many captures there are, where they begin, and how long they are. */
  level = 0;
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  /** Where the match ends. */
  end = NONE;
  #items: readonly Item[];
  #depth = 0;
  #steps = 0;
  /** Where the search is, and where no match may end. */
  #at = 0;
  #but = NONE;
  /** Of a search that was paused: the innermost level goes on here, and those around it, from the inner to the outer. */
  #pausedAt = 0;
  #pausedItem = 0;
  #levels: Level[] = [];

  constructor(L: LuaState, subject: string, pattern: Pattern) {
    this.#L = L;
    this.subject = subject;
    this.pattern = pattern;
    this.#items = pattern.items;
  }

  /** As one that is new. */
  begin(L: LuaState, subject: string, pattern: Pattern): void {
    this.#L = L;
    this.subject = subject;
    this.pattern = pattern;
    this.#items = pattern.items;
    this.level = 0;
    this.#steps = 0;
  }

  /**
   * Looks for the first match from a place on, which `end` tells the end of.
   * @param but where it may not end: what is empty is not found twice in a place
   * @returns where it begins; less than 0: there is none, or PAUSED, and then `goOn` comes to the same
   */
  search(from: number, but: number = NONE): number {
    this.#but = but;
    return this.#searchFrom(this.#candidate(from));
  }

  #searchFrom(first: number): number {
    const { length } = this.subject;
    for (let at = first; at >= 0 && at <= length; at = this.#candidate(at + 1)) {
      const end = this.#matchAt(at);
      if (end !== NONE && end !== this.#but) return this.#found(at, end);
      if (this.pattern.anchored) break;
    }
    return NONE;
  }

  #found(at: number, end: number): number {
    this.#at = at;
    this.end = end;
    return end === PAUSED ? PAUSED : at;
  }

  /** Goes on with a search that was paused. */
  goOn(): number {
    const at = this.#at;
    const end = this.#goThrough();
    if (end !== NONE && end !== this.#but) return this.#found(at, end);
    return this.pattern.anchored ? NONE : this.#searchFrom(this.#candidate(at + 1));
  }

  /** Matches at a place of the subject, where it may begin. @returns where the match ends, NONE or PAUSED */
  #matchAt(at: number): number {
    this.level = 0;
    this.#depth = 0;
    const { isWhole, isRun } = this.pattern;
    if (isWhole || isRun) {
      if (++this.#steps > TRIES && this.#isPaused(at, 0)) return PAUSED;
      if (isWhole) return at + this.pattern.start.length;
      const end = this.#runOf(this.#items[0]!, at + 1);
      this.count((end - at) >> 4);
      return end;
    }
    const end = this.#match(at, 0);
    if (this.#steps > TRIES) this.count(0);
    return end;
  }

  /** Where a match may begin, from a place on; NONE: nowhere. */
  #candidate(at: number): number {
    const { start, first } = this.pattern;
    if (start !== "") {
      const found = this.subject.indexOf(start, at);
      this.count(((found < 0 ? this.subject.length : found) - at) >> 6);
      return found;
    }
    if (first === undefined) return at;
    const { subject } = this;
    const { length } = subject;
    let s = at;
    while (s < length && first[subject.charCodeAt(s)] === 0) s++;
    this.count((s - at) >> 4);
    return s < length ? s : NONE;
  }

  // ---- pauses ----

  /** The innermost level may be paused. @returns whether it is */
  #isPaused(at: number, i: number): boolean {
    this.count(0);
    if (this.#steps === 0) return false;
    this.#steps = 0;
    this.#pausedAt = at;
    this.#pausedItem = i;
    return true;
  }

  /** A level is left, since one within it is paused. */
  #leave(i: number, at: number, other: number): number {
    this.#levels.push({ i, at, other });
    return PAUSED;
  }

  /** Goes on with the levels that were left. @returns what the outermost one comes to */
  #goThrough(): number {
    const levels = this.#levels;
    this.#levels = [];
    this.#depth = levels.length + 1;
    let end = this.#run(this.#pausedAt, this.#pausedItem);
    for (const [n, level] of levels.entries()) {
      if (end === PAUSED) {
        this.#levels.push(...levels.slice(n));
        return PAUSED;
      }
      this.#depth = levels.length - n;
      end = this.#goOnIn(level, end);
    }
    return end;
  }

  /** @param end what the level within it came to */
  #goOnIn({ i, at, other }: Level, end: number): number {
    const one = this.#items[i]!;
    if (one.op === CLOSE) return this.#closed(other, end);
    if (end !== NONE) return end;
    if (one.often === OPTIONAL) return this.#run(at, i + 1);
    if (one.often === FEW) return this.#fits(one, at) ? this.#few(one, at + 1, i) : NONE;
    if (one.often !== ONCE) return this.#back(at - 1, other, i);
    this.level--; // a capture that was opened here
    return NONE;
  }

  // ---- matching ----

  /** Counts what was done, in tries. */
  count(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= TRIES) return;
    burn(this.#L, this.#steps);
    // Where the event loop is to turn, the next step pauses.
    this.#steps = pause.turn && canWait(this.#L) ? TRIES : 0;
  }

  #match(at: number, from: number): number {
    if (++this.#depth > MAX_DEPTH) fail(this.#L, patternTooComplex);
    const end = this.#run(at, from);
    this.#depth--;
    return end;
  }

  #run(at: number, from: number): number {
    const { subject } = this;
    const items = this.#items;
    let s = at;
    for (let i = from; ; i++) {
      const next = items[i]!;
      if (++this.#steps > TRIES && this.#isPaused(s, i)) return PAUSED;
      switch (next.op) {
        case CHAR:
        case SET:
          if (next.often !== ONCE) {
            if (next.often !== OPTIONAL) return this.#repeat(next, s, i);
            if (this.#fits(next, s)) {
              const end = this.#match(s + 1, i + 1);
              if (end !== NONE) return end === PAUSED ? this.#leave(i, s, 0) : end;
            }
          } else if (this.#fits(next, s)) s++;
          else return NONE;
          break;
        case END:
          return s;
        case OPEN:
          return this.#capture(s, i, UNFINISHED);
        case POSITION:
          return this.#capture(s, i, IS_POSITION);
        case CLOSE:
          return this.#close(s, i);
        case LAST:
          return s === subject.length ? s : NONE;
        case BALANCED:
          s = this.#balanced(next, s);
          if (s === NONE) return NONE;
          break;
        case FRONTIER: {
          const before = s === 0 ? 0 : subject.charCodeAt(s - 1);
          const after = s === subject.length ? 0 : subject.charCodeAt(s);
          if (next.set[before] === 1 || next.set[after] === 0) return NONE;
          break;
        }
        case AGAIN:
          s = this.#again(next.char, s);
          if (s === NONE) return NONE;
          break;
        default:
          fail(this.#L, next.message);
      }
    }
  }

  #fits(one: Item, at: number): boolean {
    if (at >= this.subject.length) return false;
    const c = this.subject.charCodeAt(at);
    return one.op === CHAR ? c === one.char : one.set[c] === 1;
  }

  #repeat(one: Item, at: number, i: number): number {
    if (one.often === FEW) return this.#few(one, at, i);
    const least = one.often === AT_LEAST_ONE ? at + 1 : at;
    const s = this.#runOf(one, at);
    this.count((s - at) >> 4);
    // A pattern that ends here takes it all.
    if (s >= least && this.#items[i + 1]!.op === END) return s;
    return this.#back(s, least, i);
  }

  /** Matches the rest where the repetition ends, or at a place before. */
  #back(from: number, least: number, i: number): number {
    for (let s = from; s >= least; s--) {
      const end = this.#match(s, i + 1);
      if (end !== NONE) return end === PAUSED ? this.#leave(i, s, least) : end;
    }
    return NONE;
  }

  /** Where the characters end that fit. */
  #runOf({ op, char, set }: Item, at: number): number {
    const { subject } = this;
    const { length } = subject;
    let s = at;
    if (op === CHAR) while (s < length && subject.charCodeAt(s) === char) s++;
    else if (set === anything) s = length;
    else while (s < length && set[subject.charCodeAt(s)] === 1) s++;
    return s;
  }

  #few(one: Item, at: number, i: number): number {
    for (let s = at; ; s++) {
      const end = this.#match(s, i + 1);
      if (end !== NONE) return end === PAUSED ? this.#leave(i, s, 0) : end;
      if (!this.#fits(one, s)) return NONE;
    }
  }

  #capture(at: number, i: number, length: number): number {
    const { level } = this;
    this.starts[level] = at;
    this.lengths[level] = length;
    this.level = level + 1;
    const end = this.#match(at, i + 1);
    if (end === NONE) this.level--;
    return end === PAUSED ? this.#leave(i, at, 0) : end;
  }

  #close(at: number, i: number): number {
    let open = this.level - 1;
    while (this.lengths[open] !== UNFINISHED) open--;
    this.lengths[open] = at - this.starts[open]!;
    const end = this.#match(at, i + 1);
    return end === PAUSED ? this.#leave(i, at, open) : this.#closed(open, end);
  }

  #closed(open: number, end: number): number {
    if (end === NONE) this.lengths[open] = UNFINISHED;
    return end;
  }

  #balanced({ char, other }: Item, at: number): number {
    const { subject } = this;
    if (at >= subject.length || subject.charCodeAt(at) !== char) return NONE;
    let open = 1;
    for (let s = at + 1; s < subject.length; s++) {
      if ((s & 0xff) === 0) this.count(16);
      const c = subject.charCodeAt(s);
      if (c === other) {
        if (--open === 0) return s + 1;
      } else if (c === char) open++;
    }
    this.count((subject.length - at) & 0xff);
    return NONE;
  }

  #again(n: number, at: number): number {
    const length = this.lengths[n];
    if (n < 0 || n >= this.level || length === UNFINISHED) {
      fail(this.#L, invalidCaptureIndex(n + 1));
    }
    if (length === IS_POSITION) return NONE;
    const { subject } = this;
    const start = this.starts[n]!;
    this.count(length! >> 4);
    if (subject.length - at < length!) return NONE;
    for (let j = 0; j < length!; j++) if (subject.charCodeAt(start + j) !== subject.charCodeAt(at + j)) return NONE;
    return at + length!;
  }
}

/** One that nobody uses: most searches are over before the next one begins, and need none of their own. */
let spare: Matcher | undefined;

/** A matcher for a subject and a pattern. */
export function matcherOf(L: LuaState, subject: string, pattern: Pattern): Matcher {
  const matcher = spare;
  if (matcher === undefined) return new Matcher(L, subject, pattern);
  spare = undefined;
  matcher.begin(L, subject, pattern);
  return matcher;
}

/** What a matcher has found is not needed any more. It must not keep its subject. */
export function release(matcher: Matcher): void {
  matcher.subject = "";
  spare = matcher;
}
