/** What runs, what it holds and what came out of it is decided by the policies in force, from the next decision on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type AuditEvent, Host } from "../../src/index.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";
import { acting, type EntrySource, memory, policy, where } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";

type StoreOf = ReturnType<Host["store"]>;

const every = policy("every", "allow", "*");
const noWrites = policy("no_writes", "deny", "store.key.set", "app:cache");

/** A host whose scripts can have the registry changed under them, by `require("operator").change()`. */
async function open(before: readonly EntrySource[], after: readonly EntrySource[]) {
  const path = join(folder(), "registry.yaml");
  const write = (entries: readonly EntrySource[]) =>
    writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries: [memory("cache"), ...entries] }));
  write(before);
  const audited: AuditEvent[] = [];
  const reload = () => {
    write(after);
    return host.reload();
  };
  let change: (host: Host) => Promise<unknown> = reload;
  const operator = defineModule("operator", { change: fn([], () => change(host).then(() => true)) });
  const audit = (event: AuditEvent) => void audited.push(event);
  const host: Host = await Host.open(path, { ...where, modules: [operator], audit });
  const whatChanges = (doing: typeof change) => {
    change = doing;
  };
  return { host, audited, whatChanges, reload, [Symbol.asyncDispose]: () => host.close() };
}

/** Six writes of one handle; after the third, something else is in force. Which of them worked. */
const writes = `local s, said = require("store").get("app:cache"), {}
for i = 1, 6 do
  local ok, e = s:set("k" .. i, i)
  said[i] = ok and "ok" or e:kind()
  if i == 3 then require("operator").change() end
end
return table.concat(said, " ")`;
const REVOKED = "ok ok ok PermissionDenied PermissionDenied PermissionDenied";
const modules = ["store", "operator", "funcs", "security"];
const sixWrites = (name: string, more: object = {}) =>
  lua(name, `return function() ${writes} end`, { modules, ...more });

const changes: Readonly<Record<string, readonly [readonly EntrySource[], readonly EntrySource[]]>> = {
  "a denial is added": [
    [every, acting()],
    [every, noWrites, acting()],
  ],
  "a policy leaves its group": [
    [every, acting()],
    [policy("every", "allow", "*", "*", { groups: ["other"] }), policy("x", "allow", "x"), acting()],
  ],
  "a policy says something else": [
    [every, acting()],
    [policy("every", "allow", "*", "app:other"), acting()],
  ],
  "the store may not be acquired any more": [
    [every, acting()],
    [every, policy("no_store", "deny", "store.get", "app:cache"), acting()],
  ],
  "scripts are under another group": [
    [every, policy("x", "allow", "x", "x", { groups: ["few"] }), acting()],
    [every, policy("x", "allow", "x", "x", { groups: ["few"] }), acting({ groups: ["few"] })],
  ],
  "the actor has another role": [
    [
      policy("admins", "allow", "*", "*", {
        conditions: [{ field: "actor.meta.role", operator: "eq", value: "admin" }],
      }),
      acting({ actor: { id: "tester", meta: { role: "admin" } } }),
    ],
    [
      policy("admins", "allow", "*", "*", {
        conditions: [{ field: "actor.meta.role", operator: "eq", value: "admin" }],
      }),
      acting({ actor: { id: "tester", meta: { role: "guest" } } }),
    ],
  ],
};

describe("a handle in the middle of a loop", () => {
  it.each(Object.entries(changes))("is denied what it was allowed, when %s", async (_, [before, after]) => {
    await using app = await open(before, after);
    expect((await app.host.run(writes)).value).toBe(REVOKED);
  });

  it("is allowed what it was denied, when that is in force", async () => {
    await using app = await open([every, noWrites, acting()], [every, acting()]);
    expect((await app.host.run(writes)).value).toBe("PermissionDenied PermissionDenied PermissionDenied ok ok ok");
  });

  it("is denied when the group that its run was given is gone", async () => {
    await using app = await open([policy("mine", "allow", "*", "*", { groups: ["mine"] })], [every]);
    expect((await app.host.run(writes, { actor: "x", groups: ["app:mine"] })).value).toBe(REVOKED);
  });

  it("goes on as it was when the new registry is refused", async () => {
    await using app = await open([every, acting()], [{ name: "no", kind: "no.such.kind" }]);
    app.whatChanges(() => app.reload().catch(() => {}));
    expect((await app.host.run(writes)).value).toBe("ok ok ok ok ok ok");
  });

  it("is denied in a function of the registry, and in one with policies of its own", async () => {
    const own = { security: { groups: ["own"], actor: { id: "worker" } } };
    const f = [sixWrites("plain"), sixWrites("own", own)];
    const ownGroup = (effect: "allow" | "deny") => policy("own_policy", effect, "*", "*", { groups: ["own"] });
    await using app = await open([...f, every, ownGroup("allow"), acting()], [...f, noWrites, every, acting()]);
    app.whatChanges(() => app.reload().catch(() => {})); // refused: the group is gone
    expect(await app.host.call("app:own")).toBe("ok ok ok ok ok ok");
    await using later = await open(
      [...f, every, ownGroup("allow"), acting()],
      [...f, every, ownGroup("deny"), acting()],
    );
    expect(await later.host.call("app:own")).toBe(REVOKED);
    await using plain = await open(
      [...f, every, ownGroup("allow"), acting()],
      [...f, every, noWrites, ownGroup("allow"), acting()],
    );
    expect(await plain.host.run('return require("funcs").call("app:plain")').then(({ value }) => value)).toBe(REVOKED);
  });

  it("is denied under a scope that a script made and handed on", async () => {
    const given = (effect: "allow" | "deny") => policy("given", effect, "*", "*", { groups: ["given"] });
    const f = sixWrites("f");
    for (const scope of ['named_scope("app:given")', 'new_scope({security.policy("app:given")})']) {
      await using app = await open([f, every, given("allow"), acting()], [f, every, given("deny"), acting()]);
      const script = `local security = require("security")
        return require("funcs").new():with_scope(security.${scope}):call("app:f")`;
      expect((await app.host.run(script)).value).toBe(REVOKED);
    }
  });
});

describe("what came out of a run", () => {
  it("asks the policies in force", async () => {
    await using app = await open([every, acting()], [every, noWrites, acting()]);
    const { value } = await app.host.run(`local s = require("store").get("app:cache")
      return function() local ok, e = s:set("k", 1) return ok and "ok" or e:kind() end`);
    const f = value as () => Promise<unknown>;
    expect(await f()).toBe("ok");
    await app.reload();
    expect(await f()).toBe("PermissionDenied");
    expect(app.audited).toMatchObject([{ decision: "deny", action: "store.key.set", policy: "app:no_writes" }]);
  });

  it("has the answers of the module security from them", async () => {
    await using app = await open([every, acting()], [every, noWrites, acting()]);
    const script = `local security = require("security")
      local scope = security.scope()
      local function look()
        return security.can("store.key.set", "app:cache"), scope:contains("app:no_writes")
      end
      local can, contains = look()
      require("operator").change()
      return can, contains, look()`;
    expect((await app.host.run(script)).values).toEqual([true, false, false, true]);
  });

  it("goes on through a store under them, and misses or repeats nothing that it may still read", async () => {
    const hidden = policy("hidden", "deny", "store.key.get", "app:cache", {
      conditions: [{ field: "meta.key", operator: "eq", value: "k5" }],
    });
    for (const [change, seen] of [
      [noWrites, "k1 k2 k3 k4 k5 k6 nil"],
      [hidden, "k1 k2 k3 k4 k6 nil"],
      [policy("no_keys", "deny", "store.key.get", "app:cache"), "k1 k2 k3 nil"],
      [policy("no_list", "deny", "store.key.list", "app:cache"), "k1 k2 k3 PermissionDenied"],
      [policy("no_store", "deny", "store.get", "app:cache"), "k1 k2 k3 PermissionDenied"],
    ] as const) {
      await using app = await open([every, acting()], [every, change, acting()]);
      const script = `local s, seen = require("store").get("app:cache"), {}
        for i = 1, 6 do s:set("k" .. i, i) end
        local ok, e = pcall(function()
          for k in s:each() do
            seen[#seen + 1] = k
            if k == "k3" then require("operator").change() end
          end
        end)
        return table.concat(seen, " ") .. " " .. (ok and "nil" or e:kind())`;
      expect((await app.host.run(script)).value).toBe(seen);
    }
  });

  it("hears no events that it may not hear of any more", async () => {
    await using app = await open([every, acting()], [every, policy("q", "deny", "events.subscribe"), acting()]);
    app.whatChanges(async (host) => {
      host.events.send("orders", "made", "/1");
      await app.reload();
      host.events.send("orders", "made", "/2");
    });
    const script = `local ch, heard = require("events").subscribe("orders"):channel(), {}
      require("operator").change()
      require("time").sleep("20ms")
      for e in function() return require("channel").select{ch:case_receive(), default = true}.value end do
        heard[#heard + 1] = e.path
      end
      return table.concat(heard, " ")`;
    expect((await app.host.run(script)).value).toBe("/1");
  });
});

describe("a call that waits", () => {
  const denied = (action: string) => policy("denied", "deny", action, "app:cache");
  const revoked = [["store.get"], ["store.key.get"], ["store.key.set"], ["*"]] as const;
  const cache = 'local s, operator = require("store").get("app:cache"), require("operator")';
  const said = (call: string) => `local v, e = ${call} return tostring(v), e and e:kind() or "no error"`;
  const refused = ["nil", "PermissionDenied"];

  /** Lets a script wait, takes something from it, and then lets go what it waits for. */
  async function waiting(action: string, script: string, hold: (store: StoreOf) => Promise<() => unknown>) {
    await using app = await open([every, acting()], [every, denied(action), acting()]);
    const store = app.host.store("app:cache");
    const letGo = await hold(store);
    const run = app.host.run(`${cache} s:set("waits", true) ${script}`);
    while ((await store.get("waits")) === undefined) await sleep(5);
    await sleep(30);
    await app.reload();
    await letGo();
    return { values: (await run).values, value: await store.get("k") };
  }

  it.each(revoked)("for what somebody else computes is given nothing when %s is revoked", async (action) => {
    const hold = async (store: StoreOf) => {
      let land = () => {};
      const landed = new Promise<void>((resolve) => {
        land = resolve;
      });
      const computed = store.fetch("k", () => landed.then(() => "SECRET"));
      return () => {
        land();
        return computed;
      };
    };
    const script = said('s:fetch("k", function() return "own" end)');
    expect(await waiting(action, script, hold)).toEqual({ values: refused, value: "SECRET" });
    const stale = said('s:fetch("k", function() return "own" end, {ttl = 1, stale = 60})');
    expect(await waiting(action, stale, hold)).toEqual({ values: refused, value: "SECRET" });
  });

  it.each(revoked)("for a lock does not get it when %s is revoked", async (action) => {
    const hold = async (store: StoreOf) => {
      const lock = await store.lock("k");
      return async () => {
        await lock.release();
        expect(await (await store.lock("k", { wait: 60 })).release()).toBe(true);
      };
    };
    const { values } = await waiting(action, said('s:lock("k", {wait = 60})'), hold);
    expect(values).toEqual(refused);
  });

  it.each([
    ["store.get", 's:fetch("k", function() operator.change() return 1 end)'],
    ["store.key.set", 's:fetch("k", function() operator.change() return 1 end)'],
    ["store.get", 's:fetch("k", function() operator.change() end, {stale = 60, negative_ttl = 60})'],
    ["store.key.delete", 's:fetch("k", function() operator.change() end, {stale = 60})'],
    ["store.key.get", 's:fetch("k", function() operator.change() error("x") end, {stale = 60, on_error = "stale"})'],
    ["store.key.get", 's:update("k", function() operator.change() return 1 end)'],
    ["store.key.get", 's:update("k", function() operator.change() end)'],
    ["store.get", 's:update("k", function() operator.change() return 1 end)'],
  ])("for the script itself writes nothing when %s is revoked: %s", async (action, call) => {
    await using app = await open([every, acting()], [every, denied(action), acting()]);
    const store = app.host.store("app:cache");
    const old = /stale|update/.test(call) ? "old" : undefined;
    if (old !== undefined) await store.set("k", old, { ttl: 30 });
    expect((await app.host.run(`${cache} ${said(call)}`)).values).toEqual(refused);
    expect(await store.get("k")).toBe(old);
    expect(await store.fetch("k", () => 3, { stale: 60 })).toBe(3); // nobody keeps it waiting
  });

  it("for others goes on when something else is in force that allows it", async () => {
    const other = policy("other", "deny", "store.key.get", "app:other");
    await using app = await open([every, acting()], [every, other, acting()]);
    const script = `${cache}
      local v = s:fetch("k", function() operator.change() return 1 end)
      local l = assert(s:lock("k"))
      return v, l:lost(), l:release(), s:get("k")`;
    expect((await app.host.run(script)).values).toEqual([1, false, true, 1]);
  });
});

describe("a lock that is held", () => {
  const held = (doing: string) => `local s = require("store").get("app:cache")
    local l = assert(s:lock("k", {ttl = 0.3}))
    ${doing}
    local started = os.time()
    while not l:lost() and os.time() - started < ENDED do require("time").sleep("20ms") end
    return l:lost(), l:release()`;

  it.each([["store.get"], ["store.key.get"], ["store.key.set"]])(
    "is not renewed any more when %s is revoked",
    async (action) => {
      await using app = await open([every, acting()], [every, policy("no", "deny", action, "app:cache"), acting()]);
      const script = held('require("operator").change()').replace("ENDED", "60");
      expect((await app.host.run(script)).values).toEqual([true, false]);
      expect(app.audited).toEqual([]);
      expect(await (await app.host.store("app:cache").lock("k")).release()).toBe(true);
    },
  );

  it("is renewed under other policies that allow it, and when the store's handle is released", async () => {
    const other = policy("other", "deny", "store.key.delete", "app:cache");
    await using app = await open([every, acting()], [every, other, acting()]);
    const script = held('require("operator").change() s:release()').replace("ENDED", "2");
    expect((await app.host.run(script)).values).toEqual([false, true]);
  });
});

describe("a plugin that runs", () => {
  const asks = {
    permissions: [{ actions: ["store.get", "store.key.*"], resources: "app:cache" }],
    modules: ["operator"],
  };

  it("is denied what the application's policies deny it now", async () => {
    const shared = (effect: "allow" | "deny") =>
      policy("writes", effect, "store.key.set", "app:cache", { groups: ["shared"] });
    const granted = policy("granted", "allow", "*", "app:cache", { groups: ["shared"] });
    await using app = await open([every, granted, shared("allow")], [every, granted, shared("deny")]);
    const path = writePlugin(folder(), "p", [sixWrites("f")], asks);
    await app.host.plugins.load(path, { grants: { groups: ["app:shared"], modules: ["operator"] } });
    expect(await app.host.call("p:f")).toBe(REVOKED);
  });

  it("is denied what it is no longer granted, in the version that it began in", async () => {
    await using app = await open([every], [every]);
    const root = folder();
    mkdirSync(join(root, "p"), { recursive: true });
    await app.host.plugins.load(writePlugin(root, "p", [sixWrites("f")], asks), { grants: "all" });
    app.whatChanges((host) => {
      writePlugin(root, "p", [], {});
      return host.plugins.reload("p", { grants: {} });
    });
    expect(await app.host.call("p:f")).toBe(REVOKED);
  });

  it("keeps what is its own, whatever is taken from it", async () => {
    await using app = await open([every], [every]);
    const root = folder();
    const own = [memory("s"), lua("f", `return function() ${writes.replace("app:cache", "p:s")} end`, { modules })];
    await app.host.plugins.load(writePlugin(root, "p", own, asks), { grants: "all" });
    app.whatChanges(async (host) => {
      void host.plugins.unload("p");
      await app.reload();
    });
    expect(await app.host.call("p:f")).toBe("ok ok ok ok ok ok");
  });
});
