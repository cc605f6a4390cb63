import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Host } from "../../src/index.ts";
import { HostStore } from "../../src/stores/host-store.ts";
import { folder } from "../registry/support.ts";
import { acting, type EntrySource, memory, policy, ScriptHost, where } from "../support/host.ts";

/** A store whose keys the actor may read when they begin with z. */
const hidden = () => [
  memory("cache", { max_size: 0 }),
  policy("listing", "allow", ["store.get", "store.key.list", "store.key.set"]),
  policy("reading", "allow", "store.key.get", "*", {
    conditions: [{ field: "meta.key", operator: "matches", value: "^z" }],
  }),
  acting(),
];

async function filled(hiddenKeys: number, shown: readonly string[]): Promise<ScriptHost> {
  const host = await ScriptHost.open(hidden());
  const store = host.host.store("app:cache");
  for (let i = 0; i < hiddenKeys; i++) await store.set(`secret-${String(i).padStart(5, "0")}`, 1);
  for (const key of shown) await store.set(key, 1);
  return host;
}

/** Reads all pages, and goes through the store as well. */
const readAll = `local cache, keys, pages, each = store.get("app:cache"), {}, 0, {}
  local opts = {limit = 2}
  repeat
    local page = assert(cache:list(opts)) pages = pages + 1
    for _, e in ipairs(page.items) do keys[#keys + 1] = e.key end
    opts.after = page.cursor
  until not page.has_more
  for key in cache:each() do each[#each + 1] = key end
  return table.concat(keys, " "), pages, table.concat(each, " ")`;

describe("keys that may not be read", () => {
  it("are passed over, however many they are", async () => {
    await using host = await filled(30_000, ["z1", "z2", "z3"]);
    expect(await host.results(readAll)).toEqual(["z1 z2 z3", 2, "z1 z2 z3"]);
  });

  it("do not show in the end of a page, its cursor or what it counts, wherever it begins", async () => {
    const ask = `local cache, told = store.get("app:cache"), {}
      for _, after in ipairs{"", "secret-", "secret-00000", "secret-00000\\0", "secret-00499", "secret-00500", "secret-zz"} do
        for _, limit in ipairs{1, 2, 1000} do
          for _, prefix in ipairs{"", "secret-", "none"} do
            local page = assert(cache:list{after = after, limit = limit, prefix = prefix})
            local keys = {}
            for _, e in ipairs(page.items) do keys[#keys + 1] = e.key end
            told[#told + 1] = table.concat(keys, " ") .. ":" .. tostring(page.cursor) .. ":" .. tostring(page.has_more)
          end
        end
      end
      return table.concat(told, "|")`;
    const answers: unknown[] = [];
    for (const count of [0, 1, 1000, 10_001]) {
      for (const shown of [[], ["a", "z1", "z2"]]) {
        await using host = await filled(count, shown);
        const told = await host.results(ask, { storeOperations: 63 });
        if (count === 0) answers[shown.length] = told;
        expect(told).toEqual(answers[shown.length]);
      }
    }
  });

  it("do not show in the instructions that a search takes", async () => {
    const least: number[] = [];
    for (const count of [0, 1, 60]) {
      await using host = await filled(count, ["z1"]);
      const passes = async (instructions: number) => {
        const run = host.host.run('for i = 1, 20 do require("store").get("app:cache"):list{prefix = "secret-"} end', {
          instructions,
        });
        return run.then(
          () => true,
          () => false,
        );
      };
      let [low, high] = [0, 100_000];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (await passes(middle)) high = middle;
        else low = middle;
      }
      least.push(high);
    }
    expect(Math.max(...least) - Math.min(...least)).toBeLessThan(500); // where it looks at the clock, and not 25 for each of 20 times 60 keys
  });

  it("cost the time of the run", async () => {
    await using host = await filled(10_000, []);
    const failure = await host.failure('local s = store.get("app:cache") while true do s:list{limit = 1} end', {
      timeout: 300,
      instructions: 3_000_000,
    });
    expect(failure).toMatchObject({ limit: expect.stringMatching(/time|instructions/) });
  });
});

/** A store whose keys the actor may delete when they begin with mine:, and do nothing else with. */
const deleting = (...more: readonly EntrySource[]) => [
  memory("cache", { max_size: 0 }),
  policy("acquiring", "allow", ["store.get", "events.*"]),
  policy("own", "allow", "store.key.delete", "*", {
    conditions: [{ field: "meta.key", operator: "matches", value: "^mine:" }],
  }),
  acting(),
  ...more,
];

describe("keys that may not be deleted", () => {
  /** What a script sees of `clear`, with so many hidden keys before, between and behind its own. */
  async function seen(hiddenKeys: number, own: number, script: string, options = {}): Promise<unknown> {
    await using host = await ScriptHost.open(deleting());
    const store = host.host.store("app:cache");
    for (let i = 0; i < hiddenKeys; i++) await store.set(`${"amz"[i % 3]}-${i}`, i);
    for (let i = 0; i < hiddenKeys; i++) await store.set(`mine${i}`, i);
    for (let i = 0; i < own; i++) await store.set(`mine:${i}`, i);
    const answer = await host.results(script, options).catch((e: Error) => e.message);
    return { answer, left: (await keysOf(host)).filter((key) => key.startsWith("mine:")) };
  }
  const keysOf = async ({ host }: ScriptHost) => {
    const keys: unknown[] = [];
    for await (const { key } of host.store("app:cache").each()) keys.push(key);
    return keys as string[];
  };
  const clears = `local s, all = store.get("app:cache"), {}
    for i, prefix in ipairs{"a", "a-", "m", "mine", "mine0", "mine:", "z-0", "x", ""} do
      local n, err = s:clear{prefix = prefix}
      all[i] = tostring(n) .. tostring(err)
    end
    return table.concat(all, " ")`;

  it("do not show in what clear answers, whatever it is asked", async () => {
    const [without, few, many] = [await seen(0, 3, clears), await seen(2, 3, clears), await seen(1100, 3, clears)];
    expect(without).toEqual({ answer: ["0nil 0nil 3nil 0nil 0nil 0nil 0nil 0nil 0nil"], left: [] });
    expect(few).toEqual(without);
    expect(many).toEqual(without);
  });

  it("do not show in what it counts, nor in what is deleted where a limit ends it", async () => {
    const clear = 'return store.get("app:cache"):clear()';
    for (const [own, storeOperations] of [
      [0, 1],
      [3, 4],
      [3, 3],
      [700, 701],
      [700, 600],
      [700, 100],
    ] as const) {
      const without = await seen(0, own, clear, { storeOperations });
      expect(await seen(1100, own, clear, { storeOperations })).toEqual(without);
      expect(without).toMatchObject({ answer: storeOperations > own ? [own] : expect.stringContaining("operations") });
    }
  });

  it("do not count for a quota", async () => {
    const quotas = [{ actors: "tester", store_operations_per_minute: 4 }];
    await using host = await ScriptHost.open(
      deleting().map((one) => (one.kind === "host.config" ? { ...one, quotas } : one)),
    );
    const store = host.host.store("app:cache");
    for (let i = 0; i < 2000; i++) await store.set(`secret-${i}`, i);
    for (let i = 0; i < 3; i++) await store.set(`mine:${i}`, i);
    expect(await host.results('return store.get("app:cache"):clear()')).toEqual([3]);
    expect(await host.refusal('return store.get("app:cache"):clear()')).toMatchObject({ kind: "RateLimited" });
  });

  it("let others have their turn while they are passed over, until the run ends", async () => {
    await using host = await ScriptHost.open(deleting());
    const store = host.host.store("app:cache");
    for (let i = 0; i < 60_000; i++) await store.set(`secret-${i}`, i);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const failure = await host.failure('local s = store.get("app:cache") while true do s:clear() end', {
      timeout: 300,
    });
    clearInterval(timer);
    expect(failure).toMatchObject({ limit: "time" });
    expect(turns).toBeGreaterThan(5);
  });

  it("are none any more where the policies change while keys are searched", async () => {
    const path = join(folder(), "registry.yaml");
    const write = (...more: readonly EntrySource[]) =>
      writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries: deleting(...more) }));
    write();
    await using host = await Host.open(path, where);
    const store = host.store("app:cache");
    for (let i = 0; i < 3; i++) await store.set(`mine:${i}`, i);
    for (let i = 0; i < 20_000; i++) await store.set(`secret-${i}`, i);
    const backend = HostStore.backend(store);
    const keys = backend.keys.bind(backend);
    let pages = 0;
    const spy = vi.spyOn(backend, "keys").mockImplementation(async (page) => {
      const found = await keys(page);
      if (++pages === 2) {
        write(
          policy("no", "deny", "store.key.delete", "*", {
            conditions: [{ field: "meta.key", operator: "matches", value: "^mine:1" }],
          }),
        );
        await host.reload();
      }
      return found;
    });
    const { values } = await host.run('return require("store").get("app:cache"):clear()');
    spy.mockRestore();
    expect(values).toEqual([2]);
    expect(await store.has("mine:1")).toBe(true);
  });
});
