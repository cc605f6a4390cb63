import { kinds, MoonkeepError } from "../../errors.ts";
import type { ReadTally } from "../../modules/call.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listed,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../../stores/store.ts";
import type { Together } from "../../stores/together.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../../value/value.ts";

export const operations = [
  "get",
  "has",
  "entry",
  "set",
  "put",
  "delete",
  "ttl",
  "expire",
  "touch",
  "increment",
  "rate",
  "get_many",
  "set_many",
  "delete_many",
  "list",
] as const;
export type Operation = (typeof operations)[number];

/** What is counted of one store. */
export class StoreCounts {
  readonly backend: string;
  readonly done: Record<Operation, number> = Object.fromEntries(operations.map((one) => [one, 0])) as Record<
    Operation,
    number
  >;
  readonly errors = new Map<string, number>();
  /** Reads that were not counted here. */
  readonly tally: ReadTally = { gets: 0, untilMeasured: 1 };
  readonly duration: { add(milliseconds: Milliseconds): void };

  constructor(backend: string, duration: { add(milliseconds: Milliseconds): void }) {
    this.backend = backend;
    this.duration = duration;
  }

  /** How often something was done. */
  of(operation: Operation): number {
    return this.done[operation] + (operation === "get" ? this.tally.gets : 0);
  }

  failed(e: unknown): void {
    const kind = e instanceof MoonkeepError && Object.hasOwn(kinds, e.kind) ? e.kind : "INTERNAL";
    this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
  }
}

/** Looking at the clock takes longer than reading memory, so only so many of these are measured. */
const ONE_OF = 64;

/** A store whose operations are counted. */
export class MeteredStore implements Store {
  readonly #store: Store;
  readonly #counts: StoreCounts;
  /** Counts how often a script was allowed something; absent for the application's own store. */
  readonly #allowed: { operations: number } | undefined;
  /** Of a store in memory: what counts its reads, and which operations are measured. */
  readonly tally: ReadTally | undefined;

  constructor(store: Store, counts: StoreCounts, allowed?: { operations: number }) {
    this.#store = store;
    this.#counts = counts;
    this.#allowed = allowed;
    this.tally = counts.backend === "memory" ? counts.tally : undefined;
  }

  get traits(): Traits {
    return this.#store.traits;
  }

  get together(): Together {
    return this.#store.together;
  }

  get(key: Key): Eventually<Value | undefined> {
    return this.#count("get", () => this.#store.get(key));
  }

  has(key: Key): Eventually<boolean> {
    return this.#count("has", () => this.#store.has(key));
  }

  entry(key: Key): Eventually<Entry | undefined> {
    return this.#count("entry", () => this.#store.entry(key));
  }

  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.#count("set", () => this.#store.set(key, value, ttl));
  }

  put(key: Key, value: Value, write: Write): Eventually<Entry> {
    return this.#count("put", () => this.#store.put(key, value, write));
  }

  delete(key: Key, version?: string): Eventually<boolean> {
    return this.#count("delete", () => this.#store.delete(key, version));
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    return this.#count("ttl", () => this.#store.ttl(key));
  }

  expire(key: Key, ttl?: Milliseconds): Eventually<boolean> {
    return this.#count("expire", () => this.#store.expire(key, ttl));
  }

  touch(key: Key): Eventually<boolean> {
    return this.#count("touch", () => this.#store.touch(key));
  }

  increment(key: Key, by: Increment): Eventually<NumberValue> {
    return this.#count("increment", () => this.#store.increment(key, by));
  }

  spend(key: Key, cost: Spending): Eventually<Spent> {
    return this.#count("rate", () => this.#store.spend(key, cost));
  }

  getMany(keys: readonly Key[]): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    return this.#count("get_many", () => this.#store.getMany(keys));
  }

  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]> {
    return this.#count("set_many", () => this.#store.setMany(entries, ttl));
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]> {
    return this.#count("delete_many", () => this.#store.deleteMany(keys));
  }

  /** A page that a script asks for may take more than one; that it may list is decided by itself. */
  list(page: Page): Eventually<readonly Listed[]> {
    this.#counts.done.list++;
    return this.#run(() => this.#store.list(page));
  }

  keys(page: KeyPage): Eventually<readonly Key[]> {
    this.#counts.done.list++;
    return this.#run(() => this.#store.keys(page));
  }

  close(): Eventually<void> {
    return this.#store.close();
  }

  #count<T>(operation: Operation, work: () => Eventually<T>): Eventually<T> {
    this.#counts.done[operation]++;
    if (this.#allowed !== undefined) this.#allowed.operations++;
    return this.#run(work);
  }

  #run<T>(work: () => Eventually<T>): Eventually<T> {
    if (this.#isMeasured) return this.#measure(work);
    try {
      return work();
    } catch (e) {
      throw this.#failed(e);
    }
  }

  get #isMeasured(): boolean {
    const { tally } = this;
    if (tally === undefined) return true;
    if (--tally.untilMeasured > 0) return false;
    tally.untilMeasured = ONE_OF;
    return true;
  }

  #measure<T>(work: () => Eventually<T>): Eventually<T> {
    const start = performance.now();
    const over = () => this.#counts.duration.add(performance.now() - start);
    try {
      const answer = work();
      if (!isLater(answer)) {
        over();
        return answer;
      }
      return answer.then(
        (value) => {
          over();
          return value;
        },
        (e: unknown) => {
          over();
          throw this.#failed(e);
        },
      );
    } catch (e) {
      over();
      throw this.#failed(e);
    }
  }

  #failed(e: unknown): unknown {
    this.#counts.failed(e);
    return e;
  }
}
