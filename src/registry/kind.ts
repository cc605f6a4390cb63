import type { Data } from "./data.ts";
import { fieldTaken } from "./errors.ts";
import type { Output, Schema } from "./field.ts";
import type { Place } from "./problem.ts";

/** One entry of a registry, checked, and frozen all the way down. */
export interface Entry<Config = unknown> {
  /** `namespace:name`. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** What people noted: `comment`, `tags`, whatever they like. */
  readonly meta: { readonly [field: string]: Data };
  /** What the kind's schema made of the entry's own fields. */
  readonly config: Config;
  /** Where it begins. */
  readonly place: Place;
}

/** Something outside the host that an entry names, and the field that names it: a file, or a server. */
export type Reach =
  | { readonly field: string; readonly file: string }
  /** Without a password, as `scheme://user@host:port/database`; undefined when there is no such name for it. */
  | { readonly field: string; readonly server: string | undefined };

/** What an entry can be. */
export interface Kind<Config = unknown, Context = never, Opened = unknown> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly schema: Schema<Config>;
  /** `"one"`: a registry may have only one entry of this kind. */
  readonly only?: "one" | undefined;
  /** What an entry reaches outside the host, which a plugin has to be granted. Left out: nothing. */
  reaches?(config: Config): readonly Reach[];
  /** Brings an entry to life. The host calls it; loading a registry opens nothing. */
  open(entry: Entry<Config>, context: Context): Opened;
}

/**
 * The fields that every entry has, and no kind can have for itself. `lifecycle`, as in Wippy's own examples, is taken
 * and without effect: entries are opened and closed with their host.
 */
export const entryFields: readonly string[] = ["name", "kind", "meta", "lifecycle"];

/**
 * Declares a kind; the schema gives the type of `entry.config` in `open`.
 * @throws TypeError when the schema has a field that every entry has.
 */
export function defineKind<S extends Schema, Context, Opened>(kind: {
  readonly name: string;
  readonly summary: string;
  readonly schema: S;
  readonly only?: "one" | undefined;
  readonly reaches?: (config: Output<S>) => readonly Reach[];
  readonly open: (entry: Entry<Output<S>>, context: Context) => Opened;
}): Kind<Output<S>, Context, Opened> {
  const taken = fieldNames(kind.schema).find((name) => entryFields.includes(name));
  if (taken !== undefined) throw new TypeError(fieldTaken(kind.name, taken));
  return kind as Kind<Output<S>, Context, Opened>;
}

/** The fields that a schema of `fields` has, in order. */
export function fieldNames(schema: Schema): string[] {
  return Object.keys((schema as { readonly entries?: object }).entries ?? {});
}
