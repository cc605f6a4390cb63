import type { Key } from "../../value/value.ts";

/*
 * A set of keys in byte order: a B+ tree.
 *
 * Why a tree of pages: a sorted array moves half a million slots for one new key, a skip list or a binary tree pays a
 * cache miss on each of twenty steps. Here the upper levels stay in the cache, and a new key moves 32 slots on average.
 *
 * Leaves hold keys; branches hold children, and beside each child a separator: no key in it is smaller, and all keys
 * before it are. The first separator of a branch is never looked at, because smaller keys go to the first child too.
 * Pages split when they are full, and join a neighbour when both fit into three quarters of one, so that a page does
 * not split and join in turns. All leaves are equally deep.
 *
 * Leaves are not linked to each other: reading a run of keys walks down once and goes from child to child.
 */

const PAGE_SIZE = 64;

interface Leaf {
  readonly keys: Key[];
  readonly children?: undefined;
}

interface Branch {
  /** The separators. */
  readonly keys: Key[];
  readonly children: Page[];
}

type Page = Leaf | Branch;

export class OrderedKeys {
  readonly #pageSize: number;
  #root: Page = { keys: [] };
  #size = 0;

  /** @param pageSize how many keys or children a page holds, at least 4; tests make it small */
  constructor(pageSize = PAGE_SIZE) {
    this.#pageSize = pageSize;
  }

  get size(): number {
    return this.#size;
  }

  /** How many pages a look-up passes. */
  get height(): number {
    let height = 1;
    for (let page = this.#root; page.children !== undefined; page = page.children[0]!) height++;
    return height;
  }

  /** Takes in a key; nothing happens when it is in. O(log n). */
  add(key: Key): void {
    const right = this.#insert(this.#root, key);
    if (right === undefined) return;
    this.#root = { keys: [this.#root.keys[0]!, right.separator], children: [this.#root, right.page] };
  }

  /** Takes out a key; nothing happens when it is not in. O(log n). */
  delete(key: Key): void {
    this.#remove(this.#root, key);
    while (this.#root.children?.length === 1) this.#root = this.#root.children[0]!;
  }

  /** The first `count` keys from `start` on, itself included. O(log n + count). */
  from(start: Key, count: number): Key[] {
    const found: Key[] = [];
    collect(this.#root, start, count, found);
    return found;
  }

  /** @returns the right half, when the page had to be split */
  #insert(page: Page, key: Key): Split | undefined {
    const { keys, children } = page;
    if (children === undefined) {
      const index = lowerBound(keys, key);
      if (keys[index] === key) return undefined;
      this.#size++;
      keys.splice(index, 0, key);
      return this.#split(page, index);
    }
    const index = childFor(keys, key);
    const right = this.#insert(children[index]!, key);
    if (right === undefined) return undefined;
    keys.splice(index + 1, 0, right.separator);
    children.splice(index + 1, 0, right.page);
    return this.#split(page, index + 1);
  }

  /** Splits a page that has become too large; in half, but at its end when it grows there, as with rising keys. */
  #split(page: Page, grownAt: number): Split | undefined {
    const { keys, children } = page;
    if (keys.length <= this.#pageSize) return undefined;
    const middle = grownAt === keys.length - 1 ? grownAt : keys.length >> 1;
    const right = keys.splice(middle);
    const separator = right[0]!;
    if (children === undefined) return { separator, page: { keys: right } };
    return { separator, page: { keys: right, children: children.splice(middle) } };
  }

  #remove(page: Page, key: Key): void {
    const { keys, children } = page;
    if (children === undefined) {
      const index = lowerBound(keys, key);
      if (keys[index] !== key) return;
      this.#size--;
      keys.splice(index, 1);
      return;
    }
    const index = childFor(keys, key);
    this.#remove(children[index]!, key);
    this.#join(page, index);
  }

  /** Joins a child that has become small with a neighbour, when both are small enough. */
  #join({ keys, children }: Branch, index: number): void {
    const small = children[index]!.keys.length;
    if (small > this.#pageSize >> 2) return;
    const most = small === 0 ? this.#pageSize : this.#pageSize - (this.#pageSize >> 2);
    for (const right of [index + 1, index]) {
      const from = children[right];
      const into = children[right - 1];
      if (from === undefined || into === undefined || into.keys.length + from.keys.length > most) continue;
      append(into, from, keys[right]!);
      keys.splice(right, 1);
      children.splice(right, 1);
      return;
    }
    // An empty child without a neighbour leaves an empty branch, which joins a neighbour one level up.
    if (small === 0 && children.length === 1) keys.length = children.length = 0;
  }
}

interface Split {
  readonly separator: Key;
  readonly page: Page;
}

/** Puts the content of a page behind that of the page before it, on the same level. */
function append(into: Page, from: Page, separator: Key): void {
  if (from.children !== undefined && from.keys.length > 0) {
    // The first separator was never looked at in its own page, but is now; the one above it is right.
    from.keys[0] = separator;
    (into as Branch).children.push(...from.children);
  }
  into.keys.push(...from.keys);
}

function collect({ keys, children }: Page, start: Key, count: number, found: Key[]): void {
  if (children === undefined) {
    for (let i = lowerBound(keys, start); i < keys.length && found.length < count; i++) found.push(keys[i]!);
    return;
  }
  for (let i = childFor(keys, start); i < children.length && found.length < count; i++) {
    collect(children[i]!, start, count, found);
  }
}

/** The index of the first key that is not before `key`. */
function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the child that holds `key`, or would: the last one whose separator is not after it. */
function childFor(separators: readonly Key[], key: Key): number {
  let low = 0;
  let high = separators.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (separators[middle]! <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}
