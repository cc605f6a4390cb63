/** Hunks onto a text, which may have changed since they were made. */

import { applied } from "./changes.ts";
import type { Effort } from "./effort.ts";
import { after, before, type Hunk } from "./hunk.ts";
import { locate, type Tolerance } from "./locate.ts";
import { type Change, changesBetween } from "./myers.ts";
import { joined, type Symbols } from "./symbols.ts";

export interface PatchOptions extends Tolerance {
  /** How much of what a hunk deletes may be different from what it says, from 0 to 1. */
  readonly deleteThreshold: number;
}

/** @returns the text, and whether every hunk found its place; one that did not changes nothing */
export function applyHunks(
  text: Symbols,
  hunks: readonly Hunk[],
  options: PatchOptions,
  effort: Effort,
): { text: Symbols; isWhole: boolean } {
  let current = text;
  let isWhole = true;
  /** How far what comes was moved by what came before. */
  let moved = 0;
  for (const hunk of hunks) {
    const old = before(hunk);
    const expected = hunk.newStart + moved;
    const place = locate(current, old, expected, options, effort);
    const found = place && current.subarray(place.start, place.end);
    const made = place && (place.errors === 0 ? after(hunk) : changedLikewise(hunk, old, found!, options, effort));
    if (place === undefined || made === undefined) {
      isWhole = false;
      moved -= after(hunk).length - old.length;
      continue;
    }
    moved = place.start - hunk.newStart;
    effort.spend(current.length / 20);
    current = joined([current.subarray(0, place.start), made, current.subarray(place.end)]);
  }
  return { text: current, isWhole };
}

/** What is found is not what the hunk says: its changes, where they belong in that. */
function changedLikewise(
  { lines }: Hunk,
  old: Symbols,
  found: Symbols,
  { deleteThreshold }: PatchOptions,
  effort: Effort,
): Symbols | undefined {
  const differences = changesBetween(old, found, effort);
  const different = differences.reduce((sum, { a0, a1, b0, b1 }) => sum + Math.max(a1 - a0, b1 - b0), 0);
  if (different > deleteThreshold * old.length) return undefined;
  const inFound = placesIn(differences);
  const changes: Change[] = [];
  const added = joined(lines.filter(({ sign }) => sign === "+").map(({ text }) => text));
  let at = 0;
  let b = 0;
  for (const { sign, text } of lines) {
    if (sign === "+") {
      const place = inFound(at);
      changes.push({ a0: place, a1: place, b0: b, b1: (b += text.length) });
    } else {
      const [a0, a1] = [inFound(at), inFound((at += text.length))];
      if (sign === "-") changes.push({ a0, a1, b0: b, b1: b });
    }
  }
  return applied(found, added, changes);
}

/** Where a place of the old text is in the new one. Asked in order. */
function placesIn(changes: readonly Change[]): (at: number) => number {
  let next = 0;
  return (at) => {
    while (next < changes.length && changes[next]!.a1 <= at) next++;
    const last = changes[next - 1];
    const moved = last === undefined ? at : at + last.b1 - last.a1;
    const change = changes[next];
    return change !== undefined && change.a0 < at ? change.b0 : moved;
  };
}
