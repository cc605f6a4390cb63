import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkRegistry } from "../../src/host/check.ts";
import { Host } from "../../src/host/host.ts";
import { folder } from "../registry/support.ts";

const registry = (...policies: string[]) =>
  join(
    folder({
      "registry.yaml": `version: "1.0"\nnamespace: app\nentries:\n  - {name: s, kind: store.memory}\n${policies.join("")}`,
    }),
    "registry.yaml",
  );

const expression = (text: string, more = 'actions: "store.*", resources: "*", effect: allow') => `  - name: rule
    kind: security.policy.expr
    policy: {${more}, expression: ${JSON.stringify(text)}}
    groups: [all]
`;

const problem = (...policies: string[]): string => {
  try {
    checkRegistry(registry(...policies));
  } catch (e) {
    return (e as Error).message.replace(/^.*?(registry\.yaml)/, "$1");
  }
  return "";
};

describe("security.policy.expr", () => {
  const rule = expression('actor.id == "svc" && (action == "store.get" || meta.key startsWith "svc:")');

  it("allows what its expression says, from the registry to the key", async () => {
    await using host = await Host.open(registry(rule));
    const code =
      'local s, err = require("store").get("app:s") if err then return err:kind() end return s:set("svc:1", 1), (s:set("x", 1))';
    const as = (actor: string) => host.run(code, { actor, groups: ["app:all"] }).then(({ values }) => values);
    expect(await as("svc")).toEqual([true, undefined]);
    expect(await as("other")).toEqual(["PermissionDenied"]);
  });

  it("is explained as it is written", async () => {
    await using host = await Host.open(registry(rule));
    const { policies } = host.explain({ actor: "svc", groups: ["app:all"], action: "store.get", resource: "app:s" });
    expect(policies[0]!.conditions[0]).toMatchObject({
      text: 'actor.id == "svc" && (action == "store.get" || meta.key startsWith "svc:")',
      outcome: "holds",
      place: expect.stringMatching(/registry\.yaml:7:77$/),
    });
  });

  it.each([
    [
      "meta.key ==",
      "registry.yaml:7:77: entries[1].policy.expression: character 12 of the expression: expected a value, got the end",
    ],
    ["user.id == 1", 'character 1 of the expression: there is no field "user.id"'],
    ["meta.key matches '('", "character 18 of the expression: not a pattern"],
    ["", "entries[1].policy.expression: "],
  ])("a mistake in it is a problem of the registry, with its place: %j", (text, message) => {
    expect(problem(expression(text))).toContain(message);
  });

  it("takes no conditions, as security.policy takes no expression", () => {
    expect(problem(expression("true", "actions: a, resources: b, effect: allow, conditions: []"))).toContain(
      'unknown field "conditions"',
    );
    const other = expression("true").replace("policy.expr", "policy");
    expect(problem(other)).toContain('unknown field "expression"');
  });

  it("counts what can't be told against access", async () => {
    const host = await Host.open(
      registry(
        expression("true"),
        expression("meta.key < 1", 'actions: "store.key.*", resources: "*", effect: deny').replace("rule", "odd"),
      ),
    );
    const ask = (action: string, attributes: object) =>
      host.explain({ actor: "a", groups: ["app:all"], action, resource: "app:s", attributes: attributes as never })
        .decision;
    expect(ask("store.get", {})).toBe("allow");
    expect(ask("store.key.get", { key: "k" })).toBe("deny");
    expect(ask("store.key.list", { prefix: "" })).toBe("allow");
    await host.close();
  });

  it("is warned of when it denies by a field that may be missing, but not where it looks whether it is there", () => {
    const deny = (text: string) =>
      checkRegistry(
        registry(
          expression("true"),
          expression(text, 'actions: "store.key.get", resources: "*", effect: deny').replace("rule", "no"),
        ),
      ).warnings.map(({ message }) => message);
    expect(deny('actor.meta.team != "core"')).toEqual([
      "policy app:no denies nothing where actor.meta.team is missing, and not every actor has it",
    ]);
    expect(deny('actor.meta.team == nil || actor.meta.team != "core"')).toHaveLength(1);
    expect(deny('(actor.meta.team ?? "") != "core"')).toEqual([]);
  });
});
