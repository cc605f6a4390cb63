import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/host/audit.ts";
import { Host } from "../../src/host/host.ts";
import { folder } from "../registry/support.ts";

const registry = (audit: string) => `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: read
    kind: security.policy
    policy: {actions: [store.get, store.key.get, store.key.list], resources: app:cache, effect: allow}
    groups: [all]
  - name: no_secrets
    kind: security.policy
    policy: {actions: store.key.get, resources: "*", effect: deny, conditions: [{field: meta.key, operator: matches, value: "^secret"}]}
    groups: [all]
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}${audit}}
`;

const script = `local s = require("store").get("app:cache")
s:get("open") s:get("secret") s:set("open", 1)
return require("security").can("store.key.set", "app:cache", { key = "x" })`;

async function eventsOf(audit: string, code = script): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  const path = join(folder({ "registry.yaml": registry(audit) }), "registry.yaml");
  await using host = await Host.open(path, { audit: (event) => events.push(event) });
  await host.run(code);
  return events;
}

describe("the audit stream", () => {
  it("has every denial, with who asked for what, and the policy that denied", async () => {
    const events = await eventsOf("");
    expect(events).toEqual([
      {
        time: expect.any(Date),
        decision: "deny",
        actor: "local",
        action: "store.key.get",
        resource: "app:cache",
        attributes: { key: "secret" },
        policy: "app:no_secrets",
      },
      {
        time: expect.any(Date),
        decision: "deny",
        actor: "local",
        action: "store.key.set",
        resource: "app:cache",
        attributes: { key: "open" },
      },
    ]);
  });

  it("has what is allowed too, where host.config asks for it", async () => {
    const events = await eventsOf(", audit: {allows: true}");
    expect(events.map(({ decision, action, policy }) => [decision, action, policy])).toEqual([
      ["allow", "store.get", "app:read"],
      ["allow", "store.key.get", "app:read"],
      ["deny", "store.key.get", "app:no_secrets"],
      ["deny", "store.key.set", undefined],
    ]);
  });

  it("samples what is allowed, and never denials", async () => {
    const code = `local s = require("store").get("app:cache") for i = 1, 99 do s:get("k" .. i) s:get("secret" .. i) end`;
    const events = await eventsOf(", audit: {allows: true, sample: 10}", code);
    const count = (decision: string) => events.filter((event) => event.decision === decision).length;
    expect([count("allow"), count("deny")]).toEqual([10, 99]);
  });

  it.each([
    ["plain", { key: "secret" }],
    ["hidden", { key: "***" }],
    ["digest", { key: expect.stringMatching(/^sha256:[0-9a-f]{16}$/) }],
  ])("shows keys %s", async (keys, attributes) => {
    const [first, second] = await eventsOf(
      `, audit: {keys: ${keys}}`,
      `local s = require("store").get("app:cache") s:get("secret") s:get("secret")`,
    );
    expect(first!.attributes).toEqual(attributes);
    expect(second!.attributes).toEqual(first!.attributes);
  });

  it("names no policy that would have allowed what a limited handle denied", async () => {
    const [event] = await eventsOf("", 'require("store").get("app:cache", { prefix = "a:" }):get("b:1")');
    expect(event).toMatchObject({ decision: "deny", attributes: { key: "b:1" } });
    expect(event).not.toHaveProperty("policy");
  });

  it("lets nothing happen that could not be recorded: who listens and throws fails the operation", async () => {
    const path = join(folder({ "registry.yaml": registry(", audit: {allows: true}") }), "registry.yaml");
    await using host = await Host.open(path, {
      audit: () => {
        throw new Error("disk full");
      },
    });
    const error = await host.run('require("store").get("app:cache")').catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "INTERNAL", message: "internal error", cause: { message: "disk full" } });
  });
});
