import type { Limits } from "../limits/budget.ts";

export interface CallOptions extends Limits {
  /** Ends a wait: the call rejects with CANCELED. A script that computes is not interrupted by it. */
  readonly signal?: AbortSignal | undefined;
  /** Ctrl-C ends the script instead of the process. */
  readonly interruptible?: boolean | undefined;
  /**
   * Whether V8 ends a library call that overruns the time limit (watchdog.ts). Default: true. Without it the limit is
   * looked at between instructions, and where the library counts what it does, and V8 watches only calls that are known
   * to take long; a watch costs more than a short call.
   */
  readonly watched?: boolean | undefined;
}
