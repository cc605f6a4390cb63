import type { Key } from "../value/value.ts";
import { afterOthers } from "./slice.ts";
import type { Store } from "./store.ts";

/** Keys that are read, and then deleted, at once: a few milliseconds of work. */
const SLICE = 500;

/** All keys of a prefix, some at a time, and others have their turn between. */
export async function* keySlices(store: Store, prefix: Key): AsyncGenerator<readonly Key[], void, void> {
  for (let after: Key | undefined; ; ) {
    const keys = await store.keys({ prefix, after, limit: SLICE });
    if (keys.length > 0) yield keys;
    if (keys.length < SLICE) return;
    after = keys.at(-1)!;
    await afterOthers();
  }
}
