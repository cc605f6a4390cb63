/**
 * Whose turn it is. Plugins share the threads, and within each of them, its actors: the next one is whoever has the
 * fewest runs going on, and of those who have as many, whoever was not served for the longest time. So one that asks
 * for a thousand threads gets its share, and one that asks for a single thread does not wait behind the thousand.
 */

/** For whom something runs. */
export interface Party {
  /** Empty: the application. */
  readonly plugin: string;
  /** Empty: nobody. */
  readonly actor: string;
}

interface Share {
  running: number;
  /** When it was served last. */
  turn: number;
}

interface Lane<T> extends Share {
  readonly waiting: T[];
}

interface Group<T> extends Share {
  readonly lanes: Map<string, Lane<T>>;
}

export class FairQueue<T extends { readonly party: Party }> {
  readonly #perPlugin: number;
  readonly #groups = new Map<string, Group<T>>();
  #length = 0;
  #turns = 0;

  /** @param perPlugin how many runs of one plugin go on at a time */
  constructor(perPlugin: number) {
    this.#perPlugin = perPlugin;
  }

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** Whether a run of this party may start now, as far as its share goes. */
  mayStart({ plugin }: Party): boolean {
    return plugin === "" || (this.#groups.get(plugin)?.running ?? 0) < this.#perPlugin;
  }

  started(party: Party): void {
    this.#turns++;
    for (const share of this.#sharesOf(party)) {
      share.running++;
      share.turn = this.#turns;
    }
  }

  ended(party: Party): void {
    for (const share of this.#sharesOf(party)) share.running--;
    this.#forget(party);
  }

  add(item: T): void {
    this.#sharesOf(item.party)[1].waiting.push(item);
    this.#length++;
  }

  /** @returns whether it was waiting */
  remove(item: T): boolean {
    const { waiting } = this.#sharesOf(item.party)[1];
    const at = waiting.indexOf(item);
    if (at !== -1) {
      waiting.splice(at, 1);
      this.#length--;
    }
    this.#forget(item.party);
    return at !== -1;
  }

  /** Takes out whoever is next, and has it started; undefined when nobody waits who may start. */
  next(): T | undefined {
    const groups = [...this.#groups.entries()]
      .filter(([plugin, { lanes }]) => this.mayStart({ plugin, actor: "" }) && [...lanes.values()].some(hasWaiting))
      .map(([, group]) => group);
    const lane = leastOf([...(leastOf(groups)?.lanes.values() ?? [])].filter(hasWaiting));
    const item = lane?.waiting.shift();
    if (item === undefined) return undefined;
    this.#length--;
    this.started(item.party);
    return item;
  }

  /** Everyone who waits, in the order of their parties. */
  all(): T[] {
    return [...this.#groups.values()].flatMap(({ lanes }) => [...lanes.values()].flatMap(({ waiting }) => waiting));
  }

  #sharesOf({ plugin, actor }: Party): readonly [Group<T>, Lane<T>] {
    const turn = this.#turns - 0.5; // before whoever was served last, and after all who wait longer
    let group = this.#groups.get(plugin);
    if (group === undefined) {
      group = { running: 0, turn, lanes: new Map() };
      this.#groups.set(plugin, group);
    }
    let lane = group.lanes.get(actor);
    if (lane === undefined) {
      lane = { running: 0, turn, waiting: [] };
      group.lanes.set(actor, lane);
    }
    return [group, lane];
  }

  /** Nothing is kept of those who neither run nor wait. */
  #forget({ plugin, actor }: Party): void {
    const [group, lane] = this.#sharesOf({ plugin, actor });
    if (lane.running === 0 && lane.waiting.length === 0) group.lanes.delete(actor);
    if (group.lanes.size === 0) this.#groups.delete(plugin);
  }
}

const hasWaiting = ({ waiting }: { readonly waiting: readonly unknown[] }) => waiting.length > 0;

function leastOf<S extends Share>(shares: readonly S[]): S | undefined {
  let least: S | undefined;
  for (const one of shares) {
    const isLess =
      least === undefined || one.running < least.running || (one.running === least.running && one.turn < least.turn);
    if (isLess) least = one;
  }
  return least;
}
