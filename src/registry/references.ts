/** Names that one entry uses and another one has to give, checked when all of them are known. */

import * as errors from "./errors.ts";
import type { EntryMention, Mention, SymbolDeclaration, SymbolMention } from "./mention.ts";
import { kindMatches } from "./names.ts";
import type { Problem } from "./problem.ts";
import { nearestId } from "./registry.ts";
import type { Scalar } from "./tree.ts";

/** What is known of the registry's names, sound entries or not. */
export interface Known {
  /** The kind of each entry by its id; undefined where it can't be told. */
  readonly kinds: ReadonlyMap<string, string | undefined>;
  /** Whether all files could be read to the end. What is missing may else be in the rest. */
  readonly complete: boolean;
  /** Names in entries whose kind can't be told, any of which might have been declared there. */
  readonly perhapsDeclared: ReadonlySet<string>;
}

/** A suggestion looks at every name; whoever has more problems than this has another one. */
const MAX_SUGGESTIONS = 200;

/** Reports every name that nothing in the registry bears, or that something of another kind does. */
export function checkReferences(mentions: readonly Mention[], known: Known, problems: Problem[]): void {
  const check = new ReferenceCheck(known, problems);
  for (const mention of mentions) if (mention.role === "declares") check.declare(mention);
  for (const mention of mentions) {
    if (mention.role === "entry") check.entry(mention);
    else if (mention.role === "uses") check.symbol(mention);
  }
}

class ReferenceCheck {
  readonly #known: Known;
  readonly #problems: Problem[];
  /** The full names that are declared, by symbol. */
  readonly #declared = new Map<string, Set<string>>();
  #suggestions = 0;

  constructor(known: Known, problems: Problem[]) {
    this.#known = known;
    this.#problems = problems;
  }

  declare({ symbol, id }: SymbolDeclaration): void {
    this.#names(symbol).add(id);
  }

  entry({ id, kinds, at }: EntryMention): void {
    if (this.#known.kinds.has(id)) {
      const kind = this.#known.kinds.get(id);
      const fits = kind === undefined || kinds.some((pattern) => kindMatches(kind, pattern));
      if (!fits) this.#report(at, errors.wrongKind(at, id, kind, kinds));
    } else if (this.#known.complete) {
      this.#report(
        at,
        errors.noSuchEntry(
          at,
          id,
          this.#suggest(() => nearestId(id, this.#known.kinds.keys())),
        ),
      );
    }
  }

  symbol({ symbol, id, at }: SymbolMention): void {
    const names = this.#names(symbol);
    if (names.has(id) || !this.#known.complete || this.#known.perhapsDeclared.has(id)) return;
    this.#report(
      at,
      errors.noSuchSymbol(
        at,
        symbol,
        id,
        this.#suggest(() => nearestId(id, names)),
      ),
    );
  }

  #names(symbol: string): Set<string> {
    const names = this.#declared.get(symbol) ?? new Set();
    this.#declared.set(symbol, names);
    return names;
  }

  #suggest(find: () => string | undefined): string | undefined {
    return ++this.#suggestions > MAX_SUGGESTIONS ? undefined : find();
  }

  #report(at: Scalar, message: string): void {
    const { source, offset, path } = at.spot!;
    this.#problems.push(source.problem(offset, path, message));
  }
}
