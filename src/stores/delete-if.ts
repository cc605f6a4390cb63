import { MoonkeepError } from "../errors.ts";
import { encode } from "../value/codec.ts";
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import type { Key, Value } from "../value/value.ts";
import { unversioned, valueMismatch } from "./errors.ts";
import type { Store } from "./store.ts";

/**
 * Deletes an entry of a version, or of a value, and no other.
 * @returns whether there was an entry. @throws CONFLICT when there is another one
 */
export function deleteIf(
  store: Store,
  key: Key,
  condition: { readonly version: string } | { readonly value: Value },
): Eventually<boolean> {
  if ("version" in condition) return store.delete(key, condition.version);
  const expected = Buffer.from(encode(condition.value));
  const attempt = (): Eventually<boolean> =>
    andThen(store.entry(key), (found) => {
      if (found === undefined) return false;
      if (!store.traits.versioned) throw unversioned("if_value");
      if (!expected.equals(encode(found.value))) throw valueMismatch();
      return again(() => store.delete(key, found.version));
    });
  /** Another version may have come in between; its value decides then. */
  const again = (work: () => Eventually<boolean>): Eventually<boolean> => {
    const retry = (e: unknown): Eventually<boolean> => {
      if (e instanceof MoonkeepError && e.kind === "CONFLICT") return attempt();
      throw e;
    };
    try {
      const done = work();
      return isLater(done) ? done.catch(retry) : done;
    } catch (e) {
      return retry(e);
    }
  };
  return attempt();
}
