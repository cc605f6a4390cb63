import { monotonicClock } from "../../value/clock.ts";
import type { Bytes, Key, Milliseconds } from "../../value/value.ts";

interface KeptKey {
  readonly bytes: Bytes;
  /** When it expires; infinite where it does not. */
  readonly until: Milliseconds;
}

/**
 * What the writes of one actor keep in one store, as far as this process knows: each key that it wrote, until it
 * deletes it, finds it gone, or it expires. There is no more of it than the quota lets be written.
 */
export class Kept {
  #bytes: Bytes = 0;
  readonly #keys = new Map<Key, KeptKey>();
  /** The first time at which one of them expires. */
  #next: Milliseconds = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** What there would be with this key. */
  with(key: Key, bytes: Bytes): { readonly keys: number; readonly bytes: Bytes } {
    this.#dropExpired();
    const known = this.#keys.get(key);
    return { keys: this.#keys.size + (known === undefined ? 1 : 0), bytes: this.#bytes - (known?.bytes ?? 0) + bytes };
  }

  /** The first time at which something of it expires; undefined where nothing does. */
  get next(): Milliseconds | undefined {
    return Number.isFinite(this.#next) ? this.#next : undefined;
  }

  /** @returns what takes it back: the write was not done */
  add(key: Key, bytes: Bytes, ttl: Milliseconds | undefined): () => void {
    const before = this.#keys.get(key);
    const until = ttl === undefined ? Number.POSITIVE_INFINITY : monotonicClock.now() + ttl;
    const now = { bytes, until };
    this.#set(key, now);
    return () => {
      if (this.#keys.get(key) !== now) return; // it was written again meanwhile
      if (before === undefined) this.delete(key);
      else this.#set(key, before);
    };
  }

  /** It lives for so long from now on; undefined: until it is deleted. */
  expire(key: Key, ttl: Milliseconds | undefined): void {
    const known = this.#keys.get(key);
    if (known !== undefined) this.add(key, known.bytes, ttl);
  }

  delete(key: Key): void {
    this.#bytes -= this.#keys.get(key)?.bytes ?? 0;
    this.#keys.delete(key);
  }

  #set(key: Key, kept: KeptKey): void {
    this.delete(key);
    this.#keys.set(key, kept);
    this.#bytes += kept.bytes;
    this.#next = Math.min(this.#next, kept.until);
  }

  #dropExpired(): void {
    const now = monotonicClock.now();
    if (now < this.#next) return;
    this.#next = Number.POSITIVE_INFINITY;
    for (const [key, { until }] of this.#keys) {
      if (until <= now) this.delete(key);
      else this.#next = Math.min(this.#next, until);
    }
  }
}
