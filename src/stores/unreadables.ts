import type { MoonkeepError } from "../errors.ts";
import type { Key } from "../value/value.ts";
import { someFailed } from "./errors.ts";
import { type Entry, isUnreadable, type Listed, type Unreadable } from "./store.ts";

/** So many are named; the others are counted. */
const MOST_NAMED = 100;

/** What of a search could not be read: it fails none of the others, and is told when they have been given. */
export class Unreadables {
  readonly #errors = new Map<Key, MoonkeepError>();
  #count = 0;
  #all = 0;

  /** Whether it can't be read; that is noted. */
  has(one: Listed): one is Unreadable {
    this.#all++;
    if (!isUnreadable(one)) return false;
    this.#count++;
    if (this.#errors.size < MOST_NAMED) this.#errors.set(one.key, one.error);
    return true;
  }

  /** Those of a page that can be read. */
  without(page: readonly Listed[]): readonly Entry[] {
    return page.filter((one): one is Entry => !this.has(one));
  }

  /** Names them; undefined where there are none. */
  error(): MoonkeepError | undefined {
    return this.#count === 0 ? undefined : someFailed(this.#errors, this.#all, this.#count);
  }
}
