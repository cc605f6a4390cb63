/** Reading, changing and writing, if nobody wrote meanwhile. */
import { MoonkeepError } from "../errors.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../value/value.ts";
import { updateBeaten } from "./errors.ts";
import type { Store } from "./store.ts";
import { pause } from "./turns.ts";

export const UPDATE_ATTEMPTS = 16;

/** What was read: the version that is to be written over, or that there was nothing. */
export type Read = { readonly version: string } | undefined;

/**
 * Writes over what was read, or deletes it. The ttl stays unless another one is given.
 * @param value undefined: nothing is to be there
 * @returns whether it was still there as it was read
 */
export function writeOver(
  store: Store,
  key: Key,
  read: Read,
  value: Value | undefined,
  ttl: Milliseconds | undefined,
): Eventually<boolean> {
  if (value === undefined) return read === undefined || unlessBeaten(() => store.delete(key, read.version));
  const write =
    read === undefined ? { ttl, onlyIf: "absent" as const } : { ttl, keepTtl: ttl === undefined, onlyIf: read };
  return unlessBeaten(() => store.put(key, value, write));
}

/** Before the next attempt. @throws CONFLICT after the last one */
export async function beforeAttempt(key: Key, made: number, attempts: number): Promise<void> {
  if (made >= attempts) throw updateBeaten(key, attempts);
  await pause(made);
}

/** False where an entry was gone before it was deleted, too: somebody else was there. */
function unlessBeaten(work: () => Eventually<unknown>): Eventually<boolean> {
  const done = (outcome: unknown) => outcome !== false;
  const failed = (e: unknown): false => {
    if (e instanceof MoonkeepError && beaten.includes(e.kind)) return false;
    throw e;
  };
  try {
    const outcome = work();
    return isLater(outcome) ? outcome.then(done, failed) : done(outcome);
  } catch (e) {
    return failed(e);
  }
}

const beaten = ["CONFLICT", "NOT_FOUND", "ALREADY_EXISTS"];
