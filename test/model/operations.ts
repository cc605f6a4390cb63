/** What each call of a store does, as its model says it. */
import fc from "fast-check";
import { expect } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { orThrow } from "../../src/stores/or-error.ts";
import { whole } from "../contract/harness.ts";
import { expectSame, keys } from "../contract/values.ts";
import { type Operation, operation } from "./both.ts";
import { prefixes, someKeys, someValues, type Times } from "./choices.ts";
import { together } from "./together.ts";

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
        async () => whole((await both.store.list(page)).entries),
        () => both.model.list(page),
        (actual, expected) => {
          expect(actual.map((entry) => entry.key)).toEqual(expected.map((entry) => entry.key));
          for (const [i, entry] of actual.entries()) both.sameEntry(entry, expected[i]);
        },
      ),
  ),
  operation("keys", [fc.record({ prefix: prefixes, limit: fc.integer({ min: 1, max: 8 }) })], (both, page) =>
    both.compare(
      () => both.store.keys(page),
      () => both.model.keys(page),
      (actual, expected) => expect(actual).toEqual(expected),
    ),
  ),
];

const timesToLive = ({ ttls }: Times) => [
  operation("ttl", [someKeys], (both, one) =>
    both.compare(
      () => both.store.ttl(one),
      () => both.model.ttl(one, both.clock.now()),
      (actual, expected) => both.sameTime(actual, expected),
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

const counters = ({ ttls, unit }: Times) => [
  operation("increment", [someKeys, fc.oneof(fc.integer(), fc.constantFrom(0.5, -0.5)), ttls], (both, one, by, ttl) =>
    both.compare(
      () => both.store.increment(one, { by, initial: 0, ttl }),
      () => both.model.increment(one, by, both.clock.now(), ttl),
      (actual, expected) => expectSame(actual, expected),
    ),
  ),
  operation("spend", [someKeys, fc.integer({ min: 1, max: 5 })], (both, one, time) =>
    both.compare(
      () => both.store.spend(one, { time: time * unit, most: 10 * unit }),
      () => both.model.spend(one, time * unit, 10 * unit, both.clock.now()),
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
      async () => orThrow(await both.store.getMany(all)),
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

const writes = ({ ttls }: Times) => [
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

const passing = ({ times }: Times) => [
  operation("pass", [times], (both, by) => both.clock.advance(by)),
  operation("pass to the next deadline", [], (both) => {
    both.model.expire(both.clock.now());
    if (both.model.nextDeadline < Number.POSITIVE_INFINITY) both.clock.moveTo(both.model.nextDeadline);
  }),
  operation("sweep", [], (both) => both.cleanUp()),
];

/** Operations to run one after the other. */
export function runsOf(times: Times): fc.Arbitrary<Operation[]> {
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.oneof(...reads) },
      { weight: 6, arbitrary: fc.oneof(...writes(times)) },
      { weight: 2, arbitrary: fc.oneof(...timesToLive(times)) },
      { weight: 3, arbitrary: fc.oneof(...counters(times)) },
      { weight: 3, arbitrary: fc.oneof(...together(times)) },
      ...(times.pass ? [{ weight: 2, arbitrary: fc.oneof(...passing(times)) }] : []),
    ),
    { maxLength: 80, size: "max" },
  );
}
