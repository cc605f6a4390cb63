/** The options of `host.store(id)`, and how they are read. */

import type { MoonkeepError } from "../errors.ts";
import { type Binary, exactBinary, toBinary } from "../value/bytes.ts";
import { parseDays } from "../value/duration.ts";
import { fromJs } from "../value/js.ts";
import { flag, oneOf, type Reader, type Readers, text, whole, wrongType } from "../value/options.ts";
import type { Float } from "../value/value.ts";
import { isNumber, plainNumber } from "./count.ts";
import { loneSurrogate, negativeTime, notAboveZero, timeNotAboveZero } from "./errors.ts";
import type { NumberValue } from "./store.ts";

export interface SetOptions {
  /** Seconds, with fractions, or a duration such as "1h30m". If absent, null or 0, the entry never expires. */
  readonly ttl?: number | string | null | undefined;
}

export interface PutOptions extends SetOptions {
  /** Fails with ALREADY_EXISTS if the key exists. */
  readonly onlyIfAbsent?: boolean | undefined;
  /** Fails with CONFLICT if the entry has another version, and with NOT_FOUND if the key is missing. */
  readonly ifVersion?: string | undefined;
}

export interface DeleteOptions {
  /** Fails with CONFLICT if the entry has another version. */
  readonly ifVersion?: string | undefined;
  /** Fails with CONFLICT if the entry has another value. */
  readonly ifValue?: unknown;
}

export interface IncrementOptions extends SetOptions {
  /** The number to start from if the key is missing; default 0. */
  readonly initial?: number | bigint | Float | undefined;
  readonly max?: number | bigint | Float | undefined;
  readonly min?: number | bigint | Float | undefined;
}

export interface RateOptions {
  /** How many are allowed in `per`. */
  readonly limit: number;
  /** Seconds, or a duration such as "1m". */
  readonly per: number | string;
  /** `"sliding"` uses a sliding window. Default: a token bucket. */
  readonly window?: "sliding" | undefined;
  /** Only for a token bucket: how many are allowed at once; default: `limit`. */
  readonly burst?: number | undefined;
  /** How many this call counts for; default: 1. */
  readonly cost?: number | undefined;
}

export interface RateResult {
  readonly allowed: boolean;
  /** How many more are allowed right now. */
  readonly remaining: number;
  /** Seconds until the same call would be allowed; 0 if it was allowed. */
  readonly retryAfter: number;
}

export interface UpdateOptions extends SetOptions {
  /** How many attempts to make before giving up; 1 to 1000, default 16. */
  readonly attempts?: number | undefined;
}

export interface StoreFetchOptions extends SetOptions {
  /** How long to remember that there is no value: seconds or a duration. Default: not at all. */
  readonly negativeTtl?: number | string | undefined;
  /** How long after its ttl the old value is kept; others get it while a new one is computed. */
  readonly stale?: number | string | undefined;
  /** `"stale"`: if computing fails, the old value is returned. */
  readonly onError?: "stale" | undefined;
  /** How long to wait for another caller that computes; TIMEOUT after that. Default: no limit. */
  readonly wait?: number | string | undefined;
}

export interface StoreLockOptions {
  /** How long others wait if the holder's process has died: seconds or a duration, at least 0.1; default 30. */
  readonly ttl?: number | string | undefined;
  /** How long to wait for the lock; default 0. */
  readonly wait?: number | string | undefined;
}

export interface ListOptions {
  readonly prefix?: string | Uint8Array | undefined;
  /** Only keys after this one. */
  readonly after?: string | Uint8Array | undefined;
  /** 1 to 1000; default 100. */
  readonly limit?: number | undefined;
}

export interface ClearOptions {
  /** Only keys with this prefix. */
  readonly prefix?: string | Uint8Array | undefined;
}

export interface EachOptions extends ClearOptions {
  /** Only keys after this one. */
  readonly after?: string | Uint8Array | undefined;
}

/** An entry. Its key is a string, or bytes if it is not valid UTF-8. */
export interface StoreEntry {
  readonly key: string | Uint8Array;
  readonly value: unknown;
  readonly version: string;
}

export interface StorePage {
  readonly items: readonly StoreEntry[];
  /** The last key of the page, for `after`; absent if the page is empty. */
  readonly cursor?: string | Uint8Array;
  readonly hasMore: boolean;
  /** Names the entries of the page that can't be read, which `items` leaves out; absent if there are none. */
  readonly error?: MoonkeepError;
}

export const rangeOptions = { prefix: asBinary } satisfies Readers<ClearOptions>;
export const eachOptions = { prefix: asBinary, after: asBinary } satisfies Readers<EachOptions>;

export const seconds: Reader<number> = (given, name) => {
  if (given === null) return 0;
  const time = typeof given === "string" ? parseDays(given) : given;
  if (typeof time === "number") return typeof given === "string" ? time / 1000 : time;
  throw wrongType(name, 'seconds, or a duration such as "1h30m"', given);
};

export const setOptions = { ttl: seconds };
export const putOptions = { ...setOptions, onlyIfAbsent: flag, ifVersion: text } satisfies Readers<PutOptions>;
export const deleteOptions = { ifVersion: text, ifValue: (given) => given as object } satisfies Readers<DeleteOptions>;
export const countable: Reader<NumberValue> = (given, name) => {
  const number = fromJs(given, name);
  if (number !== undefined && isNumber(number) && Number.isFinite(Number(plainNumber(number)))) return number;
  throw wrongType(name, "a finite number", given);
};
export const incrementOptions = { ...setOptions, initial: countable, max: countable, min: countable };
const positive: Reader<number> = (given, name) => {
  if (typeof given !== "number") throw wrongType(name, "a number above 0", given);
  if (given > 0 && given < Number.POSITIVE_INFINITY) return given;
  throw new RangeError(notAboveZero(name, given));
};
const above: Reader<number> = (given, name) => {
  const time = seconds(given, name);
  if (time > 0 && time < Number.POSITIVE_INFINITY) return time;
  throw new RangeError(timeNotAboveZero(name, String(given)));
};
const atLeastZero: Reader<number> = (given, name) => {
  const time = seconds(given, name);
  if (time >= 0) return time;
  throw new RangeError(negativeTime(name, String(given)));
};
export const updateOptions = { ...setOptions, attempts: whole(1, 1000) } satisfies Readers<UpdateOptions>;
export const fetchOptions = {
  ...setOptions,
  negativeTtl: above,
  stale: above,
  onError: oneOf("stale"),
  wait: atLeastZero,
} satisfies Readers<StoreFetchOptions>;
export const lockOptions = { ttl: above, wait: atLeastZero } satisfies Readers<StoreLockOptions>;
export const rateOptions = {
  limit: positive,
  per: seconds,
  burst: positive,
  window: oneOf("sliding"),
  cost: positive,
} satisfies Readers<RateOptions>;
export const listOptions = { prefix: asBinary, after: asBinary, limit: whole(1, 1000) } satisfies Readers<ListOptions>;

export function asBinary(given: unknown, name: string): Binary {
  if (given instanceof Uint8Array) return toBinary(Uint8Array.from(given));
  if (typeof given !== "string") throw wrongType(name, "a string or a Uint8Array", given);
  const bytes = exactBinary(given);
  if (bytes !== undefined) return bytes;
  throw new TypeError(loneSurrogate(name));
}
