/**
 * The results of a call that waits: a promise, and what may end the wait before they are there, a deadline and a signal.
 * Scripts wait often and shortly, so this is made at the first wait and serves all of them.
 */
import { afterTime } from "../../value/clock.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { TValue } from "../vm/types.ts";
import type { Signal } from "./call-options.ts";

/** What ends a call in the middle of a wait. */
export interface Ending {
  timeOut(): void;
  cancel(): void;
}

export class PendingResults {
  readonly promise: Promise<readonly TValue[]>;
  readonly #leaveDeadline: (() => void) | undefined;
  readonly #signal: Signal | undefined;
  readonly #ending: Ending;
  #resolve!: (results: readonly TValue[]) => void;
  #reject!: (reason: unknown) => void;

  /** @param remaining until `timeOut` is called; it may be infinite */
  constructor(remaining: Milliseconds, signal: Signal | undefined, ending: Ending) {
    this.#ending = ending;
    this.#signal = signal;
    if (Number.isFinite(remaining)) {
      this.#leaveDeadline = afterTime(Math.max(0, remaining), () => ending.timeOut());
    }
    signal?.addEventListener("abort", this.#cancel);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  readonly #cancel = (): void => this.#ending.cancel();

  resolve(results: readonly TValue[]): void {
    this.#leave();
    this.#resolve(results);
  }

  reject(reason: unknown): void {
    this.#leave();
    this.#reject(reason);
  }

  #leave(): void {
    this.#leaveDeadline?.();
    this.#signal?.removeEventListener("abort", this.#cancel);
  }
}
