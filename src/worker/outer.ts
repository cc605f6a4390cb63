import type { Limits } from "../limits.ts";
import type { Allowances } from "../lua/limits/allowance.ts";
import type { Eventually } from "../value/eventually.ts";

/** A run that calls another one: what is used there is used here. */
export interface Outer {
  readonly limits: Limits;
  /** What it has left, of what does not only count up. */
  remains(): Eventually<Limits>;
  readonly allowances: Allowances;
  /** Counts instructions. */
  charge(steps: number): void;
}
