/** What `require("test")` gives: Lua of lua/testing, over a module that only that code can load. */
import { readFileSync } from "node:fs";
import type { Module } from "../lua/boundary/module.ts";
import { Chunk } from "../lua/run/chunk.ts";
import type { Library } from "../lua/run/loads.ts";

const names = ["test.show", "test.cases", "test"];

const fileOf = (name: string) => new URL(`../../lua/testing/${name.split(".").at(-1)}.lua`, import.meta.url);

/** By the names that `require` has for them; a later one may load those before. */
export function testLibraries(primitives: Module): ReadonlyMap<string, Library> {
  const libraries = new Map<string, Library>();
  for (const name of names) {
    const loads = { modules: new Map([[primitives.name, primitives]]), imports: new Map(libraries) };
    const chunk = Chunk.compile(readFileSync(fileOf(name)), `@${name}`);
    libraries.set(name, { id: name, chunk, loads, isHidden: name !== "test" });
  }
  return libraries;
}
