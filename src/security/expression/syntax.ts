/** The tree of an expression. `offset` is where a part begins in the text, or its operator stands. */
export type Node =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly offset: number }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly offset: number }
  | { readonly kind: "field"; readonly path: Path; readonly offset: number }
  | { readonly kind: "element"; readonly path: Path; readonly offset: number }
  | { readonly kind: "not"; readonly operand: Node; readonly offset: number }
  | Binary
  | { readonly kind: "choice"; readonly test: Node; readonly yes: Node; readonly no: Node; readonly offset: number }
  | { readonly kind: "call"; readonly name: FunctionName; readonly args: readonly Node[]; readonly offset: number };

export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
  readonly offset: number;
}

/** The steps from a root, or from `#`, down to a value. */
export type Path = readonly (string | number)[];

/** Levels of brackets, operators and calls; more is not a policy that anybody reads. */
export const MAX_NESTING = 64;

/** How tightly each binds; the higher first. The order is that of expr-lang (https://expr-lang.org). */
export const precedence = {
  "||": 10,
  "&&": 15,
  "==": 20,
  "!=": 20,
  "<": 20,
  "<=": 20,
  ">": 20,
  ">=": 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  "??": 500,
} as const;
export type BinaryOperator = keyof typeof precedence;
export const NOT = 50;

/** Other words for operators. */
export const aliases: Readonly<Record<string, BinaryOperator>> = { or: "||", and: "&&" };

export const functions = { len: 1, lower: 1, upper: 1, any: 2, all: 2, none: 2 } as const;
export type FunctionName = keyof typeof functions;
/** What expr-lang has and policies do not, by the sign that shows it. */
export const foreign: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["+", "-", "*", "/", "%", "^", "**"].map((sign) => [sign, "arithmetic is"])),
  "|": "pipes are",
  "..": "ranges are",
  "{": "maps are",
  ";": "sequences are",
  let: "variables are",
};
/** Signs that other languages have for an operator; words are found by their letters. */
export const misspelled: Readonly<Record<string, BinaryOperator>> = { "=": "==", "&": "&&", is: "==" };

/** Those whose second argument is asked for each element. */
export const overElements: ReadonlySet<FunctionName> = new Set(["any", "all", "none"]);
