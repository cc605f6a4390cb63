import type { MoonkeepError } from "../errors.ts";
import type { Eventually } from "../value/eventually.ts";
import type { Bytes, Float, Key, Milliseconds, Value } from "../value/value.ts";
import type { Together } from "./together.ts";

/**
 * What a backend must do. `test/contract/store.ts` is this comment in executable form.
 *
 * An expired entry does not exist, cleaned up or not. A value is never changed once it is handed over, in either
 * direction, so nothing here copies. Whoever can answer at once does so, and everybody else returns a promise.
 */
export interface Store {
  readonly traits: Traits;
  /** Locks and computations of this process: what stands between it and a script has the same. */
  readonly together: Together;
  /**
   * @param most how much memory the value may take, where it has to be brought here; absent: any
   * @throws INVALID when it takes more; INTERNAL when what is there can't be read
   */
  get(key: Key, most?: Bytes): Eventually<Value | undefined>;
  has(key: Key): Eventually<boolean>;
  /** The value with its version. @throws as `get` */
  entry(key: Key, most?: Bytes): Eventually<Entry | undefined>;
  /**
   * Writes, whatever was there. Without a ttl the entry never expires.
   * @throws UNAVAILABLE when the store is full.
   */
  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void>;
  /** Writes when `onlyIf` holds. @throws as `set`; CONFLICT, ALREADY_EXISTS or NOT_FOUND when it does not hold. */
  put(key: Key, value: Value, write: Write): Eventually<Entry>;
  /**
   * @param version only that one
   * @returns whether there was an entry to delete. @throws CONFLICT when there is one of another version
   */
  delete(key: Key, version?: string): Eventually<boolean>;
  /** How long an entry still lives: Infinity when it never expires, undefined when it is not there. */
  ttl(key: Key): Eventually<Milliseconds | undefined>;
  /**
   * Gives an entry another time to live, and a new version; without a ttl it never expires.
   * @returns whether it is there
   */
  expire(key: Key, ttl?: Milliseconds): Eventually<boolean>;
  /**
   * Gives an entry the whole of its ttl anew, as the last write or `expire` set it. Its version stays.
   * @returns whether it is there
   */
  touch(key: Key): Eventually<boolean>;
  /**
   * Adds to a number, which is written with the ttl that it has unless another is given.
   * @returns the new number. @throws CONFLICT beyond a bound, INVALID when the value is not a number; as `set`
   */
  increment(key: Key, by: Increment): Eventually<NumberValue>;
  /** Moves a deadline on, if that does not put it too far ahead; value and version stay. @throws INVALID when the entry never expires */
  spend(key: Key, cost: Spending): Eventually<Spent>;
  /**
   * The values of keys, place by place, or why one can't be read.
   * @param most how much memory they may take together; absent: any
   * @throws INVALID when they take more
   */
  getMany(keys: readonly Key[], most?: Bytes): Eventually<readonly (Value | MoonkeepError | undefined)[]>;
  /**
   * @param ttl of the entries that have none of their own
   * @returns place by place, why an entry was not written. Each key is there once.
   */
  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]>;
  /** @returns place by place, whether there was an entry to delete. Each key is there once. */
  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]>;
  /**
   * Live entries, in byte order of their keys, without the library's own (`own-keys.ts`). One that can't be read keeps
   * its place, and none of the others. Others have their turn while a page is read, and its values are not of one instant.
   */
  list(page: Page): Eventually<Listing>;
  /** The keys of what `list` has, without reading values, and no fewer than the limit while there are more. */
  keys(page: KeyPage): Eventually<readonly Key[]>;
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

/** What lies under a key and can't be read: another program wrote it, or it is damaged. */
export interface Unreadable {
  readonly key: Key;
  readonly error: MoonkeepError;
  readonly value?: undefined;
  readonly version?: undefined;
  readonly ttl?: undefined;
}

/** A place of a page. */
export type Listed = Entry | Unreadable;

export const isUnreadable = (one: Listed): one is Unreadable => one.value === undefined;

export interface KeyValue {
  readonly key: Key;
  readonly value: Value;
  /** Absent: what is said for all of them. */
  readonly ttl?: Milliseconds | undefined;
}

/** An integer of 64 bits, or a float. */
export type NumberValue = number | bigint | Float;

export interface Increment {
  readonly by: NumberValue;
  /** What to begin with where nothing is. */
  readonly initial: NumberValue;
  /** Absent: what there is of it stays. */
  readonly ttl?: Milliseconds | undefined;
  readonly max?: NumberValue | undefined;
  readonly min?: NumberValue | undefined;
}

/**
 * A rate as a deadline, the generic cell rate algorithm: what was spent is how far the entry's deadline lies ahead. Each
 * spending moves it on by `time`, as far as it is not more than `most` ahead after that; an entry that has expired has
 * spent nothing.
 */
export interface Spending {
  readonly time: Milliseconds;
  readonly most: Milliseconds;
}

export interface Spent {
  readonly allowed: boolean;
  /** How far ahead the deadline lies now. */
  readonly ahead: Milliseconds;
}

export interface Write {
  /** Above zero. Absent: the entry never expires. */
  readonly ttl?: Milliseconds | undefined;
  /** Keeps the ttl that the entry has, where `onlyIf` names a version. */
  readonly keepTtl?: boolean | undefined;
  readonly onlyIf?: "absent" | { readonly version: string } | undefined;
}

export interface KeyPage {
  readonly prefix: Key;
  /** Only keys after this one, in byte order; it need not exist. */
  readonly after?: Key | undefined;
  /** The most to return; at least 1. */
  readonly limit: number;
  /** Whether the library's own keys are among them. */
  readonly own?: boolean | undefined;
  /** It is asked between two reads of one search; what it throws ends that. */
  readonly check?: (() => void) | undefined;
}

export interface Page extends Omit<KeyPage, "own" | "check"> {
  /** Whether entries are to say how long they still live. */
  readonly ttl?: boolean | undefined;
  /**
   * The keys that the page may have, out of some in byte order. It is asked before values are read, for as many keys as
   * it takes to fill the page; what it throws ends the search. Absent: all of them.
   */
  readonly pick?: ((keys: readonly Key[]) => readonly Key[]) | undefined;
  /** About how much memory its entries may take: the page ends with the one that takes it beyond. Absent: any. */
  readonly bytes?: Bytes | undefined;
  /** A value of more bytes is not read where values are kept as bytes: an error is in its place. Absent: any is. */
  readonly most?: Bytes | undefined;
}

export interface Listing {
  readonly entries: readonly Listed[];
  /** Whether there is an entry that the page may have behind its last one. It has one, then. */
  readonly hasMore: boolean;
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
