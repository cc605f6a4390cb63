import type { TValue } from "../vm/types.ts";

/** What a script waits for, and then what came of it. The continuation of the call gets it as its context. */
export interface Wait {
  /** Absent: whoever has something for the script settles its task (execution.ts). */
  readonly promise?: Promise<unknown>;
  /** Of a wait without a promise: takes it out of what it waits in. */
  readonly cancel?: () => void;
  /** What it is given of the script's, until it goes on (measure.ts). */
  holds?: readonly TValue[];
  rejected: boolean;
  /** The value, or the reason when it was rejected. */
  outcome: unknown;
}
