import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Looks for garbage: at once, or, when it is asked, beside other work. */
export interface Collector {
  (): void;
  /** Looks only among what was made just now: in a millisecond or so, for as little of it is still in use. */
  (options: { readonly type: "minor" }): void;
  (options: { readonly type: "major"; readonly execution: "async" }): Promise<void>;
}

let found: Collector | null | undefined;

/**
 * V8's own, null where it can't be had. Node gives it to who starts it with --expose-gc; a context that is made while that
 * flag is set has it, too.
 */
export function collector(): Collector | null {
  if (found !== undefined) return found;
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("gc");
    found = typeof gc === "function" ? (gc as Collector) : null;
  } catch {
    found = null;
  } finally {
    if (typeof globalThis.gc !== "function") setFlagsFromString("--no-expose-gc");
  }
  return found;
}
