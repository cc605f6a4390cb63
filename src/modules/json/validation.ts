/** What the keywords of a schema work with: one validation, and what a value is to JSON. */

import { MoonkeepError } from "../../errors.ts";
import { work } from "../../lua/meter/meter.ts";
import { ByteString, Float, Table, type Value } from "../../value/value.ts";
import { encode, pathText } from "./encode.ts";
import { endlessSchema, schemaTooSlow } from "./errors.ts";
import { emptyArray, emptyObject, isNull, type Json } from "./null.ts";

/** Whether a value is as it should be; what is not goes to the validation. */
export type Check = (value: Json, run: Validation) => boolean;

const MAX_STEPS = 2_000_000;
const MAX_DEPTH = 256;
const MAX_PROBLEMS = 20;

/** A name in a message. */
export const short = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);

export const invalid = (message: string) => new MoonkeepError("INVALID", message);

export interface SchemaProblem {
  readonly path: string;
  readonly message: string;
}

/** One validation: where it is, what it has found, and how much it has looked at. */
export class Validation {
  readonly problems: SchemaProblem[] = [];
  readonly #path: (string | number)[] = [];
  #quiet = 0;
  #steps = 0;
  #depth = 0;
  /** The object that was asked for its names last. */
  #object: Table | undefined;
  #names: ReadonlySet<string> = new Set();

  /** The names of an object; a set of its own, since many keywords ask for it. */
  names(object: Table): ReadonlySet<string> {
    if (this.#object === object) return this.#names;
    this.step(2 * object.keys.length);
    this.#object = object;
    this.#names = new Set(object.keys.map(String));
    return this.#names;
  }

  fail(message: string): false {
    if (this.#quiet === 0 && this.problems.length < MAX_PROBLEMS) {
      this.problems.push({ path: pathText("value", this.#path), message });
    }
    return false;
  }

  /** Counts what is looked at. */
  step(steps = 1): void {
    this.#steps += steps;
    work(steps);
    if (this.#steps > MAX_STEPS) throw invalid(schemaTooSlow);
  }

  at(place: string | number, value: Json, check: Check): boolean {
    this.#path.push(place);
    const isValid = check(value, this);
    this.#path.pop();
    return isValid;
  }

  /** The answer alone: what is wrong is of no interest. */
  quietly(value: Json, check: Check): boolean {
    this.#quiet++;
    const isValid = check(value, this);
    this.#quiet--;
    return isValid;
  }

  /** A schema below another one. */
  below(value: Json, check: Check): boolean {
    if (++this.#depth > MAX_DEPTH) throw invalid(endlessSchema);
    this.step();
    const isValid = check(value, this);
    this.#depth--;
    return isValid;
  }
}

/** What compiles the schemas in a schema. */
export interface Compiling {
  /** @param at the place in the schema, for errors: `schema.properties.age` */
  compile(schema: Json, at: string): Check;
  /** What `$ref` names: `#`, or a path from the root such as `#/$defs/name`. */
  resolve(reference: string, at: string): Check;
}

export type TypeName = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

export const numberOf = (value: Json): number | undefined =>
  typeof value === "number"
    ? value
    : typeof value === "bigint"
      ? Number(value)
      : value instanceof Float
        ? value.value
        : undefined;

export const isArray = (value: Json): value is Table =>
  value instanceof Table && value.keys.length === 0 && value !== emptyObject;

/** A table with names, or the empty one that Lua has for both. */
export const isObject = (value: Json): value is Table =>
  value instanceof Table && value.items.length === 0 && value !== emptyArray;

export function hasType(value: Json, type: string): boolean {
  switch (type) {
    case "null":
      return isNull(value);
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return value instanceof ByteString;
    case "number":
      return numberOf(value) !== undefined;
    case "integer":
      return Number.isInteger(numberOf(value));
    case "array":
      return isArray(value);
    default:
      return isObject(value);
  }
}

export function typeName(value: Json): TypeName {
  const names: readonly TypeName[] = ["null", "boolean", "string", "integer", "number", "array"];
  return names.find((name) => hasType(value, name)) ?? "object";
}

export const canonicalOptions = { indent: 0, empty: "array", sort: true } as const;

/** A text that two values share when they are equal to JSON: `1` and `1.0` are. */
export function canonical(value: Json): string {
  return encode(withoutFloats(value), canonicalOptions).toString();
}

function withoutFloats(value: Json): Json {
  if (value instanceof Float) return value.value === 0 ? 0 : value.value;
  if (!(value instanceof Table)) return value;
  const { items, keys, values } = value;
  return new Table(items.map(withoutFloats) as Value[], keys, values.map(withoutFloats) as Value[]);
}
