import { kinds, MoonkeepError } from "../../errors.ts";
import type { ReadTally } from "../../modules/call.ts";
import type { Store } from "../../stores/store.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import { ObservedStore, type Operation, operations } from "./observed-store.ts";

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
export class MeteredStore extends ObservedStore {
  readonly #counts: StoreCounts;
  /** Counts how often a script was allowed something; absent for the application's own store. */
  readonly #allowed: { operations: number } | undefined;
  /** Of a store in memory: what counts its reads, and which operations are measured. */
  readonly tally: ReadTally | undefined;

  constructor(store: Store, counts: StoreCounts, allowed?: { operations: number }) {
    super(store);
    this.#counts = counts;
    this.#allowed = allowed;
    this.tally = counts.backend === "memory" ? counts.tally : undefined;
  }

  protected override observe<T>(operation: Operation, work: () => Eventually<T>): Eventually<T> {
    this.#counts.done[operation]++;
    // A page that a script asks for may take more than one; that it may list is decided by itself.
    if (this.#allowed !== undefined && operation !== "list") this.#allowed.operations++;
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
