import { isMapping, Scalar } from "./tree.ts";

/** Plain data of JSON's types; mappings have no prototype, so any key in them is harmless. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [field: string]: Data };

/** What a part of a file says, without its places; plain data as it is. */
export function dataFrom(value: unknown): Data {
  if (value instanceof Scalar) return value.value;
  if (Array.isArray(value)) return value.map(dataFrom);
  if (!isMapping(value)) return value as Data;
  const result: Record<string, Data> = Object.create(null);
  for (const key of Object.keys(value)) result[key] = dataFrom(value[key]);
  return result;
}

/**
 * Freezes lists and plain objects all the way down. What a kind has compiled, an object of a class or a function, is
 * left as it is.
 */
export function deepFreeze<T>(value: T, seen: Set<unknown> = new Set()): T {
  if (typeof value !== "object" || value === null || seen.has(value) || !isPlain(value)) return value;
  seen.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part, seen);
  return value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}
