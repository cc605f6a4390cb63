import { Script } from "node:vm";

/**
 * Ctrl-C for a script that computes: as long as it runs, no event of the process is heard, so V8 itself has to end it.
 * This is for the command alone, which ends then. V8 ends whatever runs in the thread, in the middle of a store's write
 * or of an embedder's function as well, and so nothing else is ever ended in this way: limits end a script at points that
 * are chosen, between its instructions and where the library counts what it does.
 */
const slot = Symbol.for("moonkeep.interruptible");
const script = new Script(`globalThis[Symbol.for("moonkeep.interruptible")]()`, { filename: "moonkeep" });

/** Whether what runs now can be interrupted already. */
let isWatched = false;

/** Runs `f`. @returns its result; undefined when somebody pressed Ctrl-C, and the state is of no use then */
export function interruptible<T>(f: () => T): { readonly result: T } | undefined {
  if (isWatched) return { result: f() };
  isWatched = true;
  const before = Object.getOwnPropertyDescriptor(globalThis, slot);
  let outcome: { readonly result: T } | undefined;
  Object.defineProperty(globalThis, slot, {
    configurable: true,
    value: () => {
      outcome = { result: f() };
    },
  });
  try {
    script.runInThisContext({ breakOnSigint: true });
    return outcome;
  } catch (e) {
    if ((e as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED") return undefined;
    throw e;
  } finally {
    isWatched = false;
    if (before === undefined) delete (globalThis as Record<symbol, unknown>)[slot];
    else Object.defineProperty(globalThis, slot, before);
  }
}
