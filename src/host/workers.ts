/** How many threads a host has for scripts that run with `isolation: "worker"`. */
import { availableParallelism } from "node:os";
import type { PoolOptions } from "../worker/pool.ts";

export interface WorkerOptions {
  /** How many such scripts run at one time; more of them wait for their turn. Default: twice the number of cores, 4 at least. */
  readonly max?: number | undefined;
  /** How many threads are kept ready that have run nothing yet. Default: 1. */
  readonly spares?: number | undefined;
  /**
   * Whether a thread runs another script after one that ended of its own accord: in a fresh state, and only for the
   * same actor under the same policies. False: each script has a thread that nothing ran in before. Default: true.
   */
  readonly reuse?: boolean | undefined;
}

/** As many threads as the machine has use for, where nobody says. */
export const poolOptions = ({ max, spares, reuse }: WorkerOptions): PoolOptions => ({
  max: max ?? Math.max(4, 2 * availableParallelism()),
  spares: spares ?? 1,
  reuse: reuse ?? true,
});
