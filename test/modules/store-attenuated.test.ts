import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/host/audit.ts";
import { acting, cacheHost, memory, policy, ScriptHost } from "../support/host.ts";

/** `limited(opts)`: a handle that is limited, over a store with the keys a:1, a:2, b:1. */
const limited = (opts: string) => `local full = store.get("app:cache")
  for _, key in ipairs{"a:1", "a:2", "b:1"} do full:set(key, key) end
  local mine = store.get("app:cache", ${opts})`;

const denied = (message: string) => ({ kind: "PermissionDenied", message, retryable: false });

describe("a handle with a prefix", () => {
  it("does all that its holder may with keys that begin with it", async () => {
    await using host = await cacheHost();
    const script = `${limited('{prefix = "a:"}')}
      local put = mine:put("a:3", 3, {only_if_absent = true})
      return mine:get("a:1"), mine:has("a:2"), mine:set("a:1", 1), mine:delete("a:2"), put.value, mine:entry("a:1").value,
        full:get("a:1"), full:has("a:2")`;
    expect(await host.results(script)).toEqual(["a:1", true, true, true, 3, 1, 1, false]);
  });

  it.each([
    ['get("b:1")', "not allowed to read key: b:1"],
    ['entry("b:1")', "not allowed to read key: b:1"],
    ['set("b:1", 1)', "not allowed to write key: b:1"],
    ['put("b:1", 1)', "not allowed to write key: b:1"],
    ['delete("b:1")', "not allowed to delete key: b:1"],
    ['has("b:1")', "not allowed to check key: b:1"],
    ['get("a")', "not allowed to read key: a"],
    ['get("A:1")', "not allowed to read key: A:1"],
    ['get(" a:1")', "not allowed to read key:  a:1"],
    ['list({prefix = "b"})', "not allowed to list store: app:cache"],
    ['list({prefix = "aa"})', "not allowed to list store: app:cache"],
  ])("refuses %s as PERMISSION_DENIED, though the policies would allow it", async (operation, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal(`${limited('{prefix = "a:"}')} return mine:${operation}`);
    expect(refusal).toMatchObject(denied(message));
    expect(refusal.details).not.toHaveProperty("policy");
    expect(await host.host.store("app:cache").get("b:1")).toBe("b:1");
  });

  it.each([
    ["nil", "a:1 a:2"],
    ['{prefix = "a"}', "a:1 a:2"],
    ['{prefix = ""}', "a:1 a:2"],
    ['{prefix = "a:2"}', "a:2"],
    ['{after = "a:1"}', "a:2"],
    ['{after = "b"}', ""],
    ['{after = "Z"}', "a:1 a:2"],
    ["{limit = 1}", "a:1"],
  ])("lists within it: list(%s) answers %s", async (opts, expected) => {
    await using host = await cacheHost();
    const script = `${limited('{prefix = "a:"}')} local t = {}
      for i, e in ipairs(mine:list(${opts}).items) do t[i] = e.key end return table.concat(t, " ")`;
    expect(await host.run(script)).toBe(expected);
  });

  it("says nothing of keys beyond it: has_more is of its own", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${limited('{prefix = "a:"}')} return mine:list({limit = 2}).has_more`)).toBe(false);
  });

  it("takes any bytes, and none: the empty prefix is no limit", async () => {
    await using host = await cacheHost();
    const bytes = `local s = store.get("app:cache", {prefix = "\\xff\\0"}) return s:set("\\xff\\0k", 1), told(s:set("\\xff", 1)).kind`;
    expect(await host.results(bytes)).toEqual([true, "PermissionDenied"]);
    expect(await host.run(`${limited('{prefix = ""}')} return mine:get("b:1")`)).toBe("b:1");
  });
});

describe("a handle with actions", () => {
  const operations = {
    get: ['get("a:1")', 'entry("a:1")'],
    set: ['set("a:1", 1)', 'put("a:1", 1)'],
    has: ['has("a:1")'],
    delete: ['delete("a:1")'],
    list: ["list()"],
    info: ["info()"],
  };

  it.each(Object.keys(operations) as (keyof typeof operations)[])("of %s does that, and nothing else", async (name) => {
    await using host = await cacheHost();
    for (const [action, calls] of Object.entries(operations)) {
      for (const call of calls) {
        const script = `${limited(`{actions = {"${name}"}}`)} local _, err = mine:${call} return err and err:kind()`;
        expect(await host.run(script), call).toBe(action === name ? undefined : "PermissionDenied");
      }
    }
  });

  it("that are none does nothing but release", async () => {
    await using host = await cacheHost();
    for (const call of Object.values(operations).flat()) {
      expect((await host.refusal(`${limited("{actions = {}}")} return mine:${call}`)).kind).toBe("PermissionDenied");
    }
    expect(await host.run(`${limited("{actions = {}}")} return mine:release()`)).toBe(true);
  });

  it("of list without get lists no entry: an entry is read", async () => {
    await using host = await cacheHost();
    expect(await host.run(`${limited('{actions = {"list"}}')} return mine:list()`)).toEqual({
      items: [],
      has_more: false,
    });
    const both = `${limited('{actions = {"list", "get"}}')} return #mine:list().items`;
    expect(await host.run(both)).toBe(3);
  });

  it("and a prefix is limited by both", async () => {
    await using host = await cacheHost();
    const prepare = limited('{prefix = "a:", actions = {"get"}}');
    expect(await host.run(`${prepare} return mine:get("a:1")`)).toBe("a:1");
    expect((await host.refusal(`${prepare} return mine:get("b:1")`)).kind).toBe("PermissionDenied");
    expect((await host.refusal(`${prepare} return mine:set("a:1", 1)`)).kind).toBe("PermissionDenied");
  });
});

describe("a limited handle", () => {
  it("never does more than the policies allow", async () => {
    const entries = [memory("cache"), policy("read", "allow", ["store.get", "store.key.get"]), acting()];
    await using host = await ScriptHost.open(entries);
    const mine =
      'local mine = store.get("app:cache", {prefix = "a:", actions = {"get", "set", "delete", "has", "list", "info"}})';
    expect(await host.run(`${mine} return mine:get("a:1")`)).toBeUndefined();
    for (const call of ['set("a:1", 1)', 'delete("a:1")', 'has("a:1")', 'list({prefix = "a:"})', "info()"]) {
      expect((await host.refusal(`${mine} return mine:${call}`)).kind).toBe("PermissionDenied");
    }
  });

  it("is asked for like any other", async () => {
    await using host = await ScriptHost.open([memory("cache"), acting({ groups: [] })]);
    expect((await host.refusal('return store.get("app:cache", {actions = {}})')).message).toBe(
      "not allowed to access store: app:cache",
    );
  });

  it("names in its denial no policy that would allow it, and reports the denial to the audit stream", async () => {
    const events: AuditEvent[] = [];
    const entries = [memory("cache"), policy("everything", "allow", "*"), acting()];
    await using host = await ScriptHost.open(entries, { audit: (event) => void events.push(event) });
    const { details } = await host.refusal('return store.get("app:cache", {prefix = "a:"}):get("b")');
    expect(details).toEqual({ action: "store.key.get", resource: "app:cache", actor: "tester" });
    expect(events.map(({ decision, attributes }) => [decision, attributes])).toEqual([["deny", { key: "b" }]]);
  });

  it("stays limited whoever it is handed to, and gives no way back", async () => {
    await using host = await cacheHost();
    const script = `${limited('{prefix = "a:", actions = {"get"}}')}
      local tried = {}
      local function plugin(handle)
        tried.get = handle:get("a:1")
        tried.other = told(handle:get("b:1")).kind
        tried.borrowed = told(full.get(handle, "b:1")).kind
        tried.written = told(full.set(handle, "a:1", 1)).kind
        tried.metatable = getmetatable(handle)
        tried.assigned = pcall(function() handle.prefix = "" end)
        tried.field = handle.prefix == nil and handle.full == nil and handle.restriction == nil
        tried.coroutine = coroutine.wrap(function() return told(handle:get("b:1")).kind end)()
        return tried
      end
      return load("local f, h = ... return f(h)", "plugin", "t", {})(plugin, mine)`;
    expect(await host.run(script)).toEqual({
      get: "a:1",
      other: "PermissionDenied",
      borrowed: "PermissionDenied",
      written: "PermissionDenied",
      metatable: false,
      assigned: false,
      field: true,
      coroutine: "PermissionDenied",
    });
  });

  it("is copied from its options: changing them later changes nothing", async () => {
    await using host = await cacheHost();
    const script = `${limited("{}")} local opts = {prefix = "a:", actions = {"get"}}
      local handle = store.get("app:cache", opts)
      opts.prefix = "" opts.actions[2] = "set"
      return told(handle:get("b:1")).kind, told(handle:set("a:1", 1)).kind`;
    expect(await host.results(script)).toEqual(["PermissionDenied", "PermissionDenied"]);
  });

  it("is released by itself", async () => {
    await using host = await cacheHost();
    const script = `${limited('{prefix = "a:"}')} mine:release() return full:get("b:1"), told(mine:get("a:1")).message`;
    expect(await host.results(script)).toEqual(["b:1", "store is released"]);
    const other = `${limited('{prefix = "a:"}')} full:release() return mine:get("a:1")`;
    expect(await host.run(other)).toBe("a:1");
  });
});

describe("options of store.get that make no sense are INVALID", () => {
  const known = "the operations are get, set, has, delete, list, info";
  it.each([
    ['{prefx = "a:"}', 'there is no option "prefx"; the options are prefix, actions'],
    ['{"a:"}', 'there is no option "1"; the options are prefix, actions'],
    ["{prefix = 1}", "option prefix must be a string, got a number"],
    ["{prefix = true}", "option prefix must be a string, got a boolean"],
    ['{actions = "get"}', "option actions must be a list, got a string"],
    ["{actions = {get = true}}", "option actions must be a list, got a table"],
    ['{actions = {"read"}}', `there is no operation "read"; ${known}`],
    ['{actions = {"get", "store.key.get"}}', `there is no operation "store.key.get"; ${known}`],
    ['{actions = {"entry"}}', `there is no operation "entry"; ${known}`],
    ["{actions = {1}}", `there is no operation "number"; ${known}`],
    ['"a:"', "options must be a table, got a string"],
    ["false", "options must be a table, got a boolean"],
    ["print", "options must be a table, got a function"],
  ])("%s", async (opts, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal(`return store.get("app:cache", ${opts})`);
    expect(refusal).toEqual({ kind: "Invalid", message, retryable: false });
  });
});
