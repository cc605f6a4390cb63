/** Lua as a tree of luaparse's, as far as it is looked at. */

export interface Node {
  readonly type: string;
  readonly loc: { readonly start: Position; readonly end: Position };
  /** Offsets in the source. */
  readonly range: readonly [start: number, end: number];
}

/** Lines begin with 1, columns with 0. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Identifier extends Node {
  readonly type: "Identifier";
  readonly name: string;
}

export interface Text extends Node {
  readonly type: "StringLiteral";
  readonly value: string | null;
  readonly raw: string;
}

export interface Member extends Node {
  readonly type: "MemberExpression";
  readonly indexer: "." | ":";
  readonly identifier: Identifier;
  readonly base: Node;
}

export interface Call extends Node {
  readonly base: Node;
  /** The arguments, in whichever of the three forms they stand. */
  readonly given: readonly Node[];
}

export interface FunctionNode extends Node {
  readonly type: "FunctionDeclaration";
  readonly identifier: Node | null;
  readonly isLocal: boolean;
  readonly parameters: readonly Node[];
  readonly body: readonly Node[];
}

export interface Tree {
  readonly body: readonly Node[];
  readonly comments: readonly (Node & { readonly value: string })[];
}

/** @param source as bytes, a character each */
export async function parse(source: string): Promise<Tree> {
  const { default: luaparse } = await import("luaparse");
  const options = { luaVersion: "5.3", locations: true, ranges: true, comments: true } as const;
  return luaparse.parse(source, { ...options, encodingMode: "pseudo-latin1" }) as Tree;
}

export const isIdentifier = (node: Node | null): node is Identifier => node?.type === "Identifier";
export const isMember = (node: Node): node is Member => node.type === "MemberExpression";
export const isFunction = (node: Node): node is FunctionNode => node.type === "FunctionDeclaration";

/** What a call is given, if it is one. */
export function callOf(node: Node): Call | undefined {
  const { base } = node as Call;
  switch (node.type) {
    case "CallExpression":
      return { ...node, base, given: (node as Node & { arguments: readonly Node[] }).arguments };
    case "StringCallExpression":
      return { ...node, base, given: [(node as Node & { argument: Node }).argument] };
    case "TableCallExpression": {
      const { argument, arguments: table } = node as Node & { argument?: Node; arguments?: Node };
      return { ...node, base, given: [(argument ?? table)!] };
    }
    default:
      return undefined;
  }
}

/** The text of a string that needs no thought: without escapes. */
export function plainText(node: Node | undefined): string | undefined {
  if (node?.type !== "StringLiteral") return undefined;
  const { raw } = node as Text;
  const quoted = /^(["'])([^\\]*)\1$/.exec(raw)?.[2];
  return quoted ?? /^\[\[([^\n]*)\]\]$/.exec(raw)?.[1];
}

/** The nodes right below one, in the order of the source. */
export function* childrenOf(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) yield one;
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";
