import type { Bytes, Milliseconds } from "../../value/value.ts";

/** What a plugin or an actor may use over time. What is left out has no quota. */
export interface QuotaOptions {
  /** Runs and calls in flight at one time. */
  readonly runs?: number | undefined;
  /** Computing time a minute, in milliseconds or as a duration. */
  readonly cpuPerMinute?: Milliseconds | string | undefined;
  /** Operations of stores a minute. */
  readonly storeOperationsPerMinute?: number | undefined;
  /** Keys and values that its writes keep in each store, in bytes or as a size. */
  readonly keptBytes?: Bytes | string | undefined;
  /** Keys that its writes keep in each store. */
  readonly keptKeys?: number | undefined;
}

export type QuotaName = keyof QuotaOptions;

/** One quota, and what sets it. */
export interface Quota {
  readonly limit: number;
  /** The entry of the registry, or the plugin. */
  readonly where: string;
}

export type QuotaSet = { readonly [Name in QuotaName]?: Quota };

export const quotaNames = ["runs", "cpuPerMinute", "storeOperationsPerMinute", "keptBytes", "keptKeys"] as const;

/** Quotas as numbers, with what sets them. */
export function quotasOf(options: { readonly [Name in QuotaName]?: number | undefined }, where: string): QuotaSet {
  return Object.fromEntries(
    quotaNames.flatMap((name) => {
      const limit = options[name];
      return limit === undefined || limit === 0 ? [] : [[name, { limit, where }]];
    }),
  );
}

/** The lower of both, quota by quota. */
export function lower(a: QuotaSet, b: QuotaSet): QuotaSet {
  return Object.fromEntries(
    quotaNames.flatMap((name) => {
      const [one, other] = [a[name], b[name]];
      const least = one === undefined || (other !== undefined && other.limit < one.limit) ? other : one;
      return least === undefined ? [] : [[name, least]];
    }),
  );
}
