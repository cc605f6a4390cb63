/**
 * Looks into Lua code without running it: names that are set nowhere, fields, stores and functions that do not exist,
 * locals that are not used or hide others, code that is not reached, calls with too many or too few arguments.
 *
 * One walk over the tree, scope by scope. What can't be known for certain is not told: a field of a table that the code
 * may have changed, the module of a local that is set again.
 */
import { nearest } from "../value/nearest.ts";
import * as errors from "./errors.ts";
import type { Arity, Facts, Fields } from "./facts.ts";
import type { Code, Finding, Fix } from "./finding.ts";
import { Notes } from "./notes.ts";
import { endOf } from "./reach.ts";
import { type Local, Scope } from "./scope.ts";
import {
  type Call,
  callOf,
  childrenOf,
  type FunctionNode,
  type Identifier,
  isFunction,
  isIdentifier,
  isMember,
  type Member,
  type Node,
  parse,
  plainText,
} from "./tree.ts";

/**
 * @param source as bytes, a character each; it parses
 * @returns what was found, in the order of the source
 */
export async function lint(source: string, facts: Facts): Promise<readonly Finding[]> {
  const tree = await parse(source);
  const notes = new Notes(tree, source.split("\n"));
  const walk = new Walk(facts, notes.globals, new Set(source.match(/[A-Za-z_]\w*/g)));
  walk.block(tree.body, new Scope());
  return walk
    .end()
    .filter(notes.tells)
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The tables of the globals. */
const ENV = "_ENV";
const GLOBALS = new Set([ENV, "_G"]);
/** Functions that change no table that they are given, and give it to nobody. */
const readers = new Set(
  "assert getmetatable ipairs load next pairs print rawequal rawget rawlen select tostring type".split(" "),
);

interface GlobalUse {
  readonly at: Identifier;
}

class Walk {
  readonly #facts: Facts;
  readonly #findings: Finding[] = [];
  readonly #locals: Local[] = [];
  readonly #globals = new Set<string>();
  readonly #reads: GlobalUse[] = [];
  /** Whether globals can't be known: the code has others, or sets some whose names it does not say. */
  #hasOtherGlobals = false;
  /** All names of the code, those in texts and comments too. */
  readonly #words: ReadonlySet<string>;

  constructor(facts: Facts, declared: ReadonlySet<string>, words: ReadonlySet<string>) {
    this.#facts = facts;
    this.#words = words;
    for (const name of declared) this.#globals.add(name);
  }

  /** What can only be told when everything has been seen. */
  end(): Finding[] {
    const { globals } = this.#facts;
    if (this.#hasOtherGlobals) this.#reads.length = 0;
    for (const { at } of this.#reads) {
      if (this.#globals.has(at.name) || globals.has(at.name)) continue;
      const close = nearest(at.name, [...globals, ...this.#globals]);
      this.#tell("undefined-global", at, errors.undefinedGlobal(at.name, close));
    }
    for (const local of this.#locals) this.#endOfLocal(local);
    return this.#findings;
  }

  #endOfLocal({ name, declared, kind, reads, writes, most, calls }: Local): void {
    const isOwn = kind === "local" || kind === "function";
    if (isOwn && reads === 0 && !name.startsWith("_")) {
      const fix = writes === 0 ? { range: declared.range, text: this.#unused(name) } : undefined;
      this.#tell("unused-local", declared, errors.unusedLocal(name, kind === "function"), fix);
    }
    if (most === undefined || writes > 0) return;
    for (const { at, given } of calls) {
      if (given > most) this.#tell("extra-argument", at, errors.tooMany(name, most, given));
    }
  }

  /** A name that says that nobody uses it, and that means nothing else. */
  #unused(name: string): string {
    let unused = `_${name}`;
    while (this.#words.has(unused)) unused += "_";
    return unused;
  }

  #tell(code: Code, { loc: { start } }: Node, message: string, fix?: Fix): void {
    this.#findings.push({ code, message, line: start.line, column: start.column + 1, fix });
  }

  // ---- statements ----

  block(body: readonly Node[], scope: Scope): void {
    let end: string | undefined;
    for (const statement of body) {
      if (statement.type === "LabelStatement") end = undefined;
      if (end !== undefined) {
        this.#tell("unreachable-code", statement, errors.unreachable(end));
        end = undefined; // once is enough
      }
      this.#statement(statement, scope);
      end = endOf(statement) ?? end;
    }
  }

  #statement(node: Node, scope: Scope): void {
    const {
      body = [],
      init = [],
      variables = [],
    } = node as Node & {
      readonly body?: readonly Node[];
      readonly init?: readonly Node[];
      readonly variables?: readonly Node[];
    };
    switch (node.type) {
      case "LocalStatement":
        for (const value of init) this.#expression(value, scope);
        variables.forEach((name, i) => {
          this.#declare(name as Identifier, "local", scope, init[i], init.length === variables.length);
        });
        return;
      case "AssignmentStatement":
        for (const value of init) this.#expression(value, scope);
        for (const [i, target] of variables.entries()) this.#assign(target, scope, init[i]);
        return;
      case "FunctionDeclaration":
        this.#functionStatement(node as FunctionNode, scope);
        return;
      case "RepeatStatement": {
        const inner = new Scope(scope);
        this.block(body, inner);
        this.#expression((node as Node & { condition: Node }).condition, inner); // it sees the locals of the body
        return;
      }
      case "ForNumericStatement": {
        const { variable, start, end, step } = node as Node & {
          readonly variable: Identifier;
          readonly start: Node;
          readonly end: Node;
          readonly step: Node | null;
        };
        for (const one of [start, end, step]) if (one !== null) this.#expression(one, scope);
        this.#loop([variable], body, scope);
        return;
      }
      case "ForGenericStatement": {
        const { iterators } = node as Node & { readonly iterators: readonly Node[] };
        for (const one of iterators) this.#expression(one, scope);
        this.#loop(variables as Identifier[], body, scope);
        return;
      }
      case "DoStatement":
        this.block(body, new Scope(scope));
        return;
      case "WhileStatement":
        this.#expression((node as Node & { condition: Node }).condition, scope);
        this.block(body, new Scope(scope));
        return;
      case "IfStatement":
        for (const clause of (node as Node & { readonly clauses: readonly Node[] }).clauses) {
          const { condition, body: inner } = clause as Node & { readonly condition?: Node; readonly body: Node[] };
          if (condition !== undefined) this.#expression(condition, scope);
          this.block(inner, new Scope(scope));
        }
        return;
      case "GotoStatement":
      case "LabelStatement":
        return;
      default:
        for (const child of childrenOf(node)) this.#expression(child, scope);
    }
  }

  #loop(names: readonly Identifier[], body: readonly Node[], scope: Scope): void {
    const inner = new Scope(scope);
    for (const name of names) this.#declare(name, "loop", inner);
    this.block(body, new Scope(inner));
  }

  #functionStatement(node: FunctionNode, scope: Scope): void {
    const { identifier, isLocal } = node;
    if (isLocal && isIdentifier(identifier)) this.#declare(identifier, "function", scope, node, true);
    else if (identifier !== null) this.#assign(identifier, scope);
    this.#function(node, scope);
  }

  #function({ identifier, parameters, body }: FunctionNode, scope: Scope): void {
    const inner = new Scope(scope);
    if (identifier !== null && isMember(identifier) && identifier.indexer === ":") inner.declare(self(identifier));
    for (const parameter of parameters) if (isIdentifier(parameter)) this.#declare(parameter, "parameter", inner);
    this.block(body, new Scope(inner));
  }

  // ---- names ----

  /** @param value what it is set to, where that is certain */
  #declare(declared: Identifier, kind: Local["kind"], scope: Scope, value?: Node, isCertain = false): void {
    const { name } = declared;
    if (name === ENV) this.#hasOtherGlobals = true;
    const hidden = scope.findOutside(name);
    if (hidden !== undefined && name !== "self" && !name.startsWith("_"))
      this.#tell("shadowed-local", declared, errors.shadowedLocal(name, hidden.declared.loc.start.line));
    const module = isCertain && value !== undefined ? this.#moduleOf(value, scope) : undefined;
    const most = isCertain && value !== undefined && isFunction(value) ? mostOf(value) : undefined;
    const isGlobals = value !== undefined && this.#isGlobals(value, scope);
    const local: Local = { name, declared, kind, reads: 0, writes: 0, module, isGlobals, most, calls: [] };
    scope.declare(local);
    this.#locals.push(local);
  }

  /** @param value what it is set to, where that is known */
  #assign(target: Node, scope: Scope, value?: Node): void {
    if (!isIdentifier(target)) {
      const { base, index } = target as Node & { readonly base: Node; readonly index?: Node };
      if (isMember(target)) this.#setIn(base, target.identifier.name, scope);
      else if (target.type === "IndexExpression") this.#setIn(base, plainText(index), scope);
      this.#expression(target, scope, true);
      return;
    }
    const local = scope.find(target.name);
    if (target.name === ENV) this.#hasOtherGlobals = true;
    if (local === undefined) this.#globals.add(target.name);
    else {
      local.writes++;
      local.isGlobals ||= value !== undefined && this.#isGlobals(value, scope);
    }
  }

  /** Whether an expression is the table of the globals. */
  #isGlobals(node: Node, scope: Scope): boolean {
    if (!isIdentifier(node)) return false;
    const local = scope.find(node.name);
    return local === undefined ? GLOBALS.has(node.name) : local.isGlobals === true;
  }

  /** @param name undefined where it is not known */
  #setIn(table: Node, name: string | undefined, scope: Scope): void {
    if (!this.#isGlobals(table, scope)) return;
    if (name === undefined) this.#hasOtherGlobals = true;
    else this.#globals.add(name);
  }

  /** The table of the globals, which a function gets, may get new ones there. */
  #pass({ base, given }: Call, scope: Scope): void {
    const isKnown = isIdentifier(base) && scope.find(base.name) === undefined;
    if (isKnown && base.name === "rawset") {
      if (given[0] !== undefined) this.#setIn(given[0], plainText(given[1]), scope);
    } else if (!(isKnown && readers.has(base.name))) for (const one of given) this.#setIn(one, undefined, scope);
  }

  #read(at: Identifier, scope: Scope): void {
    const local = scope.find(at.name);
    if (local !== undefined) local.reads++;
    else if (at.name !== ENV) this.#reads.push({ at });
  }

  /** The name of the module or the library that an expression is for certain. */
  #moduleOf(node: Node, scope: Scope): string | undefined {
    const { libraries } = this.#facts;
    if (isIdentifier(node)) {
      const local = scope.find(node.name);
      if (local !== undefined) return local.writes === 0 ? local.module : undefined;
      return libraries.has(node.name) && this.#facts.globals.has(node.name) && !this.#globals.has(node.name)
        ? node.name
        : undefined;
    }
    const call = callOf(node);
    if (call === undefined || !isIdentifier(call.base) || call.base.name !== "require") return undefined;
    const name = scope.find("require") === undefined ? plainText(call.given[0]) : undefined;
    return name !== undefined && libraries.has(name) ? name : undefined;
  }

  // ---- expressions ----

  /** @param isTarget something is set there */
  #expression(node: Node, scope: Scope, isTarget = false): void {
    if (isIdentifier(node)) {
      this.#read(node, scope);
      return;
    }
    if (isFunction(node)) {
      this.#function(node, scope);
      return;
    }
    if (isMember(node)) {
      this.#member(node, scope, isTarget);
      return;
    }
    const call = callOf(node);
    if (call !== undefined) {
      this.#call(call, scope);
      return;
    }
    if (node.type === "TableKeyString") {
      this.#expression((node as Node & { value: Node }).value, scope);
      return;
    }
    for (const child of childrenOf(node)) this.#expression(child, scope);
  }

  #member(node: Member, scope: Scope, isTarget: boolean): void {
    this.#expression(node.base, scope);
    const library = this.#moduleOf(node.base, scope);
    const fields = library === undefined ? undefined : this.#facts.libraries.get(library);
    const { name } = node.identifier;
    if (fields === undefined || fields.has(name) || isTarget) return;
    const close = nearest(name, [...fields.keys()]);
    this.#tell("unknown-field", node.identifier, errors.unknownField(library!, name, close));
  }

  #call(call: Call, scope: Scope): void {
    const { base, given } = call;
    this.#expression(base, scope);
    for (const argument of given) this.#expression(argument, scope);
    this.#pass(call, scope);
    const last = given.at(-1);
    const open = last !== undefined && (callOf(last) !== undefined || last.type === "VarargLiteral");
    if (isIdentifier(base)) {
      scope.find(base.name)?.calls.push({ at: base, given: open ? given.length - 1 : given.length, open });
      return;
    }
    if (!isMember(base)) return;
    const library = this.#moduleOf(base.base, scope);
    const fields = library === undefined ? undefined : this.#facts.libraries.get(library);
    if (fields === undefined) return;
    const name = `${library}${base.indexer}${base.identifier.name}`;
    if (base.indexer === ".") this.#count(base, name, fields.get(base.identifier.name), given, open);
    this.#entry(name, given[0]);
  }

  #count(base: Member, name: string, arity: Arity | undefined, given: readonly Node[], open: boolean): void {
    if (arity === undefined) return;
    const certain = open ? given.length - 1 : given.length;
    if (certain > arity.most) this.#tell("argument-count", base.identifier, errors.tooMany(name, arity.most, certain));
    else if (!open && certain < arity.least)
      this.#tell("argument-count", base.identifier, errors.tooFew(name, arity.least, certain));
  }

  /** An id of the registry, where a function takes one. */
  #entry(name: string, argument: Node | undefined): void {
    const { entries } = this.#facts;
    const wanted = ids[name];
    const id = plainText(argument);
    if (entries === undefined || wanted === undefined || id === undefined) return;
    const kind = entries.get(id);
    if (kind?.startsWith(wanted.kind)) return;
    if (kind !== undefined) {
      this.#tell("unknown-entry", argument!, errors.otherKind(id, kind, wanted.what));
      return;
    }
    const close = nearest(
      id,
      [...entries].filter(([, one]) => one.startsWith(wanted.kind)).map(([one]) => one),
    );
    this.#tell("unknown-entry", argument!, errors.unknownEntry(wanted.what, id, close));
  }
}

/** The functions whose first argument is the id of an entry. */
const ids: Readonly<Record<string, { readonly kind: string; readonly what: string }>> = {
  "store.get": { kind: "store.", what: "store" },
  "funcs.call": { kind: "function.", what: "function" },
  "security.policy": { kind: "security.", what: "policy" },
};

/** A method has it without a declaration. */
const self = ({ identifier }: Member): Local => ({
  name: "self",
  declared: identifier,
  kind: "parameter",
  reads: 0,
  writes: 0,
  calls: [],
});

/** The most arguments that a function takes. */
const mostOf = ({ parameters }: FunctionNode): number =>
  parameters.at(-1)?.type === "VarargLiteral" ? Number.POSITIVE_INFINITY : parameters.length;

export type { Arity, Facts, Fields, Finding };
