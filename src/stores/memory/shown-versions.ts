import { nodeCrypto } from "../../value/node-crypto.ts";
import type { Bytes } from "../../value/value.ts";

const BLOCK: Bytes = 16;
/** Numbers that are worked out together: whoever asks for one often asks for the next one soon. */
const TOGETHER = 32;

/** Texts of numbers that lie side by side. */
interface Run {
  /** Which numbers: so many times `TOGETHER`, and those after it. */
  readonly which: number;
  readonly texts: Buffer;
}

const NONE: Run = { which: -1, texts: Buffer.of() };

/**
 * The numbers of writes as texts, none of which tells anything of its number, and of how many there were: a permutation
 * (AES) with a key that nobody else has. So no two numbers have one text, here or in another store.
 */
export class ShownVersions {
  readonly #blocks = new Float64Array((TOGETHER * BLOCK) / 8);
  readonly #bytes = new Uint8Array(this.#blocks.buffer);
  #cipher: import("node:crypto").Cipher | undefined;
  /** The last run that was asked for, and the one before: a conditional write asks for an old number and the newest. */
  #last: Run = NONE;
  #before: Run = NONE;

  of(n: number): string {
    const which = Math.floor(n / TOGETHER);
    if (which !== this.#last.which) this.#turnTo(which);
    const at = (n - which * TOGETHER) * BLOCK;
    return this.#last.texts.toString("base64url", at, at + BLOCK);
  }

  #turnTo(which: number): void {
    const run = this.#before.which === which ? this.#before : this.#workOut(which);
    this.#before = this.#last;
    this.#last = run;
  }

  #workOut(which: number): Run {
    const { createCipheriv, randomBytes } = nodeCrypto();
    this.#cipher ??= createCipheriv("aes-128-ecb", randomBytes(BLOCK), null);
    for (let i = 0; i < TOGETHER; i++) this.#blocks[2 * i] = which * TOGETHER + i;
    return { which, texts: this.#cipher.update(this.#bytes) };
  }
}
