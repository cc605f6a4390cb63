/** Reading, changing and writing, if nobody wrote meanwhile. */
import { andThen, type Eventually } from "../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../value/value.ts";
import { unlessBeaten } from "./attempts.ts";
import { beatenEachTime } from "./errors.ts";
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
  if (value === undefined) return read === undefined || isDone(() => store.delete(key, read.version));
  const write =
    read === undefined ? { ttl, onlyIf: "absent" as const } : { ttl, keepTtl: ttl === undefined, onlyIf: read };
  return isDone(() => store.put(key, value, write));
}

/** Before the next attempt. @throws CONFLICT after the last one */
export async function beforeAttempt(key: Key, made: number, attempts: number): Promise<void> {
  if (made >= attempts) throw beatenEachTime(key, attempts);
  await pause(made);
}

/** False where an entry was gone before it was deleted, too: somebody else was there. */
const isDone = (write: () => Eventually<unknown>): Eventually<boolean> =>
  andThen(unlessBeaten(write), (outcome) => outcome !== undefined && outcome !== false);
