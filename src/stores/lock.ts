/** Locks: a name that one at a time holds, with a number that tells holders apart. */
import type { Key, Milliseconds } from "../value/value.ts";
import { plainNumber } from "./count.ts";
import { lockHeld } from "./errors.ts";
import { Lease } from "./lease.ts";
import { ownKey, tokensKey } from "./own-keys.ts";
import type { Permit } from "./permit.ts";
import type { Store } from "./store.ts";

export interface LockOptions {
  /** How long it is held when its holder is gone; it is renewed while its holder lives. */
  readonly ttl: Milliseconds;
  /** How long to wait for it. */
  readonly wait: Milliseconds;
}

export const LOCK_TTL: Milliseconds = 30_000;

/** A lock that is held. `await using` releases it. */
export class StoreLock implements AsyncDisposable {
  /** The fencing token: each holder of the same name has a larger one than all before. */
  readonly token: number | bigint;
  readonly #lease: Lease;
  #freed: (() => void) | undefined;
  #isReleased = false;

  constructor(token: number | bigint, lease: Lease, freed: () => void) {
    this.token = token;
    this.#lease = lease;
    this.#freed = freed;
  }

  /** Whether somebody else may hold it by now: it was released, or could not be renewed in time. */
  get isLost(): boolean {
    return this.#isReleased || this.#lease.isLost;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** @returns whether it was held until now @throws as `delete` does; it ends with its ttl then */
  async release(): Promise<boolean> {
    this.#isReleased = true;
    const wasHeld = await this.#lease.release();
    this.#freed?.();
    this.#freed = undefined; // which knows the key
    return wasHeld;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Takes a lock. The token is drawn while the lock is held, and the lock is written again after that, so whoever holds it
 * later has drawn later.
 * @throws UNAVAILABLE when somebody else holds it for longer than `wait`; as `permit`, `put` and `increment` do
 */
export async function lock(store: Store, name: Key, { ttl, wait }: LockOptions, permit: Permit): Promise<StoreLock> {
  const key = ownKey("lock", name);
  const end = performance.now() + wait;
  for (let tries = 0; ; tries++) {
    const lease = await Lease.take(store, key, ttl, permit.allows);
    if (lease !== undefined) {
      const token = await drawn(store, tokensKey(name), lease, permit);
      if (token !== undefined) return new StoreLock(token, lease, () => store.together.freed(key));
      await lease.release();
    }
    permit.check();
    const left = end - performance.now();
    if (left <= 0) throw lockHeld(name);
    if (lease === undefined) await store.together.pause(key, tries, left);
    permit.check();
  }
}

/**
 * A new counter begins with the time, so it goes on above one that was lost, and above those that older versions of
 * moonkeep had for each name.
 * @returns undefined where the lease was lost meanwhile
 */
async function drawn(store: Store, key: Key, lease: Lease, permit: Permit): Promise<number | bigint | undefined> {
  try {
    permit.check();
    const token = await store.increment(key, { by: 1, initial: Date.now() });
    const isHeld = await lease.renew();
    permit.check();
    return isHeld ? plainNumber(token) : undefined;
  } catch (e) {
    await lease.release().catch(() => {}); // what went wrong first is what is told
    throw e;
  }
}
