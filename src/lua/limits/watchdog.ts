import { Script } from "node:vm";
import type { Milliseconds } from "../../value/value.ts";

/**
 * Ends what the instruction count can't see: a single library call that goes on and on, such as a pattern that
 * backtracks. V8 itself stops everything that runs in this thread, and nothing in Lua or JavaScript catches it; the
 * state is of no use after. It costs about 0.1 ms a run, which is the thread that V8 starts to watch.
 */
const slot = Symbol.for("moonkeep.watched");
const script = new Script(`globalThis[Symbol.for("moonkeep.watched")]()`, { filename: "moonkeep" });

/** What came of it: the result, or that time ran out, or that somebody pressed Ctrl-C. */
export type Watched<T> = { readonly result: T } | "timeout" | "interrupted";

/** A watch is worth its price only when it ends this much sooner than the one that is going on. */
const TOLERANCE: Milliseconds = 20;

/** When the watch ends that is going on, in the time of `performance.now()`. */
let endOfWatch = Number.POSITIVE_INFINITY;

/**
 * Runs `f` for `timeout` at most. `interruptible`: Ctrl-C ends it too, instead of the process. Within a
 * watch that ends no later, that one does.
 */
export function watch<T>(timeout: Milliseconds, interruptible: boolean, f: () => T): Watched<T> {
  const outer = endOfWatch;
  const end = performance.now() + timeout;
  if (outer <= end + TOLERANCE) return { result: f() };
  endOfWatch = end;
  const before = Object.getOwnPropertyDescriptor(globalThis, slot);
  let result: { readonly result: T } | undefined;
  Object.defineProperty(globalThis, slot, {
    configurable: true,
    value: () => {
      result = { result: f() };
    },
  });
  try {
    script.runInThisContext({
      ...(Number.isFinite(timeout) ? { timeout: Math.max(1, Math.ceil(timeout)) } : {}),
      breakOnSigint: interruptible,
    });
    return result!;
  } catch (e) {
    const code = (e as { code?: unknown } | undefined)?.code;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "timeout";
    if (code === "ERR_SCRIPT_EXECUTION_INTERRUPTED") return "interrupted";
    throw e;
  } finally {
    endOfWatch = outer;
    if (before === undefined) delete (globalThis as Record<symbol, unknown>)[slot];
    else Object.defineProperty(globalThis, slot, before);
  }
}
