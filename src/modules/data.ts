import type { Data } from "../security/actor.ts";
import { ByteString, Float, Table, type Value } from "../value/value.ts";

/**
 * A value as policies see it: text for strings (any byte has its place in it, value/bytes.ts), lists for sequences,
 * names and values for other tables. Frozen, and without prototypes.
 */
export function toData(value: Value): Data {
  if (value instanceof ByteString) return value.toString();
  if (value instanceof Float) return value.value;
  if (!(value instanceof Table)) return value;
  const { items, keys, values } = value;
  if (keys.length === 0) return Object.freeze(items.map(toData));
  const mapping: Record<string, Data> = Object.create(null);
  items.forEach((item, i) => {
    mapping[String(i + 1)] = toData(item);
  });
  keys.forEach((key, i) => {
    mapping[String(key)] = toData(values[i]!);
  });
  return Object.freeze(mapping);
}
