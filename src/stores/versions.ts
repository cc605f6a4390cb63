import { nodeCrypto } from "../value/node-crypto.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";

/** Between the rest of a version and the whole ttl of its entry. */
export const LIFE_MARK = "~";

const RANDOM: Bytes = 12;
/** What is drawn at once, for hundreds of versions: each alone would take ten times as long. */
const DRAWN: Bytes = 341 * RANDOM;

/**
 * Versions for backends that are shared: never the same twice, wherever and whenever they are made. They are 96 random
 * bits, which tell nothing of how many writes there were. The version of an entry that expires ends with its whole ttl,
 * which `touch` gives it anew: so that is kept without a column or a format of its own. Versions of entries that never
 * expire, and those of older entries, have no such end.
 */
export class Versions {
  readonly #drawn = Buffer.alloc(DRAWN);
  #at = DRAWN;

  next(life?: Milliseconds): string {
    if (this.#at === DRAWN) {
      nodeCrypto().randomFillSync(this.#drawn);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += RANDOM;
    const version = this.#drawn.toString("base64url", from, this.#at);
    return life === undefined ? version : `${version}${LIFE_MARK}${life}`;
  }

  /** For an entry that keeps the ttl which it has. */
  after(version: string): string {
    return this.next(lifeOf(version));
  }
}

/**
 * What a version is where it is kept. Another program may have written any bytes there: as a text, each of its characters
 * is one of them.
 * @returns undefined for what no version can be
 */
export function bytesOfVersion(version: string): Buffer | undefined {
  const bytes = Buffer.from(version, "latin1");
  return bytes.toString("latin1") === version ? bytes : undefined;
}

/** A life that can be given anew, as `next` writes it; those of more than 10^16 milliseconds are as good as none. */
export const LIFE = "[0-9]{1,16}(?:[.][0-9]{1,30})?(?:e-[0-9]{1,2})?";

const life = new RegExp(`^[^${LIFE_MARK}]*${LIFE_MARK}(${LIFE})$`);

/** The whole ttl that a version ends with; undefined where none does, or something else. */
export function lifeOf(version: string): Milliseconds | undefined {
  const found = Number(life.exec(version)?.[1] ?? 0);
  return found > 0 ? found : undefined;
}
