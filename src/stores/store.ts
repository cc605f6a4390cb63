import type { Eventually } from "../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../value/value.ts";

/**
 * What a backend must do. `test/contract/store.ts` is this comment in executable form.
 *
 * An expired entry does not exist, cleaned up or not. A value is never changed once it is handed over, in either
 * direction, so nothing here copies. Whoever can answer at once does so, and everybody else returns a promise.
 */
export interface Store {
  readonly traits: Traits;
  get(key: Key): Eventually<Value | undefined>;
  has(key: Key): Eventually<boolean>;
  /** The value with its version. */
  entry(key: Key): Eventually<Entry | undefined>;
  /**
   * Writes, whatever was there. Without a ttl the entry never expires.
   * @throws UNAVAILABLE when the store is full.
   */
  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void>;
  /** Writes when `onlyIf` holds. @throws as `set`; CONFLICT, ALREADY_EXISTS or NOT_FOUND when it does not hold. */
  put(key: Key, value: Value, write: Write): Eventually<Entry>;
  /** @returns whether there was an entry to delete. */
  delete(key: Key): Eventually<boolean>;
  /** Live entries, in byte order of their keys. */
  list(page: Page): Eventually<readonly Entry[]>;
  close(): Eventually<void>;
}

export interface Entry {
  readonly key: Key;
  readonly value: Value;
  /** Opaque; never used again for the same key, not even after delete and re-create. */
  readonly version: string;
  /** How long it still lives; only in a page that asked for it, and absent where it never expires. */
  readonly ttl?: Milliseconds | undefined;
}

export interface Write {
  /** Above zero. Absent: the entry never expires. */
  readonly ttl?: Milliseconds | undefined;
  readonly onlyIf?: "absent" | { readonly version: string } | undefined;
}

export interface Page {
  readonly prefix: Key;
  /** Only keys after this one, in byte order; it need not exist. */
  readonly after?: Key | undefined;
  /** The most entries to return; at least 1. */
  readonly limit: number;
  /** Whether entries are to say how long they still live. */
  readonly ttl?: boolean | undefined;
}

/** What `store:info()` tells of a backend. */
export interface Traits {
  readonly backend: "memory" | "sql" | "redis" | "kv.raft" | "kv.crdt" | "unknown";
  readonly consistency: "linearizable" | "eventual" | "local" | "unknown";
  readonly durable: boolean;
  readonly list: boolean;
  readonly versioned: boolean;
  readonly conditionalPut: boolean;
  readonly ttl: boolean;
}
