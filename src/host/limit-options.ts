import type { LimitsConfig } from "../kinds/limits.ts";
import { defaultLimits, type RunLimits } from "../limits.ts";
import type { Limits } from "../lua/limits/budget.ts";
import { MAX_DEPTH } from "../value/js.ts";
import { duration, type Reader, size, whole } from "../value/options.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";

/**
 * What a run may use. Times are milliseconds or a duration such as "1s", amounts are bytes or a size such as "64MiB",
 * the others are whole numbers; 0 means no limit. What is left out is as the registry says, or else the host, or else
 * as `defaultLimits` has it.
 */
export interface LimitOptions {
  /** Wall time, waiting included. Default: 30 s. */
  readonly timeout?: Milliseconds | string | undefined;
  /** Instructions of the VM, over all coroutines. Default: no limit. */
  readonly instructions?: number | undefined;
  /** What the script can reach at one time. Default: 256 MiB. */
  readonly memory?: Bytes | string | undefined;
  /** The longest string. Default: 64 MiB. */
  readonly stringLength?: Bytes | string | undefined;
  /** Coroutines that are alive at one time. Default: 10 000. */
  readonly coroutines?: number | undefined;
  /** How deeply tables may nest that go into a store or out of the script; 128 is the default and the most. */
  readonly valueDepth?: number | undefined;
  /** What `print` writes. Default: no limit. */
  readonly output?: Bytes | string | undefined;
  /** Calls of stores. Default: no limit. */
  readonly storeOperations?: number | undefined;
  /** Keys and values that are written to stores. Default: 256 MiB. */
  readonly storeBytes?: Bytes | string | undefined;
}

/** How each limit is read. */
export const limitReaders: { readonly [Name in keyof RunLimits]: Reader<number> } = {
  timeout: duration("zero"),
  instructions: whole(0),
  memory: size(0),
  stringLength: size(0),
  coroutines: whole(0),
  valueDepth: whole(0, MAX_DEPTH),
  output: size(0),
  storeOperations: whole(0),
  storeBytes: size(0),
};
const names = Object.keys(limitReaders) as (keyof RunLimits)[];

/** @throws TypeError or RangeError for what is not a limit, with its name and what would be right */
export function readLimits(options: LimitOptions): Limits {
  const given = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, limitReaders[name](options[name], name)]));
}

/** The limits that a registry's entry says, by our names. */
export function registryLimits({ limits = {} }: { readonly limits?: LimitsConfig | undefined }): Limits {
  const { string_length, value_depth, store_operations, store_bytes, ...same } = limits;
  return {
    ...same,
    stringLength: string_length,
    valueDepth: value_depth,
    storeOperations: store_operations,
    storeBytes: store_bytes,
  };
}

/** The limits of a run, from what was said by the run, the registry and the host: the first that says something counts. */
export function effectiveLimits(...said: readonly Limits[]): Limits {
  return Object.fromEntries(
    names.flatMap((name) => {
      const limit = said.find((limits) => limits[name] !== undefined)?.[name] ?? defaultLimits[name];
      return limit === 0 ? [] : [[name, limit]];
    }),
  );
}

/** The lower of both, limit by limit; where neither has one, there is none. */
export function narrower(a: Limits, b: Limits): Limits {
  return Object.fromEntries(
    names.flatMap((name) => {
      const limits = [a[name], b[name]].filter((limit) => limit !== undefined && limit !== 0) as number[];
      return limits.length === 0 ? [] : [[name, Math.min(...limits)]];
    }),
  );
}

/** Limits that were given for one call, in the place of those that hold without them. */
export function overridden(limits: Limits, given: Limits): Limits {
  return Object.fromEntries(Object.entries({ ...limits, ...given }).filter(([, limit]) => limit !== 0));
}
