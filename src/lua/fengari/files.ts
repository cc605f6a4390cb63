/** What Fengari's files look like, as far as they are used here. */
import type { LuaClosure } from "../vm/closure.ts";
import type { LuaState } from "../vm/thread.ts";

/** A source that is read byte by byte. */
export interface Zio {
  zgetc(): number;
  readonly data: unknown;
  /** Gives the next part of the source. */
  readonly reader: (L: LuaState, data: unknown) => Uint8Array | null;
}

/** A list of the parser's. */
interface List {
  arr: unknown[];
}

export interface Lparser {
  Dyndata: new () => { readonly gt: List; readonly label: List };
  luaY_parser(L: LuaState, z: Zio, buffer: unknown, lists: unknown, name: Uint8Array, first: number): LuaClosure;
}

export interface Lzio {
  MBuffer: new () => unknown;
  ZIO: new (L: LuaState, reader: Zio["reader"], data?: unknown) => Zio;
}
