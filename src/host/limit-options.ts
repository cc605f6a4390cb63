import type { LimitsConfig } from "../kinds/limits.ts";
import {
  defaultLimits,
  type LimitName,
  type Limits,
  limitNames,
  limitRow,
  type limitTable,
  registryName,
} from "../limits.ts";
import { duration, type Reader, size, whole } from "../value/options.ts";

/**
 * What a run may use. Times are milliseconds or a duration such as "1s", amounts are bytes or a size such as "64MiB",
 * the others are whole numbers; 0 means no limit. What is left out is as the registry says, or else the host, or else
 * as the default is.
 */
export type LimitOptions = {
  readonly [Name in keyof typeof limitTable]?:
    | number
    | ((typeof limitTable)[Name]["unit"] extends "duration" | "size" ? string : never)
    | undefined;
};

function reader(name: LimitName): Reader<number> {
  const { unit, most } = limitRow(name);
  if (unit === "duration") return duration("zero");
  return unit === "size" ? size(0) : whole(0, most);
}

/** How each limit is read. */
export const limitReaders = Object.fromEntries(limitNames.map((name) => [name, reader(name)])) as {
  readonly [Name in LimitName]: Reader<number>;
};

/** @throws TypeError or RangeError for what is not a limit, with its name and what would be right */
export function readLimits(options: LimitOptions): Limits {
  const given = limitNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, limitReaders[name](options[name], name)]));
}

/** The limits that a registry's entry says, by our names. */
export function registryLimits({ limits = {} }: { readonly limits?: LimitsConfig | undefined }): Limits {
  const said = limits as Readonly<Record<string, number | undefined>>;
  return Object.fromEntries(limitNames.map((name) => [name, said[registryName(name)]]));
}

/** The limits of a run, from what was said by the run, the registry and the host: the first that says something counts. */
export function effectiveLimits(...said: readonly Limits[]): Limits {
  return Object.fromEntries(
    limitNames.flatMap((name) => {
      const limit = said.find((limits) => limits[name] !== undefined)?.[name] ?? defaultLimits[name];
      return limit === 0 ? [] : [[name, limit]];
    }),
  );
}

/** The lower of both, limit by limit; where neither has one, there is none. */
export function narrower(a: Limits, b: Limits): Limits {
  return Object.fromEntries(
    limitNames.flatMap((name) => {
      const limits = [a[name], b[name]].filter((limit) => limit !== undefined && limit !== 0) as number[];
      return limits.length === 0 ? [] : [[name, Math.min(...limits)]];
    }),
  );
}

/** Limits that were given for one call, in the place of those that hold without them. */
export function overridden(limits: Limits, given: Limits): Limits {
  return Object.fromEntries(Object.entries({ ...limits, ...given }).filter(([, limit]) => limit !== 0));
}
