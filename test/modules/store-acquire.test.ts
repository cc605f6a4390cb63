import { describe, expect, it } from "vitest";
import { objectOf, type Param } from "../../src/lua/boundary/arg.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import { StoreHandle } from "../../src/modules/store.ts";
import { acting, cacheHost, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

/** A store as the embedder's side of a call has it. */
const storeHandle: Param<StoreHandle> = {
  name: "store",
  type: "store.Store",
  optional: false,
  read(arg) {
    const object = objectOf(arg);
    return object instanceof StoreHandle ? object : expect.unreachable("this is no store");
  },
};

const invalid = (message: string) => ({ kind: "Invalid", message, retryable: false });

describe("store.get", () => {
  it("answers a Store alone", async () => {
    await using host = await cacheHost();
    const script =
      'return select("#", store.get("app:cache")), tostring(store.get("app:cache")), type(store.get("app:cache"))';
    expect(await host.results(script)).toEqual([1, "store.Store{}", "userdata"]);
    expect(await host.run('return select(2, store.get("app:cache")) == nil')).toBe(true);
  });

  it.each([
    ["no id", "store.get()", "resource id is required"],
    ["nil", "store.get(nil)", "resource id is required"],
    ["the empty id", 'store.get("")', "resource id is required"],
    ["a number", "store.get(42)", "resource id must be a string, got a number"],
    ["a boolean", "store.get(false)", "resource id must be a string, got a boolean"],
    ["a table", "store.get({})", "resource id must be a string, got a table"],
    ["a function", "store.get(print)", "resource id must be a string, got a function"],
    ["a store", 'store.get(store.get("app:cache"))', "resource id must be a string, got a userdata"],
  ])("refuses %s as INVALID", async (_, call, message) => {
    await using host = await cacheHost();
    expect(await host.refusal(`return ${call}`)).toEqual(invalid(message));
  });

  it.each([
    ["names the id", "app:nothing_like_it", 'there is no store "app:nothing_like_it"'],
    ["names the nearest id when one is close", "app:cahce", 'there is no store "app:cahce"; did you mean "app:cache"?'],
    [
      "takes an id as it is, without a namespace of its own",
      "cache",
      'there is no store "cache"; did you mean "app:cache"?',
    ],
    ["does not trim", "app:cache ", 'there is no store "app:cache "; did you mean "app:cache"?'],
    ["knows no names of JavaScript", "__proto__", 'there is no store "__proto__"'],
  ])("of an entry that is not there is NOT_FOUND, and %s", async (_, id, message) => {
    await using host = await cacheHost();
    const refusal = await host.refusal("return store.get(arg[1])", { args: [id] });
    expect(refusal).toEqual({ kind: "NotFound", message, retryable: false });
  });

  it("of an entry that is no store is INVALID, and names its kind", async () => {
    await using host = await cacheHost();
    const refusal = await host.refusal('return store.get("app:everything")');
    expect(refusal).toEqual(invalid('"app:everything" is not a store: its kind is security.policy'));
  });

  it("of a store that the actor may not have says nothing of whether it is there", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("others", "allow", "*", "app:sessions"),
      acting(),
    ]);
    const there = await host.refusal('return store.get("app:cache")');
    const missing = await host.refusal('return store.get("app:cachet")');
    expect(there).toMatchObject({ kind: "PermissionDenied", message: "not allowed to access store: app:cache" });
    expect(missing).toMatchObject({ kind: "PermissionDenied", message: "not allowed to access store: app:cachet" });
  });
});

describe("a released store", () => {
  const operations = [
    'get("k")',
    'set("k", 1)',
    'has("k")',
    'delete("k")',
    'entry("k")',
    'put("k", 1)',
    "list()",
    "info()",
  ];

  it.each(operations)("answers store:%s with INVALID", async (operation) => {
    await using host = await cacheHost();
    const script = `local s = store.get("app:cache") s:set("k", 1) s:release() return s:${operation}`;
    expect(await host.refusal(script)).toEqual(invalid("store is released"));
  });

  it("was released with true alone, as often as it is asked", async () => {
    await using host = await cacheHost();
    const script = 'local s = store.get("app:cache") return s:release(), select("#", s:release()), s:release()';
    expect(await host.results(script)).toEqual([true, 1, true]);
  });

  it("says so", async () => {
    await using host = await cacheHost();
    const script = 'local s = store.get("app:cache") s:release() return tostring(s), "a " .. s';
    expect(await host.results(script)).toEqual(["store.Store{released}", "a store.Store{released}"]);
  });

  it("leaves other handles of the same store as they are, and what it kept", async () => {
    await using host = await cacheHost();
    const script = `local one, other = store.get("app:cache"), store.get("app:cache")
      one:set("k", 1) one:release() return other:get("k"), one == other`;
    expect(await host.results(script)).toEqual([1, false]);
  });

  it("is what a forgotten handle is when the script has ended", async () => {
    const held: StoreHandle[] = [];
    const note = plain([storeHandle], (_, handle) => void held.push(handle));
    const modules = [defineModule("witness", { note })];
    await using host = await ScriptHost.open([memory("cache"), ...everythingAllowed], { modules });
    const acquire = 'local s = store.get("app:cache") require("witness").note(s)';
    expect(await host.run(`${acquire} return tostring(s)`)).toBe("store.Store{}");
    await host.failure(`${acquire} error("it fails")`);
    expect(held.map(({ released }) => released)).toEqual([true, true]);
  });
});

describe("info", () => {
  it("describes the store by the constants of the module", async () => {
    await using host = await cacheHost();
    expect(await host.run('return store.get("app:cache"):info()')).toEqual({
      id: "app:cache",
      backend: "memory",
      consistency: "local",
      durable: false,
      list: true,
      versioned: true,
      conditional_put: true,
      ttl: true,
    });
    const script = `local i = store.get("app:cache"):info()
      return i.backend == store.backend.MEMORY and i.consistency == store.consistency.LOCAL`;
    expect(await host.run(script)).toBe(true);
  });

  it("is a copy", async () => {
    await using host = await cacheHost();
    const script = 'local s = store.get("app:cache") s:info().id = "x" return s:info().id';
    expect(await host.run(script)).toBe("app:cache");
  });
});

describe("the module", () => {
  it("has the constants", async () => {
    await using host = await ScriptHost.open(everythingAllowed);
    const pairs = `local function copy(t) local c = {} for k, v in pairs(t) do c[k] = v end return c end`;
    expect(await host.results(`${pairs} return copy(store.backend), copy(store.consistency)`)).toEqual([
      {
        MEMORY: "memory",
        SQL: "sql",
        REDIS: "redis",
        KV_RAFT: "kv.raft",
        KV_CRDT: "kv.crdt",
        UNKNOWN: "unknown",
      },
      { LINEARIZABLE: "linearizable", EVENTUAL: "eventual", LOCAL: "local", UNKNOWN: "unknown" },
    ]);
  });

  it.each([
    ["the module", "store.get = print"],
    ["the module, by a new name", "store.mine = 1"],
    ["the module, raw", 'rawset(store, "get", print)'],
    ["its constants", 'store.backend.MEMORY = "x"'],
    ["a handle", 'store.get("app:cache").get = print'],
  ])("is frozen: a script can't change %s", async (_, change) => {
    await using host = await cacheHost();
    await expect(host.run(change)).rejects.toThrow();
    expect(await host.run('return store.get("app:cache"):get("k")')).toBeUndefined();
  });

  it("locks the metatable of a handle", async () => {
    await using host = await cacheHost();
    const script = `local s = store.get("app:cache") return getmetatable(s), pcall(setmetatable, s, {})`;
    const [metatable, changed] = await host.results(script);
    expect([metatable, changed]).toEqual([false, false]);
  });
});
