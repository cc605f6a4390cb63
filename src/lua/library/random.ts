/** The random numbers of a state. */
import { nodeCrypto } from "../../value/node-crypto.ts";
import type { Random } from "../core/state-of.ts";
/**
 * xoshiro128++ 1.0 (Blackman and Vigna, public domain, https://prng.di.unimi.it/xoshiro128plusplus.c), its state filled
 * by splitmix32 from the seed; two outputs make the 53 bits of a float. Unseeded, it starts from the system's random
 * bytes: from numbers of Math.random a script could work out those that the host will get.
 */
export function createRandom(): Random {
  let s: [number, number, number, number] = [1, 2, 3, 4];
  let seeded = false;

  function seed(a: number, b: number): void {
    let x = a ^ Math.imul(b, 0x85ebca6b);
    const mix = () => {
      x = (x + 0x9e3779b9) | 0;
      let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    s = [mix(), mix(), mix(), mix()];
    seeded = true;
  }

  function bits(): number {
    const sum = (s[0] + s[3]) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + s[0]) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  return {
    seed,
    next() {
      if (!seeded) {
        const bytes = nodeCrypto().randomBytes(8);
        seed(bytes.readInt32LE(0), bytes.readInt32LE(4));
      }
      return ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
    },
  };
}
