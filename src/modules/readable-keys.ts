/** A page of the entries that an actor may read, out of a store that has others as well. */
import { MAX_KEYS_OF_A_PAGE } from "../limits.ts";
import { work } from "../lua/meter/meter.ts";
import type { Listed, Page } from "../stores/store.ts";
import { binaryToText } from "../value/bytes.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Key } from "../value/value.ts";
import type { Permission } from "./call.ts";

/** What a search came to. */
export interface Found {
  readonly entries: readonly Listed[];
  /** Whether there is nothing behind it. */
  readonly isWhole: boolean;
  /** The last key that was looked at, where the search ended before the page was full: no key that the actor may see. */
  readonly next?: Key;
}

type List = (page: Page) => Eventually<readonly Listed[]>;

/** The most entries that a backend is asked for at once. */
const LARGEST_BATCH = 1000;
/** Steps of the VM that it takes to ask the policies for a key. */
const STEPS_A_KEY = 25;

/**
 * Asks the backend for some entries at a time, and for more of them the longer nothing is found. It ends when the page is
 * full, when there are no more keys, or when it has looked at so many that a page takes too long; then it can go on from
 * there. One key more than the page has is looked for, so that it is known whether there is more.
 */
export class ReadableKeys {
  readonly #list: List;
  readonly #permission: () => Permission;
  readonly #limit: number;
  readonly #found: Listed[] = [];
  #page: Page;
  #looked = 0;

  /** @param permission asked for each batch: other policies may be in force by then */
  constructor(page: Page, list: List, permission: () => Permission) {
    this.#page = { ...page, limit: page.limit + 1 };
    this.#limit = page.limit;
    this.#list = list;
    this.#permission = permission;
  }

  /** At once while the backend answers at once. A loop, whatever the number of batches. */
  run(): Eventually<Found> {
    for (;;) {
      const entries = this.#list(this.#page);
      if (isLater(entries)) return this.#runLater(entries);
      const found = this.#take(entries);
      if (found !== undefined) return found;
    }
  }

  async #runLater(first: Promise<readonly Listed[]>): Promise<Found> {
    let found = this.#take(await first);
    while (found === undefined) found = this.#take(await this.#list(this.#page));
    return found;
  }

  /** @returns the outcome, when this batch was the last */
  #take(entries: readonly Listed[]): Found | undefined {
    work(STEPS_A_KEY * entries.length);
    const found = this.#found;
    const permission = this.#permission();
    for (const entry of entries) {
      this.#looked++;
      if (permission.settled ?? permission.allowsKey(binaryToText(entry.key))) found.push(entry);
      if (found.length > this.#limit) return { entries: found.slice(0, this.#limit), isWhole: false };
    }
    if (entries.length < this.#page.limit) return { entries: found, isWhole: true };
    const next = entries.at(-1)!.key;
    const left = MAX_KEYS_OF_A_PAGE - this.#looked;
    if (left <= 0) return { entries: found, isWhole: false, next };
    this.#page = { ...this.#page, after: next, limit: Math.min(2 * this.#page.limit, LARGEST_BATCH, left) };
    return undefined;
  }
}
