/** What keywords of a schema take, and how it is read. */

import { work } from "../../lua/meter/meter.ts";
import { patternSize } from "../../security/pattern-size.ts";
import { constantPattern, type Find } from "../../security/regexp.ts";
import { ByteString } from "../../value/value.ts";
import { expectedCount, expectedList, expectedNumber, expectedSchemas, expectedString, noSchemas } from "./errors.ts";
import type { Json } from "./null.ts";
import { type Check, type Compiling, invalid, isArray, isObject, numberOf, typeName } from "./validation.ts";

export interface Place {
  /** The other keywords of the same schema. */
  readonly beside: ReadonlyMap<string, Json>;
  readonly compiler: Compiling;
  /** For errors: `schema.properties.age.minimum`. */
  readonly at: string;
}
/** What a keyword makes of its argument; undefined: nothing to check. */
export type Keyword = (argument: Json, place: Place) => Check | undefined;
export type Keywords = Readonly<Record<string, Keyword>>;

/** Characters that a pattern reads in the time of one step. */
export const LETTERS_A_STEP = 4;

export function number(argument: Json, { at }: Place): number {
  const n = numberOf(argument);
  if (n === undefined) throw invalid(expectedNumber(at, typeName(argument)));
  return n;
}

export function count(argument: Json, { at }: Place): number {
  const n = numberOf(argument);
  if (n === undefined || !Number.isInteger(n) || n < 0) {
    throw invalid(expectedCount(at, n ?? typeName(argument)));
  }
  return n;
}

export function text(argument: Json, { at }: Place): string {
  if (argument instanceof ByteString) return argument.toString();
  throw invalid(expectedString(at, typeName(argument)));
}

export function items(argument: Json, { at }: Place): readonly Json[] {
  if (isArray(argument)) {
    work(argument.items.length);
    return argument.items;
  }
  throw invalid(expectedList(at, typeName(argument)));
}

export const texts = (argument: Json, place: Place): readonly string[] =>
  items(argument, place).map((item, i) => text(item, { ...place, at: `${place.at}[${i + 1}]` }));

export function fields(argument: Json, { at }: Place): readonly (readonly [string, Json])[] {
  if (!isObject(argument)) throw invalid(expectedSchemas(at, typeName(argument)));
  work(argument.keys.length);
  return argument.keys.map((key, i) => [String(key), argument.values[i]!]);
}

export const schemas = (argument: Json, { compiler, at, ...place }: Place): readonly Check[] => {
  const given = items(argument, { compiler, at, ...place });
  if (given.length === 0) throw invalid(noSchemas(at));
  return given.map((schema, i) => compiler.compile(schema, `${at}[${i + 1}]`));
};

export const named = (argument: Json, place: Place): readonly (readonly [string, Check])[] =>
  fields(argument, place).map(([name, schema]) => [name, place.compiler.compile(schema, `${place.at}.${name}`)]);

export const schema = (argument: Json, { compiler, at }: Place): Check => compiler.compile(argument, at);

const MAX_PATTERN = 1000;
const STEPS_TO_COMPILE_AN_INSTRUCTION = 100;

export function pattern(source: string, at: string): Find {
  if (source.length <= MAX_PATTERN) work(patternSize(source) * STEPS_TO_COMPILE_AN_INSTRUCTION);
  const find = constantPattern(source);
  if (typeof find === "string") throw invalid(`${at}: ${find}`);
  return find;
}
