import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Scalar as Leaf,
  type Node,
  type Pair,
} from "yaml";
import { MAX_DEPTH } from "../yaml/compose.ts";
import { fill, type Variables } from "./env.ts";
import * as errors from "./errors.ts";
import type { Path, Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import { type Atom, placed, Scalar, type ScalarOptions, type Tree } from "./tree.ts";

/** Values that aliases may repeat in one file. Ten lines of aliases of aliases can stand for billions. */
const MAX_REPEATED = 10_000;

const wholeNumber = /^[+-]?(?:\d+|0x[\dA-Fa-f]+|0o[0-7]+)$/;

/** The tree of a document, with aliases followed and placeholders filled. What is wrong in it is reported. */
export function buildTree(document: Document, source: Source, variables: Variables, problems: Problem[]): Tree {
  return new TreeBuilder(source, variables, problems).build(document.contents as Node | null, [], 0);
}

class TreeBuilder {
  readonly #problems: Problem[];
  readonly #source: Source;
  readonly #variables: Variables;
  /** By name; a later one takes the place of an earlier one, for the aliases after it. */
  readonly #anchors = new Map<string, Node>();
  /** The mappings and sequences that are being built, from the outermost in. */
  readonly #open = new Set<Node>();
  #aliasDepth = 0;
  #repeated = 0;
  #saidTooMuch = false;

  constructor(source: Source, variables: Variables, problems: Problem[]) {
    this.#problems = problems;
    this.#source = source;
    this.#variables = variables;
  }

  /** `offset` is for a value that was left out: that of its key. */
  build(node: Node | null, path: Path, offset: number): Tree {
    if (node === null) return new Scalar(null, { spot: { source: this.#source, offset, path }, written: "" });
    if (isAlias(node)) return this.#follow(node, path);
    this.#noteAnchor(node);
    if (this.#aliasDepth > 0) this.#repeated++;
    if (isScalar(node)) return this.#scalar(node, path);
    if (path.length > MAX_DEPTH) return this.#broken(start(node), path, errors.nestedTooDeep(MAX_DEPTH));
    this.#open.add(node);
    const tree = isMap(node)
      ? this.#mapping(node.items as Pair<Node, Node | null>[], path, start(node))
      : this.#sequence(isSeq(node) ? (node.items as Node[]) : [], path, start(node));
    this.#open.delete(node);
    return tree;
  }

  #noteAnchor(node: Node & { anchor?: string }): void {
    // What an alias repeats was noted when it was first met; noting it again would hide a later anchor of that name.
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node);
  }

  #follow(alias: Alias.Parsed | Alias, path: Path): Tree {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) return this.#broken(start(alias), path, errors.noSuchAnchor(alias.source));
    if (this.#open.has(target)) return this.#broken(start(alias), path, errors.aliasOfItself(alias.source));
    if (this.#repeated > MAX_REPEATED) return this.#tooMuchRepeated(start(alias), path);
    this.#aliasDepth++;
    const tree = this.build(target, path, start(alias));
    this.#aliasDepth--;
    return tree;
  }

  /** Said once: every further alias has the same reason. */
  #tooMuchRepeated(offset: number, path: Path): Scalar {
    const message = this.#saidTooMuch ? undefined : errors.aliasBomb(MAX_REPEATED);
    this.#saidTooMuch = true;
    return this.#broken(offset, path, message);
  }

  #mapping(pairs: readonly Pair<Node, Node | null>[], path: Path, offset: number): Tree {
    const fields: Record<string, Tree> = Object.create(null);
    const keys = new Map<string, number>();
    for (const { key: node, value } of pairs) {
      const key = this.#key(node, keys, path);
      if (key === undefined) continue;
      keys.set(key, start(node));
      fields[key] = this.build(value, [...path, key], start(node));
    }
    return placed(fields, offset, keys);
  }

  /** The text of a key; undefined when it can't be one, which is then reported. */
  #key(node: Node, earlier: ReadonlyMap<string, number>, path: Path): string | undefined {
    if (!isScalar(node) || node.value === null) return this.#report(start(node), path, errors.keyNotText());
    this.#noteAnchor(node);
    if (node.value === "<<" && node.type === "PLAIN") return this.#report(start(node), path, errors.mergeKey());
    const key = typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
    const first = earlier.get(key);
    if (first === undefined) return key;
    return this.#report(start(node), path, errors.duplicateKey(key, this.#source.place(first)));
  }

  #sequence(items: readonly Node[], path: Path, offset: number): Tree {
    return placed(
      items.map((item, index) => this.build(item, [...path, index], offset)),
      offset,
    );
  }

  #scalar(node: Leaf, path: Path): Scalar {
    const spot = { source: this.#source, offset: start(node), path };
    const value = node.value as Atom;
    const written = node.source ?? String(value);
    if (typeof value === "string") return this.#text(value, { spot, written });
    if (typeof value !== "number") return new Scalar(value, { spot, written });
    if (!Number.isFinite(value)) return this.#broken(spot.offset, path, errors.notFinite(written));
    const exact = Number.isSafeInteger(value) || !wholeNumber.test(written);
    return exact
      ? new Scalar(value, { spot, written })
      : this.#broken(spot.offset, path, errors.tooManyDigits(written));
  }

  #text(text: string, options: ScalarOptions & { readonly spot: { offset: number; path: Path } }): Scalar {
    const { env, namable } = this.#variables;
    const filled = fill(text, env);
    if (filled === undefined) return new Scalar(text, options);
    const { offset, path } = options.spot;
    const stray = namable === undefined ? [] : filled.names.filter((name) => !namable.has(name));
    const missing = filled.missing.filter((name) => !stray.includes(name));
    for (const name of stray) this.#report(offset, path, errors.variableNotAskedFor(name));
    for (const name of missing) this.#report(offset, path, errors.variableNotSet(name));
    if (filled.malformed) this.#report(offset, path, errors.malformedPlaceholder());
    const broken = filled.malformed || missing.length > 0 || stray.length > 0;
    return new Scalar(filled.text, { ...options, filled: true, secrets: filled.secrets, broken });
  }

  #broken(offset: number, path: Path, message: string | undefined): Scalar {
    if (message !== undefined) this.#report(offset, path, message);
    return new Scalar(null, { spot: { source: this.#source, offset, path }, broken: true });
  }

  #report(offset: number, path: Path, message: string): undefined {
    this.#problems.push(this.#source.problem(offset, path, message));
  }
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}
