/**
 * Which lines have run. Each instruction at which a line begins is a stop the first time: what is noted once need not be
 * noted again, so that code which runs for long costs nothing more. Compiled code notes what was not known when it was
 * compiled (compiler/structure.ts).
 */
import type { LineNotes } from "../vm/closure.ts";

/** What is known of a line; 0: there is no code in it. */
export const NOT_RUN = 1;
export const HAS_RUN = 2;

/** Stands where no instruction of Lua's does. */
const STOP = 63;

export function withStops(words: Int32Array, { at }: LineNotes): Int32Array {
  const steps = words.slice();
  for (const pc of at.keys()) steps[pc] = STOP;
  return steps;
}

/** At a stop: the line has run, and from now on the instruction is what it is. @returns false where there is no stop */
export function noteLine(
  { lines, at }: LineNotes,
  { words, steps }: { readonly words: Int32Array; readonly steps: Int32Array },
  pc: number,
): boolean {
  const line = at.get(pc);
  if (line === undefined) return false;
  lines[line] = HAS_RUN;
  steps[pc] = words[pc]!;
  return true;
}
