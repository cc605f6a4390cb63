import type { Bytes } from "../../value/value.ts";

/** How handles of a type end with the script that holds them. */
export interface ReleasedAtEnd {
  release(handle: object): void;
  /** Whether the script has released it already. */
  isReleased(handle: object): boolean;
  /** How much it keeps of what the script gave it. */
  bytes?(handle: object): Bytes;
}

/** About what a handle keeps. */
export const KEPT: Bytes = 400;
/** Below this many it is not worth looking for those that were released. */
const FEW = 1000;

/** The handles of a script that have to be released when it ends, less those that it has released itself. */
export class KeptHandles {
  readonly #types = new Map<object, ReleasedAtEnd>();
  #sweepAt = FEW;
  /** What they keep: none of it is free before the script ends, or it is seen that the script has released it. */
  #held: Bytes = 0;

  get bytes(): Bytes {
    return KEPT * this.#types.size + this.#held;
  }

  add(handle: object, type: ReleasedAtEnd): void {
    if (this.#types.size >= this.#sweepAt) this.#sweep();
    if (this.#types.has(handle)) return;
    this.#types.set(handle, type);
    this.#held += type.bytes?.(handle) ?? 0;
  }

  #sweep(): void {
    for (const [handle, type] of this.#types) {
      if (!type.isReleased(handle)) continue;
      this.#types.delete(handle);
      this.#held -= type.bytes?.(handle) ?? 0;
    }
    this.#sweepAt = Math.max(FEW, 2 * this.#types.size);
  }

  releaseAll(): void {
    for (const [handle, type] of this.#types) type.release(handle);
    this.#types.clear();
    this.#held = 0;
  }
}
