/** What pages and other reads of many entries have in common: they read some megabytes at most in one go. */
import { type Steps, wait } from "../value/eventually.ts";
import { type Bytes, type Key, sizeOf, type Value } from "../value/value.ts";
import { afterOthers, Slice } from "./slice.ts";

/** How much is read in one go: some milliseconds of work. */
const PORTION: Bytes = 2 ** 20;

/** What a page may have that nobody asked to be larger. */
export const PAGE_BYTES: Bytes = 4 * PORTION;

/** Things of known sizes, some at a time. */
export class Portions<T> {
  readonly #all: readonly T[];
  readonly #sizeOf: (one: T) => Bytes;
  #at = 0;
  #slice = new Slice();

  constructor(all: readonly T[], sizeOf: (one: T) => Bytes) {
    this.#all = all;
    this.#sizeOf = sizeOf;
  }

  get isOver(): boolean {
    return this.#at >= this.#all.length;
  }

  /** The next ones: at least one, and not more than fit into so many bytes. */
  next(bytes: Bytes, count = Number.POSITIVE_INFINITY): readonly T[] {
    const most = Math.min(bytes, PORTION);
    const start = this.#at;
    for (let size = 0; this.#at < this.#all.length && this.#at - start < count; this.#at++) {
      size += this.#sizeOf(this.#all[this.#at]!);
      if (size > most && this.#at > start) break;
    }
    return this.#all.slice(start, this.#at);
  }

  /** Lets others have their turn, once in a while. */
  *pause(): Steps<void> {
    if (!this.#slice.over || this.isOver) return;
    yield* wait(afterOthers());
    this.#slice = new Slice();
  }
}

/** About how much memory an entry of a page takes. */
export const memoryOf = ({ key, value }: { readonly key: Key; readonly value?: Value | undefined }): Bytes =>
  key.length + (value === undefined ? 0 : sizeOf(value));

/** Every key may be in a page. */
export const all = (keys: readonly Key[]): readonly Key[] => keys;
