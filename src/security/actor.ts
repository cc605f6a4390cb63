import { actorIdEmpty, nestedTooDeep, notAnObject, notData } from "./errors.ts";
/** Plain data of JSON's types, frozen all the way down, without prototypes: what policies look into. */
export type Data = null | boolean | number | bigint | string | readonly Data[] | { readonly [field: string]: Data };

/** Who acts. */
export interface Actor {
  readonly id: string;
  readonly meta: { readonly [field: string]: Data };
}

/** What an action is about, beyond its resource: `{ key: "session:1" }`. Conditions see it as `meta.*`. */
export type Attributes = { readonly [field: string]: Data };

export const noAttributes: Attributes = Object.freeze(Object.create(null));

const MAX_DEPTH = 64;

/**
 * An actor from an id and plain data about it, which is copied and frozen.
 * @throws TypeError for an empty id, and for what is not plain data, with its place: `meta.roles[0]`.
 */
export function makeActor(id: string, meta: unknown = {}): Actor {
  if (typeof id !== "string" || id === "") throw new TypeError(actorIdEmpty);
  return Object.freeze({ id, meta: makeMapping(meta, "meta") });
}

/**
 * Attributes from plain data, which is copied and frozen.
 * @throws TypeError for what is not plain data, with its place: `attributes.key`
 */
export function makeAttributes(given: unknown = {}): Attributes {
  return makeMapping(given, "attributes");
}

function makeMapping(given: unknown, path: string): { readonly [field: string]: Data } {
  const data = toData(given, path, 0);
  if (!isMapping(data)) throw new TypeError(notAnObject(path));
  return data;
}

export function isMapping(data: Data | undefined): data is { readonly [field: string]: Data } {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function toData(value: unknown, path: string, depth: number): Data {
  if (depth > MAX_DEPTH) throw new TypeError(nestedTooDeep(path, MAX_DEPTH));
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item, i) => toData(item, `${path}[${i}]`, depth + 1)));
  if (value instanceof Map) return mapping([...value], path, depth);
  if (typeof value === "object" && isPlain(value)) return mapping(Object.entries(value), path, depth);
  throw new TypeError(notData(path, describe(value)));
}

function mapping(entries: readonly [unknown, unknown][], path: string, depth: number): Data {
  const copy: Record<string, Data> = Object.create(null);
  for (const [field, value] of entries) {
    if (value !== undefined) copy[String(field)] = toData(value, `${path}.${String(field)}`, depth + 1);
  }
  return Object.freeze(copy);
}

/** Numbers and integers beyond them, which JavaScript compares exactly with each other. */
export const isNumber = (data: Data): data is number | bigint => typeof data === "number" || typeof data === "bigint";

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const describe = (value: unknown) =>
  typeof value === "object" ? "another object" : `a ${typeof value} (${String(value)})`;
