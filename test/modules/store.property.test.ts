import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entrySize } from "../../src/stores/memory/node.ts";
import { ByteString, type Key, type Table, type Value } from "../../src/value/value.ts";
import { awkwardKeys, awkwardValues, expectSame, key, keys, values } from "../contract/values.ts";
import type { Limits, ModelEntry } from "../model/store-model.ts";
import { bytesOf, DrivenStore, field, optionsOf, type Step, type Turn } from "../support/driven-store.ts";
import { type EntrySource, stopClock } from "../support/host.ts";

/*
 * Random operations from Lua, each compared with what the model of a store says: the very answer, or the kind of error.
 * What the model test of the backend does below the module, this does through arguments, options and handles.
 */

// Few keys, so that operations meet; some of them awkward, and sometimes any.
const someKeys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...["a", "a\0", "a\xff", "ab", "b", "\xff", "1", "1.0"].map(key)) },
  { weight: 1, arbitrary: fc.constantFrom(...awkwardKeys) },
  { weight: 1, arbitrary: keys },
);
const someValues: fc.Arbitrary<Value> = fc.oneof(
  fc.nat(9),
  fc.nat(400).map((length) => new ByteString(new Uint8Array(length))),
  fc.constantFrom(
    ...[...awkwardValues].filter(([name]) => !/mebibyte|thousand|deep/.test(name)).map(([, value]) => value),
  ),
  values,
);
/** Seconds. */
const times = fc.oneof(fc.constantFrom(1, 10, 0.5, 1e-3, 3.15e8), fc.double({ min: 1e-6, max: 50, noNaN: true }));
const ttls = fc.option(fc.oneof({ weight: 4, arbitrary: times }, fc.constant(0)), { nil: undefined });
const prefixes = fc.oneof(
  fc.constant(key("")),
  someKeys,
  someKeys.map((one) => key(one.slice(0, 1))),
);

const milliseconds = (ttl: number | undefined) => (ttl === undefined || ttl === 0 ? undefined : ttl * 1000);

// How an answer is compared with the model's.

const sameValue: Step["compare"] = (_, actual, expected: Value | undefined) =>
  expected === undefined ? expect(actual).toBeUndefined() : expectSame(actual, expected);
const sameAnswer: Step["compare"] = (_, actual, expected: boolean) => expect(actual).toBe(expected);
const sameEntry: Step["compare"] = (run, actual, expected: ModelEntry | undefined) => run.sameEntry(actual, expected);

// Turns print as their name and arguments when a run fails.
function turn<A extends unknown[]>(
  name: string,
  args: { [I in keyof A]: fc.Arbitrary<A[I]> },
  take: (run: DrivenStore, ...args: A) => Step | undefined,
) {
  return fc.tuple(...args).map((given): Turn => {
    const one: Turn = (run) => take(run, ...(given as A));
    return Object.assign(one, { toString: () => `${name}(${given.map((arg) => fc.stringify(arg)).join(", ")})` });
  });
}

const reads = [
  turn("get", [someKeys], (_, k) => ({
    method: "get",
    args: [bytesOf(k)],
    expected: (model) => model.entry(k)?.value,
    compare: sameValue,
  })),
  turn("has", [someKeys], (_, k) => ({
    method: "has",
    args: [bytesOf(k)],
    expected: (model) => model.has(k),
    compare: sameAnswer,
  })),
  turn("entry", [someKeys], (_, k) => ({
    method: "entry",
    args: [bytesOf(k)],
    expected: (model) => model.entry(k),
    compare: sameEntry,
  })),
  turn(
    "list",
    [prefixes, fc.option(fc.oneof(someKeys, fc.constant(key(""))), { nil: undefined }), fc.integer({ min: 1, max: 8 })],
    (_, prefix, after, limit) => ({
      method: "list",
      args: [optionsOf({ prefix: bytesOf(prefix), after: after === undefined ? undefined : bytesOf(after), limit })],
      expected: (model) => model.list({ prefix, after, limit: limit + 1 }),
      compare: (run, page, found: ModelEntry[]) => samePage(run, page, found, limit),
    }),
  ),
];

/** @param found of the model, with one entry more where there is more */
function samePage(run: DrivenStore, page: Value | undefined, found: readonly ModelEntry[], limit: number): void {
  const { items } = field(page, "items") as Table;
  const expected = found.slice(0, limit);
  expect(items).toHaveLength(expected.length);
  for (const [i, item] of items.entries()) run.sameEntry(item, expected[i]);
  expect(field(page, "has_more")).toBe(found.length > limit);
  expect((field(page, "cursor") as ByteString | undefined)?.binary).toBe(expected.at(-1)?.key);
}

type OnlyIf = Parameters<DrivenStore["model"]["put"]>[4];

const put = (k: Key, v: Value, ttl: number | undefined, opts: Record<string, Value> = {}, onlyIf?: OnlyIf): Step => ({
  method: "put",
  args: [bytesOf(k), v, optionsOf({ ttl, ...opts })],
  expected: (model, now) => model.put(k, v, now, milliseconds(ttl), onlyIf),
  compare: sameEntry,
});

const writes = [
  turn("set", [someKeys, someValues, ttls], (_, k, v, ttl) => ({
    method: "set",
    args: [bytesOf(k), v, ttl],
    expected: (model, now) => model.put(k, v, now, milliseconds(ttl)) !== undefined,
    compare: sameAnswer,
  })),
  turn("put", [someKeys, someValues, ttls], (_, k, v, ttl) => put(k, v, ttl)),
  turn("put only_if_absent", [someKeys, someValues, ttls], (_, k, v, ttl) =>
    put(k, v, ttl, { only_if_absent: true }, "absent"),
  ),
  turn("put if_version", [someKeys, someValues, ttls, fc.nat(4)], (run, k, v, ttl, back) => {
    const { version, write } = run.seen(back);
    return put(k, v, ttl, { if_version: ByteString.fromText(version) }, { write });
  }),
  turn("delete", [someKeys], (_, k) => ({
    method: "delete",
    args: [bytesOf(k)],
    expected: (model) => model.delete(k),
    compare: sameAnswer,
  })),
];

const passing = [
  turn("pass", [times], (run, seconds) => {
    run.clock.advance(seconds * 1000);
    return undefined;
  }),
  turn("pass to the next deadline", [], (run) => {
    run.model.expire(run.clock.now());
    if (run.model.nextDeadline < Number.POSITIVE_INFINITY) run.clock.moveTo(run.model.nextDeadline);
    return undefined;
  }),
];

const runs = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...reads) },
    { weight: 6, arbitrary: fc.oneof(...writes) },
    { weight: 2, arbitrary: fc.oneof(...passing) },
  ),
  { maxLength: 60, size: "max" },
);

const unit = entrySize(key("a"), new ByteString(new Uint8Array(200)));
const configurations: Record<string, Limits> = {
  "without limits": { maxSize: 0, maxBytes: 0, eviction: "none" },
  "of a few keys": { maxSize: 4, maxBytes: 0, eviction: "none" },
  "of a few keys, that evicts": { maxSize: 3, maxBytes: 0, eviction: "lru" },
  "of a few bytes": { maxSize: 0, maxBytes: 3 * unit, eviction: "none" },
  "of a few keys and bytes, that evicts": { maxSize: 4, maxBytes: 4 * unit, eviction: "lru" },
};

/** Stores that last, by what keeps them; each run gets new ones. */
const durable: Record<string, readonly EntrySource[]> = {
  SQLite: [
    { name: "db", kind: "db.sql.sqlite", file: ":memory:" },
    { name: "cache", kind: "store.sql", database: "db", table_name: "cache" },
  ],
};

describe("a store in the hands of a script does what its model does", () => {
  for (const [name, limits] of Object.entries(configurations)) {
    it(name, async () => {
      const clock = stopClock();
      await fc.assert(
        fc.asyncProperty(runs, (turns) => new DrivenStore(limits, clock).run(turns)),
        { numRuns: 150 },
      );
    });
  }

  for (const [name, entries] of Object.entries(durable)) {
    it(`in ${name}`, async () => {
      const clock = stopClock();
      await fc.assert(
        fc.asyncProperty(runs, (turns) =>
          new DrivenStore(configurations["without limits"]!, clock, entries).run(turns),
        ),
        { numRuns: 100 },
      );
    });
  }
});
