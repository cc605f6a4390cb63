import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkRegistry } from "../../src/host/check.ts";
import { folder } from "../registry/support.ts";

const head = 'version: "1.0"\nnamespace: app\nentries:\n';
const cache = "- {name: cache, kind: store.memory}\n";
const policy = (name: string, fields: string, more = "groups: [all]") =>
  `- {name: ${name}, kind: security.policy, policy: {${fields}}, ${more}}\n`;
const useCache = policy("use", 'actions: ["store.get", "store.key.*"], resources: app:cache, effect: allow');

/** What is said of a registry with these entries, without the folder. */
function warnings(...entries: string[]): string[] {
  const root = folder({ "registry.yaml": head + entries.join("") });
  return checkRegistry(join(root, "registry.yaml")).warnings.map(
    ({ place, message }) => `${place.replace(/^.*registry\.yaml/, "registry.yaml")}: ${message}`,
  );
}

const denyKeys = (actions: string, conditions: string) =>
  policy("no", `actions: ${actions}, resources: app:cache, effect: deny, conditions: [${conditions}]`);

describe("a check of a registry", () => {
  it("has nothing to say of one where nothing is suspicious", () => {
    expect(warnings(cache, useCache)).toEqual([]);
  });

  it("warns of a policy that is in no group and that nothing names", () => {
    const alone = policy("alone", 'actions: x, resources: "*", effect: allow', "meta: {}");
    expect(warnings(alone)).toEqual([
      "registry.yaml:4:3: policy app:alone is in no group, and nothing names it: it is never in force",
    ]);
    expect(warnings(alone, "- {name: host, kind: host.config, security: {policies: [alone]}}\n")).toEqual([]);
  });

  it("warns of an allow of everything on everything", () => {
    const all = (conditions = "") =>
      warnings(policy("all", `actions: "*", resources: ["*"], effect: allow${conditions}`));
    expect(all()).toEqual(["registry.yaml:4:46: policy app:all allows everything on everything"]);
    expect(all(", conditions: [{field: actor.id, operator: eq, value: root}]")).toEqual([]);
  });

  it("warns of a denial that reads a field which may be missing", () => {
    const onTeam = "{field: actor.meta.team, operator: ne, value: core}";
    expect(warnings(cache, useCache, denyKeys('"store.key.get"', onTeam))).toEqual([
      expect.stringMatching(
        /policy app:no denies nothing where actor\.meta\.team is missing, and not every actor has it$/,
      ),
    ]);
    const onKey = '{field: meta.key, operator: nmatches, value: "^s:"}';
    expect(warnings(cache, useCache, denyKeys('["store.key.get", "store.key.set"]', onKey))).toEqual([]);
    expect(warnings(cache, useCache, denyKeys('"store.key.*"', onKey))).toEqual([
      expect.stringMatching(/denies nothing where meta\.key is missing, as it is for store\.key\.list$/),
    ]);
    expect(warnings(cache, useCache, denyKeys("own.action", onKey))).toEqual([
      expect.stringMatching(/denies nothing where meta\.key is missing$/),
    ]);
  });

  it("does not, where the denial asks for the field, or for its absence", () => {
    const asked = "{field: meta.n, operator: exists}, {field: meta.n, operator: gt, value: 1}";
    expect(warnings(cache, useCache, denyKeys("own.action", asked))).toEqual([]);
    expect(warnings(cache, useCache, denyKeys("own.action", "{field: meta.n, operator: nexists}"))).toEqual([]);
  });

  it("warns of a store that no policy ever lets anyone reach", () => {
    expect(warnings(cache)).toEqual([
      "registry.yaml:4:3: store app:cache: no policy ever lets anyone reach it (store.get)",
    ]);
    const acquire = policy("acquire", "actions: store.get, resources: app:cache, effect: allow");
    expect(warnings(cache, acquire)).toEqual([
      "registry.yaml:4:3: store app:cache: no policy ever lets anyone touch a key of it (store.key.*)",
    ]);
    expect(warnings(cache, "- {name: host, kind: host.config, security: {strict_mode: false}}\n")).toEqual([]);
  });

  it("warns of actions and stores that there are not, and names what is close", () => {
    const typo = policy("typo", 'actions: ["store.get", "store.key.gett"], resources: app:cach, effect: allow');
    expect(warnings(cache, useCache, typo).map((line) => line.replace(/^\S+ /, ""))).toEqual([
      'no action is called "store.key.gett"; did you mean "store.key.get"?',
      'there is no store "app:cach"; did you mean "app:cache"?',
    ]);
    expect(warnings(policy("own", "actions: mail.send, resources: anybody, effect: allow"))).toEqual([]);
  });
});
