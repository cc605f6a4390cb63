/** Changes as people would have made them: few and whole, at the ends of words and lines. */
import { allocate } from "../../lua/meter/meter.ts";
import type { Bytes } from "../../value/value.ts";
import type { Effort } from "./effort.ts";
import { type Change, changesBetween } from "./myers.ts";
import { joined, type Symbols } from "./symbols.ts";

/** Longer texts, both together, are compared line by line first. */
const SHORT = 2000;
const NEWLINE = 10;
/** What a line takes while lines are compared, beside its text. */
const LINE: Bytes = 100;

/** @param least what is equal between two replacements and shorter is a part of both */
export function readableChanges(a: Symbols, b: Symbols, effort: Effort, least: number): readonly Change[] {
  const exact = a.length + b.length < SHORT ? changesBetween(a, b, effort) : changesByLines(a, b, effort);
  return shifted(a, b, united(exact, least), effort);
}

/** Lines first, then the characters of the lines that changed. */
function changesByLines(a: Symbols, b: Symbols, effort: Effort): Change[] {
  const numbers = new Map<string, number>();
  const [linesA, linesB] = [linesOf(a, numbers, effort), linesOf(b, numbers, effort)];
  return changesBetween(linesA.numbers, linesB.numbers, effort).flatMap(({ a0, a1, b0, b1 }) =>
    changesBetween(a, b, effort, {
      a0: linesA.starts[a0]!,
      a1: linesA.starts[a1]!,
      b0: linesB.starts[b0]!,
      b1: linesB.starts[b1]!,
    }),
  );
}

/** A number for each line, the same for the same line, and where each begins, with the end of the text as one more. */
function linesOf(text: Symbols, known: Map<string, number>, effort: Effort): { numbers: Symbols; starts: number[] } {
  const starts = [0];
  for (let i = text.indexOf(NEWLINE); i !== -1; i = text.indexOf(NEWLINE, i + 1)) starts.push(i + 1);
  if (starts.at(-1) !== text.length) starts.push(text.length);
  const numbers = new Int32Array(starts.length - 1);
  for (let i = 0; i < numbers.length; i++) {
    const line = text.subarray(starts[i], starts[i + 1]);
    effort.spend(10 + 5 * line.length);
    allocate(LINE + line.byteLength);
    const key = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("latin1");
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    numbers[i] = number;
  }
  return { numbers, starts };
}

const length = ({ a0, a1, b0, b1 }: Change) => Math.max(a1 - a0, b1 - b0);
const isReplacement = ({ a0, a1, b0, b1 }: Change) => a1 > a0 && b1 > b0;

/** Changes between which less is equal than each of them changes become one. */
function united(changes: readonly Change[], least: number): Change[] {
  const united: Change[] = [];
  for (const change of changes) {
    let current = change;
    for (let last = united.at(-1); last !== undefined; last = united.at(-1)) {
      const equal = current.a0 - last.a1;
      const isShort = equal < least && isReplacement(last) && isReplacement(current);
      if (!isShort && (equal > length(last) || equal > length(current))) break;
      united.pop();
      current = { ...current, a0: last.a0, b0: last.b0 };
    }
    united.push(current);
  }
  return united;
}

/** The same change can often be told of several places: `the c|at c|ame` as `the |cat |came`. The best one is taken. */
function shifted(a: Symbols, b: Symbols, changes: readonly Change[], effort: Effort): Change[] {
  const shifted: Change[] = [];
  changes.forEach((change, i) => {
    if (isReplacement(change)) {
      shifted.push(change);
      return;
    }
    const isInsertion = change.a0 === change.a1;
    const [text, start, end] = isInsertion ? [b, change.b0, change.b1] : [a, change.a0, change.a1];
    const back = change.a0 - (shifted.at(-1)?.a1 ?? 0);
    const ahead = (changes[i + 1]?.a0 ?? a.length) - change.a1;
    const by = bestShift(text, start, end, back, ahead, effort);
    shifted.push({ a0: change.a0 + by, a1: change.a1 + by, b0: change.b0 + by, b1: change.b1 + by });
  });
  return shifted;
}

function bestShift(text: Symbols, start: number, end: number, back: number, ahead: number, effort: Effort): number {
  let first = 0;
  while (-first < back && text[start + first - 1] === text[end + first - 1] && effort.spend(1)) first--;
  let best = 0;
  let bestScore = -1;
  for (let by = first; by <= ahead; by++) {
    if (!effort.spend(5)) break;
    const score = boundary(text, start + by) + boundary(text, end + by);
    if (score >= bestScore) [best, bestScore] = [by, score];
    if (text[start + by] !== text[end + by]) break;
  }
  return best;
}

const isSpace = (symbol: number) => symbol === 32 || (symbol >= 9 && symbol <= 13);
const isWord = (symbol: number) =>
  symbol > 127 || (symbol >= 48 && symbol <= 57) || ((symbol | 32) >= 97 && (symbol | 32) <= 122);

/** How good a place is to part the text: at its ends, at lines, at white space, at words, within a word. */
function boundary(text: Symbols, at: number): number {
  if (at === 0 || at === text.length) return 5;
  const [before, after] = [text[at - 1]!, text[at]!];
  if (before === NEWLINE || after === NEWLINE) return 4;
  if (isSpace(before) || isSpace(after)) return 3;
  return isWord(before) && isWord(after) ? 0 : 2;
}

/** What `a` becomes by the changes, whose new text is in `b`. */
export function applied(a: Symbols, b: Symbols, changes: readonly Change[]): Symbols {
  const parts: Symbols[] = [];
  let end = 0;
  for (const { a0, a1, b0, b1 } of changes) {
    parts.push(a.subarray(end, a0), b.subarray(b0, b1));
    end = a1;
  }
  parts.push(a.subarray(end));
  return joined(parts);
}
