/**
 * What the code of a state has loaded: Lua's own libraries, the modules that are globals, files that were found, and
 * libraries of others, each of which runs once and has globals of its own.
 */
import type { Module } from "../boundary/module.ts";
import type { Packages as Loaded } from "../core/state-of.ts";
import { openLibraries } from "../library/stdlib.ts";
import { getInteger } from "../vm/lua-table.ts";
import { appendField, newCell, newTable, rawField, tableCell } from "../vm/table.ts";
import { type LuaState, type LuaTable, TABLE, type TValue } from "../vm/types.ts";
import { Chunk } from "./chunk.ts";
import type { FoundFile, Library, Loads } from "./loads.ts";

export class Packages implements Loaded {
  readonly loads: Loads;
  readonly globals: LuaTable;
  /** What the main code has loaded, by name: its `package.loaded`. */
  readonly loaded: LuaTable;
  readonly #L: LuaState;
  readonly #globalModules: readonly Module[];
  /** What the libraries that were imported came to, by their ids. */
  #imported: LuaTable | undefined;

  /** @param globalModules those that are there without `require`, as globals of their names */
  constructor(L: LuaState, loads: Loads, globalModules: readonly Module[]) {
    this.#L = L;
    this.loads = loads;
    this.#globalModules = globalModules;
    this.globals = getInteger(L.l_G.l_registry.value as LuaTable, 2 /* LUA_RIDX_GLOBALS */).value as LuaTable;
    this.loaded = openLibraries(L, this.globals, undefined, loads.compatible);
    this.#openGlobalModules(this.globals);
  }

  #openGlobalModules(target: LuaTable): void {
    for (const { name, table } of this.#globalModules) appendField(target, name, newCell(TABLE, table().value));
  }

  imported(library: Library): TValue | undefined {
    return this.#imported && rawField(this.#imported, library.id);
  }

  setImported(library: Library, value: TValue): void {
    if (this.#imported === undefined) {
      this.#imported = newTable(this.#L);
      appendField(this.#L.l_G.l_registry.value as LuaTable, "imported", tableCell(this.#imported)); // it is measured there
    }
    appendField(this.#imported, library.id, value); // two coroutines may have loaded it at the same time
  }

  compile({ source, file, path }: FoundFile): Chunk {
    return Chunk.compile(source, `@${file}`, path);
  }

  start({ chunk, loads }: Library): TValue {
    const globals = newTable(this.#L);
    openLibraries(this.#L, globals, loads);
    this.#openGlobalModules(globals);
    return chunk.in(this.#L, globals);
  }
}
