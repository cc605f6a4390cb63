import type { Eventually } from "../../value/eventually.ts";
import type { LuaState, LuaTable, TValue } from "../vm/types.ts";
import type { Wait } from "./wait.ts";

/** A module, as the VM sees it. */
export interface Requirable {
  /** @internal */
  readonly table: () => TValue;
}

/** What a piece of code may load by `require`. */
export interface Loads {
  readonly modules: ReadonlyMap<string, Requirable>;
  /** Code of others, by the names that this code has for it. */
  readonly imports?: ReadonlyMap<string, Library> | undefined;
  /** Finds the files beside the code. Absent: it has none. */
  readonly finder?: Finder | undefined;
  /** Whether it has the functions that Lua 5.3 has only for compatibility: `math.pow`, `unpack` … */
  readonly compatible?: boolean | undefined;
}

/** Finds files for `require`. */
export interface Finder {
  find(name: string): Eventually<Found>;
}

/** A file, or why there is none. */
export type Found = FoundFile | Missing;

export interface FoundFile {
  readonly source: Uint8Array;
  /** As errors name it. */
  readonly file: string;
  /** Where it is, for whoever wants to know which of its lines run. */
  readonly path?: string | undefined;
}

export interface Missing {
  /** The files that were looked for; none where the name can't be that of a file. */
  readonly tried: readonly string[];
  /** What is wrong, when it is not that there is no such file. */
  readonly reason?: string | undefined;
  /** The name of a file that is there, and nearest to it. */
  readonly near?: string | undefined;
}

/** Code that other code imports. It runs once in each state, with globals of its own. */
export interface Library {
  readonly isHidden?: boolean;
  readonly id: string;
  /** Its code, as a function of a state. */
  readonly chunk: { in(L: LuaState, globals: LuaTable): TValue };
  readonly loads: Loads;
}

/** Code with its globals: what it may load, and what it has loaded, by name. */
export interface Requires {
  readonly loads: Loads;
  readonly loaded: LuaTable;
  readonly globals: LuaTable;
}

/** What the code of a state has loaded (run/packages.ts): the code that was called, and the libraries that it imports. */
export interface Packages extends Requires {
  /** What a library came to, if it has run. */
  imported(library: Library): TValue | undefined;
  setImported(library: Library, value: TValue): void;
  /** The function that runs a library, with globals of its own. */
  start(library: Library): TValue;
  /** Compiles a file that was found. @throws MoonkeepError INVALID for what does not parse */
  compile(file: FoundFile): { in(L: LuaState, globals: LuaTable): TValue };
}

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
  readonly budget: Spender | undefined;
  /** The call that is going on. */
  readonly execution: { spawn(thread: LuaState, nargs: number): void } | undefined;
  /** The threads that resumed the running one, outermost first. */
  readonly resumers: LuaState[];
  /** Set while a wait travels up to the host. */
  waiting: Wait | undefined;
  /** Where `print` goes. */
  print(line: Uint8Array): void;
  /** What its code has loaded. */
  readonly packages: Packages;
  /** Remembers a handle, to release it at the end. */
  keep(handle: object, type: HandleType): void;
  /** This state's own random numbers. */
  readonly random: Random;
}

/** What the call that is going on may spend (limits/budget.ts). */
export interface Spender {
  /** Before a coroutine is made. @throws Stopped */
  newCoroutine(): void;
  /**
   * Before a run is called that gets the memory that is left. @returns whether the script is to be paused first, to be
   * measured
   */
  looksFirst(): boolean;
  readonly allowances: { readonly output: { spend(amount: number): void } };
}

/** How handles of a type end with the script that holds them (boundary/kept-handles.ts). */
export interface HandleType {
  release(handle: object): void;
  isReleased(handle: object): boolean;
}

/** Numbers at random, evenly over [0, 1); `seed` makes them repeatable. */
export interface Random {
  next(): number;
  seed(a: number, b: number): void;
}

export const stateOf = (L: LuaState): Runtime => L.l_G.host as Runtime;
