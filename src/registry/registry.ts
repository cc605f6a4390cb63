import { nearest } from "../value/nearest.ts";
import type { Entry } from "./kind.ts";
import { isKindPattern, kindMatches } from "./names.ts";
import { formatPath, formatPlace, type Path, type Place, type Problem } from "./problem.ts";

/** The entries of a registry: checked, complete, and never changed. */
export interface Registry {
  /** The absolute path of its folder. */
  readonly root: string;
  /** The absolute paths of the files that it was read from. */
  readonly files: readonly string[];
  /** In the order of the files, and of the lines in them. */
  readonly entries: readonly Entry[];
  get(id: string): Entry | undefined;
  /** The entries of a kind, or of all kinds that begin alike: `store.*`. Without a filter: all. */
  find(filter?: { readonly kind?: string }): readonly Entry[];
  /**
   * The id that is most like one that does not exist; undefined when none is close.
   * @param accepts which entries may be told
   */
  nearest(id: string, accepts?: (entry: Entry) => boolean): string | undefined;
  /** Whether some entry refers to this one. */
  isMentioned(id: string): boolean;
  /** `registry.yaml:14:5`. */
  place(entry: Entry): string;
  /** The place of a field of an entry, or of the closest thing around it: `["conditions", 1, "value"]`. */
  placeOf(entry: Entry, path: Path): string;
  /** A finding about a field of an entry, for whoever checks what only the host can know. */
  problem(entry: Entry, path: Path, message: string): Problem;
}

/** Finds the place of a field of an entry, and its path in the file. */
export type Locate = (entry: Entry, path: Path) => { readonly place: Place; readonly path: Path };

/** A registry without any file: nothing is in it. */
export function emptyRegistry(root: string): Registry {
  return createRegistry({
    root,
    files: [],
    entries: [],
    locate: ({ place }, path) => ({ place, path }),
    mentioned: new Set(),
  });
}

/** What a registry is made of. */
interface Parts extends Pick<Registry, "root" | "files" | "entries"> {
  readonly locate: Locate;
  /** The ids that entries refer to. */
  readonly mentioned: ReadonlySet<string>;
}

export function createRegistry({ root, files, entries, locate, mentioned }: Parts): Registry {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const byKind = new Map<string, Entry[]>();
  for (const entry of entries) {
    const known = byKind.get(entry.kind);
    if (known === undefined) byKind.set(entry.kind, [entry]);
    else known.push(entry);
  }
  const all = Object.freeze([...entries]);
  return Object.freeze<Registry>({
    root,
    files: Object.freeze([...files]),
    entries: all,
    get: (id) => byId.get(id),
    find({ kind } = {}) {
      if (kind === undefined) return all;
      if (!isKindPattern(kind)) return [...(byKind.get(kind) ?? [])];
      return entries.filter((entry) => kindMatches(entry.kind, kind));
    },
    isMentioned: (id) => mentioned.has(id),
    nearest: (id, accepts) => nearestId(id, byId.keys(), accepts && ((other) => accepts(byId.get(other)!))),
    place: (entry) => formatPlace(entry.place),
    placeOf: (entry, path) => formatPlace(locate(entry, path).place),
    problem(entry, at, message) {
      const { place, path } = locate(entry, at);
      return { ...place, path: formatPath(path), message };
    },
  });
}

/**
 * The id that was most likely meant: one of the same namespace with a name that is close (the namespace would make any
 * two names look alike), else one with this very name elsewhere. An id without a namespace may be in any.
 * @param accepts which ids may be told; asked only of those that are close
 */
export function nearestId(
  id: string,
  ids: Iterable<string>,
  accepts: (id: string) => boolean = () => true,
): string | undefined {
  const [namespace, name] = parts(id);
  /** The ids of each name: several where the namespace does not matter. */
  const peers = new Map<string, string[]>();
  let elsewhere: string | undefined;
  for (const other of ids) {
    const [otherNamespace, otherName] = parts(other);
    if (namespace === "" || otherNamespace === namespace)
      peers.set(otherName, [...(peers.get(otherName) ?? []), other]);
    else if (otherName === name && elsewhere === undefined && accepts(other)) elsewhere = other;
  }
  const close = nearest(name, peers.keys(), (peer) => peers.get(peer)!.some(accepts));
  return close === undefined ? elsewhere : peers.get(close)!.find(accepts);
}

function parts(id: string): readonly [namespace: string, name: string] {
  const colon = id.indexOf(":");
  return [id.slice(0, Math.max(0, colon)), id.slice(colon + 1)];
}
