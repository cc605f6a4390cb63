import { defineKind } from "../registry/kind.ts";
import { duration, fields, oneOf, optional, size, wholeNumber } from "../registry/schema.ts";
import { MemoryStore } from "../stores/memory/memory.ts";
import type { Opened } from "./opened.ts";

export const storeMemory = defineKind({
  name: "store.memory",
  summary: "a store in the memory of this process; it is lost when the process ends",
  schema: fields({
    max_size: optional(
      wholeNumber({
        unit: "entries",
        min: 0,
        max: 16_000_000,
        description: "the largest number of entries; 0 means no limit",
      }),
      10_000,
    ),
    max_bytes: optional(size({ description: "about how much memory the entries may take; 0 means no limit" }), 0),
    eviction: optional(
      oneOf(["none", "lru"], {
        description: "if the store is full: refuse new entries, or drop those that were used least recently",
      }),
      "none",
    ),
    cleanup_interval: optional(duration({ description: "how often expired entries are freed; 0 means never" }), "5m"),
  }),
  open({ config }): Opened {
    const store = new MemoryStore({
      maxSize: config.max_size,
      maxBytes: config.max_bytes,
      eviction: config.eviction,
      cleanupInterval: config.cleanup_interval,
    });
    return { value: store, close: () => store.close(), health: { version: () => "memory of this process" } };
  },
});
