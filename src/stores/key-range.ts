import type { Key } from "../value/value.ts";
import { UnreadableAnswer } from "./errors.ts";

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

/**
 * What a server answers to a question for some keys of a range: whoever goes on behind the last one would never end if
 * it were before the first.
 * @param before absent: to the end
 * @throws UnreadableAnswer
 */
export function checkKeys(keys: readonly Key[], from: Key, before: Key | undefined, most: number): void {
  const isAscending = keys.every((key, i) => (i === 0 ? key >= from : key > keys[i - 1]!));
  const isWithin = before === undefined || keys.length === 0 || keys.at(-1)! < before;
  if (!isAscending || !isWithin || keys.length > most) throw new UnreadableAnswer();
}

/** Where a page begins: at its prefix, or right after `after`. */
export function startOf(prefix: Key, after: Key | undefined): Key {
  return after === undefined || after < prefix ? prefix : successor(after);
}
