import { MoonkeepError } from "../errors.ts";
import { MAX_LOCKS } from "../limits.ts";
import type { StoreLock } from "../stores/lock.ts";
import { tooManyLocks } from "./errors.ts";

/** The locks that a run holds or waits for, in all stores, with those of the functions that it calls. */
export class Locks {
  readonly #held = new Set<StoreLock>();
  #awaited = 0;

  /** @throws UNAVAILABLE when there are too many; as `take` does */
  async add(take: () => Promise<StoreLock>): Promise<StoreLock> {
    if (this.#held.size + this.#awaited >= MAX_LOCKS) this.#forgetLost();
    if (this.#held.size + this.#awaited >= MAX_LOCKS) throw new MoonkeepError("UNAVAILABLE", tooManyLocks(MAX_LOCKS));
    this.#awaited++;
    try {
      const taken = await take();
      this.#held.add(taken);
      return taken;
    } finally {
      this.#awaited--;
    }
  }

  /** A lock that was released is lost, too. */
  #forgetLost(): void {
    for (const lock of this.#held) if (lock.isLost) this.#held.delete(lock);
  }
}
