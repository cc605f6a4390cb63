import type { Data } from "../actor.ts";
import { isMapping } from "../actor.ts";
import type { Facts } from "../field.ts";
import { nestedTooDeep, noSuchField, stringHasNoFields, wholeMapping, wrongOperand } from "./errors.ts";
import { functionsOfOne, matchesPattern, type Operation, operations, quantifiers } from "./operators.ts";
import { ExpressionProblem } from "./problem.ts";
import { failed, gather, not, type Result, type Run, tooManySteps } from "./result.ts";
import { type Binary, type FunctionName, MAX_NESTING, type Node, type Path } from "./syntax.ts";

/** What is known of a part before it runs; `any`: nothing. */
type Type = "boolean" | "number" | "text" | "list" | "mapping" | "nil" | "any";

/** A part, compiled to a closure. */
export interface Compiled {
  readonly run: Run<Facts>;
  readonly type: Type;
  /** Its value, where it is the same every time. */
  readonly constant?: Data;
}

/** What the names of an expression stand for: the fields of a question to the policies, or fields of any data. */
export type Names = "facts" | "data";

/** The fields that an expression reads, gathered while it is compiled. */
export class Reads {
  readonly names: Names;
  /** Those without which nothing can be said: not those that are compared with nil, or have a default. */
  readonly needed = new Set<string>();
  isDynamic = false;
  /** Inside what looks at missing fields itself. */
  optional = 0;
  /** Levels of the tree above what is being compiled, each of which is a call when it runs. */
  depth = 0;

  constructor(names: Names = "facts") {
    this.names = names;
  }
}

/** @throws ExpressionProblem */
export function compile(node: Node, reads: Reads): Compiled {
  if (++reads.depth > MAX_NESTING) {
    throw new ExpressionProblem(nestedTooDeep(MAX_NESTING), node.offset);
  }
  const part = compileKind(node, reads);
  reads.depth--;
  return part;
}

/** A part that is a value: of a mapping as a whole nothing can be said but what its fields are. */
function compileValue(node: Node, reads: Reads): Compiled {
  const part = compile(node, reads);
  if (part.type !== "mapping") return part;
  throw new ExpressionProblem(wholeMapping, node.offset);
}

function compileKind(node: Node, reads: Reads): Compiled {
  switch (node.kind) {
    case "literal":
      return constant(node.value);
    case "list":
      return list(node.items.map((item) => compileValue(item, reads)));
    case "field":
      return field(node.path, node.offset, reads);
    case "element":
      return { run: (_, element) => follow(element, node.path, 0), type: "any" };
    case "not":
      return negation(expectType(compile(node.operand, reads), ["boolean"], "!", node.operand.offset));
    case "binary":
      return binary(node, reads);
    case "choice":
      return choice(node, reads);
    case "call":
      return call(node.name, node.args, reads);
  }
}

function expectType(part: Compiled, types: readonly Type[], operator: string, offset: number): Compiled {
  if (part.type === "any" || types.includes(part.type)) return part;
  throw new ExpressionProblem(wrongOperand(operator, named(types), named([part.type])), offset);
}

const words: Readonly<Record<Type, string>> = {
  boolean: "a condition",
  number: "a number",
  text: "a string",
  list: "a list",
  mapping: "a mapping",
  nil: "nil",
  any: "anything",
};
const named = (types: readonly Type[]) => types.map((type) => words[type]).join(" or ");

function constant(value: Data): Compiled {
  if (value === null) return { run: () => undefined, type: "nil" };
  const type = Array.isArray(value)
    ? "list"
    : ({ string: "text", number: "number", boolean: "boolean" } as const)[typeof value as "string"];
  return { run: () => value, type, constant: value };
}

function list(items: readonly Compiled[]): Compiled {
  if (items.every((item) => item.constant !== undefined)) return constant(items.map((item) => item.constant!));
  const run: Run<Facts> = (facts, element) => {
    const values: Data[] = [];
    for (const item of items) {
      const value = item.run(facts, element);
      if (value === undefined || value === failed) return value;
      values.push(value);
    }
    return values;
  };
  return { run, type: "list" };
}

const negation = ({ run }: Compiled): Compiled => ({
  run: (facts, element) => not(run(facts, element)),
  type: "boolean",
});

// ---- fields ----

const roots = "actor.id, actor.meta, action, resource and meta";

function field(path: Path, offset: number, reads: Reads): Compiled {
  if (reads.names === "data") return { run: (facts) => follow(facts.meta, path, 0), type: "any" };
  const [root, ...below] = path;
  const text = (read: (facts: Facts) => Data | undefined): Compiled => {
    if (below.length > (root === "actor" ? 1 : 0)) throw new ExpressionProblem(stringHasNoFields(root!), offset);
    return { run: read, type: root === "actor" ? "any" : "text" };
  };
  if (root === "action") return text((facts) => facts.action);
  if (root === "resource") return text((facts) => facts.resource);
  if (root === "actor" && below[0] === "id") return text((facts) => facts.actor?.id);
  if (root !== "meta" && !(root === "actor" && below[0] === "meta")) {
    throw new ExpressionProblem(noSuchField(path.join("."), roots), offset);
  }
  if (root === "meta") reads.isDynamic = true;
  const isWhole = path.length === (root === "meta" ? 1 : 2);
  if (reads.optional === 0 && !isWhole) reads.needed.add(path.join("."));
  const run: Run<Facts> =
    root === "meta" ? (facts) => follow(facts.meta, path, 1) : (facts) => follow(facts.actor?.meta, path, 2);
  return { run, type: isWhole ? "mapping" : "any" };
}

function follow(data: Data | undefined, path: Path, from: number): Data | undefined {
  let at = data;
  for (let i = from; i < path.length; i++) {
    const step = path[i]!;
    if (typeof step === "number" ? !Array.isArray(at) : !isMapping(at)) return undefined;
    const holder = at as { readonly [step: string]: Data };
    if (!Object.hasOwn(holder, step)) return undefined;
    at = holder[step];
  }
  return at ?? undefined;
}

// ---- operators ----

function binary(node: Binary, reads: Reads): Compiled {
  switch (node.operator) {
    case "&&":
    case "||":
      return logic(node, reads);
    case "??":
      return withDefault(node, reads);
    case "==":
    case "!=":
      if (isNil(node.left) || isNil(node.right)) return presence(node, reads);
  }
  const left = compileValue(node.left, reads);
  const right = node.operator === "in" ? compile(node.right, reads) : compileValue(node.right, reads);
  const operation = checked(node, left, right);
  const run: Run<Facts> = (facts, element) => {
    const a = left.run(facts, element);
    const b = right.run(facts, element);
    if (a === failed || b === failed) return failed;
    return a === undefined || b === undefined ? undefined : operation(a, b);
  };
  return { run, type: "boolean" };
}

const isNil = (node: Node) => node.kind === "literal" && node.value === null;

/** A part that is decisive (false of `&&`, true of `||`) decides, whatever the others are. */
function logic(node: Binary, reads: Reads): Compiled {
  const parts = operands(node).map(
    (part) => expectType(compile(part, reads), ["boolean"], node.operator, part.offset).run,
  );
  const decisive = node.operator === "||";
  const run: Run<Facts> = (facts, element) => {
    let open: Result = !decisive;
    for (const part of parts) {
      const answer = part(facts, element);
      if (answer === decisive) return decisive;
      open = gather(open, answer);
    }
    return open;
  };
  return { run, type: "boolean" };
}

/** All that one operator joins: a row of a thousand is no deeper than a row of two. */
function operands({ operator, left, right }: Binary): readonly Node[] {
  const found = [right];
  let first = left;
  while (first.kind === "binary" && first.operator === operator) {
    found.push(first.right);
    first = first.left;
  }
  return [first, ...found.reverse()];
}

/** `x == nil`, `x != nil`: whether x is there. */
function presence({ operator, left, right }: Binary, reads: Reads): Compiled {
  const { run: read } = optionally(isNil(left) ? right : left, reads);
  const whenMissing = operator === "==";
  const run: Run<Facts> = (facts, element) => {
    const value = read(facts, element);
    return value === failed ? failed : (value === undefined) === whenMissing;
  };
  return { run, type: "boolean" };
}

function withDefault({ left, right }: Binary, reads: Reads): Compiled {
  const a = optionally(left, reads);
  const b = compileValue(right, reads);
  const run: Run<Facts> = (facts, element) => a.run(facts, element) ?? b.run(facts, element);
  return { run, type: a.type === b.type ? a.type : "any" };
}

/** A part whose fields may be missing. */
function optionally(node: Node, reads: Reads): Compiled {
  reads.optional++;
  const part = compileValue(node, reads);
  reads.optional--;
  return part;
}

/** The operation, when it makes sense for what is known of its sides. */
function checked({ operator, left, right }: Binary, a: Compiled, b: Compiled): Operation {
  switch (operator) {
    case "<":
    case "<=":
    case ">":
    case ">=":
      expectType(a, ["number", "text"], operator, left.offset);
      expectType(b, a.type === "any" ? ["number", "text"] : [a.type], operator, right.offset);
      break;
    case "startsWith":
    case "endsWith":
    case "matches":
      expectType(a, ["text"], operator, left.offset);
      expectType(b, ["text"], operator, right.offset);
      break;
    case "contains":
      expectType(a, ["text", "list"], operator, left.offset);
      if (a.type === "text") expectType(b, ["text"], operator, right.offset);
      break;
    case "in":
      expectType(b, ["list", "mapping"], operator, right.offset);
      if (b.type === "mapping") expectType(a, ["text"], operator, left.offset);
      break;
  }
  if (operator !== "matches" || typeof b.constant !== "string") return operations[operator as keyof typeof operations];
  const pattern = matchesPattern(b.constant);
  if (typeof pattern === "string") throw new ExpressionProblem(pattern, right.offset);
  return pattern;
}

function choice({ test, yes, no }: Extract<Node, { kind: "choice" }>, reads: Reads): Compiled {
  const condition = expectType(compile(test, reads), ["boolean"], "?", test.offset);
  const a = compileValue(yes, reads);
  const b = compileValue(no, reads);
  const run: Run<Facts> = (facts, element) => {
    const value = condition.run(facts, element);
    if (typeof value === "boolean") return (value ? a : b).run(facts, element);
    return value === undefined ? undefined : failed;
  };
  return { run, type: a.type === b.type ? a.type : "any" };
}

// ---- functions ----

function call(name: FunctionName, args: readonly Node[], reads: Reads): Compiled {
  if (name === "any" || name === "all" || name === "none") return quantified(name, args, reads);
  const types: readonly Type[] = name === "len" ? ["text", "list", "mapping"] : ["text"];
  const arg = expectType(compile(args[0]!, reads), types, name, args[0]!.offset);
  const f = functionsOfOne[name];
  const run: Run<Facts> = (facts, element) => {
    const value = arg.run(facts, element);
    return value === undefined || value === failed ? value : f(value);
  };
  return { run, type: name === "len" ? "number" : "text" };
}

function quantified(name: "any" | "all" | "none", [over, ask]: readonly Node[], reads: Reads): Compiled {
  const elements = expectType(compile(over!, reads), ["list"], name, over!.offset);
  const predicate = expectType(compile(ask!, reads), ["boolean"], name, ask!.offset);
  const { deciding, decided } = quantifiers[name];
  const run: Run<Facts> = (facts, element) => {
    const values = elements.run(facts, element);
    if (values === undefined) return undefined;
    if (!Array.isArray(values)) return failed;
    let open: Result = !decided;
    for (const value of values) {
      if (tooManySteps(1)) return failed;
      const answer = predicate.run(facts, value);
      if (answer === deciding) return decided;
      open = gather(open, answer);
    }
    return open;
  };
  return { run, type: "boolean" };
}
