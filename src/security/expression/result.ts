import type { Data } from "../actor.ts";

/**
 * What a part of an expression comes to. Undefined: a field is missing, and so nothing can be said of it. `failed`: it
 * can't be told, as a word is neither above nor below a number.
 */
export type Result = Data | undefined | typeof failed;
export const failed = Symbol("failed");

/** Where an evaluation looks: what is asked about, and the element that a predicate is asked for. */
export type Run<F> = (facts: F, element: Data | undefined) => Result;

/** What one evaluation may look at, over all nested lists: elements, and texts by their length. Data come from scripts. */
const MAX_STEPS = 100_000;
/** Characters that cost as much as one element. */
export const LETTERS = 64;
let steps = 0;

export function startCounting(): void {
  steps = 0;
}

/** Counts work that grows with the data. @returns whether there was too much of it */
export function tooManySteps(more: number): boolean {
  steps += more;
  return steps > MAX_STEPS;
}

/** The same for a text that is read from end to end. */
export function tooLong(text: string, letters = LETTERS): boolean {
  return text.length >= letters && tooManySteps(text.length / letters);
}

export function not(value: Result): Result {
  if (value === undefined || value === failed) return value;
  return typeof value === "boolean" ? !value : failed;
}

/** What answers come to of which none decides: one that failed outweighs one that is missing, and that a plain one. */
export function gather(before: Result, answer: Result): Result {
  if (typeof answer === "boolean" || before === failed) return before;
  return answer === undefined ? undefined : failed;
}
