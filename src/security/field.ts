import type { Actor, Attributes, Data } from "./actor.ts";
import { isMapping } from "./actor.ts";

/** Everything that a condition can look at. */
export interface Facts {
  readonly actor: Actor | undefined;
  readonly action: string;
  readonly resource: string;
  readonly meta: Attributes;
}

/** A field, compiled. */
export interface Field {
  readonly name: string;
  /** Whether it looks at the attributes, which change from one question to the next. */
  readonly isAttribute: boolean;
  /** The value; undefined when it is missing, and for null. */
  read(facts: Facts): Data | undefined;
}

export const roots = ["actor.id", "actor.meta", "action", "resource", "meta"] as const;

/** @returns undefined when the name begins with none of the roots */
export function compileField(name: string): Field | undefined {
  const [root, ...path] = name.split(".");
  if (path.includes("")) return undefined;
  const field = (isAttribute: boolean, read: (facts: Facts) => Data | undefined): Field => ({
    name,
    isAttribute,
    read,
  });
  if (name === "action") return field(false, (facts) => facts.action);
  if (name === "resource") return field(false, (facts) => facts.resource);
  if (name === "actor.id") return field(false, (facts) => facts.actor?.id);
  if (root === "meta" && path.length === 1) {
    const only = path[0]!;
    return field(true, ({ meta }) => (Object.hasOwn(meta, only) ? (meta[only] ?? undefined) : undefined));
  }
  if (root === "meta" && path.length > 1) return field(true, (facts) => follow(facts.meta, path));
  if (root === "actor" && path[0] === "meta" && path.length > 1) {
    const below = path.slice(1);
    return field(false, (facts) => (facts.actor === undefined ? undefined : follow(facts.actor.meta, below)));
  }
  return undefined;
}

function follow(data: Data, path: readonly string[]): Data | undefined {
  let at: Data = data;
  for (const step of path) {
    if (!isMapping(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step]!;
  }
  return at ?? undefined;
}
