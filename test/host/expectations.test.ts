import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Authorities } from "../../src/host/authorities.ts";
import { checkExpectations } from "../../src/host/expectations.ts";
import { kinds, unavailable } from "../../src/kinds/index.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { folder } from "../registry/support.ts";

const registryText = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: read
    kind: security.policy
    policy:
      actions: [store.get, store.key.get]
      resources: app:cache
      effect: allow
      conditions: [{field: actor.meta.team, operator: eq, value: core}]
    groups: [team]
  - name: no_secrets
    kind: security.policy
    policy:
      actions: "store.key.*"
      resources: "*"
      effect: deny
      conditions: [{field: meta.key, operator: matches, value: "^secret:"}]
    groups: [team]
`;

/** Expectations in a folder beside a registry, which is read as a folder. */
function check(expectations: string) {
  const root = folder({ "registry.yaml": registryText, "access.test.yaml": expectations });
  const registry = loadRegistry(root, { kinds, unavailable, env: {} });
  return checkExpectations(join(root, "access.test.yaml"), {
    registry,
    authorities: new Authorities(registry),
    env: {},
  });
}

const failure = (expectations: string): string => {
  try {
    check(expectations);
  } catch (e) {
    return (e as Error).message.replace(/^.*?(access\.test)/gm, "$1");
  }
  throw new Error("it was taken");
};

describe("expectations of policies", () => {
  it("are checked one by one, each action on each resource, with what the file says for all", () => {
    const results = check(`
actor: {id: alice, meta: {team: core}}
groups: [app:team]
tests:
  - name: the team reads
    action: [store.get, store.key.get]
    resource: [app:cache, app:other]
    attributes: {key: a}
    expect: allow
  - action: store.key.get
    actor: bob
    resource: app:cache
    expect: deny
`);
    expect(results.map(({ name, passed }) => [name, passed])).toEqual([
      ["the team reads", true],
      ["the team reads", false],
      ["the team reads", true],
      ["the team reads", false],
      ["store.key.get app:cache", true],
    ]);
    expect(results[4]!.place).toMatch(/access\.test\.yaml:10:5$/);
    expect(results[1]!.explanation).toMatchObject({ decision: "deny", resource: "app:other", actor: { id: "alice" } });
  });

  it("can name the policy that has to decide", () => {
    const by = (policy: string) =>
      check(`
groups: [app:team]
tests:
  - {actor: bob, action: store.key.get, resource: app:cache, attributes: {key: "secret:1"}, expect: deny, by: ${policy}}
`)[0]!.passed;
    expect(by('"app:no_secrets"')).toBe(true);
    expect(by('"app:read"')).toBe(false);
  });

  it("can't name a policy that is not there", () => {
    expect(failure("tests:\n  - {actor: a, action: x, resource: y, expect: deny, by: app:no_secret}\n")).toBe(
      'access.test.yaml:2:58: there is no policy "app:no_secret"; did you mean "app:no_secrets"?',
    );
  });

  it("stand beside a registry that is a folder, and are no part of it", () => {
    expect(check("tests: []")).toEqual([]);
  });

  it.each([
    ["", "access.test.yaml:1:1: expected a mapping with actor, groups, policies, tests, got nothing"],
    ["[]", "access.test.yaml:1:1: expected a mapping with"],
    ["tests:\n  - {action: a, resource: b}\n", 'access.test.yaml:2:5: tests[0]: the field "expect" is missing'],
    ["tests:\n  - {action: a, resource: b, expect: yes}\n", 'tests[0].expect: expected allow or deny, got "yes"'],
    ["test: []\n", 'access.test.yaml:1:1: test: unknown field "test"; did you mean "tests"?'],
    ["actor: {name: x}\ntests: []\n", 'actor: an actor has no field "name"; the fields are id and meta'],
    ["actor: [x]\ntests: []\n", "actor: expected an actor: an id, or a mapping such as"],
    ['actor: ""\ntests: []\n', "actor: expected an actor"],
    [
      "tests:\n  - {groups: [app:tea], action: store.get, resource: b, expect: deny}\n",
      'access.test.yaml:2:5: there is no group "app:tea"; did you mean "app:team"?',
    ],
    ["tests: [}", "access.test.yaml:1:9: not valid YAML"],
  ])("that are wrong are refused with the place: %j", (text, message) => {
    expect(failure(text)).toContain(message);
  });
});
