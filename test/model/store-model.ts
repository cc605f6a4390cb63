import { MoonkeepError } from "../../src/errors.ts";
import { entrySize } from "../../src/stores/memory/node.ts";
import type { KeyPage, Page } from "../../src/stores/store.ts";
import {
  type Bytes,
  Float,
  float,
  integer,
  isWhole,
  type Key,
  type Milliseconds,
  noItems,
  Table,
  type Value,
} from "../../src/value/value.ts";

export interface Limits {
  readonly maxSize: number;
  readonly maxBytes: Bytes;
  readonly eviction: "none" | "lru";
}

interface Kept {
  readonly value: Value;
  readonly deadline: Milliseconds;
  /** The whole time that it was given last. */
  readonly life: Milliseconds;
  /** Which write it came from: what the model has for a version. */
  readonly write: number;
}

/** An entry as the model sees it. */
export interface ModelEntry {
  readonly key: Key;
  readonly value: Value;
  readonly write: number;
}

/**
 * What a store is, as simply as it can be said: a Map in the order of use, from which everything that has expired is
 * taken out before each operation.
 */
export class StoreModel {
  readonly #limits: Limits;
  readonly #kept = new Map<Key, Kept>();
  #writes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The next instant at which something expires; `Infinity` when nothing will. */
  get nextDeadline(): Milliseconds {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#kept.values()].map(({ deadline }) => deadline));
  }

  get bytes(): Bytes {
    return [...this.#kept].reduce((sum, [key, { value }]) => sum + entrySize(key, value), 0);
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Takes out what has expired. */
  expire(now: Milliseconds): void {
    for (const [key, { deadline }] of this.#kept) if (deadline <= now) this.#kept.delete(key);
  }

  has(key: Key): boolean {
    return this.#kept.has(key);
  }

  entry(key: Key): ModelEntry | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key); // used: behind all others
    this.#kept.set(key, kept);
    return { key, value: kept.value, write: kept.write };
  }

  /** @param version the write that the condition names; `undefined` when it names none that there was */
  put(
    key: Key,
    value: Value,
    now: Milliseconds,
    ttl?: Milliseconds,
    onlyIf?: "absent" | { write: number | undefined },
  ): ModelEntry {
    const old = this.#kept.get(key);
    if (onlyIf === "absent" && old !== undefined) throw new MoonkeepError("ALREADY_EXISTS", "");
    if (typeof onlyIf === "object" && old === undefined) throw new MoonkeepError("NOT_FOUND", "");
    if (typeof onlyIf === "object" && old!.write !== onlyIf.write) throw new MoonkeepError("CONFLICT", "");
    this.#makeRoom(key, value);
    this.#kept.delete(key);
    this.#kept.set(key, timed({ value, write: ++this.#writes }, now, ttl));
    return { key, value, write: this.#writes };
  }

  /** @param write only of this version; `undefined` when it names none that there was */
  delete(key: Key, version?: { write: number | undefined }): boolean {
    const old = this.#kept.get(key);
    if (version !== undefined && old !== undefined && old.write !== version.write)
      throw new MoonkeepError("CONFLICT", "");
    return this.#kept.delete(key);
  }

  ttl(key: Key, now: Milliseconds): Milliseconds | undefined {
    const kept = this.#kept.get(key);
    return kept && kept.deadline - now;
  }

  expireKey(key: Key, now: Milliseconds, ttl?: Milliseconds): boolean {
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#kept.set(key, timed({ ...kept, write: ++this.#writes }, now, ttl));
    return kept !== undefined;
  }

  touch(key: Key, now: Milliseconds): boolean {
    const kept = this.#kept.get(key);
    if (kept === undefined) return false;
    this.#kept.delete(key);
    this.#kept.set(key, { ...kept, deadline: now + kept.life });
    return true;
  }

  /** Of integers and halves, which floats add exactly. */
  increment(key: Key, by: number, now: Milliseconds, ttl?: Milliseconds): Value {
    const old = this.#kept.get(key);
    const from = old?.value ?? 0;
    if (from instanceof Float || typeof from === "number" || typeof from === "bigint") {
      const isFloat = from instanceof Float || (typeof from === "number" && !isWhole(from)) || !isWhole(by);
      const sum = isFloat
        ? float(Number(from instanceof Float ? from.value : from) + by)
        : integer(BigInt(from) + BigInt(by));
      if (sum === undefined || !Number.isFinite(Number(sum instanceof Float ? sum.value : sum))) {
        throw new MoonkeepError("CONFLICT", "");
      }
      this.put(key, sum, now, ttl);
      if (ttl === undefined && old !== undefined) {
        this.#kept.set(key, { ...this.#kept.get(key)!, deadline: old.deadline, life: old.life });
      }
      return sum;
    }
    throw new MoonkeepError("INVALID", "");
  }

  spend(key: Key, time: Milliseconds, most: Milliseconds, now: Milliseconds): boolean {
    const old = this.#kept.get(key);
    if (old?.deadline === Infinity) throw new MoonkeepError("INVALID", "");
    const ahead = (old === undefined ? 0 : old.deadline - now) + time;
    if (ahead > most + 1e-3) return false;
    if (old === undefined) this.put(key, true, now, ahead);
    else this.#kept.set(key, { ...old, deadline: old.deadline + time });
    return true;
  }

  /** Writes over what is there, whose ttl stays unless another one is given; undefined deletes it. */
  update(key: Key, value: Value | undefined, now: Milliseconds, ttl?: Milliseconds): void {
    const old = this.#kept.get(key);
    if (value === undefined) return void this.delete(key);
    this.entry(key);
    this.put(key, value, now, ttl);
    if (ttl === undefined && old !== undefined) {
      this.#kept.set(key, { ...this.#kept.get(key)!, deadline: old.deadline, life: old.life });
    }
  }

  /** What is there, or what is made; of what is too old for `stale` anew. */
  fetch(key: Key, made: Value, now: Milliseconds, ttl?: Milliseconds, stale?: Milliseconds): Value {
    const old = this.entry(key);
    if (old !== undefined && (stale === undefined || this.ttl(key, now)! > stale)) return old.value;
    this.put(key, made, now, ttl === undefined ? undefined : ttl + (stale ?? 0));
    return made;
  }

  /** Whether one more is within so many in a window that slides over two that lie side by side. */
  slide(key: Key, limit: number, per: Milliseconds, now: Milliseconds): boolean {
    const old = this.entry(key);
    const [last, count, since] = old === undefined ? [0, 0, 0] : this.#window(old, per, now);
    if (last * (1 - since / per) + count + 1 > limit + 1e-9) return false;
    this.put(key, new Table([float(last), float(count + 1)], noItems, noItems), now, 2 * per - since);
    return true;
  }

  #window({ key, value }: ModelEntry, per: Milliseconds, now: Milliseconds): readonly [number, number, number] {
    const [last, count] = value instanceof Table ? value.items.map((n) => (n instanceof Float ? n.value : n)) : [];
    const since = 2 * per - this.ttl(key, now)!;
    if (typeof last !== "number" || typeof count !== "number" || since === -Infinity) {
      throw new MoonkeepError("INVALID", "");
    }
    if (since < per) return [last, count, Math.max(since, 0)];
    return [count, 0, since - per];
  }

  /** @returns how many there were */
  clear(prefix: Key): number {
    const all = [...this.#kept.keys()].filter((key) => key.startsWith(prefix));
    for (const key of all) this.#kept.delete(key);
    return all.length;
  }

  keys({ prefix, after, limit }: KeyPage): Key[] {
    return [...this.#kept.keys()]
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }

  list({ prefix, after, limit }: Page): ModelEntry[] {
    return [...this.#kept]
      .filter(([key]) => key.startsWith(prefix) && (after === undefined || key > after))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([key, { value, write }]) => ({ key, value, write }));
  }

  #makeRoom(key: Key, value: Value): void {
    const { maxSize, maxBytes, eviction } = this.#limits;
    const size = entrySize(key, value);
    const others = [...this.#kept.keys()].filter((other) => other !== key);
    const fits = () =>
      (maxSize === 0 || others.length < maxSize) &&
      (maxBytes === 0 ||
        others.reduce((sum, other) => sum + entrySize(other, this.#kept.get(other)!.value), size) <= maxBytes);
    if (!fits() && (eviction === "none" || (maxBytes !== 0 && size > maxBytes))) {
      throw new MoonkeepError(maxBytes !== 0 && size > maxBytes ? "INVALID" : "UNAVAILABLE", "");
    }
    while (!fits()) this.#kept.delete(others.shift()!);
  }
}

const timed = (kept: Omit<Kept, "deadline" | "life">, now: Milliseconds, ttl?: Milliseconds): Kept => ({
  ...kept,
  life: ttl ?? Infinity,
  deadline: ttl === undefined ? Infinity : now + ttl,
});
