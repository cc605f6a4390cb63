import type { Module } from "../boundary/module.ts";
import type { Finder } from "../core/state-of.ts";
import type { Chunk } from "./chunk.ts";

export type { Finder, Found, FoundFile, Missing } from "../core/state-of.ts";

/** What a piece of code may load by `require`. */
export interface Loads {
  readonly modules: ReadonlyMap<string, Module>;
  /** Code of others, by the names that this code has for it. */
  readonly imports?: ReadonlyMap<string, Library> | undefined;
  /** Finds the files beside the code. Absent: it has none. */
  readonly finder?: Finder | undefined;
  /** Whether it has the functions that Lua 5.3 has only for compatibility: `math.pow`, `unpack` … */
  readonly compatible?: boolean | undefined;
}

/** Code that other code imports. It runs once in each state, with globals of its own. */
export interface Library {
  readonly id: string;
  /** Whether only code that knows its name is to load it: nobody else is told of it. */
  readonly isHidden?: boolean;
  readonly chunk: Chunk;
  readonly loads: Loads;
}
