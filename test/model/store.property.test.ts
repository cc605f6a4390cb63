import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { MemoryStore } from "../../src/stores/memory.ts";
import { entrySize } from "../../src/stores/memory-node.ts";
import type { Entry } from "../../src/stores/store.ts";
import { ByteString, type Value } from "../../src/value/value.ts";
import { ManualClock } from "../contract/clock.ts";
import { awkwardKeys, expectSame, key, keys, values } from "../contract/values.ts";
import { type Limits, type ModelEntry, StoreModel } from "./store-model.ts";

/*
 * Random operations on a memory store and on a model of it, with one clock: both must answer the same, each time.
 * Versions are compared by what they promise: a new one for each write, and the same one until the next.
 */

type Operation = (both: Both) => Promise<void>;

/** A store, its model, their clock, and which version stands for which write. */
class Both {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly model: StoreModel;
  readonly #limits: Limits;
  readonly #versions = new Map<number, string>();
  readonly #writes = new Map<string, number>();

  constructor(limits: Limits, start: number) {
    this.#limits = limits;
    this.clock = new ManualClock(start);
    this.store = new MemoryStore({ ...limits, cleanupInterval: 0, clock: this.clock });
    this.model = new StoreModel(limits);
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

  /** What the store says of itself, once all that has expired is freed. */
  checkCounts(): void {
    this.model.expire(this.clock.now());
    while (this.store.sweep());
    expect(this.store.size).toBe(this.model.size);
    expect(this.store.bytes).toBe(this.#limits.maxBytes === 0 ? 0 : this.model.bytes);
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
  operation("put over what was read", [someKeys, someValues, ttls], (both, one, value, ttl) => {
    const version = both.store.entry(one)?.version ?? "none";
    both.model.expire(both.clock.now());
    both.sameEntry(both.store.entry(one), both.model.entry(one));
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
  operation("sweep", [], (both) => both.checkCounts()),
];

const runs = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...reads) },
    { weight: 6, arbitrary: fc.oneof(...writes) },
    { weight: 2, arbitrary: fc.oneof(...passing) },
  ),
  { maxLength: 80, size: "max" },
);

const unit = entrySize(key("a"), new ByteString(new Uint8Array(200)));
const configurations: Record<string, Limits> = {
  "without limits": { maxSize: 0, maxBytes: 0, eviction: "none" },
  "without limits, that could evict": { maxSize: 0, maxBytes: 0, eviction: "lru" },
  "of a few keys": { maxSize: 4, maxBytes: 0, eviction: "none" },
  "of a few keys, that evicts": { maxSize: 4, maxBytes: 0, eviction: "lru" },
  "of one key, that evicts": { maxSize: 1, maxBytes: 0, eviction: "lru" },
  "of a few bytes": { maxSize: 0, maxBytes: 3 * unit, eviction: "none" },
  "of a few bytes, that evicts": { maxSize: 0, maxBytes: 3 * unit, eviction: "lru" },
  "of a few keys and bytes, that evicts": { maxSize: 4, maxBytes: 4 * unit, eviction: "lru" },
};
const starts = fc.oneof(fc.constantFrom(0, 1e6, -10), fc.double({ min: -1e3, max: 1e9, noNaN: true }));

describe("a memory store does what its model does", () => {
  for (const [name, limits] of Object.entries(configurations)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(starts, runs, async (start, run) => {
          const both = new Both(limits, start);
          for (const step of run) await step(both);
          both.checkCounts();
          both.store.close();
        }),
        { numRuns: 300 },
      );
    });
  }
});
