import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import { entrySize } from "../../src/stores/memory/node.ts";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import { SqliteDatabase } from "../../src/stores/sqlite/sqlite.ts";
import { ByteString } from "../../src/value/value.ts";
import { ManualClock } from "../contract/clock.ts";
import { key } from "../contract/values.ts";
import { shape } from "../support/sqlite.ts";
import { Both, runs } from "./operations.ts";
import type { Limits } from "./store-model.ts";

const unit = entrySize(key("a"), new ByteString(new Uint8Array(200)));
const configurations: Record<string, Limits> = {
  "without limits": { maxSize: 0, maxBytes: 0, eviction: "none" },
  "without limits, that could evict": { maxSize: 0, maxBytes: 0, eviction: "lru" },
  "of a few keys": { maxSize: 4, maxBytes: 0, eviction: "none" },
  "of a few keys, that evicts": { maxSize: 4, maxBytes: 0, eviction: "lru" },
  "of one key, that evicts": { maxSize: 1, maxBytes: 0, eviction: "lru" },
  "of a few bytes": { maxSize: 0, maxBytes: 3 * unit, eviction: "none" },
  "of a few bytes, that evicts": { maxSize: 0, maxBytes: 3 * unit, eviction: "lru" },
  "of a few keys and bytes, that evicts": { maxSize: 4, maxBytes: 4 * unit, eviction: "lru" },
};
const starts = fc.oneof(fc.constantFrom(0, 1e6, -10), fc.double({ min: -1e3, max: 1e9, noNaN: true }));

function memory(limits: Limits, start: number): Both {
  const clock = new ManualClock(start);
  const store = new MemoryStore({ ...limits, cleanupInterval: 0, clock });
  return new Both(store, clock, limits, (model) => {
    while (store.sweep());
    expect(store.size).toBe(model.size);
    expect(store.bytes).toBe(limits.maxBytes === 0 ? 0 : model.bytes);
  });
}

describe("a memory store does what its model does", () => {
  for (const [name, limits] of Object.entries(configurations)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(starts, runs, async (start, run) => {
          const both = memory(limits, start);
          for (const step of run) await step(both);
          await both.cleanUp();
          both.store.close();
        }),
        { numRuns: 300 },
      );
    });
  }
});

it("a SQLite store does what its model does", async () => {
  const noLimits = configurations["without limits"]!;
  await fc.assert(
    fc.asyncProperty(runs, async (run) => {
      const clock = new ManualClock(1_000_000.125);
      const database = new SqliteDatabase({
        path: ":memory:",
        name: "memory",
        timeout: 1000,
        synchronous: "normal",
        clock,
      });
      const store = new SqlStore(database, { ...shape, cleanupInterval: 0 });
      const both = new Both(store, clock, noLimits, async () => {
        while (await store.sweep());
      });
      for (const step of run) await step(both);
      database.close();
    }),
    { numRuns: 200 },
  );
});
