import { type Data, isMapping } from "../actor.ts";
import { order, same } from "../condition.ts";
import { constantPattern, runtimePattern } from "../regexp.ts";
import { failed, LETTERS, type Result, tooLong, tooManySteps } from "./result.ts";
import type { BinaryOperator, FunctionName } from "./syntax.ts";

/** An operator over two values that are there. */
export type Operation = (left: Data, right: Data) => Result;

/** `same`, with the work that it makes counted. */
function equal(left: Data, right: Data): boolean | typeof failed {
  if (typeof left === "string") {
    if (typeof right !== "string" || left.length !== right.length) return false;
    return tooLong(left) ? failed : left === right;
  }
  if (typeof left !== "object" || typeof right !== "object") return left === right;
  return tooManySteps(size(left)) ? failed : same(left, right);
}

/** Values in a value, longer texts for more. */
function size(data: Data): number {
  if (typeof data === "string") return 1 + data.length / LETTERS;
  if (typeof data !== "object" || data === null) return 1;
  let sum = 1;
  for (const part of Array.isArray(data) ? data : Object.values(data)) sum += size(part);
  return sum;
}

function unequal(left: Data, right: Data): Result {
  const outcome = equal(left, right);
  return outcome === failed ? failed : !outcome;
}

const isLong = (data: Data): boolean => typeof data === "string" && tooLong(data);

/** `order`, with the work that it makes counted. */
const ordered =
  (holds: (order: number) => boolean): Operation =>
  (left, right) => {
    const found = isLong(left) || isLong(right) ? undefined : order(left, right);
    return found === undefined ? failed : holds(found);
  };

const onTexts =
  (holds: (left: string, right: string) => boolean): Operation =>
  (left, right) =>
    typeof left === "string" && typeof right === "string" && !tooLong(right) ? holds(left, right) : failed;

function has(list: readonly Data[], item: Data): Result {
  for (const one of list) {
    const outcome = tooManySteps(1) ? failed : equal(one, item);
    if (outcome !== false) return outcome;
  }
  return false;
}

const isIn: Operation = (left, right) => {
  if (Array.isArray(right)) return has(right, left);
  return isMapping(right) && typeof left === "string" ? Object.hasOwn(right, left) : failed;
};

const contains: Operation = (left, right) => {
  if (Array.isArray(left)) return has(left, right);
  return typeof left === "string" && typeof right === "string" && !tooLong(left) ? left.includes(right) : failed;
};

/** Characters that a pattern reads for the price of an element: it is slower than a plain comparison. */
const MATCHED_LETTERS = 16;

const matches: Operation = (left, right) => {
  if (typeof left !== "string" || typeof right !== "string") return failed;
  // Hostile patterns take time by their length to be compiled, and by that times the text's to be looked for.
  if (tooManySteps(right.length * 10 + (right.length * left.length) / 100)) return failed;
  return runtimePattern(right)?.(left) ?? failed;
};

/** A pattern that is known beforehand. @returns what is wrong with it, when it is none */
export function matchesPattern(pattern: string): Operation | string {
  const find = constantPattern(pattern);
  return typeof find === "string"
    ? find
    : (left) => (typeof left === "string" && !tooLong(left, MATCHED_LETTERS) ? find(left) : failed);
}

export const operations: Readonly<Record<Exclude<BinaryOperator, "&&" | "||" | "??">, Operation>> = {
  "==": equal,
  "!=": unequal,
  "<": ordered((order) => order < 0),
  "<=": ordered((order) => order <= 0),
  ">": ordered((order) => order > 0),
  ">=": ordered((order) => order >= 0),
  in: isIn,
  contains,
  matches,
  startsWith: onTexts((left, right) => left.startsWith(right)),
  endsWith: onTexts((left, right) => left.endsWith(right)),
};

function codePoints(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

function len(value: Data): Result {
  if (typeof value === "string") return tooLong(value) ? failed : codePoints(value);
  if (Array.isArray(value)) return value.length;
  if (!isMapping(value)) return failed;
  const fields = Object.keys(value).length;
  return tooManySteps(fields) ? failed : fields;
}

const changed =
  (change: (text: string) => string) =>
  (value: Data): Result =>
    typeof value === "string" && !tooLong(value) ? change(value) : failed;

/** Functions of one value. */
export const functionsOfOne: Readonly<Record<Extract<FunctionName, "len" | "lower" | "upper">, (v: Data) => Result>> = {
  len,
  lower: changed((text) => text.toLowerCase()),
  upper: changed((text) => text.toUpperCase()),
};

/** How `any`, `all` and `none` come out: the answer of one element that decides, and that of all when none does. */
export const quantifiers: Readonly<
  Record<Extract<FunctionName, "any" | "all" | "none">, { readonly deciding: boolean; readonly decided: boolean }>
> = {
  any: { deciding: true, decided: true },
  all: { deciding: false, decided: false },
  none: { deciding: true, decided: false },
};
