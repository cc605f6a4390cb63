import type { Identifier } from "./tree.ts";

/** A local variable, and what the code does with it. */
export interface Local {
  readonly name: string;
  readonly declared: Identifier;
  readonly kind: "local" | "function" | "parameter" | "loop";
  reads: number;
  writes: number;
  /** The module that it holds for certain: `local store = require("store")`. */
  readonly module?: string | undefined;
  /** Whether it is, or may be, the table of the globals: `local g = _G`. */
  isGlobals?: boolean;
  /** As a function: the most arguments that it takes. */
  readonly most?: number | undefined;
  readonly calls: { readonly at: Identifier; readonly given: number; readonly open: boolean }[];
}

/** The locals of a block, within those of the blocks around it. */
export class Scope {
  readonly #outer: Scope | undefined;
  readonly #locals = new Map<string, Local>();

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  declare(local: Local): void {
    this.#locals.set(local.name, local);
  }

  find(name: string): Local | undefined {
    return this.#locals.get(name) ?? this.#outer?.find(name);
  }

  /** The one of a block around this one. */
  findOutside(name: string): Local | undefined {
    return this.#locals.has(name) ? undefined : this.#outer?.find(name);
  }
}
