import { type Binary, isAscii, textToBinary } from "../../value/bytes.ts";
import type { Key } from "../../value/value.ts";

/**
 * What a store's keys are called in Redis: `{prefix}:key`, and `{prefix}#order` and `{prefix}#times` for its sets.
 *
 * What stands in braces decides a key's place in a cluster, so all of a store is in one place, where scripts may change
 * it at once. Braces in a prefix are written `%7B` and `%7D`, and `%` is `%25`: so no prefix can end early, and two
 * stores of different prefixes never have a key in common, whatever the keys.
 */
export class RedisNames {
  readonly order: Buffer;
  readonly times: Buffer;
  readonly #entry: string;
  readonly #isAscii: boolean;

  constructor(prefix: string) {
    const tag: Binary = textToBinary(
      `{${prefix.replace(/[{}%]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}}`,
    );
    this.order = Buffer.from(`${tag}#order`, "latin1");
    this.times = Buffer.from(`${tag}#times`, "latin1");
    this.#entry = `${tag}:`;
    this.#isAscii = isAscii(tag);
  }

  entry(key: Key): Buffer {
    return Buffer.from(this.#entry + key, "latin1");
  }

  /** The same name as text where that has the same bytes: many of those make a command faster than buffers do. */
  text(key: Key): Buffer | string {
    return this.#isAscii && isAscii(key) ? this.#entry + key : this.entry(key);
  }

  /** What the scripts that write take. */
  keys(key: Key): [Buffer, Buffer, Buffer] {
    return [this.entry(key), this.order, this.times];
  }
}
