/** What a run may spend of that which is counted by whoever spends it. */

import { type Limits, type Spending, spendings } from "../../limits.ts";
import { noEndOf } from "./errors.ts";

export interface Allowance {
  /** Whether there is an end to it, here or in a run that called: if not, nobody needs to know how much is spent. */
  readonly isLimited: boolean;
  /** Before it is spent. @throws Stopped when that is too much */
  spend(amount: number): void;
}

/** Each by its name, so that whoever counts on a hot path looks nothing up. */
export type Allowances = Readonly<Record<Spending, Allowance>>;

class Counter implements Allowance {
  readonly isLimited: boolean;
  #left: number;
  readonly #over: () => never;
  readonly #outer: Allowance | undefined;

  constructor(limit: number | undefined, outer: Allowance | undefined, over: () => never) {
    this.#left = limit ?? Number.POSITIVE_INFINITY;
    this.#outer = outer;
    this.#over = over;
    this.isLimited = limit !== undefined || outer?.isLimited === true;
  }

  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) this.#over();
    if (this.#outer !== undefined) this.#outer.spend(amount);
  }
}

/**
 * @param outer of the run that called: what is spent here is spent there, too
 * @param over ends the run
 */
export function allowances(
  limits: Limits,
  outer: Allowances | undefined,
  over: (what: Spending, limit: number) => never,
): Allowances {
  const counters = {} as Record<Spending, Allowance>;
  for (const what of spendings) {
    counters[what] = new Counter(limits[what], outer?.[what], () => over(what, limits[what]!));
  }
  return counters;
}

/** Where nothing is counted. */
export const unlimited: Allowances = allowances({}, undefined, (what) => {
  throw new Error(noEndOf(what));
});
