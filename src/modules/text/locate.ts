/**
 * Where a hunk belongs in a text that is not quite the one that it was made of: at the place it says, else at the
 * nearest one where the same stands, else at the one that comes closest (Sellers, "The Theory and Computation of
 * Evolutionary Distances", 1980).
 */
import { allocate } from "../../lua/meter/meter.ts";
import type { Effort } from "./effort.ts";
import type { Symbols } from "./symbols.ts";

export interface Place {
  readonly start: number;
  readonly end: number;
  /** Characters that would have to be changed for it to be what was looked for. */
  readonly errors: number;
}

export interface Tolerance {
  /** From 0, exactly what is looked for where it is looked for, to 1. */
  readonly threshold: number;
  /** So many characters from there are as bad as all of it wrong. */
  readonly distance: number;
}

/** @param expected where it should begin */
export function locate(
  text: Symbols,
  sought: Symbols,
  expected: number,
  tolerance: Tolerance,
  effort: Effort,
): Place | undefined {
  const near = Math.max(0, Math.min(expected, text.length));
  if (sought.length === 0) return { start: near, end: near, errors: 0 };
  if (isAt(text, sought, near, effort)) return { start: near, end: near + sought.length, errors: 0 };
  const reach = Math.floor(tolerance.threshold * tolerance.distance);
  for (let by = 1; by <= reach && (by <= near || near + by < text.length); by++) {
    if (!effort.spend(2)) return undefined;
    for (const start of [near - by, near + by]) {
      if (isAt(text, sought, start, effort)) return { start, end: start + sought.length, errors: 0 };
    }
  }
  return closest(text, sought, near, tolerance, effort);
}

function isAt(text: Symbols, sought: Symbols, start: number, effort: Effort): boolean {
  if (start < 0 || start + sought.length > text.length) return false;
  let i = 0;
  while (i < sought.length && text[start + i] === sought[i]) i++;
  effort.spend(i);
  return i === sought.length;
}

function closest(
  text: Symbols,
  sought: Symbols,
  expected: number,
  { threshold, distance }: Tolerance,
  effort: Effort,
): Place | undefined {
  const size = sought.length;
  const reach = Math.floor(threshold * distance);
  const most = Math.floor(threshold * size);
  const from = Math.max(0, expected - reach);
  const to = Math.min(text.length, expected + size + reach + most);
  // Of the text up to a place: the fewest errors for each beginning of what is sought, and where that starts.
  allocate(16 * size);
  let errors = new Int32Array(size + 1);
  for (let i = 0; i <= size; i++) errors[i] = i;
  let starts = new Int32Array(size + 1).fill(from);
  let nextErrors = new Int32Array(size + 1);
  let nextStarts = new Int32Array(size + 1);
  let best: Place | undefined;
  let bestScore = threshold;
  for (let at = from; at < to; at++) {
    if (!effort.spend(size)) return undefined;
    nextErrors[0] = 0;
    nextStarts[0] = at + 1;
    for (let i = 1; i <= size; i++) {
      const same = errors[i - 1]! + (text[at] === sought[i - 1] ? 0 : 1);
      const more = errors[i]! + 1;
      const less = nextErrors[i - 1]! + 1;
      const fewest = Math.min(same, more, less);
      nextErrors[i] = fewest;
      nextStarts[i] = fewest === same ? starts[i - 1]! : fewest === more ? starts[i]! : nextStarts[i - 1]!;
    }
    [errors, nextErrors] = [nextErrors, errors];
    [starts, nextStarts] = [nextStarts, starts];
    const place = { start: starts[size]!, end: at + 1, errors: errors[size]! };
    const score = place.errors / size + (distance === 0 ? 0 : Math.abs(place.start - expected) / distance);
    if (score < bestScore || (best === undefined && score === threshold)) {
      best = place;
      bestScore = score;
    }
  }
  return best;
}
