/**
 * What a YAML file says, with the place of every part: mappings are objects without a prototype, sequences are arrays,
 * and the leaves are Scalars, which know where they stand. A schema reads the same shapes from plain JavaScript data,
 * so a default, or a setting that never was in a file, goes through the very same checks.
 */

import type { Path } from "./problem.ts";
import type { Source } from "./source.ts";

export type Tree = Scalar | Sequence | Mapping;
export type Sequence = readonly Tree[];
export type Mapping = { readonly [key: string]: Tree };
export type Atom = string | number | boolean | null;

/** Where a scalar stands. The path is the scalar's own, also where an alias repeats text from elsewhere. */
export interface Spot {
  readonly source: Source;
  readonly offset: number;
  readonly path: Path;
}

export interface ScalarOptions {
  readonly spot?: Spot;
  /** The text in the file, before anything was made of it. */
  readonly written?: string;
  /** Whether a placeholder was filled in it. */
  readonly filled?: boolean;
  /** The environment variables whose values are in it. */
  readonly secrets?: readonly string[];
  /** Whether a problem was already found here: what else is wrong with it would only be noise. */
  readonly broken?: boolean;
}

const wholeNumber = /^[+-]?\d{1,16}$/;
const truth: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
]);

export class Scalar {
  readonly value: Atom;
  readonly spot: Spot | undefined;
  readonly written: string;
  readonly filled: boolean;
  readonly secrets: readonly string[];
  readonly broken: boolean;

  constructor(value: Atom, options: ScalarOptions = {}) {
    this.value = value;
    this.spot = options.spot;
    this.written = options.written ?? String(value);
    this.filled = options.filled ?? false;
    this.secrets = options.secrets ?? [];
    this.broken = options.broken ?? false;
  }

  get isSecret(): boolean {
    return this.secrets.length > 0;
  }

  /** The number; of a text only when a placeholder filled it, since the environment holds nothing but text. */
  get number(): number | undefined {
    if (typeof this.value === "number") return this.value;
    return this.filled && wholeNumber.test(String(this.value)) ? Number(this.value) : undefined;
  }

  /** The truth value; of a text as for `number`. */
  get flag(): boolean | undefined {
    if (typeof this.value === "boolean") return this.value;
    return this.filled ? truth.get(this.value) : undefined;
  }
}

/** Where a mapping or sequence begins, and where each key of a mapping stands. */
interface Origin {
  readonly offset: number;
  readonly keys: ReadonlyMap<string, number>;
}

const origins = new WeakMap<object, Origin>();
const noKeys: ReadonlyMap<string, number> = new Map();

/** Notes where a mapping or sequence comes from. */
export function placed<T extends Sequence | Mapping>(node: T, offset: number, keys = noKeys): T {
  origins.set(node, { offset, keys });
  return node;
}

/** The mapping without some of its fields, at the same place. */
export function without(mapping: Mapping, keys: readonly string[]): Mapping {
  const rest: Record<string, Tree> = Object.create(null);
  for (const key of Object.keys(mapping)) if (!keys.includes(key)) rest[key] = mapping[key]!;
  const origin = origins.get(mapping);
  if (origin !== undefined) origins.set(rest, origin);
  return rest;
}

/** Whether a value is part of a file, not something that was made of it. */
export function isFromFile(value: unknown): boolean {
  return value instanceof Scalar ? value.spot !== undefined : typeof value === "object" && origins.has(value as object);
}

/** Whether a value is a mapping, of a file or as a plain object. */
export function isMapping(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Scalar);
}

export function offsetOf(node: Tree): number {
  return node instanceof Scalar ? (node.spot?.offset ?? 0) : (origins.get(node)?.offset ?? 0);
}

export function keyOffset(mapping: Mapping, key: string): number {
  return origins.get(mapping)?.keys.get(key) ?? offsetOf(mapping);
}

/** Follows a path as far as the file has it: a default, for one, has no place of its own. */
export function follow(tree: Tree, path: Path): { readonly node: Tree; readonly path: Path } {
  let node = tree;
  for (const [depth, step] of path.entries()) {
    const next = node instanceof Scalar || !Object.hasOwn(node, step) ? undefined : (node as Mapping)[step];
    if (next === undefined) return { node, path: path.slice(0, depth) };
    node = next;
  }
  return { node, path };
}

/** Every scalar in a tree; plain JavaScript data has none. */
export function scalarsOf(tree: Tree): readonly Scalar[] {
  if (tree instanceof Scalar) return [tree];
  return typeof tree === "object" && tree !== null ? Object.values(tree).flatMap(scalarsOf) : [];
}
