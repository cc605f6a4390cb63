import { isDeepStrictEqual } from "node:util";
import { kinds, unavailable } from "../kinds/index.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Environment } from "../registry/env.ts";
import type { Entry, Reach } from "../registry/kind.ts";
import { type LoadOptions, loadRegistry } from "../registry/load.ts";
import type { Registry } from "../registry/registry.ts";

/** Reads a registry of the kinds that there are. @throws RegistryError with every problem */
export function readRegistry(
  path: string,
  env: Environment = process.env,
  more: Pick<LoadOptions, "namable" | "codeBytes" | "mostEntries"> = {},
): Registry {
  return loadRegistry(path, { ...more, kinds, unavailable, env });
}

/** What an entry reaches outside the host. */
export const reachOf = ({ kind, config }: Entry): readonly Reach[] => byName.get(kind)!.reaches?.(config) ?? [];

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

/** What an entry came to, and what that depends on. */
export interface OpenedEntry extends Opened {
  readonly entry: Entry;
  /** The ids of the entries that it uses. */
  readonly uses: readonly string[];
  /** The folder of the registry. */
  readonly root: string;
  /** How many have it open: it is closed when the last one lets go of it. */
  owners: number;
}

export type OpenedEntries = ReadonlyMap<string, OpenedEntry>;

export interface OpenOptions {
  /** Which ones: a kind, or all kinds that begin alike (`security.*`). Left out: all. */
  readonly kind?: string | undefined;
  /** What is open already: an entry that says the same, and uses the same, is taken over as it is. */
  readonly previous?: OpenedEntries | undefined;
  /** The environment that `env.storage.os` has. Default: an empty one. */
  readonly env?: Environment | undefined;
  /** What an entry is to be opened as, where that is not what it says. */
  readonly adjust?: ((entry: Entry) => Entry) | undefined;
}

/**
 * Brings entries to life, by their ids; what an entry uses comes before it. Whoever opens them lets go of them with
 * `closeEntries`.
 * @throws what an entry throws that can't be opened; what was opened for the others is closed then
 */
export function openEntries(
  registry: Registry,
  { kind, previous, env = {}, adjust = (entry) => entry }: OpenOptions = {},
): OpenedEntries {
  const opened = new Map<string, OpenedEntry>();
  const open = (id: string): OpenedEntry => {
    const known = opened.get(id);
    if (known !== undefined) return known;
    const entry = adjust(registry.get(id)!);
    const result = takeOver(entry) ?? openEntry(entry);
    opened.set(id, result);
    return result;
  };

  function takeOver(entry: Entry): OpenedEntry | undefined {
    const before = previous?.get(entry.id);
    if (before === undefined || before.entry.kind !== entry.kind || before.root !== registry.root) return undefined;
    if (!isDeepStrictEqual(before.entry.config, entry.config)) return undefined;
    return before.uses.every((id) => registry.get(id) !== undefined && open(id) === previous?.get(id))
      ? before
      : undefined;
  }

  function openEntry(entry: Entry): OpenedEntry {
    const uses: string[] = [];
    const use = <T>(id: string) => {
      uses.push(id);
      return open(id).value as T;
    };
    const { root } = registry;
    return { ...byName.get(entry.kind)!.open(entry, { root, env, use }), entry, uses, root, owners: 0 };
  }

  try {
    for (const { id } of registry.find(kind === undefined ? {} : { kind })) open(id);
  } catch (e) {
    const fresh = [...opened].filter(([, { owners }]) => owners === 0);
    closeEntries(new Map(fresh)).catch(() => {}); // what could not be opened is what there is to say
    throw e;
  }
  for (const one of opened.values()) one.owners++;
  return opened;
}

/**
 * Closes entries that nobody else has open, backwards, since what an entry uses was opened before it. All of it, even
 * where something fails.
 */
export async function closeEntries(entries: OpenedEntries): Promise<void> {
  const failures: unknown[] = [];
  for (const one of [...entries.values()].reverse()) {
    if (--one.owners > 0) continue;
    try {
      await one.close?.();
    } catch (e) {
      failures.push(e);
    }
  }
  if (failures.length > 0) throw failures[0];
}
