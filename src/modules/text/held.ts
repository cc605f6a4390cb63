import { allocate } from "../../lua/meter/meter.ts";
import type { Bytes } from "../../value/value.ts";

/**
 * What a call has put together so far, which nothing in Lua reaches before it returns. Counted again whenever it has
 * doubled, all of it at once: so a limit sees how much there is, and not only how much came last.
 */
export class Held {
  #bytes = 0;
  #next: Bytes = 10_000;

  /** @throws Stopped when a script may not have as much */
  add(bytes: Bytes): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#next) return;
    allocate(this.#bytes);
    this.#next = 2 * this.#bytes;
  }
}
