import type { Key } from "../value/value.ts";
import { marksOf } from "./own-keys.ts";
import { afterOthers } from "./slice.ts";
import type { KeyPage, Store } from "./store.ts";

/** Keys that are read, and then deleted, at once: a few milliseconds of work. */
const SLICE = 500;

/** The keys that say of keys with this prefix that there is nothing (`fetch`): who deletes all of these forgets that, too. */
export const markSlices = (
  store: Store,
  prefix: Key,
  check?: KeyPage["check"],
): AsyncGenerator<readonly Key[], void, void> => keySlices(store, marksOf(prefix), { own: true, check });

/**
 * All keys of a prefix, some at a time, and others have their turn between.
 * @param how whether the library's own are among them, and who is asked whether to go on
 */
export async function* keySlices(
  store: Store,
  prefix: Key,
  how: Pick<KeyPage, "own" | "check"> = {},
): AsyncGenerator<readonly Key[], void, void> {
  for (let after: Key | undefined; ; ) {
    const keys = await store.keys({ prefix, after, limit: SLICE, ...how });
    if (keys.length > 0) yield keys;
    if (keys.length < SLICE) return;
    after = keys.at(-1)!;
    await afterOthers();
  }
}
