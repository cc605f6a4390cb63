import { kinds, unavailable } from "../kinds/index.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Environment } from "../registry/env.ts";
import { loadRegistry } from "../registry/load.ts";
import type { Registry } from "../registry/registry.ts";

/** Reads a registry of the kinds that there are. @throws RegistryError with every problem */
export function readRegistry(path: string, env: Environment = process.env): Registry {
  return loadRegistry(path, { kinds, unavailable, env });
}

/**
 * Brings entries to life, by their ids.
 * @param kind which ones: a kind, or all kinds that begin alike (`security.*`). Left out: all.
 */
export function openEntries(registry: Registry, kind?: string): ReadonlyMap<string, Opened> {
  const byName = new Map(kinds.map((known) => [known.name, known]));
  const entries = registry.find(kind === undefined ? {} : { kind });
  return new Map(entries.map((entry) => [entry.id, byName.get(entry.kind)!.open(entry, undefined)]));
}
