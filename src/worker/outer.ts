import type { Limits, Spending } from "../lua/budget.ts";
import type { Eventually } from "../value/eventually.ts";

/** A run that calls another one: what is used there is used here. */
export interface Outer {
  readonly limits: Limits;
  /** What it has left, of what does not only count up. */
  remains(): Eventually<Limits>;
  /** @throws Stopped when there is too much of it */
  spend(what: Spending, amount: number): void;
  isLimited(what: Spending): boolean;
  /** Counts instructions. */
  charge(steps: number): void;
}
