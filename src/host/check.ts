/** Checks without running anything: registries, scripts, plugins. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { MoonkeepError } from "../errors.ts";
import type { LibraryConfig } from "../kinds/function.ts";
import type { Facts } from "../lint/facts.ts";
import type { Finding } from "../lint/finding.ts";
import { lint } from "../lint/lint.ts";
import { defineModule } from "../lua/boundary/module.ts";
import { Chunk } from "../lua/run/chunk.ts";
import { type SyntaxProblem, syntaxErrorIn } from "../lua/run/syntax-error.ts";
import { modules } from "../modules/index.ts";
import type { Registry } from "../registry/registry.ts";
import { fromText } from "../value/bytes.ts";
import { readRegistry } from "./open.ts";
import { MANIFEST, readManifest } from "./plugins/manifest.ts";
import { describePlugin, type PluginInfo } from "./plugins/plugin.ts";
import { readPlugin } from "./plugins/source.ts";
import { compilePrograms } from "./programs.ts";
import { type MissingModule, missingModules } from "./requires.ts";
import { scriptSource } from "./source.ts";
import { type Warning, warningsOf } from "./suspicious.ts";
import { testName } from "./testing/test-name.ts";

/**
 * Looks whether a script can be compiled.
 * @returns its syntax error
 * @throws MoonkeepError INVALID for what is no text, is too long or takes too long to compile
 */
export function checkSyntax(source: Uint8Array, name: string): LuaProblem | undefined {
  const text = scriptSource(source, name);
  try {
    Chunk.compile(text, `@${name}`);
    return undefined;
  } catch (e) {
    const problem = e instanceof MoonkeepError ? syntaxErrorIn(text) : undefined;
    if (problem === undefined) throw e;
    return { ...problem, file: name, source: fromBinary(text) };
  }
}

/**
 * Looks whether what a script requires is there, in its own files too.
 * @param source parses
 * @param name its path, beside which its files are
 * @returns what is not there
 */
export async function checkRequires(source: Uint8Array, name: string): Promise<readonly MissingModule[]> {
  const text = scriptSource(source, name);
  const known = [...builtIn.keys(), "io", ...(testName.test(name) ? ["test"] : [])];
  return missingModules({ source: text, name, root: dirname(resolve(name)), known });
}

/** The code in which something was found. */
interface InSource {
  /** As errors name it. */
  readonly file: string;
  /** As bytes, a character each: what places and fixes are about. */
  readonly source: string;
}

export type LuaFinding = Finding & InSource;
export type LuaProblem = SyntaxProblem & InSource;

/** Looks into a script that parses. @param name its path */
export async function lintScript(source: Uint8Array, name: string, facts: Facts): Promise<readonly LuaFinding[]> {
  const text = fromBinary(scriptSource(source, name));
  return (await lint(text, facts)).map((finding) => ({ ...finding, file: name, source: text }));
}

/** Looks into the functions and libraries of a registry that are files of their own. */
export async function lintRegistry(registry: Registry, facts: Facts): Promise<readonly LuaFinding[]> {
  const found = new Map<string, readonly LuaFinding[]>();
  for (const { config } of [...registry.find({ kind: "function.lua" }), ...registry.find({ kind: "library.lua" })]) {
    const { source, imports = {} } = config as LibraryConfig;
    if (source.file === undefined || found.has(source.file)) continue;
    const libraries = new Map([...facts.libraries].filter(([name]) => !Object.hasOwn(imports, name)));
    const path = relative(process.cwd(), join(registry.root, source.file));
    found.set(source.file, await lintScript(fromText(source.text), path, { ...facts, libraries }));
  }
  return [...found.values()].flat();
}

const fromBinary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** What reading a registry came to. */
export interface CheckedRegistry {
  /** How many entries it has. */
  readonly entries: number;
  /** What is legal and suspicious. */
  readonly warnings: readonly Warning[];
  readonly registry: Registry;
}

/** Reads a registry, and the code of its functions and libraries. @throws RegistryError with every problem */
export function checkRegistry(path: string): CheckedRegistry {
  const registry = readRegistry(path);
  compilePrograms(registry, builtIn);
  return { entries: registry.entries.length, warnings: warningsOf(registry), registry };
}

/** What functions and libraries require, and can't load. */
export async function unloadable(registry: Registry): Promise<readonly Warning[]> {
  const entries = [...registry.find({ kind: "function.lua" }), ...registry.find({ kind: "library.lua" })];
  const found = await Promise.all(
    entries.map(async (entry) => {
      const { source, modules = [], imports = {} } = entry.config as LibraryConfig;
      const { text, file } = source;
      const missing = await missingModules({
        source: fromText(text),
        name: file ?? entry.id,
        root: file === undefined ? undefined : join(registry.root, dirname(file)),
        known: [...modules, ...Object.keys(imports)],
      });
      return missing.map(({ place, message }) =>
        file === undefined
          ? { place: registry.placeOf(entry, ["source"]), message: `line ${place.split(":").at(-1)}: ${message}` }
          : { place, message: `${message}; ${entry.id} may load what its modules and imports list` },
      );
    }),
  );
  return found.flat();
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
