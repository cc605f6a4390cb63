/** The calls that stand on the operations of a backend, as the embedder has them. */
import fc from "fast-check";
import { expect } from "vitest";
import { HostStore } from "../../src/stores/host-store.ts";
import { lock } from "../../src/stores/lock.ts";
import { tokensKey } from "../../src/stores/own-keys.ts";
import { anything } from "../../src/stores/permit.ts";
import { slide } from "../../src/stores/window.ts";
import { toJs } from "../../src/value/js.ts";
import type { Key } from "../../src/value/value.ts";
import { type Both, operation } from "./both.ts";
import { prefixes, someKeys, type Times } from "./choices.ts";

const LIMIT = 3;
const hostOf = ({ store }: Both) => new HostStore("app:s", store);
const bytesOf = (name: Key) => Uint8Array.from(Buffer.from(name, "latin1"));
const seconds = (ttl: number | undefined) => (ttl === undefined ? {} : { ttl: ttl / 1000 });
/** A time that was seconds on its way. */
const back = (time: number | undefined) => (time === undefined ? undefined : (time / 1000) * 1000);
/** No seconds at all would be for ever. */
const isGiven = (time: number | undefined) => time === undefined || time / 1000 > 0;
const numbers = fc.nat(9);
const same = (actual: unknown, expected: unknown) => expect(actual).toEqual(expected);

export const together = ({ ttls, times, unit }: Times) => [
  operation("update", [someKeys, fc.option(numbers, { nil: undefined }), ttls.filter(isGiven)], (both, one, n, ttl) =>
    both.compare(
      () => hostOf(both).update(bytesOf(one), () => n, seconds(ttl)),
      () => {
        both.model.update(one, n, both.clock.now(), back(ttl));
        return n;
      },
      same,
    ),
  ),
  operation("clear", [prefixes], (both, prefix) =>
    both.compare(
      () => hostOf(both).clear({ prefix: bytesOf(prefix) }),
      () => both.model.clear(prefix),
      same,
    ),
  ),
  operation("each", [prefixes], (both, prefix) =>
    both.compare(
      async () => {
        const found: string[] = [];
        for await (const { key } of hostOf(both).each({ prefix: bytesOf(prefix) })) {
          found.push(Buffer.from(key as string).toString("latin1"));
        }
        return found;
      },
      () => both.model.keys({ prefix, limit: Number.POSITIVE_INFINITY }),
      same,
    ),
  ),
  operation("rate in a sliding window", [someKeys], (both, one) =>
    both.compare(
      async () => (await slide(both.store, one, { limit: LIMIT, per: 10 * unit, cost: 1 })).allowed,
      () => both.model.slide(one, LIMIT, 10 * unit, both.clock.now()),
      same,
    ),
  ),
  // What a lease takes of a store that is full is not the model's.
  operation(
    "fetch",
    [someKeys, numbers, ttls.filter(isGiven), fc.option(times.filter(isGiven), { nil: undefined })],
    async (both, one, n, ttl, stale) => {
      if (both.isLimited) return;
      const options = { ...seconds(ttl), ...(stale === undefined ? {} : { stale: stale / 1000 }) };
      return both.compare(
        () => hostOf(both).fetch(bytesOf(one), () => n, options),
        () => toJs(both.model.fetch(one, n, both.clock.now(), back(ttl), back(stale))),
        same,
      );
    },
  ),
  operation("lock, twice at once", [someKeys], async (both, one) => {
    if (both.isLimited) return;
    const counter = tokensKey(one);
    const last = both.tokens.get(counter);
    const take = () => lock(both.store, one, { ttl: 60_000, wait: 0 }, anything);
    const held = await take();
    const token = Number(held.token);
    if (last === undefined) expect(token).toBeGreaterThan(1e12);
    else expect(token).toBe(last + 1);
    both.tokens.set(counter, token);
    await expect(take()).rejects.toMatchObject({ kind: "UNAVAILABLE" });
    expect(await held.release()).toBe(true);
  }),
];
