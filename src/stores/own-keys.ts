/**
 * Keys of the library's own: what locks, computations and the like keep in a store beside its entries. They lie in the
 * store itself, so that every process that shares it sees them, and nobody else reads, writes or lists them.
 */
import { andThen, type Eventually } from "../value/eventually.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import type { Bytes, Key } from "../value/value.ts";
import { afterPrefix, successor } from "./key-range.ts";

const OWN = "\0moonkeep:" as Key;
/** The first key behind them. */
const OWN_END = afterPrefix(OWN)!;
/** A longer name stands in a key as its digest: the backends bound the length of keys. */
const LONGEST_NAME: Bytes = 1024;

/** A lock; the last fencing token of some locks; who computes a value; that a value is known to be none. */
export type OwnKind = "lock" | "tokens" | "lease" | "none";

/** The counters of all locks together: each counts for the locks whose names come to its number. */
const COUNTERS = 64;

const MARK = `${OWN}none` as Key;

export const isOwn = (key: Key): boolean => key.charCodeAt(0) === 0 && key.startsWith(OWN);

export function ownKey(kind: OwnKind, name: Key): Key {
  if (name.length <= LONGEST_NAME) return `${OWN}${kind}:${name}` as Key;
  const digest = nodeCrypto().createHash("sha256").update(Buffer.from(name, "latin1")).digest("hex");
  return `${OWN}${kind}#${digest}` as Key;
}

/** The counter from which a lock draws its tokens: there are so few that names can't fill a store. */
export function tokensKey(name: Key): Key {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return ownKey("tokens", String((hash >>> 0) % COUNTERS) as Key);
}

/** Whether it is nobody's to give up for want of room: what is known to be none can be found out again. */
export const isLasting = (key: Key): boolean => isOwn(key) && !key.startsWith(MARK);

/** What the keys begin with that say of names with this prefix that there is nothing; a long name is only among all. */
export const marksOf = (prefix: Key): Key => (prefix === "" ? MARK : (`${MARK}:${prefix}` as Key));

/** Where to go on after this key: behind all own ones, where it is one. */
export const nextAfter = (key: Key): Key => (isOwn(key) ? OWN_END : successor(key));

/**
 * Reads a range of rows without own keys. They lie side by side, so one more reading fills what they took.
 * @param read rows from a key on, in byte order, so many at most
 */
export function withoutOwn<T extends { readonly key: Key }>(
  from: Key,
  limit: number,
  read: (from: Key, limit: number) => Eventually<readonly T[]>,
): Eventually<readonly T[]> {
  return andThen(read(from, limit), (rows) => {
    const others = rows.filter(({ key }) => !isOwn(key));
    if (others.length === rows.length || rows.length < limit) return others;
    return andThen(read(nextAfter(rows.at(-1)!.key), limit - others.length), (more) => [...others, ...more]);
  });
}
