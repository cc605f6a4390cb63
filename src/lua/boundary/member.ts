import type { Value } from "../../value/value.ts";
import type { Arg, Param } from "./param.ts";

/**
 * `result`: answers one value, or `nil, err`. `plain`: answers one value, and raises its errors. `many`: answers a list
 * of values, and raises its errors.
 */
export type Mode = "result" | "plain" | "many";

/**
 * What a host function does, apart from the VM: reads the arguments by their parameters, and calls.
 * @param self the receiver, or the call context where there is none
 */
export type Invoke = (self: unknown, args: readonly Arg[]) => unknown;

/** A name of a module or a handle: a function, with its parameters, or a constant. */
export interface Member {
  readonly name: string;
  readonly params?: readonly Param<unknown>[];
  /** Called with a colon. */
  readonly isMethod?: boolean;
  /** @internal It has a run called. */
  readonly callsRun?: boolean;
  /** How a function answers. */
  readonly mode?: Mode;
  /** @internal Calls the function from outside a state: for a script that runs in another thread (worker/). */
  readonly invoke?: Invoke;
  /** @internal Plain data, or an object that is a handle. */
  readonly constant?: Value | object;
}
