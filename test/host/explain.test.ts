import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { folder } from "../registry/support.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - name: cache
    kind: store.memory
  - name: team_may
    kind: security.policy
    policy:
      actions: "store.key.*"
      resources: app:cache
      effect: allow
      conditions:
        - {field: actor.meta.team, operator: eq, value: core}
        - {field: meta.key, operator: matches, value: "^user:"}
    groups: [all]
  - name: nobody_deletes
    kind: security.policy
    policy: {actions: store.key.delete, resources: "*", effect: deny}
    groups: [all]
`;

const open = () => Host.open(join(folder({ "registry.yaml": registry }), "registry.yaml"));
const alice = { id: "alice", meta: { team: "core" } };
const question = { actor: alice, groups: ["app:all"], resource: "app:cache", attributes: { key: "user:1" } };

describe("an explanation", () => {
  it("says what is decided, by which policy, and how each condition came out, with its place", async () => {
    await using host = await open();
    const explanation = host.explain({ ...question, action: "store.key.get" });
    expect(explanation).toMatchObject({
      decision: "allow",
      policy: "app:team_may",
      reason: "app:team_may allows it",
      actor: alice,
      attributes: { key: "user:1" },
    });
    const [allows, denies] = explanation.policies;
    expect(allows).toMatchObject({ id: "app:team_may", effect: "allow", applies: true });
    expect(allows!.place).toMatch(/registry\.yaml:6:5$/);
    expect(allows!.conditions.map(({ text, outcome }) => [text, outcome])).toEqual([
      ['actor.meta.team eq "core"', "holds"],
      ['meta.key matches "^user:"', "holds"],
    ]);
    expect(allows!.conditions.map(({ place }) => place.match(/\d+:\d+$/)![0])).toEqual(["13:11", "14:11"]);
    expect(denies).toMatchObject({ applies: false, matchesAction: false, matchesResource: true, conditions: [] });
  });

  it("says which condition does not hold, and that nothing allows it then", async () => {
    await using host = await open();
    const explanation = host.explain({ ...question, actor: "bob", action: "store.key.get" });
    expect(explanation).toMatchObject({ decision: "deny", reason: "no policy allows it" });
    expect(explanation.policy).toBeUndefined();
    expect(explanation.policies[0]!.conditions.map(({ outcome }) => outcome)).toEqual(["fails", "holds"]);
  });

  it("says what denies, though another allows", async () => {
    await using host = await open();
    const explanation = host.explain({ ...question, action: "store.key.delete" });
    expect(explanation).toMatchObject({ decision: "deny", policy: "app:nobody_deletes" });
    expect(explanation.policies.map(({ applies }) => applies)).toEqual([true, true]);
  });

  it("says that there is no actor, or no policy in force", async () => {
    await using host = await open();
    expect(host.explain({ action: "a", resource: "b" })).toMatchObject({
      decision: "deny",
      reason: "there is no actor, and without one everything is denied (strict mode)",
      policies: [],
    });
    expect(host.explain({ actor: "bob", action: "a", resource: "b" }).reason).toContain("no policy is in force");
  });

  it("is plain data, as JSON has it", async () => {
    await using host = await open();
    const explanation = host.explain({ ...question, action: "store.key.get" });
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  it("is refused for what is no question", async () => {
    await using host = await open();
    expect(() => host.explain({ ...question, action: "" })).toThrow("action: expected a string that is not empty");
    expect(() => host.explain({ ...question, action: "a", attributes: { f: () => 1 } })).toThrow(
      "attributes.f: expected",
    );
    expect(() => host.explain({ ...question, action: "a", groups: ["app:al"] })).toThrow('did you mean "app:all"?');
  });
});
