import type { Interrupt, Limits } from "../limits/budget.ts";

export interface CallOptions extends Limits {
  /** Ends a wait: the call rejects with CANCELED. A script that computes is not interrupted by it. */
  readonly signal?: AbortSignal | undefined;
  /** Ctrl-C ends the script instead of the process. */
  readonly interruptible?: boolean | undefined;
  /** Ends a script that computes, where its clock is looked at: the state is sound after that. */
  readonly interrupt?: Interrupt | undefined;
}
