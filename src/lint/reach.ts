/** Whether what comes after a statement can be reached. */
import type { Node } from "./tree.ts";

interface Parts extends Node {
  readonly body?: readonly Node[];
  readonly clauses?: readonly (Node & { readonly body: readonly Node[] })[];
  readonly condition?: Node & { readonly value?: unknown };
}

/** Why nothing goes on after a statement; undefined when something may. */
export function endOf(statement: Node): string | undefined {
  const { type, body = [], clauses = [], condition } = statement as Parts;
  switch (type) {
    case "ReturnStatement":
      return "the code before it returns";
    case "BreakStatement":
      return "the code before it leaves the loop";
    case "GotoStatement":
      return "the code before it goes elsewhere";
    case "DoStatement":
      return endOfBlock(body);
    case "IfStatement": {
      if (clauses.at(-1)?.type !== "ElseClause") return undefined;
      const ends = clauses.map((clause) => endOfBlock(clause.body));
      return ends.every((end) => end !== undefined) ? ends[0] : undefined;
    }
    case "WhileStatement":
      return isTrue(condition) && !leaves(body) ? "the loop before it does not end" : undefined;
    default:
      return undefined;
  }
}

const isTrue = (node: Parts["condition"]): boolean => node?.type === "BooleanLiteral" && node.value === true;

const endOfBlock = (body: readonly Node[]): string | undefined =>
  body.some(({ type }) => type === "LabelStatement") || body.length === 0 ? undefined : endOf(body.at(-1)!);

/** Whether a loop's body may leave it by break or goto. */
function leaves(body: readonly Node[]): boolean {
  return body.some((statement) => {
    const { type, body: inner = [], clauses = [] } = statement as Parts;
    if (type === "BreakStatement" || type === "GotoStatement") return true;
    if (type === "DoStatement") return leaves(inner);
    if (type === "IfStatement") return clauses.some((clause) => leaves(clause.body));
    return /^(While|Repeat|For)/.test(type) && hasGoto(inner);
  });
}

function hasGoto(body: readonly Node[]): boolean {
  return body.some((statement) => {
    const { type, body: inner = [], clauses = [] } = statement as Parts;
    if (type === "FunctionDeclaration") return false;
    return type === "GotoStatement" || hasGoto(inner) || clauses.some((clause) => hasGoto(clause.body));
  });
}
