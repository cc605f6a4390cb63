import { MoonkeepError } from "../../errors.ts";
import { andThen, type Eventually } from "../../value/eventually.ts";
import { type Bytes, type Key, type Milliseconds, sizeOf, type Value } from "../../value/value.ts";
import { incremented } from "../count.ts";
import { keyExists, keyNotFound, notRate, tooMuchAtOnce, versionMismatch } from "../errors.ts";
import { isBeyond } from "../rate.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listing,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../store.ts";
import { Together } from "../together.ts";
import { checkTtl } from "../ttl.ts";
import { Entries, type MemoryStoreOptions } from "./entries.ts";
import type { MemoryNode } from "./node.ts";

export type { MemoryStoreOptions } from "./entries.ts";

const traits: Traits = Object.freeze({
  backend: "memory",
  consistency: "local",
  durable: false,
  list: true,
  versioned: true,
  conditionalPut: true,
  ttl: true,
});

/**
 * A store in this process's memory.
 *
 * Costs: `get`, `has`, `entry`, `set`, `put` and `delete` are O(1), and O(log n) for new and deleted keys once there
 * is an order. Everything answers at once, but for `list`: the first one in a store of more than ten thousand keys,
 * and one that meets very many expired entries, work in slices of two milliseconds and answer with a promise.
 *
 * After `close` every operation throws UNAVAILABLE.
 */
export class MemoryStore implements Store {
  readonly traits = traits;
  readonly together = new Together();
  readonly #entries: Entries;

  constructor(options: MemoryStoreOptions) {
    this.#entries = new Entries(options);
  }

  /** How many entries were dropped to make room, and how many were freed because they had expired. */
  get evicted(): number {
    return this.#entries.evicted;
  }

  get expired(): number {
    return this.#entries.expired;
  }

  /** How many entries are in memory: the live ones, and expired ones that were not freed yet. */
  get size(): number {
    return this.#entries.size;
  }

  /** About how much memory they take; 0 when there is no `maxBytes`. */
  get bytes(): Bytes {
    return this.#entries.bytes;
  }

  get(key: Key): Value | undefined {
    const node = this.#entries.live(key);
    if (node === undefined) return undefined;
    this.#entries.touch(node);
    return node.value;
  }

  has(key: Key): boolean {
    return this.#entries.live(key) !== undefined;
  }

  entry(key: Key): Entry | undefined {
    const node = this.#entries.live(key);
    if (node === undefined) return undefined;
    this.#entries.touch(node);
    return this.#snapshot(node);
  }

  /** @throws UNAVAILABLE when the store is full; RangeError when the ttl is not a finite time above 0. */
  set(key: Key, value: Value, ttl?: Milliseconds): void {
    this.#entries.write(key, value, ttl);
  }

  /** @throws as `set`; CONFLICT, ALREADY_EXISTS or NOT_FOUND when `onlyIf` does not hold. */
  put(key: Key, value: Value, { ttl, keepTtl = false, onlyIf }: Write): Entry {
    if (onlyIf === "absent") {
      if (this.#entries.live(key) !== undefined) throw keyExists();
    } else if (onlyIf !== undefined) {
      const node = this.#entries.live(key);
      if (node === undefined) throw keyNotFound();
      if (this.#entries.versionOf(node) !== onlyIf.version) throw versionMismatch();
    }
    return this.#snapshot(keepTtl ? this.#entries.writeKeeping(key, value) : this.#entries.write(key, value, ttl));
  }

  delete(key: Key, version?: string): boolean {
    const node = this.#entries.live(key);
    if (node === undefined) return false;
    if (version !== undefined && this.#entries.versionOf(node) !== version) throw versionMismatch();
    this.#entries.drop(node);
    return true;
  }

  ttl(key: Key): Milliseconds | undefined {
    const node = this.#entries.live(key);
    if (node?.timer === undefined) return node && Number.POSITIVE_INFINITY;
    return node.timer.at - this.#entries.now();
  }

  expire(key: Key, ttl?: Milliseconds): boolean {
    checkTtl(ttl);
    const node = this.#entries.live(key);
    if (node === undefined) return false;
    this.#entries.renew(node, ttl);
    return true;
  }

  touch(key: Key): boolean {
    const node = this.#entries.live(key);
    if (node === undefined) return false;
    this.#entries.touch(node);
    if (node.timer !== undefined) this.#entries.expire(node, node.timer.life);
    return true;
  }

  /** @throws as `set`; CONFLICT beyond a bound, INVALID when the value is not a number */
  increment(key: Key, by: Increment): NumberValue {
    const sum = incremented(key, this.#entries.live(key)?.value, by);
    if (by.ttl === undefined) this.#entries.writeKeeping(key, sum);
    else this.#entries.write(key, sum, by.ttl);
    return sum;
  }

  /** @throws as `set`; INVALID when the entry never expires */
  spend(key: Key, { time, most }: Spending): Spent {
    const node = this.#entries.live(key);
    if (node !== undefined && node.timer === undefined) throw notRate(key);
    const before = node === undefined ? 0 : node.timer!.at - this.#entries.now();
    const ahead = before + time;
    if (isBeyond(ahead, most)) return { allowed: false, ahead: before };
    if (node === undefined) this.#entries.write(key, true, ahead);
    else this.#entries.extend(node.timer!, time);
    return { allowed: true, ahead };
  }

  /** @throws INVALID when they take more than `most` */
  getMany(keys: readonly Key[], most: Bytes = Number.POSITIVE_INFINITY): readonly (Value | undefined)[] {
    const values = keys.map((key) => this.get(key));
    if (most !== Number.POSITIVE_INFINITY) {
      let taken = 0;
      for (const value of values) {
        if (value !== undefined) taken += sizeOf(value);
        if (taken > most) throw tooMuchAtOnce(most);
      }
    }
    return values;
  }

  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): readonly (MoonkeepError | undefined)[] {
    return entries.map(({ key, value, ttl: own = ttl }) => {
      try {
        this.#entries.write(key, value, own);
        return undefined;
      } catch (e) {
        if (e instanceof MoonkeepError && !this.#entries.isClosed) return e;
        throw e;
      }
    });
  }

  deleteMany(keys: readonly Key[]): readonly boolean[] {
    return keys.map((key) => this.delete(key));
  }

  list(page: Page): Eventually<Listing> {
    const take = page.ttl ? this.#timed.bind(this) : this.#snapshot.bind(this);
    return andThen(this.#entries.page(page, take), ({ found: entries, hasMore }) => ({ entries, hasMore }));
  }

  keys(page: KeyPage): Eventually<readonly Key[]> {
    return andThen(
      this.#entries.page(page, ({ key }) => key),
      ({ found }) => found,
    );
  }

  /** Frees expired entries for about two milliseconds. @returns whether there is more to free */
  sweep(): boolean {
    return this.#entries.sweep();
  }

  /** Frees the memory and the timer. */
  close(): void {
    this.#entries.close();
  }

  #snapshot(node: MemoryNode): Entry {
    return { key: node.key, value: node.value, version: this.#entries.versionOf(node) };
  }

  #timed(node: MemoryNode, now: Milliseconds): Entry {
    const { timer } = node;
    return timer === undefined ? this.#snapshot(node) : { ...this.#snapshot(node), ttl: timer.at - now };
  }
}
