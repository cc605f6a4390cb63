import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/host/audit.ts";
import { PermissionTrace } from "../../src/host/trace.ts";
import { allowing } from "../../src/security/policy-yaml.ts";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';

/** Operation, the action that it asks for, its attributes, and the message of its refusal. */
const asked = [
  ['get("k")', "store.key.get", { key: "k" }, "not allowed to read key: k"],
  ['entry("k")', "store.key.get", { key: "k" }, "not allowed to read key: k"],
  ['set("k", 1)', "store.key.set", { key: "k" }, "not allowed to write key: k"],
  ['put("k", 1)', "store.key.set", { key: "k" }, "not allowed to write key: k"],
  ['delete("k")', "store.key.delete", { key: "k" }, "not allowed to delete key: k"],
  ['has("k")', "store.key.has", { key: "k" }, "not allowed to check key: k"],
  ['list({prefix = "p"})', "store.key.list", { prefix: "p" }, "not allowed to list store: app:cache"],
  ["list()", "store.key.list", { prefix: "" }, "not allowed to list store: app:cache"],
  ["info()", "store.info", {}, "not allowed to access store: app:cache"],
] as const;

const actions = [...new Set(asked.map(([, action]) => action))];

describe.each(asked)("store:%s", (operation, action, attributes, message) => {
  const call = `${cache} return cache:${operation}`;

  it(`asks for ${action} on the store, with ${JSON.stringify(attributes)}`, async () => {
    await using host = await ScriptHost.open([memory("cache"), acting({ groups: [] })]);
    const trace = new PermissionTrace();
    await host.host.run(`local store = require("store") ${call}`, { trace });
    expect(trace.asked.map((one) => [one.action, one.resource, one.attributes])).toEqual([
      ["store.get", "app:cache", {}],
      [action, "app:cache", attributes],
    ]);
  });

  it(`is PERMISSION_DENIED, with what was asked by whom, where ${action} is all that is not allowed`, async () => {
    const others = actions.filter((other) => other !== action);
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("others", "allow", ["store.get", ...others]),
      acting(),
    ]);
    expect(await host.refusal(call)).toEqual({
      kind: "PermissionDenied",
      message,
      retryable: false,
      details: {
        action,
        resource: "app:cache",
        actor: "tester",
        allow: allowing(action, "app:cache", attributes),
      },
    });
  });

  it("names the policy that denies it", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("everything", "allow", "*"),
      policy("not_this", "deny", action),
      acting(),
    ]);
    const { kind, details } = await host.refusal(call);
    expect(kind).toBe("PermissionDenied");
    expect(details).toEqual({ action, resource: "app:cache", actor: "tester", policy: "app:not_this" });
  });

  it(`is allowed where ${action} is all that is allowed`, async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("this", "allow", ["store.get", action]),
      acting(),
    ]);
    expect(await host.run(`${cache} local _, err = cache:${operation} return err == nil`)).toBe(true);
  });

  it("reports its denial to the audit stream, once", async () => {
    const events: AuditEvent[] = [];
    await using host = await ScriptHost.open([memory("cache"), policy("acquire", "allow", "store.get"), acting()], {
      audit: (event) => void events.push(event),
    });
    await host.refusal(call);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ decision: "deny", actor: "tester", action, resource: "app:cache", attributes });
  });
});

describe("store.get", () => {
  it("asks for store.get on the store, and names the policy that denies it", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("keys", "allow", "*"),
      policy("no_store", "deny", "store.get", "app:cache"),
      acting(),
    ]);
    expect(await host.refusal('return store.get("app:cache")')).toEqual({
      kind: "PermissionDenied",
      message: "not allowed to access store: app:cache",
      retryable: false,
      details: { action: "store.get", resource: "app:cache", actor: "tester", policy: "app:no_store" },
    });
  });
});

describe("a denial", () => {
  it("comes before anything is looked at or changed", async () => {
    await using host = await ScriptHost.open([memory("cache"), policy("acquire", "allow", "store.get"), acting()]);
    await host.host.store("app:cache").set("there", 1);
    const script = `${cache} local messages = {}
      for _, key in ipairs{"there", "none"} do
        for _, name in ipairs{"get", "has", "delete", "entry"} do
          local e = told(cache[name](cache, key)) messages[#messages + 1] = e.kind
        end
        messages[#messages + 1] = told(cache:put(key, 2, {only_if_absent = true})).kind
        messages[#messages + 1] = told(cache:put(key, 2, {if_version = "v"})).kind
      end return messages`;
    expect(new Set((await host.run(script)) as string[])).toEqual(new Set(["PermissionDenied"]));
    expect(await host.host.store("app:cache").get("there")).toBe(1);
    expect(await host.host.store("app:cache").has("none")).toBe(false);
  });

  it("comes after what is wrong with the arguments, which says nothing about the store", async () => {
    await using host = await ScriptHost.open([memory("cache"), policy("acquire", "allow", "store.get"), acting()]);
    for (const call of ['get("")', 'set("k", print)', 'set("k", 1, -1)', 'put("k", 1, {x = 1})', "list({limit = 0})"]) {
      expect((await host.refusal(`${cache} return cache:${call}`)).kind).toBe("Invalid");
    }
  });

  it("depends on the key as the policies say: its bytes, as they are", async () => {
    const condition = { field: "meta.key", operator: "matches", value: "^user:[0-9]+$" };
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("acquire", "allow", "store.get"),
      policy("users", "allow", "store.key.*", "*", { conditions: [condition] }),
      acting(),
    ]);
    const script = `${cache} local t = {} for i, key in ipairs{...} do t[i] = (cache:set(key, 1)) or false end return t`;
    const args = ["user:1", "user:12", "User:1", "user:1 ", "user:1\n", "user:1\0", " user:1", "user:", "x", 7];
    expect(await host.run(script, { args })).toEqual([true, true, ...args.slice(2).map(() => false)]);
    expect((await host.refusal(`${cache} return cache:set("user:1\\0", 1)`)).message).toBe(
      "not allowed to write key: user:1\0",
    );
  });

  it("is decided by the store that is asked, not by another of the same backend", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      memory("sessions"),
      policy("one", "allow", "*", "app:cache"),
      policy("look", "allow", "store.get", "app:sessions"),
      acting(),
    ]);
    expect(await host.run(`${cache} return cache:set("k", 1)`)).toBe(true);
    expect((await host.refusal('return store.get("app:sessions"):set("k", 1)')).kind).toBe("PermissionDenied");
  });

  it("holds for who acts in this run, not for who acted in another", async () => {
    const condition = { field: "actor.meta.team", operator: "eq", value: "core" };
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("core", "allow", "*", "*", { conditions: [condition] }),
      acting(),
    ]);
    const script = 'local s, err = store.get("app:cache") return s ~= nil and s:set("k", 1) or said(err).details.actor';
    const as = (team: string) => host.run(script, { actor: { id: team, meta: { team } } });
    expect([await as("core"), await as("web"), await as("core"), await host.run(script)]).toEqual([
      true,
      "web",
      true,
      "tester",
    ]);
  });
});

describe("without an actor, or without a scope", () => {
  const script = 'local s, err = store.get("app:cache") if err then return said(err) end return s:set("k", 1)';
  const everything = [
    memory("cache"),
    policy("everything", "allow", "*"),
    policy("nothing", "deny", "*", "*", { groups: ["none"] }),
  ];
  const denied = (details: object) => ({
    kind: "PermissionDenied",
    message: "not allowed to access store: app:cache",
    retryable: false,
    details: { action: "store.get", resource: "app:cache", ...details },
  });

  it("everything is denied, which is the default (strict mode)", async () => {
    await using host = await ScriptHost.open(everything);
    expect(await host.run(script)).toEqual(denied({}));
    expect(await host.run(script, { actor: "alice" })).toEqual(denied({ actor: "alice" }));
    expect(await host.run(script, { groups: ["app:all"] })).toEqual(denied({}));
    expect(await host.run(script, { actor: "alice", groups: ["app:all"] })).toBe(true);
  });

  it("everything is allowed with strict_mode: false", async () => {
    await using host = await ScriptHost.open([
      ...everything,
      { name: "host", kind: "host.config", security: { strict_mode: false } },
    ]);
    expect(await host.run(script)).toBe(true);
    expect(await host.run(script, { actor: "alice" })).toBe(true);
    expect(await host.run(script, { groups: ["app:none"] })).toBe(true);
  });

  it("strict_mode: false changes nothing where there are both", async () => {
    await using host = await ScriptHost.open([
      ...everything,
      { name: "host", kind: "host.config", security: { strict_mode: false } },
    ]);
    expect(await host.run(script, { actor: "alice", groups: ["app:none"] })).toEqual(
      denied({ actor: "alice", policy: "app:nothing" }),
    );
    expect(await host.run(script, { actor: "alice", groups: [] })).toEqual(
      denied({ actor: "alice", allow: allowing("store.get", "app:cache") }),
    );
  });
});
