import { fromJs } from "../value/js.ts";
import { Table } from "../value/value.ts";

const noContext = new Table([], [], []);

/** @throws TypeError for what is not plain data, with its place */
export function contextOf(given: Readonly<Record<string, unknown>> | undefined): Table {
  return given === undefined ? noContext : (fromJs({ ...given }, "context") as Table);
}

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
