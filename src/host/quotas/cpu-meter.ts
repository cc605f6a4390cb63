import type { Milliseconds } from "../../value/value.ts";
import type { Account } from "./account.ts";

/** Whose code computes in this thread: of what is nested, each has its own time only. */
export class CpuMeter {
  readonly #accounts: Account[] = [];
  #since: Milliseconds = 0;

  enter(account: Account): void {
    this.#settle();
    this.#accounts.push(account);
  }

  leave(): void {
    this.#settle();
    this.#accounts.pop();
  }

  #settle(): void {
    const now = performance.now();
    this.#accounts.at(-1)?.computed(now - this.#since);
    this.#since = now;
  }
}
