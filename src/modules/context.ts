import { Table } from "../value/value.ts";

/** The context of a call: both, and where a name is in both, what is in `values`. */
export function mergeContext(context: Table | undefined, values: Table): Table {
  if (context === undefined || context.keys.length === 0) return values;
  const names = new Set(values.keys.map(String));
  const kept = context.keys.flatMap((key, i) => (names.has(String(key)) ? [] : [i]));
  return new Table(
    [],
    [...kept.map((i) => context.keys[i]!), ...values.keys],
    [...kept.map((i) => context.values[i]!), ...values.values],
  );
}
