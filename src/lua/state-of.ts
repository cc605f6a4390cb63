import type { Budget } from "./budget.ts";
import type { ReleasedAtEnd } from "./kept-handles.ts";
import type { LuaState, TValue } from "./types.ts";

/** What host functions need of the state that they run in; state.ts implements it. */
export interface Runtime {
  /** What module functions get as their first argument. */
  readonly call: unknown;
  /** The coroutine that the running call began in; to scripts it is the main thread. */
  readonly root: LuaState | undefined;
  /** The thread that made the host call that is going on, or made the last one. */
  running: LuaState | undefined;
  /** The innermost thread that runs. */
  current: LuaState;
  /** What the call that is going on may use. */
  readonly budget: Budget | undefined;
  /** The threads that resumed the running one, outermost first. */
  readonly resumers: LuaState[];
  /** Set while a wait travels up to the host: what to wait for before the script is resumed. */
  waiting: Promise<void> | undefined;
  /** Where `print` goes. */
  print(line: Uint8Array): void;
  /** Loads a module, or says that there is none by that name. */
  require(name: string): TValue | undefined;
  /** The names that `require` knows. */
  readonly moduleNames: readonly string[];
  /** Remembers a handle, to release it at the end. */
  keep(handle: object, type: ReleasedAtEnd): void;
  /** This state's own random numbers. */
  readonly random: Random;
}

/** Numbers at random, evenly over [0, 1); `seed` makes them repeatable. */
export interface Random {
  next(): number;
  seed(a: number, b: number): void;
}

export const stateOf = (L: LuaState): Runtime => L.l_G.host as Runtime;
