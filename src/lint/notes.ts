/** What comments tell `moonkeep check`: `-- moonkeep: ignore` and `-- moonkeep: globals a b`. */
import type { Code, Finding } from "./finding.ts";
import type { Tree } from "./tree.ts";

export class Notes {
  /** The names that comments say are globals. */
  readonly globals: ReadonlySet<string>;
  /** By line: the codes, or all of them. */
  readonly #ignored = new Map<number, ReadonlySet<string> | "all">();

  /** @param lines of the source */
  constructor({ comments }: Pick<Tree, "comments">, lines: readonly string[]) {
    const globals = new Set<string>();
    for (const { value, loc } of comments) {
      const [, verb, rest = ""] = /^\s*moonkeep:\s*(ignore|globals)\b([^\n]*)/.exec(value) ?? [];
      const words = rest.split(/[\s,]+/).filter((word) => word !== "");
      if (verb === "globals") for (const word of words) globals.add(word);
      if (verb !== "ignore") continue;
      const { line, column } = loc.start;
      const isAlone = (lines[line - 1] ?? "").slice(0, column).trim() === "";
      this.#ignored.set(isAlone ? loc.end.line + 1 : line, words.length === 0 ? "all" : new Set(words));
    }
    this.globals = globals;
  }

  /** Whether a finding is to be told. */
  readonly tells = ({ line, code }: Finding): boolean => {
    const ignored = this.#ignored.get(line);
    return ignored === undefined || (ignored !== "all" && !ignored.has(code satisfies Code));
  };
}
