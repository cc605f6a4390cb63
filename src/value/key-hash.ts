/**
 * Hashes of short byte strings, for tables of our own: a polynomial of the bytes at a secret point, modulo a prime. The
 * hash of what is put together follows from those of its parts, so a text around a number is found in a table before
 * anybody has written it down. That the point is secret keeps a script from choosing strings that collide.
 */

/** Longer strings have no hash. */
export const HASHED = 64;

/** The largest prime below 2^26: a product of two remainders is exact in JavaScript, and so is the sum of two products. */
const PRIME = 2 ** 26 - 5;
const POINT = Math.floor(2 ** 16 + Math.random() * (PRIME - 2 ** 17));

/** The powers of the point. */
const powers = new Float64Array(HASHED + 1);
powers[0] = 1;
for (let i = 1; i <= HASHED; i++) powers[i] = (powers[i - 1]! * POINT) % PRIME;

/** From 0 on. */
function remainder(n: number): number {
  return n - Math.floor(n / PRIME) * PRIME;
}

/** The hash of a text of one character per byte, or of bytes; at least 1. Each byte counts one more than it is. */
export function hashOfText(text: string): number {
  const { length } = text;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (text.charCodeAt(i) + 1) * powers[length - 1 - i]!;
  return remainder(sum) + 1;
}

export function hashOfBytes(bytes: Uint8Array): number {
  const { length } = bytes;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (bytes[i]! + 1) * powers[length - 1 - i]!;
  return remainder(sum) + 1;
}

const ZERO = 0x30 + 1;

/** How many digits a number has that is whole and not negative. */
export function digitsOf(n: number): number {
  let count = 1;
  for (let bound = 10; n >= bound; bound *= 10) count++;
  return count;
}

/** What stands before and after a number in a text. Many texts share it. */
export class Affixes {
  readonly prefix: string;
  readonly suffix: string;
  /** Of both. */
  readonly length: number;
  readonly #prefixHash: number;
  readonly #suffixHash: number;

  /** @param prefix one character per byte, as is the suffix; with ten digits no more than HASHED */
  constructor(prefix: string, suffix: string) {
    this.prefix = prefix;
    this.suffix = suffix;
    this.length = prefix.length + suffix.length;
    this.#prefixHash = hashOfText(prefix) - 1;
    this.#suffixHash = hashOfText(suffix);
  }

  /** The hash of the text around a number, which is whole and from 0 to 2^31 - 1. */
  hashAround(n: number): number {
    let at = this.suffix.length;
    let sum = this.#suffixHash - 1;
    let rest = n | 0;
    do {
      const tens = (rest / 10) | 0;
      sum += (ZERO + rest - 10 * tens) * powers[at++]!;
      rest = tens;
    } while (rest > 0);
    return remainder(sum + this.#prefixHash * powers[at]!) + 1;
  }

  around(n: number): string {
    return `${this.prefix}${n}${this.suffix}`;
  }
}
