/**
 * Random operations on a store and on a model of it, with one clock: both must answer the same, each time. Versions are
 * compared by what they promise: a new one for each write, and the same one until the next.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import type { Entry, Store } from "../../src/stores/store.ts";
import { ByteString, type Value } from "../../src/value/value.ts";
import type { ManualClock } from "../contract/clock.ts";
import { awkwardKeys, expectSame, key, keys, values } from "../contract/values.ts";
import { type Limits, type ModelEntry, StoreModel } from "./store-model.ts";

export type Operation = (both: Both) => Promise<void>;

/** A store, its model, their clock, and which version stands for which write. */
export class Both {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly model: StoreModel;
  readonly #cleanUp: (model: StoreModel) => unknown;
  readonly #versions = new Map<number, string>();
  readonly #writes = new Map<string, number>();

  /** @param cleanUp frees what has expired, and compares what is left with the model, where the backend can */
  constructor(store: Store, clock: ManualClock, limits: Limits, cleanUp: (model: StoreModel) => unknown) {
    this.clock = clock;
    this.store = store;
    this.model = new StoreModel(limits);
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
    await this.#cleanUp(this.model);
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

// Few keys, so that operations meet; some of them awkward, and sometimes any.
const someKeys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...["a", "a\0", "a\xff", "ab", "b", "\xff", "\xff\xff"].map(key)) },
  { weight: 1, arbitrary: fc.constantFrom(...awkwardKeys) },
  { weight: 1, arbitrary: keys },
);
const someValues: fc.Arbitrary<Value> = fc.oneof(
  fc.nat(9),
  fc.nat(400).map((length) => new ByteString(new Uint8Array(length))),
  values,
);
const times = fc.oneof(
  fc.constantFrom(1, 10, 0.5, 1e-3, 100, 3.15e11),
  fc.double({ min: Number.MIN_VALUE, max: 50, noNaN: true }),
);
const ttls = fc.option(times, { nil: undefined });
const prefixes = fc.oneof(
  fc.constant(key("")),
  someKeys,
  someKeys.map((one) => key(one.slice(0, 1))),
);

// Each operation prints as its name and arguments when a run fails.
function operation<A extends unknown[]>(
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

const reads = [
  operation("get", [someKeys], (both, one) =>
    both.compare(
      () => both.store.get(one),
      () => both.model.entry(one)?.value,
      (actual, expected) => (expected === undefined ? expect(actual).toBeUndefined() : expectSame(actual, expected)),
    ),
  ),
  operation("has", [someKeys], (both, one) =>
    both.compare(
      () => both.store.has(one),
      () => both.model.has(one),
      (actual, expected) => expect(actual).toBe(expected),
    ),
  ),
  operation("entry", [someKeys], (both, one) =>
    both.compare(
      () => both.store.entry(one),
      () => both.model.entry(one),
      (actual, expected) => both.sameEntry(actual, expected),
    ),
  ),
  operation(
    "list",
    [
      fc.record({
        prefix: prefixes,
        after: fc.option(fc.oneof(someKeys, keys), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 8 }),
      }),
    ],
    (both, page) =>
      both.compare(
        () => both.store.list(page),
        () => both.model.list(page),
        (actual, expected) => {
          expect(actual.map((entry) => entry.key)).toEqual(expected.map((entry) => entry.key));
          for (const [i, entry] of actual.entries()) both.sameEntry(entry, expected[i]);
        },
      ),
  ),
];

const timesToLive = [
  operation("ttl", [someKeys], (both, one) =>
    both.compare(
      () => both.store.ttl(one),
      () => both.model.ttl(one, both.clock.now()),
      (actual, expected) => (expected === undefined ? expect(actual).toBeUndefined() : expect(actual).toBe(expected)),
    ),
  ),
  operation("expire", [someKeys, ttls], (both, one, ttl) =>
    both.compare(
      () => both.store.expire(one, ttl),
      () => both.model.expireKey(one, both.clock.now(), ttl),
      (actual, expected) => expect(actual).toBe(expected),
    ),
  ),
  operation("touch", [someKeys], (both, one) =>
    both.compare(
      () => both.store.touch(one),
      () => both.model.touch(one, both.clock.now()),
      (actual, expected) => expect(actual).toBe(expected),
    ),
  ),
];

const counters = [
  operation("increment", [someKeys, fc.oneof(fc.integer(), fc.constantFrom(0.5, -0.5)), ttls], (both, one, by, ttl) =>
    both.compare(
      () => both.store.increment(one, { by, initial: 0, ttl }),
      () => both.model.increment(one, by, both.clock.now(), ttl),
      (actual, expected) => expectSame(actual, expected),
    ),
  ),
  operation("spend", [someKeys, fc.integer({ min: 1, max: 5 })], (both, one, time) =>
    both.compare(
      () => both.store.spend(one, { time, most: 10 }),
      () => both.model.spend(one, time, 10, both.clock.now()),
      ({ allowed }, expected) => expect(allowed).toBe(expected),
    ),
  ),
  operation("delete of a version", [someKeys, fc.nat(4)], (both, one, back) => {
    const version = both.version(back);
    return both.compare(
      () => both.store.delete(one, version),
      () => both.model.delete(one, both.writeOf(version)),
      (actual, expected) => expect(actual).toBe(expected),
    );
  }),
  operation("get many", [fc.array(someKeys, { maxLength: 5 })], (both, all) =>
    both.compare(
      () => both.store.getMany(all),
      () => all.map((one) => both.model.entry(one)?.value),
      (actual, expected) =>
        expected.forEach((value, i) => {
          if (value === undefined) expect(actual[i]).toBeUndefined();
          else expectSame(actual[i]!, value);
        }),
    ),
  ),
  operation("delete many", [fc.uniqueArray(someKeys, { maxLength: 5 })], (both, all) =>
    both.compare(
      () => both.store.deleteMany(all),
      () => all.map((one) => both.model.delete(one)),
      (actual, expected) => expect(actual).toEqual(expected),
    ),
  ),
  operation("set many", [fc.uniqueArray(someKeys, { maxLength: 5 }), someValues, ttls], (both, all, value, ttl) =>
    both.compare(
      async () =>
        (
          await both.store.setMany(
            all.map((one) => ({ key: one, value })),
            ttl,
          )
        ).map((error) => error?.kind),
      () =>
        all.map((one) => {
          try {
            both.model.expire(both.clock.now()); // a ttl may be too short for the clock
            both.model.put(one, value, both.clock.now(), ttl);
            return undefined;
          } catch (e) {
            return (e as MoonkeepError).kind;
          }
        }),
      (actual, expected) => expect(actual).toEqual(expected),
    ),
  ),
];

const writes = [
  operation("set", [someKeys, someValues, ttls], (both, one, value, ttl) =>
    both.compare(
      () => both.store.set(one, value, ttl),
      () => both.model.put(one, value, both.clock.now(), ttl),
      () => {},
    ),
  ),
  operation("put", [someKeys, someValues, ttls], (both, one, value, ttl) =>
    both.compare(
      () => both.store.put(one, value, { ttl }),
      () => both.model.put(one, value, both.clock.now(), ttl),
      (actual, expected) => both.sameEntry(actual, expected),
    ),
  ),
  operation("put only if absent", [someKeys, someValues, ttls], (both, one, value, ttl) =>
    both.compare(
      () => both.store.put(one, value, { ttl, onlyIf: "absent" }),
      () => both.model.put(one, value, both.clock.now(), ttl, "absent"),
      (actual, expected) => both.sameEntry(actual, expected),
    ),
  ),
  operation("put only if of a version", [someKeys, someValues, ttls, fc.nat(4)], (both, one, value, ttl, back) => {
    const version = both.version(back);
    return both.compare(
      () => both.store.put(one, value, { ttl, onlyIf: { version } }),
      () => both.model.put(one, value, both.clock.now(), ttl, both.writeOf(version)),
      (actual, expected) => both.sameEntry(actual, expected),
    );
  }),
  operation("put over what was read", [someKeys, someValues, ttls], async (both, one, value, ttl) => {
    const version = (await both.store.entry(one))?.version ?? "none";
    both.model.expire(both.clock.now());
    both.sameEntry(await both.store.entry(one), both.model.entry(one));
    return both.compare(
      () => both.store.put(one, value, { ttl, onlyIf: { version } }),
      () => both.model.put(one, value, both.clock.now(), ttl, both.writeOf(version)),
      (actual, expected) => both.sameEntry(actual, expected),
    );
  }),
  operation("delete", [someKeys], (both, one) =>
    both.compare(
      () => both.store.delete(one),
      () => both.model.delete(one),
      (actual, expected) => expect(actual).toBe(expected),
    ),
  ),
];

const passing = [
  operation("pass", [times], (both, by) => both.clock.advance(by)),
  operation("pass to the next deadline", [], (both) => {
    both.model.expire(both.clock.now());
    if (both.model.nextDeadline < Number.POSITIVE_INFINITY) both.clock.moveTo(both.model.nextDeadline);
  }),
  operation("sweep", [], (both) => both.cleanUp()),
];

/** Operations to run one after the other. */
export const runs: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...reads) },
    { weight: 6, arbitrary: fc.oneof(...writes) },
    { weight: 2, arbitrary: fc.oneof(...timesToLive) },
    { weight: 3, arbitrary: fc.oneof(...counters) },
    { weight: 2, arbitrary: fc.oneof(...passing) },
  ),
  { maxLength: 80, size: "max" },
);
