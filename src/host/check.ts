/** Checks without running anything: a registry, and scripts. */
import { Chunk } from "../lua/chunk.ts";
import { modules } from "../modules/index.ts";
import { readRegistry } from "./open.ts";
import { compilePrograms } from "./programs.ts";
import { scriptSource } from "./source.ts";
import { type Warning, warningsOf } from "./suspicious.ts";

/** Parses a script. @throws MoonkeepError INVALID: `file:line: what is wrong` */
export function checkScript(source: string | Uint8Array, name: string): void {
  Chunk.compile(scriptSource(source, name), `@${name}`);
}

/** What reading a registry came to. */
export interface CheckedRegistry {
  /** How many entries it has. */
  readonly entries: number;
  /** What is legal and suspicious. */
  readonly warnings: readonly Warning[];
}

/** Reads a registry, and the code of its functions and libraries. @throws RegistryError with every problem */
export function checkRegistry(path: string): CheckedRegistry {
  const registry = readRegistry(path);
  compilePrograms(registry, new Map(modules.map((module) => [module.name, module])));
  return { entries: registry.entries.length, warnings: warningsOf(registry) };
}
