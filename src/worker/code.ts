/** Lua code on its way to a thread. What is compiled in the host goes as text once, and by a number from then on. */

import type { Module } from "../lua/boundary/module.ts";
import { Chunk } from "../lua/run/chunk.ts";
import type { Finder, Found, Library, Loads } from "../lua/run/loads.ts";

export interface Code {
  /** The number by which the thread keeps it; absent where it does not. */
  readonly number?: number;
  /** Absent where the thread has it. */
  readonly source?: Uint8Array;
  readonly name: string;
}

/** What code may load: modules by name, libraries by their places in the job's list. */
export interface LoadsWire {
  readonly modules: readonly string[];
  readonly imports: readonly (readonly [string, number])[];
  /** Which of the host's finders has the files beside the code. */
  readonly finder?: number | undefined;
  readonly compatible?: boolean | undefined;
}

export interface LibraryWire {
  readonly id: string;
  readonly code: Code;
  readonly loads: LoadsWire;
}

/** Packs what code may load, and the libraries behind it, each once and after those that it imports. */
export class LoadsPacker {
  readonly libraries: LibraryWire[] = [];
  readonly #places = new Map<Library, number>();
  readonly #code: (chunk: Chunk) => Code;
  readonly #finders: readonly Finder[];

  /**
   * @param code of a chunk, for the thread that it goes to
   * @param finders of the code and its libraries
   */
  constructor(code: (chunk: Chunk) => Code, finders: readonly Finder[]) {
    this.#code = code;
    this.#finders = finders;
  }

  pack({ modules, imports = new Map(), finder, compatible }: Loads): LoadsWire {
    return {
      modules: [...modules.keys()],
      imports: [...imports].map(([alias, library]) => [alias, this.#library(library)] as const),
      finder: finder && this.#finders.indexOf(finder),
      compatible,
    };
  }

  #library(library: Library): number {
    const known = this.#places.get(library);
    if (known !== undefined) return known;
    const loads = this.pack(library.loads);
    const place = this.libraries.push({ id: library.id, code: this.#code(library.chunk), loads }) - 1;
    this.#places.set(library, place);
    return place;
  }
}

/** The modules that code and its libraries may load. */
export function modulesOf({ modules, imports = new Map() }: Loads): ReadonlyMap<string, Module> {
  const all = new Map(modules);
  for (const { loads } of imports.values()) for (const [name, module] of modulesOf(loads)) all.set(name, module);
  return all;
}

/** What finds the files beside code and its libraries, each once. */
export function findersOf({ imports = new Map(), finder }: Loads): readonly Finder[] {
  const below = [...imports.values()].flatMap(({ loads }) => findersOf(loads));
  return [...new Set(finder === undefined ? below : [finder, ...below])];
}

/** The other side: chunks that a thread keeps, and what they load. */
export class KnownCode {
  readonly #chunks = new Map<number, Chunk>();
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #find: (finder: number, name: string) => Found;

  /** @param find asks a finder of the host */
  constructor(modules: ReadonlyMap<string, Module>, find: (finder: number, name: string) => Found) {
    this.#modules = modules;
    this.#find = find;
  }

  /** @throws MoonkeepError INVALID for a syntax error */
  chunk({ number, source, name }: Code): Chunk {
    if (source === undefined) return this.#chunks.get(number!)!;
    const chunk = Chunk.compile(source, name);
    if (number !== undefined) this.#chunks.set(number, chunk);
    return chunk;
  }

  loads(wire: LoadsWire, libraries: readonly LibraryWire[]): Loads {
    const unpacked: Library[] = [];
    const unpack = ({ modules, imports, finder, compatible }: LoadsWire): Loads => ({
      modules: new Map(modules.map((name) => [name, this.#modules.get(name)!])),
      imports: new Map(imports.map(([alias, place]) => [alias, unpacked[place]!])),
      finder: finder === undefined ? undefined : { find: (name) => this.#find(finder, name) },
      compatible,
    });
    for (const { id, code, loads } of libraries) unpacked.push({ id, chunk: this.chunk(code), loads: unpack(loads) });
    return unpack(wire);
  }
}
