import { isWhole } from "../../value/value.ts";
import type { Increment } from "../store.ts";

/** Integers of so many are what a database may read and write itself. */
export const LEAST: number = Number.MIN_SAFE_INTEGER;
export const MOST: number = Number.MAX_SAFE_INTEGER;

/** An increment of integers that JavaScript holds. */
export interface PlainIncrement {
  readonly by: number;
  /** What is written where nothing is: within the bounds. */
  readonly first: number;
  readonly max: number;
  readonly min: number;
}

const isInteger = (n: unknown): n is number => typeof n === "number" && isWhole(n);

/** @returns undefined for any other increment, and where nothing may be written if nothing is there */
export function plainIncrement({ by, initial, max = MOST, min = LEAST }: Increment): PlainIncrement | undefined {
  if (!(isInteger(by) && isInteger(initial) && isInteger(max) && isInteger(min))) return undefined;
  const plain = { by, first: initial + by, max: Math.min(max, MOST), min: Math.max(min, LEAST) };
  const fits = Math.abs(by) <= MOST && plain.first >= plain.min && plain.first <= plain.max;
  return fits ? plain : undefined;
}
