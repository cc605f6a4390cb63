/** The functions and libraries of a registry, compiled: what can be called, and what each may load. */

import { join, relative } from "node:path";
import { MoonkeepError } from "../errors.ts";
import type { FunctionConfig, LibraryConfig } from "../kinds/function.ts";
import type { Limits } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import { Chunk } from "../lua/run/chunk.ts";
import type { Library, Loads } from "../lua/run/loads.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Entry } from "../registry/kind.ts";
import { inOrder, type Problem } from "../registry/problem.ts";
import type { Registry } from "../registry/registry.ts";
import { fromText } from "../value/bytes.ts";
import { nearest } from "../value/nearest.ts";
import { hostConfigOf } from "./authorities.ts";
import { aliasTaken, circularImports, libraryNameTaken } from "./errors.ts";
import { registryLimits } from "./limit-options.ts";
import { neighboursOf } from "./neighbours.ts";
import { scriptSource } from "./source.ts";

/** A function of a registry. */
export interface Program {
  readonly id: string;
  readonly chunk: Chunk;
  readonly loads: Loads;
  /** Of the table that the file returns. */
  readonly method: string | undefined;
  /** What the entry itself says of them. */
  readonly limits: Limits;
  readonly security: FunctionConfig["security"];
}

/**
 * Compiles every function and library.
 * @param modules those that there are, by their names
 * @throws RegistryError with every problem: code that does not parse, modules that there are not, imports in a circle
 */
export function compilePrograms(
  registry: Registry,
  modules: ReadonlyMap<string, Module>,
): { readonly programs: ReadonlyMap<string, Program>; readonly libraries: ReadonlyMap<string, Library> } {
  const compiling = new Compiling(registry, modules);
  const programs = registry.find({ kind: "function.lua" }).map((entry) => compiling.program(entry));
  for (const entry of registry.find({ kind: "library.lua" })) compiling.library(entry);
  const libraries = compiling.config();
  if (compiling.problems.length > 0) throw new RegistryError(inOrder(compiling.problems));
  return { programs: new Map(programs.map((program) => [program.id, program])), libraries };
}

class Compiling {
  readonly problems: Problem[] = [];
  readonly #registry: Registry;
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #libraries = new Map<string, Library>();
  /** The libraries that are being looked into, each imported by the one before. */
  readonly #open: string[] = [];

  constructor(registry: Registry, modules: ReadonlyMap<string, Module>) {
    this.#registry = registry;
    this.#modules = modules;
  }

  program(entry: Entry): Program {
    const { method, security, limits } = entry.config as FunctionConfig;
    const { id, chunk, loads } = this.#compile(entry);
    return { id, chunk, loads, method, security, limits: registryLimits({ limits }) };
  }

  library(entry: Entry): Library {
    const known = this.#libraries.get(entry.id);
    if (known !== undefined) return known;
    this.#open.push(entry.id);
    const library = this.#compile(entry);
    this.#open.pop();
    this.#libraries.set(entry.id, library);
    return library;
  }

  #compile(entry: Entry): Library {
    const { source, modules = [], imports = {} } = entry.config as LibraryConfig;
    const loads: Loads = {
      modules: new Map(modules.flatMap((name, i) => this.#module(entry, ["modules", i], name))),
      imports: new Map(Object.entries(imports).flatMap(([alias, id]) => this.#import(entry, alias, id))),
      compatible: hostConfigOf(this.#registry).compatible === true,
      finder: source.file === undefined ? undefined : neighboursOf(join(this.#registry.root, source.file), source.file),
    };
    return { id: entry.id, chunk: this.#chunk(entry, source), loads };
  }

  /** An empty chunk stands for one that does not parse. */
  #chunk(entry: Entry, { text, file }: LibraryConfig["source"]): Chunk {
    try {
      if (file === undefined) return Chunk.compile(scriptSource(fromText(text), entry.id), `=${entry.id}`);
      return Chunk.compile(scriptSource(fromText(text), file), `@${file}`, join(this.#registry.root, file));
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      this.problems.push(this.#syntaxProblem(entry, file, e.message));
      return empty;
    }
  }

  /** Lua says `name:line: what`. Code in the registry itself is found at its field. */
  #syntaxProblem(entry: Entry, file: string | undefined, said: string): Problem {
    const [, line, what] = said.match(/:(\d+): (.*)$/s) ?? [];
    if (file === undefined) {
      const where = line === undefined ? "" : `line ${line}: `;
      return this.#registry.problem(entry, ["source"], where + (what ?? said));
    }
    const path = join(this.#registry.root, file);
    const below = relative(process.cwd(), path);
    const shown = below.startsWith("..") ? path : below;
    return { file: shown, ...(line === undefined ? {} : { line: Number(line) }), path: "", message: what ?? said };
  }

  /** The name and its module; nothing when there is none. */
  #module(entry: Entry, path: readonly (string | number)[], name: string): [string, Module][] {
    const module = this.#modules.get(name);
    if (module !== undefined) return [[name, module]];
    this.#report(entry, path, noSuchModule(name, [...this.#modules.keys()]));
    return [];
  }

  #import(entry: Entry, alias: string, id: string): [string, Library][] {
    const path = ["imports", alias];
    if ((entry.config as LibraryConfig).modules?.includes(alias)) {
      this.#report(entry, path, aliasTaken(alias));
    }
    const start = this.#open.indexOf(id);
    if (start !== -1) {
      this.#report(entry, path, circularImports([...this.#open.slice(start), id].join(" → ")));
      return [];
    }
    return [[alias, this.library(this.#registry.get(id)!)]];
  }

  /** What scripts that are not entries may load. @returns their libraries, by the registry's names for them */
  config(): ReadonlyMap<string, Library> {
    const [entry] = this.#registry.find({ kind: "host.config" });
    const { modules = [], libraries = {} } = hostConfigOf(this.#registry);
    for (const [i, name] of modules.entries()) this.#module(entry!, ["modules", i], name);
    for (const alias of Object.keys(libraries)) {
      if (!this.#modules.has(alias)) continue;
      this.#report(entry!, ["libraries", alias], libraryNameTaken(alias));
    }
    return new Map(
      Object.entries(libraries).map(([alias, id]) => [alias, this.library(this.#registry.get(id)!)] as const),
    );
  }

  #report(entry: Entry, path: readonly (string | number)[], message: string): void {
    this.problems.push(this.#registry.problem(entry, path, message));
  }
}

const empty = Chunk.compile(new Uint8Array(), "=empty");

function noSuchModule(name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  const hint = close === undefined ? `the modules are ${[...known].sort().join(", ")}` : `did you mean "${close}"?`;
  return `there is no module "${name}"; ${hint}`;
}
