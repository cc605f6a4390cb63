/** Rates as deadlines (`Spending`): how a limit becomes times, and what a deadline says of the limit. */
import type { Milliseconds } from "../value/value.ts";
import type { Spending, Spent } from "./store.ts";

/** Times are sums of floats: what is beyond the most by less than this is not beyond it. */
export const SLACK: Milliseconds = 1e-3;

export const isBeyond = (ahead: Milliseconds, most: Milliseconds): boolean => ahead > most + SLACK;

export interface Rate {
  /** So many in `per`. */
  readonly limit: number;
  readonly per: Milliseconds;
  /** The most at once; absent: `limit`. */
  readonly burst?: number | undefined;
  /** How many this one counts for; absent: 1. */
  readonly cost?: number | undefined;
}

export interface RateAnswer {
  readonly allowed: boolean;
  /** How many more are allowed at once now. */
  readonly remaining: number;
  /** When the same would be allowed; 0 when it was. */
  readonly retryAfter: Milliseconds;
}

/** What every backend can count by: a nanosecond, and some 3000 years. */
const LEAST: Milliseconds = 1e-6;
const LONGEST: Milliseconds = 1e14;
const isCounted = (time: Milliseconds): boolean => time >= LEAST && time <= LONGEST;

/** @returns undefined for what is too fast or too slow to be counted, for one, for the burst or for the cost */
export function spendingOf({ limit, per, burst = limit, cost = 1 }: Rate): Spending | undefined {
  const each = per / limit;
  const spending = { time: cost * each, most: burst * each };
  return [each, spending.time, spending.most].every(isCounted) ? spending : undefined;
}

export function rateAnswer({ limit, per }: Rate, { time, most }: Spending, { allowed, ahead }: Spent): RateAnswer {
  return {
    allowed,
    remaining: Math.max(0, Math.floor((most - ahead + SLACK) / (per / limit))),
    retryAfter: allowed ? 0 : Math.max(ahead + time - most, 0),
  };
}
