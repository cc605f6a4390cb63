import type { Key } from "../../value/value.ts";

/** The most entries for which one Map is used. */
const ONE_MAP = 2 ** 15;
/** How many Maps are used for more; a power of two. */
const SHARDS = 64;

/** The most entries that a Map of V8 holds, and so the most that are safe when all keys fall into one shard. */
export const MOST_ENTRIES = 2 ** 24;

/**
 * A Map from keys, spread over several Maps when it may become large.
 *
 * Why spread: V8 copies a Map as a whole when it grows and when it shrinks, which keeps the process for 40 ms at half a
 * million keys, and for 15 ms in the middle of freeing them. A shard's copy takes a millisecond or two. The shard is
 * chosen by a few characters; keys that agree in all of them are found as fast as others, only their shard is as large
 * as a single Map would be.
 */
export class KeyMap<T> {
  readonly #one: Map<Key, T> | undefined;
  readonly #shards: readonly Map<Key, T>[];
  #size = 0;

  /** @param most how many entries it may come to hold */
  constructor(most: number) {
    this.#shards = Array.from({ length: most <= ONE_MAP ? 1 : SHARDS }, () => new Map());
    this.#one = most <= ONE_MAP ? this.#shards[0] : undefined;
  }

  get size(): number {
    return this.#size;
  }

  get(key: Key): T | undefined {
    return (this.#one ?? this.#shard(key)).get(key);
  }

  set(key: Key, item: T): void {
    const map = this.#one ?? this.#shard(key);
    const before = map.size;
    map.set(key, item);
    this.#size += map.size - before;
  }

  delete(key: Key): void {
    if ((this.#one ?? this.#shard(key)).delete(key)) this.#size--;
  }

  clear(): void {
    for (const map of this.#shards) map.clear();
    this.#size = 0;
  }

  /** All keys, in no order. A key that comes meanwhile may be left out; one that goes is. */
  *keys(): Generator<Key, void> {
    for (const map of this.#shards) yield* map.keys();
  }

  /** The shard by up to four characters, spread evenly over the key: all of a key would cost more than looking it up. */
  #shard(key: Key): Map<Key, T> {
    const step = (key.length >> 2) + 1;
    let hash = 0;
    for (let i = key.length - 1; i >= 0; i -= step) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return this.#shards[hash & (SHARDS - 1)]!;
  }
}
