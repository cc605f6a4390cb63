/**
 * A value that is computed where it is missing, once for all who ask at the same time: those of this process find the
 * flight that is under way, those of others find a lease in the store. Whoever holds the lease computes; when its holder
 * is gone the lease expires, and another one takes over.
 */
import { MoonkeepError } from "../errors.ts";
import { LONGEST_TIMER } from "../value/clock.ts";
import { type Bytes, type Key, type Milliseconds, sizeOf, type Value } from "../value/value.ts";
import { fetchTimeout } from "./errors.ts";
import { Lease } from "./lease.ts";
import { ownKey } from "./own-keys.ts";
import type { Permit } from "./permit.ts";
import type { Store } from "./store.ts";
import { Flight, type Known, type Landing } from "./together.ts";

export interface FetchOptions {
  /** Of what is computed. Absent: it never expires. */
  readonly ttl?: Milliseconds | undefined;
  /** How long it is known that there is nothing. Absent: not at all. */
  readonly negativeTtl?: Milliseconds | undefined;
  /** How much longer than its ttl a value lives, to be given while it is computed anew. */
  readonly stale?: Milliseconds | undefined;
  /** Whether such a value is given where computing fails, too. */
  readonly staleOnError?: boolean | undefined;
  /** The longest to wait for somebody else who computes. */
  readonly wait?: Milliseconds | undefined;
}

/** How long somebody who computes, and is gone, keeps the others waiting at most. */
const LEASE: Milliseconds = 5_000;

/** Who asks. */
export interface Asker extends Permit {
  /** One that computes and asks again for the same would wait for itself. */
  readonly owner: object;
  /** How much memory a value may take. Absent: any. */
  readonly memory?: Bytes | undefined;
}

/** What a computation needs until it is over. */
interface Work {
  readonly store: Store;
  readonly key: Key;
  readonly options: FetchOptions;
  readonly asker: Asker;
  readonly lease: Lease;
  readonly flight: Flight;
  readonly old: Value | undefined;
}

/**
 * The right to compute a value, and the duty to say what came of it. Its handle outlives it: when it is over, it keeps
 * nothing, neither the key nor what came of it.
 */
export class Computation {
  /** About what it keeps until then. */
  readonly bytes: Bytes;
  #work: Work | undefined;

  constructor(work: Work) {
    this.#work = work;
    this.bytes = COMPUTATION + 2 * work.key.length + (work.old === undefined ? 0 : sizeOf(work.old));
  }

  /** Undefined when it is over. */
  get key(): Key | undefined {
    return this.#work?.key;
  }

  get isOver(): boolean {
    return this.#work === undefined;
  }

  /** Whether it is written down that there is no value, where there is none. */
  get remembersNone(): boolean {
    return this.#work?.options.negativeTtl !== undefined;
  }

  /**
   * Keeps what was computed, unless the lease was lost meanwhile: somebody else computes it anew then, or has.
   * @param value undefined: there is none
   * @returns what was done to the entry
   * @throws as `set` does; the others are told, too, unless it is not allowed any more
   */
  async finish(value: Value | undefined): Promise<"set" | "delete" | undefined> {
    const work = this.#work;
    if (work === undefined) return undefined;
    const { asker, lease, old } = work;
    const isKept = !lease.isLost;
    try {
      asker.check();
      if (isKept && value === undefined && old !== undefined) asker.checkDelete();
    } catch (e) {
      await this.#end("abandoned");
      throw e;
    }
    let done: "set" | "delete" | undefined;
    try {
      if (isKept) done = await keep(work, value);
    } catch (e) {
      await this.#end({ error: e });
      throw e;
    }
    await this.#end({ value });
    return done;
  }

  /**
   * It failed.
   * @returns the old value where that is to be given then. @throws where it may not be given any more
   */
  async fail(error: unknown): Promise<Known | undefined> {
    const { options, asker, old: value } = this.#work ?? {};
    const old = options?.staleOnError === true && value !== undefined ? { value } : undefined;
    await this.#end(old ?? { error });
    if (old !== undefined) asker?.check();
    return old;
  }

  /** Whoever computed is gone. */
  abandon(): void {
    void this.#end("abandoned");
  }

  async #end(how: Landing): Promise<void> {
    const work = this.#work;
    if (work === undefined) return;
    this.#work = undefined;
    try {
      await work.lease.release();
    } catch {
      // It ends by itself; the value is there.
    }
    endFlight(work.store, work.key, work.flight, how);
  }
}

/** About what a computation keeps, beside its key: its lease with a timer, and its flight. */
const COMPUTATION: Bytes = 2000;

async function keep(
  { store, key, options, old }: Work,
  value: Value | undefined,
): Promise<"set" | "delete" | undefined> {
  const { ttl, negativeTtl, stale = 0 } = options;
  if (value !== undefined) {
    await store.set(key, value, ttl === undefined ? undefined : ttl + stale);
    return "set";
  }
  const isDeleted = old !== undefined && (await store.delete(key));
  if (negativeTtl !== undefined) await store.set(ownKey("none", key), true, negativeTtl);
  return isDeleted ? "delete" : undefined;
}

function endFlight(store: Store, key: Key, flight: Flight, how: Landing): void {
  const { flights } = store.together;
  if (flights.get(key) === flight) flights.delete(key);
  flight.land(how);
}

/**
 * The value of a key, or the right to compute it.
 * @returns "busy" where the same asker computes it already
 * @throws what computing failed with elsewhere in this process; TIMEOUT after `wait`; as the asker's permit and the
 * store's operations do
 */
export async function begin(
  store: Store,
  key: Key,
  options: FetchOptions,
  asker: Asker,
): Promise<Known | Computation | "busy"> {
  const end = performance.now() + (options.wait ?? Number.POSITIVE_INFINITY);
  for (;;) {
    const found = await look(store, key, options, asker.memory);
    asker.check();
    if (found.isFresh) return found;
    const { flights } = store.together;
    const flight = flights.get(key);
    if (flight === undefined) {
      const own = new Flight(asker.owner);
      flights.set(key, own);
      const answer = await depart(store, key, options, asker, own, end);
      if (answer !== undefined) return answer;
      continue;
    }
    if (found.value !== undefined) return found;
    if (flight.owner === asker.owner) return "busy";
    const landing = await before(flight.landed, end);
    asker.check();
    if (landing === undefined) throw fetchTimeout(key);
    if (landing === "abandoned") continue;
    if ("error" in landing) throw landing.error instanceof MoonkeepError ? landing.error.copy() : landing.error;
    return landing;
  }
}

interface Found extends Known {
  /** Whether it needs no computing. A value that is not fresh may be given meanwhile. */
  readonly isFresh: boolean;
}

async function look(store: Store, key: Key, { stale, negativeTtl }: FetchOptions, memory?: Bytes): Promise<Found> {
  const [value, left = 0] = await Promise.all([
    store.get(key, memory),
    stale === undefined ? undefined : store.ttl(key),
  ]);
  if (value !== undefined) return { value, isFresh: stale === undefined || left > stale };
  const isNone = negativeTtl !== undefined && (await store.has(ownKey("none", key)));
  return { value: undefined, isFresh: isNone };
}

/**
 * Takes the lease, or waits for whoever holds it in another process.
 * @returns undefined where to look again
 */
async function depart(
  store: Store,
  key: Key,
  options: FetchOptions,
  asker: Asker,
  flight: Flight,
  end: number,
): Promise<Known | Computation | undefined> {
  const leaseKey = ownKey("lease", key);
  try {
    for (let tries = 0; ; tries++) {
      const lease = await Lease.take(store, leaseKey, LEASE, asker.allows);
      let found: Found;
      try {
        // Somebody may have computed it just before: what is there now is decided under the lease.
        found = await look(store, key, options, asker.memory);
        asker.check();
      } catch (e) {
        await lease?.release().catch(() => {});
        throw e;
      }
      if (lease !== undefined && !found.isFresh) {
        return new Computation({ store, key, options, asker, lease, flight, old: found.value });
      }
      if (lease !== undefined) await lease.release();
      if (found.isFresh) {
        endFlight(store, key, flight, found);
        return found;
      }
      if (found.value !== undefined) {
        endFlight(store, key, flight, "abandoned");
        return found;
      }
      const left = end - performance.now();
      if (left <= 0) throw fetchTimeout(key);
      await store.together.pause(leaseKey, tries, left);
      asker.check();
    }
  } catch (e) {
    endFlight(store, key, flight, "abandoned");
    throw e;
  }
}

/** What a promise comes to before a time; undefined when it does not. */
async function before<T>(promise: Promise<T>, end: number): Promise<T | undefined> {
  if (end - performance.now() > LONGEST_TIMER) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(end - performance.now(), 0));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
