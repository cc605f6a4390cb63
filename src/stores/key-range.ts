import type { Key } from "../value/value.ts";

/** The key right after this one: nothing lies between a byte string and the same with a zero byte behind it. */
export function successor(key: Key): Key {
  return `${key}\0` as Key;
}

/** The first key after all that begin with this prefix; undefined when there is none, as after `"\xff"`. */
export function afterPrefix(prefix: Key): Key | undefined {
  let end = prefix.length;
  while (end > 0 && prefix.charCodeAt(end - 1) === 0xff) end--;
  if (end === 0) return undefined;
  return (prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1)) as Key;
}

/** Where a page begins: at its prefix, or right after `after`. */
export function startOf(prefix: Key, after: Key | undefined): Key {
  return after === undefined || after < prefix ? prefix : successor(after);
}
