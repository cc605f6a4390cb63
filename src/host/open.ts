import { kinds, unavailable } from "../kinds/index.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Environment } from "../registry/env.ts";
import { loadRegistry } from "../registry/load.ts";
import type { Registry } from "../registry/registry.ts";

/** Reads a registry of the kinds that there are. @throws RegistryError with every problem */
export function readRegistry(path: string, env: Environment = process.env): Registry {
  return loadRegistry(path, { kinds, unavailable, env });
}

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

/**
 * Brings entries to life, by their ids; what an entry uses comes before it.
 * @param kind which ones: a kind, or all kinds that begin alike (`security.*`). Left out: all.
 */
export function openEntries(registry: Registry, kind?: string): ReadonlyMap<string, Opened> {
  const opened = new Map<string, Opened>();
  const open = (id: string): Opened => {
    const known = opened.get(id);
    if (known !== undefined) return known;
    const entry = registry.get(id)!;
    const use = <T>(other: string) => open(other).value as T;
    const result = byName.get(entry.kind)!.open(entry, { root: registry.root, use });
    opened.set(id, result);
    return result;
  };
  for (const { id } of registry.find(kind === undefined ? {} : { kind })) open(id);
  return opened;
}
