import { describe, expect, it } from "vitest";
import { acting, cacheHost, memory, policy, ScriptHost, stopClock } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
/** `names(page)`: the keys of a page, joined. `fill(a, b …)`: writes these keys. */
const words = `${cache}
  local function names(page) local t = {} for i, e in ipairs(page.items) do t[i] = e.key end return table.concat(t, " ") end
  local function fill(...) for i, key in ipairs{...} do cache:set(key, i) end end
  local function all(opts)
    local pages, seen, page = 0, {}, nil
    repeat
      page = assert(cache:list(opts)) pages = pages + 1
      for _, e in ipairs(page.items) do seen[#seen + 1] = e.key end
      opts.after = page.cursor
    until not page.has_more
    return table.concat(seen, " "), pages
  end`;

describe("list", () => {
  it("answers items, cursor and has_more, and nil for the error", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("b", "a") local page, err = cache:list() return page, err == nil`;
    expect(await host.results(script)).toEqual([
      {
        items: [
          { key: "a", value: 2, version: expect.any(String) },
          { key: "b", value: 1, version: expect.any(String) },
        ],
        cursor: "b",
        has_more: false,
      },
      true,
    ]);
  });

  it("of an empty store has no cursor", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} return cache:list()`)).toEqual({ items: [], has_more: false });
  });

  it("is in byte order, not in that of a language", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("é", "a", "Z", "z", "10", "9", "\\xff", "a\\0", "ab", "_") return names(cache:list()) == table.concat(
      {"10", "9", "Z", "_", "a", "a\\0", "ab", "z", "é", "\\xff"}, " ")`;
    expect(await host.run(script)).toBe(true);
  });

  it.each([
    ['{prefix = "b"}', "b b: b:1 b:2"],
    ['{prefix = "b:"}', "b: b:1 b:2"],
    ['{prefix = ""}', "a b b: b:1 b:2 c %"],
    ['{prefix = "%"}', "%"],
    ['{prefix = "b:3"}', ""],
    ['{prefix = "B"}', ""],
    ['{after = "b"}', "b: b:1 b:2 c"],
    ['{after = ""}', "a b b: b:1 b:2 c %"],
    ['{after = "bb"}', "c"],
    ['{after = "zz"}', ""],
    ['{prefix = "b", after = "b:"}', "b:1 b:2"],
    ['{prefix = "b", after = "a"}', "b b: b:1 b:2"],
    ['{prefix = "b", after = "c"}', ""],
    ["{limit = 2}", "% a"],
    ['{prefix = "b", after = "b", limit = 1}', "b:"],
    ["nil", "a b b: b:1 b:2 c %"],
    ["{}", "a b b: b:1 b:2 c %"],
  ])("%s answers: %s", async (opts, expected) => {
    await using host = await cacheHost();
    const script = `${words} fill("c", "b:2", "b", "a", "b:1", "b:", "%") return names(cache:list(${opts}))`;
    const sorted = expected.split(" ").sort((a, b) => (a < b ? -1 : 1));
    expect(await host.run(script)).toBe(sorted.join(" "));
  });

  it("takes prefix and after with any bytes", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("\\0", "\\0a", "\\xff", "\\xff\\xff", "a")
      return #cache:list({prefix = "\\xff"}).items, #cache:list({prefix = "\\0", after = "\\0"}).items, #cache:list({after = "\\xff"}).items`;
    expect(await host.results(script)).toEqual([2, 1, 1]);
  });

  it("holds 100 entries by default, and 1000 at most", async () => {
    await using host = await cacheHost();
    const script = `${words} for i = 1, 1001 do cache:set(("%04d"):format(i), i) end
      local short, long = cache:list(), cache:list({limit = 1000})
      return {#short.items, short.has_more, short.cursor, #long.items, long.has_more, long.cursor}`;
    expect(await host.run(script)).toEqual([100, true, "0100", 1000, true, "1000"]);
  });

  it("says has_more only where there is more", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("a", "b", "c")
      local t = {} for limit = 1, 4 do t[limit] = cache:list({limit = limit}).has_more end return t`;
    expect(await host.run(script)).toEqual([true, true, false, false]);
  });

  it("reads a store page by page with the cursor, each key once", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("a1", "a2", "b1", "b2", "b3", "b4", "b5", "c") return all({prefix = "b", limit = 2})`;
    expect(await host.results(script)).toEqual(["b1 b2 b3 b4 b5", 3]);
  });

  it("goes on where it was though keys come and go meanwhile", async () => {
    await using host = await cacheHost();
    const script = `${words} fill("a", "c", "e", "g")
      local first = cache:list({limit = 2})
      cache:delete("c") cache:set("b", 0) cache:set("d", 0) cache:delete("e") cache:set("g", 0)
      return names(cache:list({after = first.cursor}))`;
    expect(await host.run(script)).toBe("d g");
  });

  it("leaves out what has expired", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(`${words} fill("a", "c") cache:set("b", 0, 1)`);
    clock.advance(1000);
    expect(await host.results(`${words} return names(cache:list()), cache:list({limit = 1}).has_more`)).toEqual([
      "a c",
      true,
    ]);
  });

  it("of more keys than are ordered at once suspends the script, not the process", async () => {
    await using host = await cacheHost({ max_size: 0 });
    const script = `${words} for i = 1, 20000 do cache:set(("%05d"):format(i), i) end
      local thread = coroutine.wrap(function() return cache:list({after = "19998"}) end)
      local ok, page = pcall(thread)
      return ok, names(page)`;
    expect(await host.results(script)).toEqual([true, "19999 20000"]);
  });
});

describe("options of list that make no sense are INVALID", () => {
  const most = "option limit must be a whole number from 1 to 1000";
  it.each([
    ["{limit = 0}", `${most}, got 0`],
    ["{limit = -1}", `${most}, got -1`],
    ["{limit = 1001}", `${most}, got 1001`],
    ["{limit = 1.5}", `${most}, got 1.5`],
    ["{limit = 0/0}", `${most}, got nan`],
    ["{limit = 1/0}", `${most}, got inf`],
    ['{limit = "10"}', "option limit must be a number, got a string"],
    ["{prefix = 1}", "option prefix must be a string, got a number"],
    ["{prefix = {}}", "option prefix must be a string, got a table"],
    ["{after = false}", "option after must be a string, got a boolean"],
    ["{cursor = 'a'}", 'there is no option "cursor"; the options are prefix, after, limit'],
    ['{"a"}', 'there is no option "1"; the options are prefix, after, limit'],
    ['"a"', "options must be a table, got a string"],
    ["10", "options must be a table, got a number"],
  ])("%s", async (opts, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal(`${cache} return cache:list(${opts})`);
    expect(refusal).toEqual({ kind: "Invalid", message, retryable: false });
  });

  it("but a whole float is a limit", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${words} fill("a", "b") return names(cache:list({limit = 1.0}))`)).toBe("a");
  });
});

describe("list leaves out the entries whose key the actor may not read", () => {
  const open = (...more: Parameters<typeof policy>[]) =>
    ScriptHost.open([
      memory("cache", { max_size: 0 }),
      policy("all", "allow", "*"),
      ...more.map((one) => policy(...one)),
      acting(),
    ]);
  const noSecrets: Parameters<typeof policy> = [
    "no_secrets",
    "deny",
    "store.key.get",
    "*",
    { conditions: [{ field: "meta.key", operator: "matches", value: "secret" }] },
  ];

  it("and its pages are full of the others", async () => {
    await using host = await open(noSecrets);
    const script = `${words} for i = 1, 500 do cache:set(("k%03d"):format(i) .. (i % 100 == 0 and "" or "secret"), i) end
      return all({limit = 2})`;
    expect(await host.results(script)).toEqual(["k100 k200 k300 k400 k500", 3]);
  });

  it("and neither cursor nor has_more tells of them", async () => {
    await using host = await open(noSecrets);
    const script = `${words} fill("a", "b", "b secret", "c secret") local page = cache:list({limit = 2})
      return names(page), page.cursor, page.has_more`;
    expect(await host.results(script)).toEqual(["a b", "b", false]);
    expect(await host.run(`${cache} return cache:list({after = "b"})`)).toEqual({ items: [], has_more: false });
  });

  it("also where nothing may be read", async () => {
    await using host = await open(["nothing", "deny", "store.key.get"]);
    expect(await host.run(`${words} fill("a", "b") return cache:list()`)).toEqual({ items: [], has_more: false });
  });
});
