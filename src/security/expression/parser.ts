import {
  chainedComparison,
  elementOutsideLoop,
  fieldOrIndex,
  nameField,
  nestedTooDeep,
  noSuchFunction,
  notANumber,
  notBeforeOperator,
  notInExpressions,
  operatorAfterNot,
  operatorOrEnd,
  unexpectedToken,
  wrongArgumentCount,
} from "./errors.ts";
import { type Token, tokenize } from "./lexer.ts";
import { ExpressionProblem, quoted } from "./problem.ts";
import {
  aliases,
  type BinaryOperator,
  type FunctionName,
  foreign,
  functions,
  MAX_NESTING,
  misspelled,
  NOT,
  type Node,
  overElements,
  type Path,
  precedence,
} from "./syntax.ts";

const comparisons = new Set<BinaryOperator>(["==", "!=", "<", "<=", ">", ">="]);

/** @throws ExpressionProblem */
export function parse(source: string): Node {
  return new Parser(tokenize(source)).parse();
}

/** A Pratt parser: an operand, then operators that bind at least as tightly as asked for. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** How many predicates are open: `#` means something in them alone. */
  #predicates = 0;
  /** Parts that stand in brackets of their own. */
  readonly #closed = new WeakSet<Node>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Node {
    const node = this.#expression(0);
    if (this.#token.kind !== "end") throw this.#unexpected(operatorOrEnd);
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    return this.#tokens[this.#at++]!;
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#token;
    return (kind === "sign" || kind === "name") && found === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(`"${text}"`);
  }

  #expression(least: number): Node {
    if (++this.#depth > MAX_NESTING) {
      throw new ExpressionProblem(nestedTooDeep(MAX_NESTING), this.#token.offset);
    }
    let node = this.#operand();
    for (;;) {
      const next = this.#infix(node, least);
      if (next === undefined) break;
      node = next;
    }
    if (least === 0 && this.#is("?")) node = this.#choice(node);
    this.#depth--;
    return node;
  }

  #choice(test: Node): Node {
    const { offset } = this.#next();
    const yes = this.#expression(0);
    this.#expect(":");
    return { kind: "choice", test, yes, no: this.#expression(0), offset };
  }

  /** The operator that comes next, with its right side; undefined when it binds less tightly, or there is none. */
  #infix(left: Node, least: number): Node | undefined {
    const start = this.#at;
    const { offset } = this.#token;
    const negated = this.#take("not");
    const operator = this.#operator();
    if (operator === undefined || precedence[operator] < least) {
      if (negated && operator === undefined) throw this.#unexpected(operatorAfterNot);
      this.#at = start;
      return undefined;
    }
    this.#at++;
    if (negated && !/^[a-z]/.test(operator)) throw new ExpressionProblem(notBeforeOperator(operator), offset);
    if (comparisons.has(operator) && this.#isOpenComparison(left)) {
      throw new ExpressionProblem(chainedComparison, offset);
    }
    const node: Node = { kind: "binary", operator, left, right: this.#expression(precedence[operator] + 1), offset };
    return negated ? { kind: "not", operand: node, offset } : node;
  }

  #isOpenComparison(node: Node): boolean {
    return node.kind === "binary" && comparisons.has(node.operator) && !this.#closed.has(node);
  }

  #operator(): BinaryOperator | undefined {
    const { kind, text } = this.#token;
    if (kind !== "sign" && kind !== "name") return undefined;
    const name = Object.hasOwn(aliases, text) ? aliases[text]! : text;
    return Object.hasOwn(precedence, name) ? (name as BinaryOperator) : undefined;
  }

  #operand(): Node {
    const { kind, text, offset } = this.#token;
    if (kind === "number") return this.#number(1);
    if (kind === "string") return { kind: "literal", value: this.#next().text, offset };
    if (kind === "name") return this.#named();
    switch (text) {
      case "!":
        this.#at++;
        return { kind: "not", operand: this.#expression(NOT), offset };
      case "-":
      case "+":
        this.#at++;
        if (this.#token.kind !== "number") throw notOurs(text, offset);
        return this.#number(text === "-" ? -1 : 1);
      case "(":
        return this.#bracketed();
      case "[":
        return { kind: "list", items: this.#items("[", "]"), offset };
      case "#":
      case ".":
        return this.#element();
      default:
        throw this.#unexpected("a value");
    }
  }

  #number(sign: 1 | -1): Node {
    const { text, offset } = this.#next();
    const value = sign * Number(text.replaceAll("_", ""));
    if (!Number.isFinite(value)) throw new ExpressionProblem(notANumber(text), offset);
    return { kind: "literal", value, offset };
  }

  #bracketed(): Node {
    this.#at++;
    const node = this.#expression(0);
    this.#expect(")");
    this.#closed.add(node);
    return node;
  }

  #items(open: string, close: string): Node[] {
    this.#expect(open);
    const items: Node[] = [];
    while (!this.#is(close)) {
      items.push(this.#expression(0));
      if (!this.#take(",")) break;
    }
    this.#expect(close);
    return items;
  }

  #named(): Node {
    const { text, offset } = this.#next();
    switch (text) {
      case "true":
      case "false":
        return { kind: "literal", value: text === "true", offset };
      case "nil":
      case "null":
        return { kind: "literal", value: null, offset };
      case "not":
        return { kind: "not", operand: this.#expression(NOT), offset };
    }
    if (this.#is("(")) return this.#call(text, offset);
    if (text === "let" && this.#token.kind === "name") throw notOurs(text, offset);
    return { kind: "field", path: [text, ...this.#path()], offset };
  }

  #call(text: string, offset: number): Node {
    if (!Object.hasOwn(functions, text)) {
      const known = Object.keys(functions).join(", ");
      throw new ExpressionProblem(noSuchFunction(text, known), offset);
    }
    const name = text as FunctionName;
    const args = overElements.has(name) ? this.#listAndPredicate() : this.#items("(", ")");
    if (args.length !== functions[name]) {
      throw new ExpressionProblem(
        wrongArgumentCount(name, functions[name], functions[name] > 1 ? "s" : "", args.length),
        offset,
      );
    }
    return { kind: "call", name, args, offset };
  }

  /** `(list, predicate)`; the predicate may stand in braces. */
  #listAndPredicate(): Node[] {
    this.#expect("(");
    const list = this.#expression(0);
    this.#expect(",");
    this.#predicates++;
    const braced = this.#take("{");
    const predicate = this.#expression(0);
    if (braced) this.#expect("}");
    this.#predicates--;
    this.#take(",");
    this.#expect(")");
    return [list, predicate];
  }

  #element(): Node {
    const { offset } = this.#token;
    if (this.#predicates === 0) {
      throw new ExpressionProblem(elementOutsideLoop(this.#token.text), offset);
    }
    this.#take("#");
    return { kind: "element", path: this.#path(), offset };
  }

  /** `.name`, `?.name`, `["name"]`, `[0]`, as many as there are. */
  #path(): Path {
    const path: (string | number)[] = [];
    for (;;) {
      if (this.#take(".") || this.#take("?.")) {
        if (this.#is("[")) continue;
        if (this.#token.kind !== "name") throw this.#unexpected(nameField);
        path.push(this.#next().text);
      } else if (this.#take("[")) {
        path.push(this.#index());
        this.#expect("]");
      } else return path;
    }
  }

  #index(): string | number {
    const { kind, text } = this.#token;
    if (kind === "string") return this.#next().text;
    if (kind === "number" && /^\d+$/.test(text)) return Number(this.#next().text);
    throw this.#unexpected(fieldOrIndex);
  }

  #unexpected(wanted: string): ExpressionProblem {
    const { kind, text, offset } = this.#token;
    if (kind === "sign" && Object.hasOwn(foreign, text)) return notOurs(text, offset);
    const found = kind === "end" ? "the end" : quoted(text);
    const meant = kind !== "string" && wanted.includes("an operator") ? nearestOperator(text) : undefined;
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    return new ExpressionProblem(unexpectedToken(wanted, found, hint), offset);
  }
}

function notOurs(text: string, offset: number): ExpressionProblem {
  const hint = text === "-" ? '; a field with that in its name is written meta["a-b"]' : "";
  return new ExpressionProblem(notInExpressions(text, foreign[text]!, hint), offset);
}

/** The operator that has the same letters, or that other languages write like this. */
function nearestOperator(text: string): string | undefined {
  if (Object.hasOwn(misspelled, text)) return misspelled[text];
  const letters = (word: string) => word.replaceAll("_", "").toLowerCase();
  return [...Object.keys(precedence), ...Object.keys(aliases)].find((known) => letters(known) === letters(text));
}
