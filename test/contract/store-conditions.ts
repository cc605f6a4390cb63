import { expect } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { deleteIf } from "../../src/stores/delete-if.ts";
import type { Store, Write } from "../../src/stores/store.ts";
import { slide } from "../../src/stores/window.ts";
import { float, type Key, type Value } from "../../src/value/value.ts";
import { kindOf, type Promised } from "./harness.ts";
import { key, list } from "./values.ts";

const k = key("k");

/** Versions, and writes that depend on what is there. */
export function conditions(promised: Promised): void {
  promised("put gives the entry that entry and list then give", async ({ store }) => {
    const put = await store.put(k, 1, {});
    expect(await store.entry(k)).toEqual(put);
    expect((await store.list({ prefix: key(""), limit: 1 })).entries).toEqual([put]);
  });

  promised("reading does not change a version", async ({ store }) => {
    await store.set(k, 1);
    const before = await store.entry(k);
    await store.get(k);
    await store.has(k);
    expect(await store.entry(k)).toEqual(before);
  });

  promised("every write makes a version that the key never had", async ({ store, advance }) => {
    const seen = new Set<string>();
    let writes = 0;
    const note = async () => {
      seen.add((await store.entry(k))!.version);
      expect(seen.size).toBe(++writes);
    };
    for (let i = 0; i < 5; i++) {
      await store.set(k, 1);
      await note();
      await store.put(k, 1, { ttl: 1000 });
      await note();
      await store.set(k, 1, 1000);
      await note();
      await advance(1000); // expired, and written again
      await store.put(k, 1, { onlyIf: "absent" });
      await note();
      await store.delete(k); // deleted, and written again
      await store.set(k, 1);
      await note();
    }
  });

  promised("versions tell nothing of how many writes there were", async ({ store }) => {
    const versions: string[] = [];
    for (let i = 0; i < 60; i++) {
      versions.push((await store.put(k, 1, {})).version);
      await store.set(key("other"), i);
    }
    expect(new Set(versions).size).toBe(60);
    expect(new Set(versions.map((version) => version.length)).size).toBe(1);
    for (const at of [0, 5, 10, 15]) {
      const there = versions.map((version) => version[at]!);
      expect(new Set(there).size).toBeGreaterThan(10);
      expect(there).not.toEqual([...there].sort());
    }
  });

  promised("put, only if absent, writes where nothing is", async ({ store }) => {
    await store.put(k, 1, { onlyIf: "absent" });
    await store.delete(k);
    await store.put(k, 2, { onlyIf: "absent" });
    expect(await store.get(k)).toBe(2);
  });

  promised("put, only if absent, leaves what is there", async ({ store }) => {
    const before = await store.put(k, false, {});
    expect(await kindOf(() => store.put(k, 2, { onlyIf: "absent" }))).toBe("ALREADY_EXISTS");
    expect(await store.entry(k)).toEqual(before);
  });

  promised("put, only if of a version, writes over that version", async ({ store }) => {
    const { version } = await store.put(k, 1, {});
    const after = await store.put(k, 2, { onlyIf: { version } });
    expect(after.version).not.toBe(version);
    expect(await store.entry(k)).toEqual(after);
  });

  promised("put, only if of a version, leaves any other", async ({ store }) => {
    const old = await store.put(k, 1, {});
    const other = await store.put(key("other"), 1, {});
    const before = await store.put(k, 2, {});
    for (const version of [old.version, other.version, "", "no version", `${before.version}0`, ` ${before.version}`]) {
      expect(await kindOf(() => store.put(k, 3, { onlyIf: { version } }))).toBe("CONFLICT");
    }
    expect(await store.entry(k)).toEqual(before);
  });

  promised("put, only if of a version, finds no key that is gone", async ({ store }) => {
    const { version } = await store.put(k, 1, {});
    await store.delete(k);
    expect(await kindOf(() => store.put(k, 2, { onlyIf: { version } }))).toBe("NOT_FOUND");
    expect(await store.has(k)).toBe(false);
  });

  promised("a version from before a delete does not match after it", async ({ store }) => {
    const { version } = await store.put(k, 1, {});
    await store.delete(k);
    await store.put(k, 1, {});
    expect(await kindOf(() => store.put(k, 2, { onlyIf: { version } }))).toBe("CONFLICT");
  });

  promised("of many that put only if absent, one succeeds", async ({ store }) => {
    const tries = Array.from({ length: 20 }, async (_, i) => store.put(k, i, { onlyIf: "absent" }));
    const done = (await Promise.allSettled(tries)).filter(({ status }) => status === "fulfilled");
    expect(done).toHaveLength(1);
  });

  promised(
    "what others get in the way of each time gives up with CONFLICT, or with whoever asked",
    async ({ store }) => {
      let [looks, live] = [0, true];
      const others = async () => {
        looks++;
        await store.set(k, list(float(1), float(1)), 10_000);
      };
      const busy = {
        traits: store.traits,
        together: store.together,
        ttl: (name: Key) => store.ttl(name),
        entry: async (name: Key) => {
          const found = await store.entry(name);
          await others();
          return found;
        },
        put: (name: Key, value: Value, write: Write) => store.put(name, value, write),
        delete: (name: Key, version?: string) => store.delete(name, version),
      } as unknown as Store;
      const rate = { limit: 100, per: 10_000, cost: 1 };
      const isLive = () => live;
      const works = [
        () => deleteIf(busy, k, { value: list(float(1), float(1)) }, { isLive }),
        () => slide(busy, k, rate, isLive),
      ];
      await others();
      for (const work of works) {
        [looks, live] = [0, true];
        expect(await kindOf(work)).toBe("CONFLICT");
        expect(looks).toBeLessThan(100);
        live = false;
        expect(await kindOf(work)).toBe("INVALID");
      }
    },
  );

  promised("counting with versions loses nothing", async ({ store }) => {
    await store.set(k, 0);
    await Promise.all(Array.from({ length: 8 }, () => increment(store, 10)));
    expect(await store.get(k)).toBe(80);
  });
}

async function increment(store: Store, times: number): Promise<void> {
  while (times > 0) {
    const { value, version } = (await store.entry(k))!;
    try {
      await store.put(k, (value as number) + 1, { onlyIf: { version } });
      times--;
    } catch (error) {
      if (!(error instanceof MoonkeepError) || error.kind !== "CONFLICT") throw error;
    }
  }
}
