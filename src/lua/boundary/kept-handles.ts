import type { Bytes } from "../../value/value.ts";
import { releaseFailed } from "./errors.ts";

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
/** Below this many, and this much that they keep, it is not worth looking for those that were released. */
const FEW = 1000;
const LITTLE: Bytes = 2 ** 20;

/** Releases a handle for a script that does not any more. A mistake of its module's is nobody else's: it is a warning. */
export function letGo(handle: object, type: ReleasedAtEnd): void {
  const warn = (e: unknown) => process.emitWarning(releaseFailed(handle.constructor.name, e));
  try {
    const done: unknown = type.release(handle);
    if (done instanceof Promise) done.catch(warn);
  } catch (e) {
    warn(e);
  }
}

/** The handles of a script that have to be released when it ends, less those that it has released itself. */
export class KeptHandles {
  /** What each keeps, as it was when it came: it is taken off again when the handle is released. */
  readonly #handles = new Map<object, { readonly type: ReleasedAtEnd; readonly bytes: Bytes }>();
  #sweepAt = FEW;
  #sweepAtBytes = LITTLE;
  /** What they keep: none of it is free before the script ends, or it is seen that the script has released it. */
  #held: Bytes = 0;

  get bytes(): Bytes {
    return KEPT * this.#handles.size + this.#held;
  }

  add(handle: object, type: ReleasedAtEnd): void {
    if (this.#handles.has(handle)) return;
    const bytes = type.bytes?.(handle) ?? 0;
    if (this.#handles.size >= this.#sweepAt || this.#held + bytes > this.#sweepAtBytes) this.#sweep(bytes);
    this.#handles.set(handle, { type, bytes });
    this.#held += bytes;
  }

  #sweep(more: Bytes): void {
    for (const [handle, { type, bytes }] of this.#handles) {
      if (!type.isReleased(handle)) continue;
      this.#handles.delete(handle);
      this.#held -= bytes;
    }
    this.#sweepAt = Math.max(FEW, 2 * this.#handles.size);
    this.#sweepAtBytes = Math.max(LITTLE, 2 * (this.#held + more));
  }

  releaseAll(): void {
    for (const [handle, { type }] of this.#handles) letGo(handle, type);
    this.#handles.clear();
    this.#held = 0;
  }
}
