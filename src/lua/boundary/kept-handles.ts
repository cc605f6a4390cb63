import type { Bytes } from "../../value/value.ts";

/** How handles of a type end with the script that holds them. */
export interface ReleasedAtEnd {
  release(handle: object): void;
  /** Whether the script has released it already. */
  isReleased(handle: object): boolean;
}

/** About what a handle keeps. */
const HANDLE: Bytes = 400;
/** Below this many it is not worth looking for those that were released. */
const FEW = 1000;

/** The handles of a script that have to be released when it ends, less those that it has released itself. */
export class KeptHandles {
  readonly #types = new Map<object, ReleasedAtEnd>();
  #sweepAt = FEW;

  get bytes(): Bytes {
    return HANDLE * this.#types.size;
  }

  add(handle: object, type: ReleasedAtEnd): void {
    if (this.#types.size >= this.#sweepAt) this.#sweep();
    this.#types.set(handle, type);
  }

  #sweep(): void {
    for (const [handle, type] of this.#types) if (type.isReleased(handle)) this.#types.delete(handle);
    this.#sweepAt = Math.max(FEW, 2 * this.#types.size);
  }

  releaseAll(): void {
    for (const [handle, type] of this.#types) type.release(handle);
    this.#types.clear();
  }
}
