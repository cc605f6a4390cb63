import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/host/audit.ts";
import { PermissionTrace } from "../../src/host/trace.ts";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

/** How a call is written, what it asks for, and what its denial says. `scope` is the script's own. */
const asked = [
  ['security.new_actor("root")', "security.actor.create", "root", "not allowed to create actor: root"],
  ["security.new_scope()", "security.scope.create", "custom", "not allowed to create a scope"],
  ["scope:with(scope:policies()[1])", "security.scope.create", "with", "not allowed to change a scope by with"],
  ['scope:without("app:x")', "security.scope.create", "without", "not allowed to change a scope by without"],
  ['security.policy("app:one")', "security.policy.get", "app:one", "not allowed to access policy: app:one"],
  [
    'security.named_scope("app:all")',
    "security.policy_group.get",
    "app:all",
    "not allowed to access policy group: app:all",
  ],
] as const;

/** Raises what the call raises, and what it answers as `nil, err`. */
const outcome = (call: string) => `local scope = security.scope()
  local ok, value, err = pcall(function() return ${call} end)
  local e = not ok and value or err`;

const everything = policy("everything", "allow", "*", "*", { groups: ["everything"] });

describe.each(asked)("%s", (call, action, resource, message) => {
  it(`asks for ${action} on ${resource}`, async () => {
    await using host = await ScriptHost.open([policy("one", "allow", "nothing"), acting()]);
    const trace = new PermissionTrace();
    await host.results(`${outcome(call)} assert(ok and e == nil)`, { trace });
    expect(trace.asked.map((one) => [one.action, one.resource, one.attributes])).toEqual([[action, resource, {}]]);
  });

  it("is PERMISSION_DENIED where that is all that is not allowed, with what was asked by whom", async () => {
    const events: AuditEvent[] = [];
    await using host = await ScriptHost.open(
      [policy("one", "allow", "*"), policy("not_this", "deny", action), acting()],
      {
        audit: (event) => void events.push(event),
      },
    );
    expect(await host.run(`${outcome(call)} return said(e)`)).toEqual({
      kind: "PermissionDenied",
      message,
      retryable: false,
      details: { action, resource, actor: "tester", policy: "app:not_this" },
    });
    expect(events.map((event) => [event.decision, event.action, event.resource])).toEqual([["deny", action, resource]]);
  });

  it("is allowed where that is all that is allowed", async () => {
    await using host = await ScriptHost.open([policy("one", "allow", action, resource), acting()]);
    expect(await host.run(`${outcome(call)} return ok and e == nil`)).toBe(true);
  });
});

describe("what only looks", () => {
  it("asks for nothing, and leaves no event", async () => {
    const events: AuditEvent[] = [];
    const entries = [policy("one", "allow", "nothing"), acting()];
    await using host = await ScriptHost.open(entries, { audit: (event) => void events.push(event) });
    const script = `local a, s = security.actor(), security.scope() local p = s:policies()[1]
      return a:id(), p:id(), s:contains(p), security.can("a", "b"), s:evaluate(a, "a", "b"), p:evaluate(a, "a", "b")`;
    const answers = ["tester", "app:one", true, false, "undefined", "undefined"];
    expect(await host.results(script)).toEqual(answers);
    expect(events).toEqual([]);
  });
});

describe("that something is not there", () => {
  it.each(["security.policy(...)", "security.named_scope(...)"])(
    "is not told by %s to who may not look",
    async (call) => {
      await using host = await ScriptHost.open([policy("one", "allow", "nothing"), acting()]);
      for (const id of ["app:one", "app:all", "app:missing"]) {
        expect((await host.refusal(`return ${call}`, { args: [id] })).kind).toBe("PermissionDenied");
      }
    },
  );
});

describe("a script can't widen what it holds", () => {
  const entries = [
    memory("cache"),
    policy("little", "allow", ["store.get", "store.key.get", "security.*"], "*"),
    policy("root_may", "allow", "*", "*", { conditions: [{ field: "actor.id", operator: "eq", value: "root" }] }),
    everything,
    acting(),
  ];
  const tries = [
    ["a new actor", 'security.new_actor("root", {team = "core"})'],
    ["a new scope", 'security.new_scope({security.policy("app:everything")})'],
    ["a named scope", 'security.named_scope("app:everything")'],
    ["its own scope with more", 'security.scope():with(security.policy("app:everything"))'],
    ["its own scope with less", 'security.scope():without("app:little")'],
    ["the data of its actor", 'security.actor():meta(), (function() security.actor():meta().id = "root" end)()'],
    ["the list of its policies", 'table.insert(security.scope():policies(), (security.policy("app:everything")))'],
  ];

  it.each(tries)("by %s: enforcement and can stay as they were", async (_, make) => {
    await using host = await ScriptHost.open(entries);
    const script = `local held = {${make.startsWith("table") ? `(function() ${make} end)()` : make}}
      local cache = store.get("app:cache")
      return security.actor():id(), tostring(security.scope()), security.can("store.key.set", "app:cache", {key = "k"}),
        told(cache:set("k", 1)).kind, told(store.get("app:cache"):delete("k")).kind`;
    expect(await host.results(script)).toEqual([
      "tester",
      "security.Scope{app:little, app:root_may}",
      false,
      "PermissionDenied",
      "PermissionDenied",
    ]);
  });

  it("not even by what evaluates to allow", async () => {
    await using host = await ScriptHost.open(entries);
    const script = `local root, all = security.new_actor("root"), security.named_scope("app:everything")
      return security.scope():evaluate(root, "store.key.set", "app:cache"), all:evaluate(security.actor(), "store.key.set", "app:cache"),
        told(store.get("app:cache"):set("k", 1)).kind`;
    expect(await host.results(script)).toEqual(["allow", "allow", "PermissionDenied"]);
  });

  it("not by a coroutine, nor by code that it loads", async () => {
    await using host = await ScriptHost.open(entries);
    const script = `local code = 'return require("security").actor():id(), require("store").get("app:cache"):set("k", 1)'
      local id, ok, err = coroutine.wrap(load(code))()
      return id, ok, err:kind()`;
    expect(await host.results(script)).toEqual(["tester", undefined, "PermissionDenied"]);
  });

  it("and there are no functions to run anything as another", async () => {
    await using host = await ScriptHost.open(entries);
    const script =
      "local names = {} for name in pairs(security) do names[#names + 1] = name end table.sort(names) return names";
    expect(await host.run(script)).toEqual([
      "actor",
      "can",
      "named_scope",
      "new_actor",
      "new_scope",
      "policy",
      "scope",
    ]);
  });
});
