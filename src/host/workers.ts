/** How many threads a host has for scripts that run with `isolation: "worker"`. */
import { availableParallelism } from "node:os";
import type { Milliseconds } from "../value/value.ts";
import type { PoolOptions } from "../worker/pool.ts";

export interface WorkerOptions {
  /**
   * How many threads there are, those that are ready and those that are kept by functions which came out included. What
   * needs more of them waits for its turn, within its time limit. Default: twice the number of cores, 4 at least.
   */
  readonly max?: number | undefined;
  /** How many of them one plugin has at a time, and never more than `max`. Default: half of `max`. */
  readonly perPlugin?: number | undefined;
  /** How many runs wait at a time; one more fails with UNAVAILABLE. Default: 1000. */
  readonly maxQueued?: number | undefined;
  /** How long a run waits, in milliseconds or as a duration; then it fails with UNAVAILABLE. Default: 10 s. */
  readonly maxWait?: Milliseconds | string | undefined;
  /** How many threads are kept ready that have run nothing yet. Default: 1. */
  readonly spares?: number | undefined;
  /**
   * Whether a thread runs another script after one that ended of its own accord: in a fresh state, and only for the
   * same actor under the same policies. False: each script has a thread that nothing ran in before. Default: true.
   */
  readonly reuse?: boolean | undefined;
  /**
   * What a thread runs, as a path or as a `file:` URL: `moonkeep/thread`, where a bundler has put it. Default: the script
   * that this package has. A bundle needs it, since a bundler does not see that threads are started.
   */
  readonly script?: string | URL | undefined;
}

/** As many threads as the machine has use for, where nobody says. */
export function poolOptions(given: WorkerOptions): PoolOptions {
  const { max = Math.max(4, 2 * availableParallelism()) } = given;
  return {
    max,
    perPlugin: Math.min(max, given.perPlugin ?? Math.ceil(max / 2)),
    maxQueued: given.maxQueued ?? 1000,
    maxWait: Number(given.maxWait ?? 10_000),
    spares: given.spares ?? 1,
    reuse: given.reuse ?? true,
    script: given.script,
  };
}
