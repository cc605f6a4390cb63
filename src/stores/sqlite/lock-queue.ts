import type { Milliseconds } from "../../value/value.ts";
import { Slice } from "../slice.ts";

/** An operation that found the file locked. */
interface Waiter {
  /** @throws an error for which `isBusy` holds when the file is still locked */
  readonly attempt: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Until when it waits, in the time of `performance.now()`. */
  readonly end: Milliseconds;
  /** What it failed with last. */
  cause: unknown;
}

export interface LockQueueOptions {
  /** How long an operation waits. */
  readonly timeout: Milliseconds;
  readonly isBusy: (e: unknown) => boolean;
  /** What an operation fails with whose time is up. */
  readonly late: (cause: unknown) => unknown;
}

/** Between two looks at a locked file. A write takes microseconds, so the first look follows soon. */
const SHORTEST: Milliseconds = 1;
const LONGEST: Milliseconds = 10;

/**
 * Operations that wait for a file which another process keeps locked, first come first served. However many wait, one
 * timer and one attempt at a time look whether the lock is gone, and nothing ever waits inside SQLite: the thread is
 * free meanwhile.
 */
export class LockQueue {
  readonly #options: LockQueueOptions;
  readonly #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #pause: Milliseconds = SHORTEST;

  constructor(options: LockQueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiters.length === 0;
  }

  /** @param cause what the operation failed with when it was tried at once, if it was */
  wait<T>(attempt: () => T, cause?: unknown): Promise<T> {
    const end = performance.now() + this.#options.timeout;
    this.#timer ??= setTimeout(this.#look, SHORTEST);
    return new Promise<T>((resolve, reject) => {
      this.#waiters.push({ attempt, resolve: resolve as (result: unknown) => void, reject, end, cause });
    });
  }

  /** Ends every wait with this reason. */
  close(reason: () => unknown): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { reject } of this.#waiters.splice(0)) reject(reason());
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    this.#dropLate();
    const hasMoved = this.#serve();
    if (this.isEmpty) {
      this.#pause = SHORTEST;
      return;
    }
    this.#pause = hasMoved ? SHORTEST : Math.min(2 * this.#pause, LONGEST);
    this.#timer = setTimeout(this.#look, this.#pause);
  };

  /** All wait equally long, so those whose time is up are the first. */
  #dropLate(): void {
    const now = performance.now();
    while (!this.isEmpty && this.#waiters[0]!.end <= now) {
      const { reject, cause } = this.#waiters.shift()!;
      reject(this.#options.late(cause));
    }
  }

  /** Does what waits, in order, until the file is locked again or the slice of time is over. @returns whether any was done */
  #serve(): boolean {
    const slice = new Slice();
    let served = 0;
    while (!this.isEmpty && !slice.over) {
      const first = this.#waiters[0]!;
      try {
        const result = first.attempt();
        this.#waiters.shift();
        first.resolve(result);
      } catch (e) {
        if (this.#options.isBusy(e)) {
          first.cause = e;
          break;
        }
        this.#waiters.shift();
        first.reject(e);
      }
      served++;
    }
    return served > 0;
  }
}
