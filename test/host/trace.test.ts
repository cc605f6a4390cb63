import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Authorities } from "../../src/host/authorities.ts";
import { Host } from "../../src/host/host.ts";
import { readRegistry } from "../../src/host/open.ts";
import { PermissionTrace } from "../../src/host/trace.ts";
import { makeAttributes } from "../../src/security/actor.ts";
import { folder } from "../registry/support.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - {name: host, kind: host.config, security: {actor: {id: local}}}
`;

async function traced(code: string): Promise<PermissionTrace> {
  const trace = new PermissionTrace();
  await using host = await Host.open(join(folder({ "r.yaml": registry }), "r.yaml"));
  await host.run(code, { trace, name: "job.lua" });
  return trace;
}

const store = 'local s = require("store").get("app:cache") ';

/** Whether the policies that a trace writes would allow something. */
function allowedBy(trace: PermissionTrace): (action: string, resource: string, attributes: object) => boolean {
  const root = folder({ "registry.yaml": registry, "traced.yaml": trace.toYaml("app", "job.lua") });
  const loaded = readRegistry(root, {});
  const { actor, scope } = new Authorities(loaded).authority({
    groups: loaded.entries.some(({ kind }) => kind === "security.policy") ? ["app:traced"] : [],
  });
  return (action, resource, attributes) =>
    scope!.evaluate(actor, action, resource, makeAttributes(attributes)) === "allow";
}

describe("a traced run", () => {
  it("may do everything, and notes each thing once, with where it was asked first", async () => {
    const { asked } = await traced(`${store}\nfor i = 1, 3 do s:set("k", i) end\ns:list({ prefix = "a" })`);
    expect(asked.map(({ action, attributes, where }) => [action, attributes, where])).toEqual([
      ["store.get", {}, "job.lua:1"],
      ["store.key.set", { key: "k" }, "job.lua:2"],
      ["store.key.list", { prefix: "a" }, "job.lua:3"],
    ]);
    expect(asked.every(({ allowed }) => !allowed)).toBe(true);
  });

  it("takes three keys or more that begin alike for a rule, and lists fewer", async () => {
    const allows = allowedBy(
      await traced(`${store} for i = 1, 3 do s:get("user:" .. i .. ":name") end s:get("config") s:get("other:1")`),
    );
    const get = (key: string) => allows("store.key.get", "app:cache", { key });
    expect(["user:1:name", "user:99:name", "config", "other:1"].map(get)).toEqual([true, true, true, true]);
    expect(["users", "other:2", "config2", ""].map(get)).toEqual([false, false, false, false]);
    expect(allows("store.key.set", "app:cache", { key: "config" })).toBe(false);
  });

  it("writes keys with any characters so that they mean themselves", async () => {
    const allows = allowedBy(await traced(`${store} for i = 1, 3 do s:get("a.b*:" .. i) end s:get("\\xff\\0'\\"\\n")`));
    expect(allows("store.key.get", "app:cache", { key: "a.b*:9" })).toBe(true);
    expect(allows("store.key.get", "app:cache", { key: "aXbb:9" })).toBe(false);
    expect(allows("store.key.get", "app:cache", { key: "\udcff\0'\"\n" })).toBe(true);
  });

  it("of a script that asks for nothing writes no policy", async () => {
    expect((await traced("return 1")).toYaml("app", "x\n- evil")).toContain("# What x - evil asked for");
    allowedBy(await traced("return 1"));
  });

  it("allows whatever was asked for, and no other action on it", () => {
    const asked = fc.record({
      action: fc.constantFrom("store.key.get", "store.key.set", "store.key.delete"),
      resource: fc.constantFrom("app:cache", "app:other"),
      key: fc.oneof(fc.stringMatching(/^[ab]{1,2}[:/.][ab]{0,2}$/), fc.string({ minLength: 1, maxLength: 6 })),
    });
    const settled = { settled: undefined, allows: () => false, allowsKey: () => false };
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 12 }), (list) => {
        const trace = new PermissionTrace();
        for (const { action, resource, key } of list)
          trace.watch(settled, action, resource, () => "x:1").allowsKey(key);
        const allows = allowedBy(trace);
        for (const { action, resource, key } of list) expect(allows(action, resource, { key })).toBe(true);
        const seen = new Set(list.map(({ action, resource }) => action + resource));
        for (const { resource, key } of list) {
          if (!seen.has(`store.key.delete${resource}`))
            expect(allows("store.key.delete", resource, { key })).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
  });
});
