/**
 * Random operations on a store and on a model of it, with one clock: both must answer the same, each time. Versions are
 * compared by what they promise: a new one for each write, and the same one until the next.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import type { Entry, Store } from "../../src/stores/store.ts";
import type { Key } from "../../src/value/value.ts";
import type { ManualClock } from "../contract/clock.ts";
import { expectSame } from "../contract/values.ts";
import { type Limits, type ModelEntry, StoreModel } from "./store-model.ts";

export type Operation = (both: Both) => Promise<void>;

/** A store, its model, their clock, and which version stands for which write. */
export class Both {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly model: StoreModel;
  readonly isLimited: boolean;
  /** Whether the store's times are the clock's, to the last digit. */
  readonly isExact: boolean;
  /** The last token of each counter of locks. */
  readonly tokens = new Map<Key, number>();
  readonly #cleanUp: (both: Both) => unknown;
  readonly #versions = new Map<number, string>();
  readonly #writes = new Map<string, number>();

  /** @param cleanUp frees what has expired, and compares what is left with the model, where the backend can */
  constructor(store: Store, clock: ManualClock, limits: Limits, cleanUp: (both: Both) => unknown, isExact = true) {
    this.clock = clock;
    this.store = store;
    this.model = new StoreModel(limits);
    this.isLimited = limits.maxSize !== 0 || limits.maxBytes !== 0;
    this.isExact = isExact;
    this.#cleanUp = cleanUp;
  }

  /** Runs both sides; they give the same, or fail with the same kind. */
  async compare<A, B>(
    ofStore: () => A,
    ofModel: () => B,
    same: (actual: Awaited<A>, expected: B) => void,
  ): Promise<void> {
    this.model.expire(this.clock.now());
    const [actual, expected] = [await outcome(ofStore), await outcome(ofModel)];
    expect(actual.kind).toBe(expected.kind);
    if (actual.kind === undefined) same(actual.value as Awaited<A>, expected.value as B);
  }

  sameEntry(actual: Entry | undefined, expected: ModelEntry | undefined): void {
    expect(actual?.key).toBe(expected?.key);
    if (actual === undefined || expected === undefined) return;
    expectSame(actual.value, expected.value);
    const { version } = actual;
    if (!this.#versions.has(expected.write)) {
      expect(this.#writes.has(version)).toBe(false);
      this.#versions.set(expected.write, version);
      this.#writes.set(version, expected.write);
    }
    expect(version).toBe(this.#versions.get(expected.write));
  }

  sameTime(actual: number | undefined, expected: number | undefined): void {
    if (this.isExact || actual === undefined || expected === undefined || expected === Number.POSITIVE_INFINITY) {
      expect(actual).toBe(expected);
      return;
    }
    expect(actual).toBeLessThanOrEqual(expected + 1); // Redis counts in milliseconds, and rounds up
    expect(actual).toBeGreaterThan(expected - 1e8);
  }

  /** Some version that was seen, the latest ones first. */
  version(back: number): string {
    return [...this.#writes.keys()].at(-1 - back) ?? "none";
  }

  writeOf(version: string): { write: number | undefined } {
    return { write: this.#writes.get(version) };
  }

  /** Lets the store free what has expired. */
  async cleanUp(): Promise<void> {
    this.model.expire(this.clock.now());
    await this.#cleanUp(this);
  }
}

async function outcome<T>(call: () => T): Promise<{ kind?: unknown; value?: Awaited<T> }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!(error instanceof MoonkeepError)) throw error;
    return { kind: error.kind };
  }
}

// Each operation prints as its name and arguments when a run fails.
export function operation<A extends unknown[]>(
  name: string,
  args: { [I in keyof A]: fc.Arbitrary<A[I]> },
  run: (both: Both, ...args: A) => Promise<void> | void,
) {
  return fc.tuple(...args).map((given): Operation => {
    const step: Operation = async (both) => run(both, ...(given as A));
    return Object.assign(step, {
      toString: () => `${name}(${given.map((argument) => fc.stringify(argument)).join(", ")})`,
    });
  });
}
