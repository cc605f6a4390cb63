import type { Limits } from "../../limits.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { Interrupt } from "../limits/budget.ts";

/** What of an AbortSignal calls look at. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Hears when a call computes: it does not while it waits. */
export interface Computing {
  enter(): void;
  leave(): void;
  /** It computed for so long, somewhere else. */
  spent(time: Milliseconds): void;
}

export interface CallOptions extends Limits {
  readonly computing?: Computing | undefined;
  /** Ends a wait: the call rejects with CANCELED. A script that computes hears of it where it lets the event loop turn. */
  readonly signal?: Signal | undefined;
  /** The event loop turns every now and then while the script computes. */
  readonly interruptible?: boolean | undefined;
  /** Ends a script that computes, where its clock is looked at: the state is sound after that. */
  readonly interrupt?: Interrupt | undefined;
}
