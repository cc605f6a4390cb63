/** What takes how much room in a store, by what its keys begin with. */
import { textToBinary } from "../value/bytes.ts";
import { encode } from "../value/codec.ts";
import type { Bytes, Key, Value } from "../value/value.ts";

export interface Room {
  readonly entries: number;
  /** Of keys and of values as `encode` writes them: what a backend adds to them is its own. */
  readonly bytes: Bytes;
}

export interface PrefixRoom extends Room {
  readonly prefix: Key;
}

/** Prefixes that are not among the largest. */
export interface OtherRoom extends Room {
  readonly prefixes: number;
}

export interface SizesOptions {
  /** What all keys begin with. */
  readonly prefix: Key;
  readonly separator: string;
  /** How many separators behind the prefix a prefix has at most. */
  readonly depth: number;
  /** How many prefixes are told apart at the end: the largest. */
  readonly most: number;
  /** How many are held until the small ones are put together; at least twice `most`. */
  readonly held?: number | undefined;
}

interface Group {
  readonly prefix: Key;
  entries: number;
  bytes: Bytes;
}

const HELD = 1000;

/**
 * Sizes of entries that come in byte order of their keys. What begins alike is together in that order, so a prefix that
 * the last key does not begin with is complete. Of those the largest are kept, and the others added up: however many
 * prefixes there are, few are held, and the figures are exact.
 */
export class PrefixSizes {
  entries = 0;
  bytes: Bytes = 0;
  readonly #options: SizesOptions;
  readonly #separator: string;
  #groups = new Map<Key, Group>();
  #others = { prefixes: 0, entries: 0, bytes: 0 };

  constructor(options: SizesOptions) {
    this.#options = options;
    this.#separator = textToBinary(options.separator);
  }

  add(key: Key, value: Value): void {
    const size = key.length + encode(value).length;
    const group = this.#groupOf(this.#prefixOf(key));
    for (const one of [this, group]) {
      one.entries++;
      one.bytes += size;
    }
    const { held = HELD, most } = this.#options;
    if (this.#groups.size >= Math.max(held, 2 * most)) this.#fold(key);
  }

  /** The largest prefixes, the largest first, and the others together. */
  get result(): { readonly prefixes: readonly PrefixRoom[]; readonly others: OtherRoom } {
    this.#fold();
    return { prefixes: [...this.#groups.values()].sort(bySize), others: this.#others };
  }

  #prefixOf(key: Key): Key {
    let end = this.#options.prefix.length;
    for (let level = 0; level < this.#options.depth; level++) {
      const at = key.indexOf(this.#separator, end);
      if (at === -1) break;
      end = at + this.#separator.length;
    }
    return key.slice(0, end) as Key;
  }

  #groupOf(prefix: Key): Group {
    const known = this.#groups.get(prefix);
    if (known !== undefined) return known;
    const made = { prefix, entries: 0, bytes: 0 };
    this.#groups.set(prefix, made);
    return made;
  }

  /** @param last the last key, whose prefixes may yet grow */
  #fold(last?: Key): void {
    const isOpen = ({ prefix }: Group) => last?.startsWith(prefix) === true;
    const groups = [...this.#groups.values()];
    const complete = groups.filter((group) => !isOpen(group)).sort(bySize);
    for (const { entries, bytes } of complete.splice(this.#options.most)) {
      this.#others.prefixes++;
      this.#others.entries += entries;
      this.#others.bytes += bytes;
    }
    this.#groups = new Map([...groups.filter(isOpen), ...complete].map((group) => [group.prefix, group]));
  }
}

const bySize = (a: Group, b: Group): number => b.bytes - a.bytes || (a.prefix < b.prefix ? -1 : 1);
