import { describe, expect, it } from "vitest";
import { acting, cacheHost, memory, policy, ScriptHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
const gather = (opts = "") =>
  `local all = {} for k, v in cache:each(${opts}) do all[#all + 1] = k .. "=" .. tostring(v) end return table.concat(all, " ")`;

describe("each", () => {
  it("goes through all keys and values in byte order, however many pages they take", async () => {
    await using host = await cacheHost();
    const script = `${cache} for i = 1, 350 do cache:set(("k%03d"):format(i), i) end
      local n, last, sum = 0, "", 0
      for k, v in cache:each() do assert(last < k) last = k n = n + 1 sum = sum + v end
      return n, sum`;
    expect(await host.results(script)).toEqual([350, (350 * 351) / 2]);
  });

  it("takes a prefix, and a key to go on after", async () => {
    await using host = await cacheHost();
    await host.run(`${cache} for _, k in ipairs{"a", "b1", "b2", "b3", "c"} do cache:set(k, 1) end`);
    expect(await host.run(`${cache} ${gather('{prefix = "b"}')}`)).toBe("b1=1 b2=1 b3=1");
    expect(await host.run(`${cache} ${gather('{prefix = "b", after = "b1"}')}`)).toBe("b2=1 b3=1");
    expect(await host.run(`${cache} ${gather('{after = "b3"}')}`)).toBe("c=1");
    expect(await host.run(`${cache} ${gather('{prefix = "x"}')}`)).toBe("");
  });

  it("meets what is written ahead of it, and lets the loop write and delete", async () => {
    await using host = await cacheHost();
    const script = `${cache} for i = 1, 150 do cache:set(("k%03d"):format(i), true) end
      local n = 0
      for k in cache:each() do
        n = n + 1 cache:delete(k)
        if n == 1 then cache:set("k999", true) cache:set("a", true) end
      end
      return n, cache:has("a"), cache:has("k999")`;
    expect(await host.results(script)).toEqual([151, true, false]);
  });

  it("passes over what the actor may not read, page after page", async () => {
    await using host = await ScriptHost.open([
      memory("cache", { max_size: 0 }),
      policy("listing", "allow", ["store.get", "store.key.list"]),
      policy("reading", "allow", "store.key.get", "*", {
        conditions: [{ field: "meta.key", operator: "matches", value: "^z" }],
      }),
      acting(),
    ]);
    const store = host.host.store("app:cache");
    for (let i = 0; i < 15_000; i++) await store.set(`secret${i}`, 1);
    await store.set("z1", 1);
    await store.set("z2", 2);
    expect(await host.run(`${cache} ${gather()}`)).toBe("z1=1 z2=2");
  });

  it("raises where it is not allowed, as a loop can't be told otherwise", async () => {
    await using host = await ScriptHost.open([memory("cache"), policy("some", "allow", "store.get"), acting()]);
    expect(await host.run(`${cache} return said(raised(function() for _ in cache:each() do end end))`)).toMatchObject({
      kind: "PermissionDenied",
      message: "not allowed to list store: app:cache",
    });
  });

  it("raises in the loop when the handle was released", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("a", 1)
      return tostring(raised(function() for _ in cache:each() do cache:release() end end))`;
    expect(await host.run(script)).toContain("store is released");
  });

  it("refuses what is not an option", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${cache} return said(raised(cache.each, cache, {limit = 1}))`)).toMatchObject({
      kind: "Invalid",
      message: 'there is no option "limit"; the options are prefix, after',
    });
  });

  it("works in coroutines, beside another one, and can be called by hand", async () => {
    await using host = await cacheHost();
    const script = `${cache} for i = 1, 3 do cache:set("k" .. i, i) end
      local one, two = cache:each(), cache:each()
      local a, b, c = one(), two(), one()
      local rest = coroutine.wrap(function() for k in two do coroutine.yield(k) end return "end" end)
      return a, b, c, rest(), rest(), rest(), (one()), one()`;
    expect(await host.results(script)).toEqual(["k1", "k1", "k2", "k2", "k3", "end", "k3"]);
  });

  it("counts the page that it holds as the script's memory", async () => {
    await using host = await cacheHost();
    for (let i = 0; i < 100; i++) await host.host.store("app:cache").set(`k${i}`, "x".repeat(100_000));
    const script = `${cache} local all = {} for i = 1, 10 do all[i] = cache:each() all[i]() all[i]() end return #all`;
    expect(await host.failure(script, { memory: 32 * 2 ** 20 })).toMatchObject({
      message: expect.stringContaining("memory"),
    });
  });
});

describe("clear", () => {
  it("deletes everything, or what begins with a prefix, and says how many there were", async () => {
    await using host = await cacheHost();
    await host.run(`${cache} for i = 1, 1200 do cache:set("a" .. i, i) end for i = 1, 5 do cache:set("b" .. i, i) end`);
    expect(await host.results(`${cache} return cache:clear{prefix = "a"}`)).toEqual([1200]);
    expect(await host.results(`${cache} return cache:clear()`)).toEqual([5]);
    expect(await host.results(`${cache} return cache:clear()`)).toEqual([0]);
  });

  const some = [
    memory("cache"),
    policy("some", "allow", ["store.get", "store.key.set", "store.key.has"]),
    policy("own", "allow", "store.key.delete", "*", {
      conditions: [{ field: "meta.key", operator: "matches", value: "^mine" }],
    }),
    acting(),
  ];

  it("leaves keys that may not be deleted, and does not say so", async () => {
    await using host = await ScriptHost.open(some);
    const script = `${cache} for i = 1, 3 do cache:set("mine" .. i, 1) cache:set("other" .. i, 1) end
      local answers = table.pack(cache:clear())
      return answers.n, answers[1], cache:has("other1"), cache:has("mine1")`;
    expect(await host.results(script)).toEqual([1, 3, true, false]);
    expect(await host.results(`${cache} cache:set("mine1", 1) return cache:clear{prefix = "mine"}`)).toEqual([1]);
  });

  it("needs no more than store.clear", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("some", "allow", ["store.get", "store.key.set"]),
      policy("clearing", "allow", "store.clear", "*", {
        conditions: [{ field: "meta.prefix", operator: "eq", value: "tmp:" }],
      }),
      acting(),
    ]);
    const script = `${cache} cache:set("tmp:1", 1) cache:set("tmp:2", 1) return cache:clear{prefix = "tmp:"}`;
    expect(await host.results(script)).toEqual([2]);
    expect(await host.refusal(`${cache} return cache:clear()`)).toMatchObject({
      kind: "PermissionDenied",
      message: "not allowed to clear store: app:cache",
    });
  });

  it("of a handle that is limited to a prefix stays within it", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("a1", 1) cache:set("b1", 1)
      local mine = store.get("app:cache", {prefix = "a"})
      local _, err = mine:clear{prefix = "b"}
      return err:kind(), mine:clear(), cache:has("b1")`;
    expect(await host.results(script)).toEqual(["PermissionDenied", 1, true]);
    const reading = `${cache} return store.get("app:cache", {actions = {"get"}}):clear()`;
    expect(await host.refusal(reading)).toMatchObject({ kind: "PermissionDenied" });
  });

  it("tells those who listen of each key", async () => {
    await using host = await cacheHost();
    const script = `local events = require("events") ${cache} cache:set("a", 1) cache:set("b", 2)
      local sub = events.subscribe("store", "store.delete") local ch = sub:channel()
      cache:clear()
      return ch:receive().data.key, ch:receive().data.key`;
    expect(await host.results(script)).toEqual(["a", "b"]);
  });
});

describe("keys that begin with \\0moonkeep:", () => {
  it("are refused, since the store keeps locks and computations under them", async () => {
    await using host = await cacheHost();
    for (const call of ['get("\\0moonkeep:lock:a")', 'set("\\0moonkeep:lock:a", 1)', 'get_many{"\\0moonkeep:x"}']) {
      expect(await host.refusal(`${cache} return cache:${call}`)).toMatchObject({
        kind: "Invalid",
        message: 'keys that begin with "\\0moonkeep:" are reserved for the store itself',
      });
    }
    expect(await host.run(`${cache} return cache:set("\\0moonkeep", 1)`)).toBe(true);
    await expect(host.host.store("app:cache").get("\0moonkeep:x")).rejects.toMatchObject({ kind: "INVALID" });
  });
});
