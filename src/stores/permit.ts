/**
 * What a call that waits, or that holds on to a key, asks again: policies change meanwhile, and handles are released.
 */
export interface Permit {
  /** After each wait, and before each write. @throws INVALID when the handle is released; PERMISSION_DENIED */
  check(): void;
  /** Before an old value is deleted. @throws PERMISSION_DENIED */
  checkDelete(): void;
  /** Whether the policies in force still allow to hold on to the key. */
  allows(): boolean;
}

/** Of an embedder, whom no policy is asked about. */
export const anything: Permit = { check() {}, checkDelete() {}, allows: () => true };
