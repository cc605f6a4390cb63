import { describe } from "vitest";
import type { Store } from "../../src/stores/store.ts";
import type { ManualClock } from "./clock.ts";
import { type ContractOptions, promises } from "./harness.ts";
import { conditions } from "./store-conditions.ts";
import { counting } from "./store-count.ts";
import { expiry } from "./store-expiry.ts";
import { listing } from "./store-list.ts";
import { many } from "./store-many.ts";
import { time } from "./store-time.ts";
import { together } from "./store-together.ts";
import { keeping } from "./store-values.ts";

/**
 * What the Store interface promises, as tests that every backend passes. It needs only the interface, and awaits
 * every answer.
 *
 * @param open gives an empty store each time, which reads this clock, or see `advance`
 */
export function storeContract(
  name: string,
  open: (clock: ManualClock) => Store | Promise<Store>,
  options: ContractOptions = {},
): void {
  describe(`${name} keeps the contract of a store`, () => {
    const promised = promises(open, options);
    describe("values", () => keeping(promised));
    describe("expiry", () => expiry(promised));
    describe("versions and conditions", () => conditions(promised));
    describe("time to live", () => time(promised));
    describe("counters and rates", () => counting(promised));
    describe("many keys at once", () => many(promised));
    describe("list", () => listing(promised));
    describe("at the same time", () => together(promised));
  });
}
