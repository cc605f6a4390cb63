/** Stores in memory in the place of every store of a registry, for tests. */
import { storeMemory } from "../kinds/store-memory.ts";
import type { Entry } from "../registry/kind.ts";

/** As many entries as tests may want, and nothing that runs by itself. */
const config = Object.freeze({ max_size: 0, max_bytes: 0, eviction: "none", cleanup_interval: 0 });

/** What an entry is opened as: a store that is kept elsewhere is one in memory, and everything else what it says. */
export const inMemory = (entry: Entry): Entry =>
  entry.kind.startsWith("store.") && entry.kind !== storeMemory.name
    ? { ...entry, kind: storeMemory.name, config }
    : entry;
