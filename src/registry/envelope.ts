/** The form of a registry file: what stands around the fields that belong to the kinds. */

import { type Data, dataFrom } from "./data.ts";
import * as errors from "./errors.ts";
import { entryFields } from "./kind.ts";
import { isName } from "./names.ts";
import type { Path, Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import { isMapping, keyOffset, type Mapping, offsetOf, Scalar, type Tree, without } from "./tree.ts";

/** An entry as it is written, before its kind has seen it. */
export interface Draft {
  readonly source: Source;
  /** The whole entry. */
  readonly node: Mapping;
  /** The entry without the fields that are not its kind's. */
  readonly own: Mapping;
  /** The names of those. */
  readonly around: readonly string[];
  /** `entries[2]`, or nothing for an entry at the top level. */
  readonly path: Path;
  /** Undefined when it is missing or no name. */
  readonly name: string | undefined;
  readonly kind: string | undefined;
  readonly meta: { readonly [field: string]: Data };
}

export interface Envelope {
  readonly drafts: readonly Draft[];
  /** Whether all ids of the file are known; names that are missed may be in it otherwise. */
  readonly complete: boolean;
}

const SUPPORTED_VERSION = "1.0";
const fileFields = ["version", "namespace", "entries"];
const nothing: Envelope = { drafts: [], complete: false };
const noMeta: { readonly [field: string]: Data } = Object.freeze(Object.create(null));

/** Reads the form of a file, and gives its source the namespace. */
export function readEnvelope(root: Tree, source: Source, problems: Problem[]): Envelope {
  if (!isTreeMapping(root)) {
    if (!isBroken(root)) problems.push(source.problem(offsetOf(root), [], errors.notARegistry(root)));
    return nothing;
  }
  return new EnvelopeReader(source, problems).read(root);
}

class EnvelopeReader {
  readonly #source: Source;
  readonly #problems: Problem[];

  constructor(source: Source, problems: Problem[]) {
    this.#source = source;
    this.#problems = problems;
  }

  read(root: Mapping): Envelope {
    this.#version(root);
    this.#source.namespace = this.#namespace(root);
    const single = !Object.hasOwn(root, "entries") && (Object.hasOwn(root, "name") || Object.hasOwn(root, "kind"));
    const drafts = single ? [this.#draft(root, [], ["version", "namespace"])] : this.#entries(root);
    return { drafts: drafts ?? [], complete: drafts !== undefined && this.#source.namespace !== undefined };
  }

  #version(root: Mapping): void {
    const version = this.#required(root, "version", []);
    if (version === undefined || isBroken(version)) return;
    // An unquoted 1.0 is a number to YAML, and yet what was meant is plain.
    if (version instanceof Scalar && [version.value, version.written].includes(SUPPORTED_VERSION)) return;
    this.#report(offsetOf(version), ["version"], errors.unsupportedVersion(version, SUPPORTED_VERSION));
  }

  #namespace(root: Mapping): string | undefined {
    const namespace = this.#required(root, "namespace", []);
    return namespace && this.#name(namespace, ["namespace"], "a namespace", "app.sessions");
  }

  #entries(root: Mapping): Draft[] | undefined {
    this.#strayFields(root);
    const entries = this.#required(root, "entries", []);
    if (entries === undefined || isBroken(entries)) return undefined;
    if (!Array.isArray(entries))
      return this.#report(offsetOf(entries), ["entries"], errors.expected("a list of entries", entries));
    return entries.flatMap((entry: Tree, index) => this.#item(entry, ["entries", index]) ?? []);
  }

  /** Fields beside `entries` that belong neither to the file nor, it seems, to anything. */
  #strayFields(root: Mapping): void {
    for (const key of Object.keys(root)) {
      if (fileFields.includes(key)) continue;
      const message = entryFields.includes(key) ? errors.bothForms() : errors.unknownField(key, fileFields);
      this.#report(keyOffset(root, key), [key], message);
    }
  }

  #item(entry: Tree, path: Path): Draft | undefined {
    if (isTreeMapping(entry)) return this.#draft(entry, path, []);
    if (!isBroken(entry)) this.#report(offsetOf(entry), path, errors.expected(errors.entryForm, entry));
    return undefined;
  }

  /** `foreign`: the fields in the mapping that are not the entry's. */
  #draft(node: Mapping, path: Path, foreign: readonly string[]): Draft {
    const around = [...entryFields, ...foreign];
    const name = this.#required(node, "name", path);
    const kind = this.#required(node, "kind", path);
    return {
      source: this.#source,
      node,
      own: without(node, around),
      around,
      path,
      name: name && this.#name(name, [...path, "name"], "a name", "session_cache"),
      kind: kind && this.#kind(kind, [...path, "kind"]),
      meta: this.#meta(node, path),
    };
  }

  #name(node: Tree, path: Path, what: string, example: string): string | undefined {
    if (isBroken(node)) return undefined;
    if (node instanceof Scalar && node.filled) return this.#report(offsetOf(node), path, errors.nameFromEnvironment());
    if (node instanceof Scalar && typeof node.value === "string" && isName(node.value)) return node.value;
    return this.#report(offsetOf(node), path, errors.notAName(what, example, node));
  }

  #kind(node: Tree, path: Path): string | undefined {
    if (isBroken(node)) return undefined;
    if (node instanceof Scalar && node.filled) return this.#report(offsetOf(node), path, errors.nameFromEnvironment());
    if (node instanceof Scalar && typeof node.value === "string") return node.value;
    return this.#report(offsetOf(node), path, errors.expected("a kind", node));
  }

  #meta(entry: Mapping, path: Path): { readonly [field: string]: Data } {
    if (!Object.hasOwn(entry, "meta")) return noMeta;
    const meta = entry.meta!;
    if (isTreeMapping(meta)) return dataFrom(meta) as { readonly [field: string]: Data };
    if (!isBroken(meta)) this.#report(offsetOf(meta), [...path, "meta"], errors.expected("a mapping", meta));
    return noMeta;
  }

  #required(mapping: Mapping, key: string, path: Path): Tree | undefined {
    if (Object.hasOwn(mapping, key)) return mapping[key];
    return this.#report(offsetOf(mapping), path, errors.missingField(key));
  }

  #report(offset: number, path: Path, message: string): undefined {
    this.#problems.push(this.#source.problem(offset, path, message));
  }
}

function isTreeMapping(tree: Tree): tree is Mapping {
  return isMapping(tree);
}

/** Whether a problem already stands for this value. */
function isBroken(tree: Tree): boolean {
  return tree instanceof Scalar && tree.broken;
}
