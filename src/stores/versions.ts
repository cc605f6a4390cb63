import { nodeCrypto } from "../value/node-crypto.ts";

/**
 * Versions for backends that are shared: never the same twice, wherever and whenever they are made. They begin with 96
 * random bits, drawn once for each `Versions`, and count on from there.
 */
export class Versions {
  readonly #run = nodeCrypto().randomBytes(12).toString("base64url");
  #count = 0;

  next(): string {
    return `${this.#run}.${(++this.#count).toString(36)}`;
  }
}
