/** What a walk over everything that a script reaches (measure.ts) asks of those who keep something of it. */
import type { Bytes } from "../../value/value.ts";
import type { LuaState, TValue } from "../vm/types.ts";

/** What puts values into channels from outside (feeds.ts). */
export interface Fed {
  /**
   * Ends what the script can't reach.
   * @param isReached says whether it reaches a handle's object
   * @returns what waits in the channels of the others
   */
  keepReached(isReached: (object: object) => boolean): Iterable<TValue>;
}

/**
 * What a light function keeps alive beside itself, where it is a JavaScript closure over something of the script's; or
 * a wait that is over, until its coroutine goes on.
 */
export interface Holding {
  holds?: readonly TValue[];
  /** Whether nothing of the script's is in its hands while what it has called is suspended: all lies on the stack. */
  isOpen?: boolean;
}

/** What the objects behind handles keep of what the script gave them. */
export interface Contents {
  /** Bytes that the object keeps. */
  sizeOf(object: unknown): Bytes;
  /** Values of the script that it keeps. */
  heldBy(object: unknown): Iterable<TValue>;
}

/** Where everything begins that a script can reach. */
export interface Roots {
  /** The threads that run or wait. */
  threads(): Iterable<LuaState>;
  /** What else is kept for the script, beside its globals. */
  held(): Iterable<TValue>;
  /** What its handles' objects keep. */
  readonly contents: Contents;
  /** What puts values into its channels from outside. */
  readonly fed: Fed;
}
