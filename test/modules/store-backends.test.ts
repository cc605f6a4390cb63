/** A script does not notice what keeps its data: it gets from every server what it gets from memory. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type EntrySource, everythingAllowed, memory, ScriptHost } from "../support/host.ts";
import { openPostgres } from "../support/postgres.ts";
import { openRedis } from "../support/redis.ts";
import { postgres, redis, withService } from "../support/services.ts";

const values = `{ "", "text", "\\0\\255\\n", 0, 1, 1.0, -1, 0.5, 1e300, -0.0, 1/0, 2147483647, true, false, {}, { 1, 2.0, "three" },
  { a = { b = { c = {} } } }, { 1, nil, 3, x = "y", [0] = 0, [2.5] = true, [true] = 1, ["1"] = "text" } }`;

/** Each answers what can be compared: no versions, which differ. */
const scripts: Readonly<Record<string, string>> = {
  "gives back every value as it was": `local all = {}
    for i, v in ipairs(${values}) do
      assert(s:set("v" .. i, v, i % 2 * 1000))
      local got, err = s:get("v" .. i)
      all[i] = { err == nil, math.type(got) or type(got), got }
    end
    return all`,
  "has the documented answers": `return { s:set("k", 1), s:get("k"), s:has("k"), s:has("l"), s:delete("k"), s:delete("k"), (s:get("k")) == nil,
    s:set("n", false), s:get("n"), s:has("n"), s:set(1, "number"), s:get("1"), s:entry("none") == nil }`,
  "writes under conditions": `local first = s:put("k", 1, { only_if_absent = true })
    local second = s:put("k", 2, { if_version = first.version })
    return { first.key, first.value, second.value, first.version ~= second.version,
      told(s:put("k", 3, { only_if_absent = true })), told(s:put("k", 3, { if_version = first.version })),
      told(s:put("gone", 3, { if_version = first.version })), s:get("k"), s:entry("k").version == second.version }`,
  "lists in pages": `for i = 1, 25 do s:set(("k%02d"):format(i), i) end s:set("l", 0) s:set("k", 0) s:set("k\\255", 0)
    local pages, cursor = {}, nil
    repeat
      local page = s:list({ prefix = "k", after = cursor, limit = 7 })
      local names = {}
      for i, entry in ipairs(page.items) do names[i] = entry.key .. "=" .. entry.value end
      pages[#pages + 1] = { table.concat(names, " "), page.has_more }
      cursor = page.cursor
    until not page.has_more
    return pages`,
  "refuses what can't be stored": `return { told(s:set("k", print)), told(s:set("", 1)), told(s:set("k", nil)), told(s:set("k", 1, -1)),
    told(s:put("k", 1, { only_if_absent = true, if_version = "v" })) }`,
  "waits wherever Lua code can be": `s:set("k", "v")
    local index = setmetatable({}, { __index = function(_, key) return (s:get(key)) end })
    local items = coroutine.wrap(function() for _, e in ipairs(s:list().items) do coroutine.yield(s:get(e.key)) end end)
    local all = { pcall(s.get, s, "k"), index.k, select(2, coroutine.resume(coroutine.create(function() return (s:get("k")) end))) }
    for v in items do all[#all + 1] = v end
    return all`,
  "counts in many coroutines and loses nothing": `s:set("n", 0)
    for i = 1, 20 do
      coroutine.wrap(function() local e = s:entry("n") assert(s:put("n", e.value + 1, { if_version = e.version })) end)()
    end
    return s:get("n")`,
};

function suite(name: string, entries: () => readonly EntrySource[]): void {
  describe(`a script with a store in ${name}`, () => {
    it.each(Object.entries(scripts))("%s", async (_, script) => {
      const run = async (store: readonly EntrySource[]) => {
        await using host = await ScriptHost.open([...store, ...everythingAllowed]);
        return await host.run(`local s = store.get("app:cache") ${script}`);
      };
      expect(await run(entries())).toEqual(await run([memory("cache")]));
    });
  });
}

await withService(redis, () =>
  suite("Redis", () => {
    const { prefix, end } = openRedis();
    onTestFinished(end);
    return [
      { name: "db", kind: "db.redis", url: redis.url },
      { name: "cache", kind: "store.redis", database: "db", prefix },
    ];
  }),
);

await withService(postgres, () =>
  suite("PostgreSQL", () => {
    const { table, end } = openPostgres();
    onTestFinished(end);
    return [
      { name: "db", kind: "db.sql.postgres", url: postgres.url },
      { name: "cache", kind: "store.sql", database: "db", table_name: table },
    ];
  }),
);
