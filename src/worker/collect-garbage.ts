import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "major"; readonly execution: "async" }) => Promise<void>;

let collect: Collect | undefined;

/**
 * Has V8 look for what nobody holds any more, which it otherwise does when memory is short:
 * threads are short long before memory is. Its registries are told in the milliseconds after that. Resolves as well where
 * V8 can't be asked.
 */
export async function collectGarbage(): Promise<void> {
  collect ??= findCollector();
  await collect?.({ type: "major", execution: "async" });
}

/** Node gives it to who starts it with --expose-gc; a context that is made while that flag is set has it, too. */
function findCollector(): Collect | undefined {
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc") as Collect;
  } catch {
    return undefined;
  } finally {
    if (typeof globalThis.gc !== "function") setFlagsFromString("--no-expose-gc");
  }
}
