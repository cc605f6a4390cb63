/**
 * Files to a registry: all of it, or every problem at once.
 *
 * Four passes. Files become drafts (`read`); the ids of the drafts are compared; each draft meets the schema of its
 * kind, which also notes the names that it mentions; and when all names are known, the mentions are checked. A pass
 * goes on after a problem as far as that makes sense: a value that was found wrong is not complained about again, and
 * a name is called missing only when everything that might bear it has been read.
 */

import type { Bytes } from "../value/value.ts";
import { deepFreeze } from "./data.ts";
import type { Variables } from "./env.ts";
import type { Draft } from "./envelope.ts";
import * as errors from "./errors.ts";
import type { Entry, Kind } from "./kind.ts";
import { inOrder, type Place, type Problem } from "./problem.ts";
import { type Reading, readRegistry } from "./read.ts";
import { checkReferences } from "./references.ts";
import { createRegistry, type Locate, type Registry } from "./registry.ts";
import { follow, offsetOf, scalarsOf } from "./tree.ts";
import { reportMisspelledFields, validate } from "./validate.ts";

/** What is said of variables is what `${env:NAME}` is filled from. */
export interface LoadOptions extends Variables {
  /** What an entry can be. */
  readonly kinds: readonly Kind[];
  /** Kinds that are known and not offered, each with a sentence that says why and what to use instead. */
  readonly unavailable: Readonly<Record<string, string>>;
  /** Where people are: problems name files relative to it. The process's own when not given. */
  readonly cwd?: string;
  /** How much code its entries may hold, all together, in them and in the files that they name. Default: no limit. */
  readonly codeBytes?: Bytes | undefined;
  /** How many entries there may be. Default: no limit. */
  readonly mostEntries?: number | undefined;
}

/**
 * Reads a registry from a YAML file, or from all `.yaml` and `.yml` files below a folder (`node_modules`, folders that
 * begin with a dot, and those of plugins left out).
 * @throws RegistryError with every problem of every file; TypeError when two kinds have one name.
 */
export function loadRegistry(path: string, options: LoadOptions): Registry {
  const kinds = byName(options.kinds);
  const problems: Problem[] = [];
  const reading = readRegistry(path, { ...options, cwd: options.cwd ?? process.cwd() }, problems);
  const fits = reading !== undefined && checkCount(reading, options, problems);
  const registry = fits ? new Checking(reading, kinds, options.unavailable, problems).registry() : undefined;
  if (registry === undefined || problems.length > 0) throw new errors.RegistryError(inOrder(problems));
  return registry;
}

/** Where there are too many entries, nothing else is said of them. */
function checkCount({ drafts }: Reading, { mostEntries }: LoadOptions, problems: Problem[]): boolean {
  const first = mostEntries === undefined ? undefined : drafts[mostEntries];
  if (first === undefined) return true;
  const { source, node, path } = first;
  problems.push(source.problem(offsetOf(node), path, errors.tooManyEntries(mostEntries!, drafts.length)));
  return false;
}

class Checking {
  readonly #reading: Reading;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #unavailable: Readonly<Record<string, string>>;
  readonly #problems: Problem[];
  /** The first draft of each id. */
  readonly #byId = new Map<string, Draft>();
  /** The first draft of each kind that a registry may have only one of. */
  readonly #only = new Map<string, Draft>();

  constructor(
    reading: Reading,
    kinds: ReadonlyMap<string, Kind>,
    unavailable: Readonly<Record<string, string>>,
    problems: Problem[],
  ) {
    this.#reading = reading;
    this.#kinds = kinds;
    this.#unavailable = unavailable;
    this.#problems = problems;
  }

  registry(): Registry {
    const { root, files, drafts } = this.#reading;
    for (const draft of drafts) this.#identify(draft);
    const entries = drafts.flatMap((draft) => this.#entry(draft) ?? []);
    this.#checkReferences();
    const mentions = this.#reading.mentions().filter(({ role }) => role === "entry");
    const mentioned = new Set(mentions.map(({ id }) => id));
    return createRegistry({ root, files, entries, locate: locator(this.#byId), mentioned });
  }

  #identify(draft: Draft): void {
    const id = idOf(draft);
    if (id === undefined) return;
    const first = this.#byId.get(id);
    if (first === undefined) this.#byId.set(id, draft);
    else this.#report(draft, "name", errors.duplicateId(id, placeOf(first)));
  }

  /** The entry that a draft becomes; undefined when its kind, its fields or its name are wrong. */
  #entry(draft: Draft): Entry | undefined {
    const kind = this.#kindOf(draft);
    if (kind === undefined) {
      this.#reportKind(draft);
      return undefined;
    }
    if (kind.only === "one") this.#checkOnly(draft, kind);
    const result = validate(draft, kind.schema, this.#problems);
    const id = idOf(draft);
    return result === undefined || id === undefined ? undefined : toEntry(draft, id, result.config);
  }

  #kindOf({ kind }: Draft): Kind | undefined {
    return kind === undefined ? undefined : this.#kinds.get(kind);
  }

  #reportKind(draft: Draft): void {
    const { kind } = draft;
    if (kind === undefined) reportMisspelledFields(draft, this.#problems);
    else {
      const why = Object.hasOwn(this.#unavailable, kind) ? this.#unavailable[kind] : undefined;
      this.#report(draft, "kind", why ?? errors.unknownKind(kind, [...this.#kinds.keys()]));
    }
  }

  #checkOnly(draft: Draft, kind: Kind): void {
    const first = this.#only.get(kind.name);
    if (first === undefined) this.#only.set(kind.name, draft);
    else this.#report(draft, "kind", errors.onlyOne(kind.name, placeOf(first)));
  }

  #checkReferences(): void {
    const { complete, drafts } = this.#reading;
    const kinds = new Map<string, string | undefined>();
    for (const [id, draft] of this.#byId) kinds.set(id, this.#kindOf(draft)?.name);
    const puzzling = drafts.filter((draft) => this.#kindOf(draft) === undefined);
    const perhapsDeclared = new Set(puzzling.flatMap(namesIn));
    checkReferences(this.#reading.mentions(), { kinds, complete, perhapsDeclared }, this.#problems);
  }

  #report({ source, node, path }: Draft, field: "name" | "kind", message: string): void {
    this.#problems.push(source.problem(offsetOf(node[field]!), [...path, field], message));
  }
}

function byName(kinds: readonly Kind[]): ReadonlyMap<string, Kind> {
  const result = new Map<string, Kind>();
  for (const kind of kinds) {
    if (result.has(kind.name)) throw new TypeError(errors.duplicateKind(kind.name));
    result.set(kind.name, kind);
  }
  return result;
}

function idOf({ source, name }: Draft): string | undefined {
  return name === undefined ? undefined : source.fullName(name);
}

function placeOf({ source, node }: Draft): Place {
  return source.place(offsetOf(node));
}

/** Every text in an entry, read as the name of something. */
function namesIn({ source, own }: Draft): string[] {
  return scalarsOf(own).flatMap(({ value }) => (typeof value === "string" ? (source.fullName(value) ?? []) : []));
}

function toEntry(draft: Draft, id: string, config: unknown): Entry {
  const { source, meta } = draft;
  const entry = { id, namespace: source.namespace!, name: draft.name!, kind: draft.kind!, meta, config };
  return deepFreeze({ ...entry, place: placeOf(draft) });
}

/** Finds places in the trees, which are kept for it. */
function locator(drafts: ReadonlyMap<string, Draft>): Locate {
  return (entry, path) => {
    const draft = drafts.get(entry.id);
    if (draft === undefined) return { place: entry.place, path };
    const place = draft.source.place(offsetOf(follow(draft.node, path).node));
    return { place, path: [...draft.path, ...path] };
  };
}
