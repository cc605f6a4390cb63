/** Keys, values and times that operations are given, and how they are chosen. */
import fc from "fast-check";
import { ByteString, type Value } from "../../src/value/value.ts";
import { awkwardKeys, key, keys, values } from "../contract/values.ts";

// Few keys, so that operations meet; some of them awkward, and sometimes any.
export const someKeys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...["a", "a\0", "a\xff", "ab", "b", "\xff", "\xff\xff"].map(key)) },
  { weight: 1, arbitrary: fc.constantFrom(...awkwardKeys) },
  { weight: 1, arbitrary: keys },
);
export const someValues: fc.Arbitrary<Value> = fc.oneof(
  fc.nat(9),
  fc.nat(400).map((length) => new ByteString(new Uint8Array(length))),
  values,
);
export const prefixes = fc.oneof(
  fc.constant(key("")),
  someKeys,
  someKeys.map((one) => key(one.slice(0, 1))),
);

/** The times that operations are given. */
export interface Times {
  readonly times: fc.Arbitrary<number>;
  readonly ttls: fc.Arbitrary<number | undefined>;
  /** Of rates: what one costs. */
  readonly unit: number;
  /** Whether time passes by the clock that the test moves. */
  readonly pass: boolean;
}

const shortTimes = fc.oneof(
  fc.constantFrom(1, 10, 0.5, 1e-3, 100, 3.15e11),
  fc.double({ min: Number.MIN_VALUE, max: 50, noNaN: true }),
);
export const moved: Times = {
  times: shortTimes,
  ttls: fc.option(shortTimes, { nil: undefined }),
  unit: 1,
  pass: true,
};

/** Of a server whose clock nobody moves: so long that none of it is over before the test is. */
const days = fc.constantFrom(2e9, 3e9);
export const standing: Times = { times: days, ttls: fc.option(days, { nil: undefined }), unit: 1e8, pass: false };
