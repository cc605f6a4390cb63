/** Checks without running anything: registries, scripts, plugins. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineModule } from "../lua/boundary/module.ts";
import { Chunk } from "../lua/run/chunk.ts";
import { modules } from "../modules/index.ts";
import { readRegistry } from "./open.ts";
import { MANIFEST, readManifest } from "./plugins/manifest.ts";
import { describePlugin, type PluginInfo } from "./plugins/plugin.ts";
import { readPlugin } from "./plugins/source.ts";
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
  compilePrograms(registry, builtIn);
  return { entries: registry.entries.length, warnings: warningsOf(registry) };
}

/** What a plugin is, and what it asks for: everything but how it does. */
export type InspectedPlugin = Omit<PluginInfo, "suspended"> & { readonly moonkeep: string };

/** Whether a path is the folder of a plugin. */
export const isPlugin = (path: string): boolean => existsSync(join(path, MANIFEST));

/** Reads a plugin and its code, and runs none of it. @throws RegistryError with every problem */
export function inspectPlugin(path: string): InspectedPlugin {
  const source = readPlugin(path, readManifest(resolve(path)), { builtIn, env: process.env });
  const asked = source.manifest.modules.map((name) => [name, defineModule(name, {})] as const); // the application's own
  compilePrograms(source.registry, new Map([...builtIn, ...asked]));
  return { ...describePlugin(source), moonkeep: source.manifest.moonkeep };
}

const builtIn = new Map(modules.map((module) => [module.name, module]));
