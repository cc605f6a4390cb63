/** A key of a store that one of many holds for a time, and holds on to while it lives. */
import { MoonkeepError } from "../errors.ts";
import { LONGEST_TIMER } from "../value/clock.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import { ByteString, type Key, type Milliseconds } from "../value/value.ts";
import { attempts, isBeaten, unlessBeaten } from "./attempts.ts";
import { unversioned } from "./errors.ts";
import type { Entry, Store } from "./store.ts";

/** It is renewed when a third of its time has gone, and sooner after a try that failed. */
const RENEWED_AFTER = 1 / 3;
const TRIED_AFTER = 1 / 12;

const NO_KEY = "" as Key;

/**
 * The entry says who holds it, and ends with its ttl when nobody renews it. Each renewal is a write that only the holder
 * of the last version can make, so whoever has lost the lease learns of it and never takes it back.
 */
export class Lease {
  readonly #store: Store;
  /** None when it is over: a handle may outlive the lease, and keys may be long. */
  #key: Key;
  readonly #ttl: Milliseconds;
  readonly #holder: ByteString;
  readonly #allows: () => boolean;
  #version: string;
  /** Until when it is held at least, by a clock of this process. */
  #until: Milliseconds;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isLost = false;
  #renewing: Promise<void> | undefined;

  private constructor(
    store: Store,
    key: Key,
    ttl: Milliseconds,
    allows: () => boolean,
    holder: ByteString,
    version: string,
    since: number,
  ) {
    this.#store = store;
    this.#key = key;
    this.#ttl = ttl;
    this.#allows = allows;
    this.#holder = holder;
    this.#version = version;
    this.#until = since + ttl;
    this.#arm(ttl * RENEWED_AFTER);
  }

  /**
   * Takes it where nobody holds it.
   * @param allows whether it may be held on to: while it may not, it is not renewed
   * @returns undefined where somebody does
   * @throws as `put` does; INVALID where the store keeps no versions
   */
  static async take(store: Store, key: Key, ttl: Milliseconds, allows: () => boolean): Promise<Lease | undefined> {
    const holder = ByteString.fromAscii(nodeCrypto().randomBytes(12).toString("base64url"));
    const since = performance.now();
    try {
      const { version } = await store.put(key, holder, { ttl, onlyIf: "absent" });
      if (!store.traits.versioned) {
        await store.delete(key);
        throw unversioned("a lock or a computation");
      }
      return new Lease(store, key, ttl, allows, holder, version, since);
    } catch (e) {
      if (e instanceof MoonkeepError && e.kind === "ALREADY_EXISTS") return undefined;
      const entry = isUncertain(e) ? await Promise.resolve(store.entry(key)).catch(() => undefined) : undefined;
      if (entry === undefined || !isOf(holder, entry)) throw e;
      return new Lease(store, key, ttl, allows, holder, entry.version, since);
    }
  }

  /** Whether somebody else may hold it by now. */
  get isLost(): boolean {
    return this.#isLost || (!this.#isOver && performance.now() >= this.#until);
  }

  /** Writes the entry again, and so makes sure that it is held. @returns whether it is */
  async renew(): Promise<boolean> {
    await this.#renewing;
    await this.#renew();
    return !this.isLost;
  }

  /** Gives it up, whether it is still held or not. @returns whether it was @throws as `delete` does; it ends by itself then */
  async release(): Promise<boolean> {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    const key = this.#key;
    this.#key = NO_KEY;
    if (this.#isLost) return false;
    return attempts(key, () => this.#give(key));
  }

  /** @returns undefined where it is to be tried again */
  async #give(key: Key): Promise<boolean | undefined> {
    const wasHeld = await unlessBeaten(() => this.#store.delete(key, this.#version));
    if (wasHeld !== undefined) return wasHeld;
    // Another version is ours all the same where a renewal was done and its answer was lost.
    const entry = await this.#store.entry(key);
    if (entry === undefined || !isOf(this.#holder, entry)) return false;
    this.#version = entry.version;
    return undefined;
  }

  /** It does not keep the process alive: whoever holds the lease does. */
  #arm(after: Milliseconds): void {
    this.#timer = setTimeout(
      () => {
        this.#renewing = this.#renew().finally(() => {
          this.#renewing = undefined;
        });
      },
      Math.min(after, LONGEST_TIMER),
    );
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isLost || this.#isOver) return;
    const since = performance.now();
    try {
      if (this.#allows()) {
        const onlyIf = { version: this.#version };
        const { version } = await this.#store.put(this.#key, this.#holder, { ttl: this.#ttl, onlyIf });
        this.#version = version;
        this.#until = since + this.#ttl;
      }
    } catch (e) {
      if (isBeaten(e)) await this.#look();
    }
    if (this.#isLost || this.#isOver) return;
    const isFresh = this.#until > performance.now() + this.#ttl / 2;
    this.#arm(this.#ttl * (isFresh ? RENEWED_AFTER : TRIED_AFTER));
  }

  /** Another version is there, or none. It is ours all the same where a renewal was done and its answer was lost. */
  async #look(): Promise<void> {
    try {
      const entry = await this.#store.entry(this.#key);
      if (entry !== undefined && isOf(this.#holder, entry)) this.#version = entry.version;
      else this.#isLost = true;
    } catch {
      // The store can't be reached: it is asked again, and `until` goes by.
    }
    if (performance.now() >= this.#until) this.#isLost = true;
  }
}

const isOf = (holder: ByteString, { value }: Entry): boolean => value instanceof ByteString && value.equals(holder);

/** It may have been done: it was sent, and no answer came. */
const isUncertain = (e: unknown): boolean => e instanceof MoonkeepError && e.details?.uncertain === true;
