import type { LibraryConfig } from "../kinds/function.ts";
import type { Registry } from "../registry/registry.ts";

/** The code of a function or library. @param name as errors have it: its file, or its id where it has none */
export function codeOf(registry: Registry, name: string): string | undefined {
  for (const { id, config } of [
    ...registry.find({ kind: "function.lua" }),
    ...registry.find({ kind: "library.lua" }),
  ]) {
    const { source } = config as LibraryConfig;
    if ((source.file ?? id) === name) return source.text;
  }
  return undefined;
}
