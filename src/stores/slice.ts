import { setImmediate } from "node:timers/promises";
import type { Milliseconds } from "../value/value.ts";

/** How long a slice of background work keeps the process from everything else: less than people or sockets notice. */
const SLICE: Milliseconds = 2;

/**
 * A bounded turn of work that may be long altogether: work until it is `over`, then let others have theirs. It looks at
 * real time, whatever clock the store runs on. Looking costs tens of nanoseconds, so look between batches.
 */
export class Slice {
  readonly #end = performance.now() + SLICE;

  get over(): boolean {
    return performance.now() >= this.#end;
  }
}

/** Resolves once everything else that is ready has had its turn. */
export function afterOthers(): Promise<void> {
  return setImmediate();
}
