import type { OpenEntry } from "../../modules/call.ts";
import type { Store } from "../../stores/store.ts";
import { monotonicClock } from "../../value/clock.ts";
import type { Bytes, Key, Milliseconds } from "../../value/value.ts";
import { Bucket } from "./bucket.ts";
import { quotaExceeded } from "./errors.ts";
import { GuardedStore } from "./guarded-store.ts";
import { Kept } from "./kept.ts";
import type { QuotaName, QuotaSet } from "./quota.ts";

/** When to try again what ends whenever somebody ends it. */
const SOON: Milliseconds = 1000;

/** What one actor uses. Everything is asked for before it is done. */
export class Account {
  readonly actor: string;
  /** Others when the registry says something else. */
  quotas: QuotaSet = {};
  readonly #refused: (quota: QuotaName) => void;
  #runs = 0;
  readonly #buckets = new Map<QuotaName, Bucket>();
  readonly #kept = new Map<string, Kept>();

  /** @param refused is told of each refusal */
  constructor(actor: string, refused: (quota: QuotaName) => void) {
    this.actor = actor;
    this.#refused = refused;
  }

  /** Whether a new one would be the same. */
  get isIdle(): boolean {
    return this.#runs === 0 && [...this.#kept.values()].every((kept) => kept.isEmpty) && this.#areFull;
  }

  get #areFull(): boolean {
    return [...this.#buckets.values()].every((bucket) => bucket.isFull);
  }

  /** A run begins. @returns what ends it. @throws MoonkeepError RATE_LIMITED */
  begin(): () => void {
    const { runs, cpuPerMinute } = this.quotas;
    if (runs !== undefined && this.#runs >= runs.limit) throw this.#refuse("runs", SOON);
    if (cpuPerMinute !== undefined) this.#check("cpuPerMinute", cpuPerMinute.limit, 1);
    this.#runs++;
    let isOver = false;
    return () => {
      if (!isOver) this.#runs--;
      isOver = true;
    };
  }

  /** It computed for so long: what is too much is missing from the minutes after it. */
  computed(time: Milliseconds): void {
    const quota = this.quotas.cpuPerMinute;
    if (quota !== undefined) this.#bucket("cpuPerMinute", quota.limit).spend(time);
  }

  /** An entry whose use counts here, if it is a store. */
  guard(entry: OpenEntry): OpenEntry {
    const { storeOperationsPerMinute, keptBytes, keptKeys } = this.quotas;
    const counts = storeOperationsPerMinute ?? keptBytes ?? keptKeys;
    const { id, kind, value } = entry;
    if (counts === undefined || !kind.startsWith("store.")) return entry;
    return { id, kind, value: new GuardedStore(id, value as Store, this) };
  }

  /** @throws MoonkeepError RATE_LIMITED */
  operation(count = 1): void {
    const quota = this.quotas.storeOperationsPerMinute;
    if (quota === undefined) return;
    this.#check("storeOperationsPerMinute", quota.limit, Math.min(count, quota.limit)).spend(count);
  }

  /** What is kept in a store by writes of this actor. */
  keptIn(store: string): Kept {
    let kept = this.#kept.get(store);
    if (kept === undefined) {
      kept = new Kept();
      this.#kept.set(store, kept);
    }
    return kept;
  }

  /** @returns what takes it back. @throws MoonkeepError RATE_LIMITED */
  keep(store: string, key: Key, bytes: Bytes, ttl: Milliseconds | undefined): () => void {
    const { keptBytes, keptKeys } = this.quotas;
    if (keptBytes === undefined && keptKeys === undefined) return () => {};
    const kept = this.keptIn(store);
    const then = kept.with(key, bytes);
    const wait = kept.next === undefined ? SOON : Math.max(1, kept.next - monotonicClock.now());
    if (keptBytes !== undefined && then.bytes > keptBytes.limit) throw this.#refuse("keptBytes", wait);
    if (keptKeys !== undefined && then.keys > keptKeys.limit) throw this.#refuse("keptKeys", wait);
    return kept.add(key, bytes, ttl);
  }

  #check(name: QuotaName, limit: number, amount: number): Bucket {
    const bucket = this.#bucket(name, limit);
    const wait = bucket.waitFor(amount);
    if (wait > 0) throw this.#refuse(name, wait);
    return bucket;
  }

  #bucket(name: QuotaName, limit: number): Bucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new Bucket(limit);
      this.#buckets.set(name, bucket);
    }
    bucket.limit = limit;
    return bucket;
  }

  #refuse(name: QuotaName, wait: Milliseconds): Error {
    this.#refused(name);
    const { limit, where } = this.quotas[name]!;
    return quotaExceeded(name, limit, this.actor, where, wait);
  }
}
