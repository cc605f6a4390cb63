/** Keywords for one value by itself: its type, which one it is, numbers, texts. */

import { ByteString, Table } from "../../value/value.ts";
import { expectedValue, noMatch, noSuchFormat, noSuchType, notAboveZero, wrongFormat, wrongValue } from "./errors.ts";
import type { Json } from "./null.ts";
import {
  items,
  type Keyword,
  type Keywords,
  LETTERS_A_STEP,
  number,
  pattern,
  text,
  texts,
} from "./schema-arguments.ts";
import { formats } from "./schema-formats.ts";
import { least, most, onSize } from "./schema-sizes.ts";
import { type Check, canonical, hasType, invalid, numberOf, short, typeName, type Validation } from "./validation.ts";

const type: Keyword = (argument, place) => {
  const names = argument instanceof ByteString ? [argument.toString()] : texts(argument, place);
  const known = ["null", "boolean", "integer", "number", "string", "array", "object"];
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw invalid(noSuchType(place.at, short(stray), known.join(", ")));
  const wanted = names.join(" or ");
  return (value, run) => names.some((name) => hasType(value, name)) || run.fail(wrongValue(wanted, typeName(value)));
};

const among = (values: readonly Json[], wanted: string): Check => {
  const known = new Set(values.map(canonical));
  const hasTables = values.some((value) => value instanceof Table);
  return (value, run) => {
    if (value instanceof Table && !hasTables) return run.fail(wrongValue(wanted, typeName(value)));
    return known.has(canonical(value)) || run.fail(expectedValue(wanted));
  };
};

const shown = (values: readonly Json[]): string => {
  const list = values.slice(0, 10).map((value) => canonical(value).slice(0, 40));
  return values.length > 10 ? `one of ${list.join(", ")} …` : list.join(" or ");
};

// ---- numbers; any other value is valid ----

const onNumber = (holds: (n: number, limit: number) => boolean, wanted: (limit: number) => string): Keyword => {
  return (argument, place) => {
    const limit = number(argument, place);
    return (value, run) => {
      const n = numberOf(value);
      return n === undefined || holds(n, limit) || run.fail(wrongValue(wanted(limit), n));
    };
  };
};

/** Whether a number is a multiple, as far as floats can tell: 0.3 is one of 0.1. */
function isMultiple(n: number, of: number): boolean {
  const quotient = n / of;
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON * 2;
}

// ---- texts; any other value is valid ----

const codePoints = (value: ByteString): number => {
  let n = 0;
  for (const byte of value.bytes) if (byte >> 6 !== 2) n++;
  return n;
};

const letters = (value: Json, run: Validation) => {
  if (!(value instanceof ByteString)) return undefined;
  run.step(value.length / LETTERS_A_STEP);
  return codePoints(value);
};

const patternKeyword: Keyword = (argument, place) => {
  const source = text(argument, place);
  const find = pattern(source, place.at);
  return (value, run) => {
    if (!(value instanceof ByteString)) return true;
    run.step((source.length * value.length) / 64 + value.length / LETTERS_A_STEP);
    return find(value.toString()) || run.fail(noMatch(JSON.stringify(source)));
  };
};

const format: Keyword = (argument, place) => {
  const name = text(argument, place);
  const test = formats.get(name);
  if (test === undefined) {
    throw invalid(noSuchFormat(place.at, short(name), [...formats.keys()].join(", ")));
  }
  return (value, run) => {
    if (!(value instanceof ByteString)) return true;
    run.step(value.length / LETTERS_A_STEP);
    return test(value.toString()) || run.fail(wrongFormat(name));
  };
};

export const valueKeywords: Keywords = {
  type,
  enum: (argument, place) => among(items(argument, place), shown(items(argument, place))),
  const: (argument) => among([argument], shown([argument])),
  minimum: onNumber(
    (n, limit) => n >= limit,
    (limit) => `at least ${limit}`,
  ),
  maximum: onNumber(
    (n, limit) => n <= limit,
    (limit) => `at most ${limit}`,
  ),
  exclusiveMinimum: onNumber(
    (n, limit) => n > limit,
    (limit) => `more than ${limit}`,
  ),
  exclusiveMaximum: onNumber(
    (n, limit) => n < limit,
    (limit) => `less than ${limit}`,
  ),
  multipleOf: (argument, place) => {
    if (!(number(argument, place) > 0)) throw invalid(notAboveZero(place.at));
    return onNumber(isMultiple, (of) => `a multiple of ${of}`)(argument, place);
  },
  minLength: onSize(letters, least, "at least", "characters"),
  maxLength: onSize(letters, most, "at most", "characters"),
  pattern: patternKeyword,
  format,
};
