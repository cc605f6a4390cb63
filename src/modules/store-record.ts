/** How the answers of a store look in Lua. */
import type { Entry, Listing } from "../stores/store.ts";
import { ByteString, noItems, Table, type Value } from "../value/value.ts";

const names = new Map<string, ByteString>();

/** A table with these fields; the names are made once. */
export function record(fields: Readonly<Record<string, Value>>): Table {
  const keys = Object.keys(fields).map((name) => {
    let known = names.get(name);
    if (known === undefined) {
      known = ByteString.fromText(name);
      names.set(name, known);
    }
    return known;
  });
  return new Table(noItems, keys, Object.values(fields));
}

export const describe = ({ key: k, value: v, version }: Entry): Table =>
  record({ key: ByteString.fromBinary(k), value: v, version: ByteString.fromText(version) });

/** @param shown the entries of the page that can be read */
export function describePage({ entries, hasMore }: Listing, shown: readonly Entry[]): Table {
  const last = entries.at(-1);
  return record({
    items: new Table(shown.map(describe), noItems, noItems),
    ...(last === undefined ? {} : { cursor: ByteString.fromBinary(last.key) }),
    has_more: hasMore,
  });
}
