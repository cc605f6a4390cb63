/**
 * The entries of a store in memory: how they are found, expire, and make room for each other.
 *
 * A map finds a key's node; beside it are the timing wheel (which keys expire when), the recency list (only for
 * `lru`) and the order of keys (only once a page was asked for). An entry exists until the instant of its deadline,
 * which every operation checks on the node itself; the wheel only finds expired entries to free.
 */
import { type Clock, monotonicClock } from "../../value/clock.ts";
import { andThen, type Eventually, inSteps, type Steps, wait } from "../../value/eventually.ts";
import { unpacked } from "../../value/packed.ts";
import type { Bytes, Key, Milliseconds, Value } from "../../value/value.ts";
import { Cleanup } from "../cleanup.ts";
import { entryTooLarge, storeClosed, storeFull } from "../errors.ts";
import { startOf, successor } from "../key-range.ts";
import { isLasting, isOwn } from "../own-keys.ts";
import { memoryOf } from "../portions.ts";
import { afterOthers, Slice } from "../slice.ts";
import type { KeyPage, Page } from "../store.ts";
import { checkTtl } from "../ttl.ts";
import { ExpiryWheel, Timer } from "./expiry-wheel.ts";
import { KeyMap, MOST_ENTRIES } from "./key-map.ts";
import { KeyOrder } from "./key-order.ts";
import { entrySize, MemoryNode } from "./node.ts";
import type { OrderedKeys } from "./ordered-keys.ts";
import { Recency } from "./recency.ts";
import { ShownVersions } from "./shown-versions.ts";

export interface MemoryStoreOptions {
  /** The most entries; 0 for no limit. */
  readonly maxSize: number;
  /** About the most memory that keys and values may take; 0 for no limit, and nothing is counted. */
  readonly maxBytes: Bytes;
  /** What a full store does with a write: refuse it, or give up what was not used for the longest time. */
  readonly eviction: "none" | "lru";
  /** How often the memory of expired entries is freed; 0 for never, except where they are met or room is needed. */
  readonly cleanupInterval: Milliseconds;
  readonly clock?: Clock;
}

/** A page. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly hasMore: boolean;
}

/** How many entries to expire between two looks at the time. */
const SWEEP_BATCH = 64;
/** The fewest keys that `list` asks of the order at once, so that a run of expired ones is passed quickly. */
const LIST_BATCH = 64;

export class Entries {
  readonly #maxSize: number;
  readonly #maxBytes: Bytes;
  readonly #clock: Clock;
  readonly #cleanup: Cleanup;
  readonly #order = new KeyOrder();
  readonly #recency: Recency<MemoryNode> | undefined;
  readonly #nodes: KeyMap<MemoryNode>;
  #wheel: ExpiryWheel<MemoryNode>;
  #bytes: Bytes = 0;
  /** How many entries were dropped to make room, and how many were freed because they had expired. */
  evicted = 0;
  expired = 0;
  /** The version of the last write, store-wide: so it never comes back for any key. */
  #version = 0;
  readonly #shown = new ShownVersions();
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.#maxSize = options.maxSize === 0 ? MOST_ENTRIES : Math.min(options.maxSize, MOST_ENTRIES);
    this.#nodes = new KeyMap(this.#maxSize);
    this.#maxBytes = options.maxBytes === 0 ? Number.POSITIVE_INFINITY : options.maxBytes;
    this.#clock = options.clock ?? monotonicClock;
    this.#recency = options.eviction === "lru" ? new Recency() : undefined;
    this.#wheel = new ExpiryWheel(this.#clock.now());
    this.#cleanup = new Cleanup(options.cleanupInterval, () => this.sweep());
  }

  /** How many are in memory: the live ones, and expired ones that were not freed yet. */
  get size(): number {
    return this.#nodes.size;
  }

  /** About how much memory they take; 0 when there is no `maxBytes`. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  now(): Milliseconds {
    return this.#clock.now();
  }

  /** Frees expired entries for about two milliseconds. @returns whether there is more to free */
  sweep(): boolean {
    const now = this.#clock.now();
    const slice = new Slice();
    do {
      for (let i = 0; i < SWEEP_BATCH; i++) {
        const timer = this.#wheel.step(now);
        if (timer === undefined) return false;
        if (timer !== "moved") this.#free(timer.owner);
      }
    } while (!slice.over);
    return true;
  }

  /** Frees the memory and the timer. */
  close(): void {
    this.#closed = true;
    this.#cleanup.disarm();
    this.#order.drop();
    this.#recency?.clear();
    this.#nodes.clear();
    this.#wheel = new ExpiryWheel(0);
    this.#bytes = 0;
  }

  /** The node of a key that has not expired. */
  live(key: Key): MemoryNode | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) {
      // A closed store is empty, so it is enough to look here.
      if (this.#closed) throw storeClosed();
      return undefined;
    }
    if (node.timer !== undefined && node.timer.at <= this.#clock.now()) {
      this.#free(node);
      return undefined;
    }
    return node;
  }

  /** An expired node may be overwritten like a live one: nothing of it is left to see. */
  write(key: Key, given: Value, ttl: Milliseconds | undefined): MemoryNode {
    const value = unpacked(given); // its bytes would be kept beside it, and nobody counts them
    checkTtl(ttl);
    const size = this.#maxBytes === Number.POSITIVE_INFINITY ? 0 : entrySize(key, value);
    let node = this.#nodes.get(key);
    if (node === undefined && this.#closed) throw storeClosed();
    if (this.#overfull(node, size)) node = this.#makeRoom(node, size);
    if (node === undefined) node = this.#insert(key, value, size);
    else this.#overwrite(node, value, size);
    this.expire(node, ttl);
    return node;
  }

  /** Puts off the end of an entry that has one. */
  extend(timer: Timer<MemoryNode>, time: Milliseconds): void {
    this.#wheel.schedule(timer, timer.at + time);
  }

  /** The entry stays as it is, and has a new version. */
  renew(node: MemoryNode, ttl: Milliseconds | undefined): void {
    node.version = ++this.#version;
    this.expire(node, ttl);
  }

  /** It was used. */
  touch(node: MemoryNode): void {
    this.#recency?.touch(node);
  }

  /** Writes, and lets the entry end when it would have ended, if it was there. */
  writeKeeping(key: Key, value: Value): MemoryNode {
    const timer = this.live(key)?.timer;
    if (timer === undefined) return this.write(key, value, undefined);
    const { life, at } = timer;
    const node = this.write(key, value, life);
    this.#wheel.schedule(node.timer!, at);
    return node;
  }

  #insert(key: Key, value: Value, size: Bytes): MemoryNode {
    const node = new MemoryNode(key, value, ++this.#version, size);
    this.#nodes.set(key, node);
    this.#bytes += size;
    if (isLasting(key)) this.#recency?.pin(node);
    else this.#recency?.add(node);
    this.#order.add(key);
    return node;
  }

  #overwrite(node: MemoryNode, value: Value, size: Bytes): void {
    this.#bytes += size - node.size;
    node.value = value;
    node.size = size;
    node.version = ++this.#version;
    this.#recency?.touch(node);
  }

  expire(node: MemoryNode, ttl: Milliseconds | undefined): void {
    if (ttl === undefined) {
      if (node.timer !== undefined) this.#cancel(node.timer);
      node.timer = undefined;
      return;
    }
    node.timer ??= new Timer(node);
    node.timer.life = ttl;
    this.#wheel.schedule(node.timer, this.#clock.now() + ttl);
    this.#cleanup.arm();
  }

  #cancel(timer: Timer<MemoryNode>): void {
    this.#wheel.cancel(timer);
    if (this.#wheel.size === 0) this.#cleanup.disarm();
  }

  /** It has expired. */
  #free(node: MemoryNode): void {
    this.expired++;
    this.drop(node);
  }

  #evict(node: MemoryNode): void {
    this.evicted++;
    this.drop(node);
  }

  drop(node: MemoryNode): void {
    this.#nodes.delete(node.key);
    this.#bytes -= node.size;
    if (node.timer !== undefined) this.#cancel(node.timer);
    this.#recency?.remove(node);
    this.#order.delete(node.key);
  }

  /** Whether an entry of this size does not fit, in place of `own` when there is one. */
  #overfull(own: MemoryNode | undefined, size: Bytes): boolean {
    if (own !== undefined) return this.#bytes - own.size + size > this.#maxBytes;
    return this.#nodes.size >= this.#maxSize || this.#bytes + size > this.#maxBytes;
  }

  /**
   * Makes room for an entry: expired ones go first, one by one and only as many as it takes, then those that were not
   * used for the longest time.
   * @returns the node to overwrite, unless it went too; then the key is written anew
   * @throws UNAVAILABLE when there is no room to be made, INVALID when all of it would be too little; then all that
   * lives is as it was
   */
  #makeRoom(own: MemoryNode | undefined, size: Bytes): MemoryNode | undefined {
    if (size > this.#maxBytes) throw entryTooLarge(size, this.#maxBytes);
    let target = own;
    do {
      const over = this.#expired();
      const gone = over ?? this.#recency?.oldest;
      if (gone === undefined) throw storeFull();
      if (gone === over) this.#free(gone);
      else this.#evict(gone);
      if (gone === target) target = undefined;
    } while (this.#overfull(target, size));
    return target;
  }

  /** One entry that has expired, if any. */
  #expired(): MemoryNode | undefined {
    return this.#wheel.size === 0 ? undefined : this.#wheel.take(this.#clock.now())?.owner;
  }

  /** What `take` makes of the entries of a page, in order of their keys. */
  page<T>(page: Page & KeyPage, take: (node: MemoryNode, now: Milliseconds) => T): Eventually<Found<T>> {
    if (this.#closed) throw storeClosed();
    return andThen(this.#order.of(this.#nodes), (order) => inSteps(this.#collect(order, page, take)));
  }

  /** Frees the expired entries that it meets. */
  *#collect<T>(
    order: OrderedKeys,
    { prefix, after, limit, own = false, pick, bytes = Number.POSITIVE_INFINITY }: Page & KeyPage,
    take: (node: MemoryNode, now: Milliseconds) => T,
  ): Steps<Found<T>> {
    const found: T[] = [];
    let [from, taken] = [startOf(prefix, after), 0];
    for (let slice = new Slice(); ; ) {
      if (this.#closed) throw storeClosed();
      const now = this.#clock.now();
      const count = Math.max(limit + 1 - found.length, LIST_BATCH);
      const keys = order.from(from, count);
      const nodes: MemoryNode[] = [];
      let isOver = keys.length < count;
      for (const key of keys) {
        if (!key.startsWith(prefix)) {
          isOver = true;
          break;
        }
        const node = this.#nodes.get(key)!;
        if (node.timer !== undefined && node.timer.at <= now) this.#free(node);
        else if (own || !isOwn(key)) nodes.push(node);
      }
      for (const node of pick === undefined ? nodes : picked(nodes, pick)) {
        if (found.length === limit || taken >= bytes) return { found, hasMore: true };
        found.push(take(node, now));
        if (bytes !== Number.POSITIVE_INFINITY) taken += memoryOf(node);
      }
      if (isOver) return { found, hasMore: false };
      from = successor(keys.at(-1)!);
      if (!slice.over) continue;
      yield* wait(afterOthers());
      slice = new Slice();
    }
  }

  versionOf(node: MemoryNode): string {
    return this.#shown.of(node.version);
  }
}

function picked(nodes: readonly MemoryNode[], pick: NonNullable<Page["pick"]>): readonly MemoryNode[] {
  const keys = new Set(pick(nodes.map(({ key }) => key)));
  return nodes.filter(({ key }) => keys.has(key));
}
