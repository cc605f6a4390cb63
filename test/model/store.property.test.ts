import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import { entrySize } from "../../src/stores/memory/node.ts";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import { SqliteDatabase } from "../../src/stores/sqlite/sqlite.ts";
import type { Store } from "../../src/stores/store.ts";
import { ByteString } from "../../src/value/value.ts";
import { ManualClock } from "../contract/clock.ts";
import { key } from "../contract/values.ts";
import { openPostgres } from "../support/postgres.ts";
import { openRedis } from "../support/redis.ts";
import { postgres, redis, withService } from "../support/services.ts";
import { shape } from "../support/sqlite.ts";
import { Both } from "./both.ts";
import { moved, standing } from "./choices.ts";
import { runsOf } from "./operations.ts";
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
  return new Both(store, clock, limits, ({ model, tokens }) => {
    while (store.sweep());
    expect(store.size).toBe(model.size + tokens.size);
    expect(store.bytes).toBe(limits.maxBytes === 0 ? 0 : model.bytes);
  });
}

const runs = runsOf(moved);

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

/** Time is the server's here, and nothing expires; what does is in the contract. */
function onServer(name: string, open: () => { readonly store: Store; end(): Promise<void> }): void {
  it(`a store in ${name} does what its model does`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(standing), async (run) => {
        const { store, end } = open();
        const both = new Both(store, new ManualClock(0), configurations["without limits"]!, () => {}, false);
        try {
          for (const step of run) await step(both);
        } finally {
          await end();
        }
      }),
      { numRuns: 25 },
    );
  });
}

await withService(redis, () => onServer("Redis", openRedis));
await withService(postgres, () => onServer("PostgreSQL", openPostgres));
