import type { Eventually } from "../../value/eventually.ts";
import type { Key } from "../../value/value.ts";
import { afterOthers, Slice } from "../slice.ts";
import type { KeyMap } from "./key-map.ts";
import { OrderedKeys } from "./ordered-keys.ts";

/** Up to this many keys the order is made at once, in about ten milliseconds; above, in slices. */
const AT_ONCE = 10_000;
/** How many keys to take in between two looks at the time. */
const BATCH = 64;

/**
 * The order of a store's keys, made when it is first asked for and kept up from then on. A store that is never listed
 * pays nothing for it.
 *
 * While it is being made in slices, keys come and go. That needs no care: `add` and `delete` go to the unfinished order
 * as to a finished one, a key that is added twice is there once, and the keys that are still to be taken in are live.
 */
export class KeyOrder {
  #keys: OrderedKeys | undefined;
  #making: Promise<OrderedKeys> | undefined;

  add(key: Key): void {
    this.#keys?.add(key);
  }

  delete(key: Key): void {
    this.#keys?.delete(key);
  }

  /** The order of all keys in `source`: later, when it must first be made for many keys, which takes about 1 s a million. */
  of(source: KeyMap<unknown>): Eventually<OrderedKeys> {
    if (this.#making !== undefined) return this.#making;
    if (this.#keys !== undefined) return this.#keys;
    const keys = new OrderedKeys();
    this.#keys = keys;
    if (source.size > AT_ONCE) {
      this.#making = this.#makeInSlices(keys, source.keys());
      return this.#making;
    }
    for (const key of source.keys()) keys.add(key);
    return keys;
  }

  /** Lets go of everything. The source is empty then, so an order that is being made is ready soon. */
  drop(): void {
    this.#keys = undefined;
  }

  async #makeInSlices(keys: OrderedKeys, source: Iterator<Key>): Promise<OrderedKeys> {
    while (takeSlice(source, keys)) await afterOthers();
    this.#making = undefined;
    return keys;
  }
}

/** @returns whether there is more */
function takeSlice(source: Iterator<Key>, keys: OrderedKeys): boolean {
  const slice = new Slice();
  do {
    for (let i = 0; i < BATCH; i++) {
      const next = source.next();
      if (next.done) return false;
      keys.add(next.value);
    }
  } while (!slice.over);
  return true;
}
