/** Fields that name something else in the registry. The names are checked once all files are read. */

import * as errors from "./errors.ts";
import { type FieldOptions, Refusal, type Schema, scalarField } from "./field.ts";
import { isId, isName } from "./names.ts";
import type { Scalar } from "./tree.ts";

/**
 * The id of another entry, of one of these kinds (`ref(["store.*"])`). A bare name is in the file's own namespace; the
 * result is always a full id.
 */
export function ref(kinds: readonly string[], options: FieldOptions = {}): Schema<string, string> {
  const expects = 'the id of an entry, such as "app:cache" or "cache"';
  return scalarField({ field: "ref", expects, kinds, ...options }, (scalar) => {
    const id = idIn(scalar);
    if (id !== undefined && scalar.spot !== undefined && isId(id)) {
      scalar.spot.source.mentions.push({ role: "entry", id, kinds, at: scalar });
    }
    return id;
  });
}

/**
 * A name that comes into being by being written, such as that of a policy group. Several entries may declare the same
 * one. `symbol` is the word for people: "group". The result is the full name, `app:developers`.
 */
export function declares(symbol: string, options: FieldOptions = {}): Schema<string, string> {
  return scalarField({ field: "declares", expects: `the name of a ${symbol}`, ...options }, (scalar) => {
    if (scalar.filled) return new Refusal(errors.nameFromEnvironment());
    const id = idIn(scalar);
    if (id !== undefined) scalar.spot?.source.mentions.push({ role: "declares", symbol, id });
    return id;
  });
}

/** A name that some entry has to declare with `declares(symbol)`. The result is the full name. */
export function refersTo(symbol: string, options: FieldOptions = {}): Schema<string, string> {
  return scalarField({ field: "refersTo", expects: `the name of a ${symbol}`, ...options }, (scalar) => {
    const id = idIn(scalar);
    if (id !== undefined && isId(id)) scalar.spot?.source.mentions.push({ role: "uses", symbol, id, at: scalar });
    return id;
  });
}

/** The full name in a scalar, bare where the file's namespace is not known; undefined when it is not a name. */
function idIn({ value, spot }: Scalar): string | undefined {
  if (typeof value !== "string" || !(isId(value) || isName(value))) return undefined;
  return spot?.source.fullName(value) ?? value;
}
