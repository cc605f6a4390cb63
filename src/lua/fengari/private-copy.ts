import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { compileFunction } from "node:vm";

export interface CopyOptions {
  /** The packages whose files are copied, as absolute folders. */
  readonly folders: readonly string[];
  /** Files that are not loaded, by their absolute paths: what whoever asks for them gets. */
  readonly replaced: Readonly<Record<string, object>>;
  /** What the files see as globals of these names. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Changes of a file's text, by its absolute path. */
  readonly edits: Readonly<Record<string, readonly Edit[]>>;
}

/** One change: `find` stands in the text once. */
export interface Edit {
  readonly find: string;
  readonly put: string;
}

type Require = (id: string) => unknown;

/**
 * CommonJS packages, loaded apart from everybody else's: what is changed in this copy is changed nowhere else, and what
 * others do to theirs does not reach it. Packages outside the folders are shared as usual.
 */
export class PrivateCopy {
  readonly #options: CopyOptions;
  readonly #modules = new Map<string, { exports: unknown }>();

  constructor(options: CopyOptions) {
    this.#options = options;
    for (const [file, exports] of Object.entries(options.replaced)) this.#modules.set(file, { exports });
  }

  /** The exports of a file, given by its absolute path. */
  load(file: string): unknown {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    this.#modules.set(file, module); // before it runs: these files require each other in circles
    const { globals } = this.#options;
    const names = ["exports", "module", "require", ...Object.keys(globals)];
    const run = compileFunction(this.#text(file), names, { filename: file });
    run(module.exports, module, this.#requireFor(file), ...Object.values(globals));
    return module.exports;
  }

  #text(file: string): string {
    return (this.#options.edits[file] ?? []).reduce(
      (text, { find, put }) => {
        const parts = text.split(find);
        if (parts.length !== 2)
          throw new Error(`${file}: what is to be changed stands there ${parts.length - 1} times`);
        return parts.join(put);
      },
      readFileSync(file, "utf8"),
    );
  }

  #requireFor(file: string): Require {
    const folder = dirname(file) + sep;
    return (id) => {
      const [, beside] = /^\.\/(\w+\.js)$/.exec(id) ?? [];
      if (beside !== undefined) return this.load(folder + beside); // hundreds of times, which `join` would make slow
      const require = createRequire(file);
      const path = require.resolve(id);
      const isOurs = this.#options.folders.some((folder) => path.startsWith(folder + sep));
      return isOurs ? this.load(path) : require(id);
    };
  }
}

/** The folder of an installed package. */
export const packageFolder = (require: NodeJS.Require, name: string): string =>
  dirname(require.resolve(`${name}/package.json`));
