import { type Binary, textToBinary } from "../../value/bytes.ts";
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

  constructor(prefix: string) {
    const tag: Binary = textToBinary(
      `{${prefix.replace(/[{}%]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}}`,
    );
    this.order = Buffer.from(`${tag}#order`, "latin1");
    this.times = Buffer.from(`${tag}#times`, "latin1");
    this.#entry = `${tag}:`;
  }

  entry(key: Key): Buffer {
    return Buffer.from(this.#entry + key, "latin1");
  }

  /**
   * A command about these keys as the server reads it, a byte a character. It is made here at once: ioredis encodes each
   * argument by itself, which takes as long as the reply of a hundred keys.
   * @param words what comes before the keys, in ASCII
   * @param last what comes after them
   */
  command(words: readonly string[], keys: readonly Key[], last: string): Binary {
    let written = `*${words.length + keys.length + 1}\r\n`;
    for (const word of words) written += `$${word.length}\r\n${word}\r\n`;
    const prefix = this.#entry;
    for (const key of keys) written += `$${prefix.length + key.length}\r\n${prefix}${key}\r\n`;
    return `${written}$${last.length}\r\n${last}\r\n` as Binary;
  }

  /** What the scripts that write take. */
  keys(key: Key): [Buffer, Buffer, Buffer] {
    return [this.entry(key), this.order, this.times];
  }
}
