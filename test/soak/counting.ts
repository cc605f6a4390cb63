/** What many do to one store at once, and what must be exact afterwards: counters, and locks. */
import { MoonkeepError } from "../../src/errors.ts";
import type { Host } from "../../src/host/host.ts";
import type { Isolation, RunOptions } from "../../src/host/run-options.ts";

/** What a script may be refused with while its server is down, or while another one was faster. */
const passing = ["UNAVAILABLE", "TIMEOUT", "CONFLICT", "ALREADY_EXISTS", "CANCELED"];

/** @throws what is no failure of a server */
export function expectPassing(e: unknown): void {
  if (!(e instanceof MoonkeepError) || !passing.includes(e.kind)) throw e;
}

/** How long one holds a lock at most, if nobody gives it back. */
const LOCK_TTL = 3;
/** A holder that was kept waiting for longer may have lost it, and is not looked at. */
const SURELY_HELD = 1500;

/**
 * Adds one to a counter by `put` with `if_version`. The value says who added how much, so a write of which nobody knows
 * whether it was done is told apart by looking: it was done if and only if the own part says so.
 */
const add = `local id, who, mine = ...
  local s = assert(require("store").get(id))
  local e, err = s:entry("counter")
  if err then return nil, err end
  local v = e and e.value or {n = 0, by = {}}
  if (v.by[who] or 0) > mine then return "done before" end
  v.n, v.by[who] = v.n + 1, mine + 1
  local done, err = s:put("counter", v, e and {if_version = e.version} or {only_if_absent = true})
  if not done then return nil, err end
  return "done"`;

const lock = `local id, ttl = ...
  return require("store").get(id):put("lock", 1, {only_if_absent = true, ttl = ttl}) ~= nil`;
const unlock = `return (require("store").get(...)):delete("lock")`;

interface Counter {
  readonly n: number;
  readonly by: Readonly<Record<string, number>>;
}

/** One of those who count in a store; each does one thing at a time. */
export class Counting {
  readonly #host: Host;
  readonly #store: string;
  readonly #who: string;
  readonly #inside: Set<string>;
  /** How much of the counter is this one's. */
  added = 0;
  locked = 0;

  /** @param inside the stores whose lock somebody has */
  constructor(host: Host, store: string, who: string, inside: Set<string>) {
    this.#host = host;
    this.#store = store;
    this.#who = who;
    this.#inside = inside;
  }

  /** Tries to add one. */
  async add(isolation: Isolation): Promise<void> {
    const args = [this.#store, this.#who, this.added];
    try {
      await this.#host.run(add, { args, isolation, timeout: 10_000 });
      this.added++;
    } catch (e) {
      expectPassing(e);
    }
  }

  /** Tries to have the lock for a moment. Nobody else may have it meanwhile. */
  async lock(isolation: Isolation): Promise<void> {
    const options: RunOptions = { isolation, timeout: 10_000 };
    const began = performance.now();
    try {
      const { value } = await this.#host.run(lock, { ...options, args: [this.#store, LOCK_TTL] });
      if (value !== true) return;
    } catch (e) {
      return expectPassing(e);
    }
    const isHeld = () => performance.now() - began < SURELY_HELD;
    if (isHeld()) {
      if (this.#inside.has(this.#store)) throw new Error(`two had the lock of ${this.#store} at once`);
      this.#inside.add(this.#store);
      await new Promise((resolve) => setTimeout(resolve, 2));
      this.#inside.delete(this.#store);
      this.locked++;
    }
    // Later it may be somebody else's, and its time is up soon.
    if (isHeld()) await this.#host.run(unlock, { ...options, args: [this.#store] }).catch(expectPassing);
  }

  /** What is in the store now: a last write may have been done that was never acknowledged. */
  async settle(): Promise<void> {
    const counter = (await this.#host.store(this.#store).get("counter")) as Counter | undefined;
    const kept = counter?.by[this.#who] ?? 0;
    if (kept !== this.added && kept !== this.added + 1) {
      throw new Error(`${this.#store}: ${this.#who} added ${this.added}, and the counter says ${kept}`);
    }
    this.added = kept;
  }
}

/** @throws where the sum is not what all of them added, or a lock is still there after its time */
export async function expectExact(host: Host, store: string, all: readonly Counting[]): Promise<void> {
  for (const one of all) await one.settle();
  const sum = all.reduce((total, { added }) => total + added, 0);
  const counter = (await host.store(store).get("counter")) as Counter | undefined;
  if ((counter?.n ?? 0) !== sum) throw new Error(`${store}: ${sum} were added, and the counter says ${counter?.n}`);
  const until = performance.now() + LOCK_TTL * 1000 + 1000;
  while (await host.store(store).has("lock")) {
    if (performance.now() > until) throw new Error(`${store}: its lock is there after its time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
