/** Taking out of a table what a weak table has to lose (limits/weak.ts). */
import { type LuaTable, putItem, tagOfItem } from "./lua-table.ts";
import { moreOf, putField, readField, tagOfField } from "./table-layout.ts";
import { INTEGER, NIL, STRING } from "./tags.ts";

/** Says something of an entry, by its key and its value. */
export type OfEntry = (keyType: number, key: unknown, type: number, value: unknown) => boolean;

/**
 * Takes out the entries that are gone, whatever the table's metatable says.
 * @param isReached whether somebody has the key, and may go on from it
 */
export function sweep(t: LuaTable, isGone: OfEntry, isReached: (type: number, value: unknown) => boolean): void {
  const { items, shape, rest } = t;
  for (let i = 0; i < items.length; i++) {
    const type = tagOfItem(t, i);
    if (type === NIL || !isGone(INTEGER, i + 1, type, items[i])) continue;
    moreOf(t).holes++;
    putItem(t, i, NIL, null);
  }
  for (let i = 0; i < shape.length; i++) {
    const type = tagOfField(t, i);
    if (type !== NIL && isGone(STRING, shape.keys[i], type, readField(t, i))) putField(t, i, NIL, null);
  }
  rest?.sweep(isGone, isReached);
}

/** Goes through all entries, and does not say in which order. */
export function forEachEntry(
  t: LuaTable,
  visit: (keyType: number, key: unknown, type: number, value: unknown) => void,
) {
  const { items, shape, rest } = t;
  for (let i = 0; i < items.length; i++) {
    const type = tagOfItem(t, i);
    if (type !== NIL) visit(INTEGER, i + 1, type, items[i]);
  }
  for (let i = 0; i < shape.length; i++) {
    const type = tagOfField(t, i);
    if (type !== NIL) visit(STRING, shape.keys[i], type, readField(t, i));
  }
  rest?.forEach(visit);
}
