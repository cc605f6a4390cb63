/** Fields that are one plain value. */

import { formatDuration, parseDuration } from "../value/duration.ts";
import { formatSize, parseSize } from "../value/size.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";
import * as errors from "./errors.ts";
import { type FieldOptions, Refusal, type Schema, scalarField } from "./field.ts";

export interface RangeOptions extends FieldOptions {
  /** The least that is allowed; 0 when not given. */
  readonly min?: number;
  readonly max?: number;
}

/** Text in quotes or without; `empty: true` allows the empty one. */
export function text(options: FieldOptions & { readonly empty?: boolean } = {}): Schema<string, string> {
  const { description, empty = false } = options;
  return scalarField({ field: "text", expects: "text", description }, ({ value }) => {
    if (typeof value !== "string") return undefined;
    return value === "" && !empty ? new Refusal(errors.emptyText()) : value;
  });
}

/** A number without a fraction. `unit` says of what, in the plural: "entries". */
export function wholeNumber(options: RangeOptions & { readonly unit?: string } = {}): Schema<number, number> {
  const { description, unit, min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const expects = `a whole number${unit === undefined ? "" : ` of ${unit}`}${bounds(options, String)}`;
  return scalarField({ field: "wholeNumber", expects, description, unit, min, max }, ({ number }) =>
    number !== undefined && Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined,
  );
}

/** `true` or `false`. */
export function flag(options: FieldOptions = {}): Schema<boolean, boolean> {
  return scalarField({ field: "flag", expects: "true or false", ...options }, (scalar) => scalar.flag);
}

/** One of these words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  options: FieldOptions = {},
): Schema<Word, Word> {
  return scalarField(
    { field: "oneOf", expects: "one word", words, ...options },
    (scalar) => words.find((word) => word === scalar.value) ?? new Refusal(errors.notOneOf(words, scalar)),
  );
}

/** A length of time as Go writes it: `1h30m`, `250ms`, `0`. The bounds are in milliseconds. */
export function duration(options: RangeOptions = {}): Schema<Milliseconds, string | 0> {
  const { description, min = 0, max = Number.POSITIVE_INFINITY } = options;
  const expects = `a duration such as "1h30m" or "250ms" (units: h, m, s, ms, us, ns)${bounds(options, formatDuration)}`;
  return scalarField({ field: "duration", expects, description, unit: "ms", min, max }, (scalar) => {
    const { value } = scalar;
    const time = typeof value === "string" ? parseDuration(value) : value === 0 ? 0 : undefined;
    return time !== undefined && time >= min && time <= max ? time : undefined;
  });
}

/** An amount of memory: `64MiB`, `10KB`, or a number of bytes. The bounds are in bytes. */
export function size(options: RangeOptions = {}): Schema<Bytes, string | number> {
  const { description, min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const expects =
    'a size such as "64MiB" or "10KB" (units: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB), or a whole number of bytes' +
    bounds(options, formatSize);
  return scalarField({ field: "size", expects, description, unit: "bytes", min, max }, (scalar) => {
    const bytes = scalar.number ?? (typeof scalar.value === "string" ? parseSize(scalar.value) : undefined);
    return bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= min && bytes <= max ? bytes : undefined;
  });
}

/** The bounds that were asked for, as the end of a sentence. */
function bounds({ min, max }: RangeOptions, format: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return `, from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return `, at least ${format(min)}`;
  return max === undefined ? "" : `, at most ${format(max)}`;
}
