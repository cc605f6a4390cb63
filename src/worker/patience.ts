/** How long a run waits before its script runs, for whatever it waits: its signal, its time and its caller may end that. */
import { CanceledError } from "../errors.ts";
import type { Signal } from "../lua/run/call-options.ts";
import { afterTime } from "../value/clock.ts";
import type { Milliseconds } from "../value/value.ts";
import { runCanceled } from "./errors.ts";

export interface PatienceOptions {
  readonly signal?: Signal | undefined;
  /** By `performance.now()`; infinite where there is no end. */
  readonly deadline: Milliseconds;
  /** What it fails with then. */
  late(): Error;
}

export class Patience {
  deadline: Milliseconds;
  readonly #signal: Signal | undefined;
  readonly #late: () => Error;
  readonly #waiting = new Set<(reason: unknown) => void>();
  #isOver = false;
  #reason: unknown;

  constructor({ signal, deadline, late }: PatienceOptions) {
    this.#signal = signal;
    this.deadline = deadline;
    this.#late = late;
  }

  /** Ends it, for another reason. */
  end(reason: unknown): void {
    this.#isOver = true;
    this.#reason = reason;
    for (const tell of [...this.#waiting]) tell(reason);
  }

  /** @throws when it is at an end */
  check(): void {
    if (this.#isOver) throw this.#reason;
    if (this.#signal?.aborted) throw this.#canceled();
    if (performance.now() >= this.deadline) throw this.#late();
  }

  /**
   * Hears of the end, once.
   * @returns to be called when nothing is waited for any more
   */
  listen(tell: (reason: unknown) => void): () => void {
    const signal = this.#signal;
    const left = this.deadline - performance.now();
    const ended = (reason: unknown) => {
      leave();
      tell(reason);
    };
    const abort = () => ended(this.#canceled());
    const leaveDeadline =
      left === Number.POSITIVE_INFINITY ? undefined : afterTime(Math.max(0, left), () => ended(this.#late()));
    const leave = () => {
      leaveDeadline?.();
      signal?.removeEventListener("abort", abort);
      this.#waiting.delete(ended);
    };
    signal?.addEventListener("abort", abort);
    this.#waiting.add(ended);
    return leave;
  }

  /** What is waited for. @throws what that rejects with; when it is at an end before */
  wait<T>(what: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.check();
      const leave = this.listen(reject);
      what.then(resolve, reject).finally(leave);
    });
  }

  #canceled(): CanceledError {
    return new CanceledError(runCanceled, this.#signal?.reason);
  }
}
