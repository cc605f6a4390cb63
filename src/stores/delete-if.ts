import { encode } from "../value/codec.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import type { Bytes, Key, Value } from "../value/value.ts";
import { attempts, unlessBeaten } from "./attempts.ts";
import { unversioned, valueMismatch } from "./errors.ts";
import type { Store } from "./store.ts";

/** Who looks at a value. */
export interface Looking {
  /** Whether whoever asks still waits. */
  readonly isLive?: () => boolean;
  /** How much memory a value may take that is looked at; absent: any. */
  readonly most?: Bytes | undefined;
}

/**
 * Deletes an entry of a version, or of a value, and no other. Of a value: where another version comes in between, its
 * value decides.
 * @returns whether there was an entry. @throws CONFLICT when there is another one
 */
export function deleteIf(
  store: Store,
  key: Key,
  condition: { readonly version: string } | { readonly value: Value },
  { isLive, most }: Looking = {},
): Eventually<boolean> {
  if ("version" in condition) return store.delete(key, condition.version);
  const expected = Buffer.from(encode(condition.value));
  const attempt = (): Eventually<boolean | undefined> =>
    andThen(store.entry(key, most), (found) => {
      if (found === undefined) return false;
      if (!store.traits.versioned) throw unversioned("if_value");
      if (!expected.equals(encode(found.value))) throw valueMismatch();
      return unlessBeaten(() => store.delete(key, found.version));
    });
  return attempts(key, attempt, isLive);
}
