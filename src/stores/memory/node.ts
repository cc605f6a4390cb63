import { type Bytes, type Key, sizeOf, type Value } from "../../value/value.ts";
import type { Timer } from "./expiry-wheel.ts";
import type { Linked } from "./recency.ts";

/**
 * What a memory store keeps for a key. It is never handed out: a later write changes it in place.
 *
 * A deadline has an object of its own, because most stores have none, or one on every key. What a read looks at comes
 * first, so that it lies in one line of the cache.
 */
export class MemoryNode implements Linked<MemoryNode> {
  value: Value;
  timer: Timer<MemoryNode> | undefined = undefined;
  newer: MemoryNode | undefined = undefined;
  older: MemoryNode | undefined = undefined;
  readonly key: Key;
  version: number;
  /** What it counts for `maxBytes`; 0 where nothing is counted. */
  size: Bytes;

  constructor(key: Key, value: Value, version: number, size: Bytes) {
    this.value = value;
    this.key = key;
    this.version = version;
    this.size = size;
  }
}

/** What an entry costs beside its value and the characters of its key: the node, its timer, its place in the map. */
const ENTRY_OVERHEAD: Bytes = 240;

/** About how many bytes of memory an entry takes. */
export function entrySize(key: Key, value: Value): Bytes {
  return ENTRY_OVERHEAD + key.length + sizeOf(value);
}
