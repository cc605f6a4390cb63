/** What can stand in a `Recency`; the links are the list's to write. */
export interface Linked<T> {
  newer: T | undefined;
  older: T | undefined;
}

/** Items in the order of their last use: a list linked through the items themselves, every operation O(1). */
export class Recency<T extends Linked<T>> {
  #newest: T | undefined;
  #oldest: T | undefined;

  /** The item that was not used for the longest time. */
  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** Takes in a new item, as the newest. */
  add(item: T): void {
    item.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  /** An item that has no place in the order, whatever is done with it: it is linked with itself. */
  pin(item: T): void {
    item.newer = item;
  }

  /** Makes an item the newest. */
  touch(item: T): void {
    if (item === this.#newest || item.newer === item) return;
    this.remove(item);
    this.add(item);
  }

  remove(item: T): void {
    const { newer, older } = item;
    if (newer === item) return;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    item.newer = undefined;
    item.older = undefined;
  }

  clear(): void {
    this.#newest = undefined;
    this.#oldest = undefined;
  }
}
