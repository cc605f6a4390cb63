import { describe, expect, it } from "vitest";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

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

  it("cost the time of the run", async () => {
    await using host = await filled(10_000, []);
    const failure = await host.failure('local s = store.get("app:cache") while true do s:list{limit = 1} end', {
      timeout: 300,
      instructions: 3_000_000,
    });
    expect(failure).toMatchObject({ limit: expect.stringMatching(/time|instructions/) });
  });
});
