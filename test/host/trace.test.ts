// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the registry's placeholders look like that
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

const denied = { settled: undefined, allows: () => false, allowsKey: () => false };

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

  it("takes a star, a placeholder and a key of any length for what they are", async () => {
    const long = `("x"):rep(1200) .. ":" .. i`;
    const trace = await traced(`${store} for i = 1, 3 do s:get(${long}) end s:get("a\${env:HOME}b") s:get("$\${env:X}")
      require("store").get("*") require("store").get("app:*")`);
    const allows = allowedBy(trace);
    const get = (key: string) => allows("store.key.get", "app:cache", { key });
    expect([`${"x".repeat(1200)}:2`, "a${env:HOME}b", "$${env:X}"].map(get)).toEqual([true, true, true]);
    expect([`${"x".repeat(1200)}:4`, "ab", "${env:X}"].map(get)).toEqual([false, false, false]);
    const acquire = (id: string) => allows("store.get", id, {});
    expect(["*", "app:*", "app:cache", "app:", "app:other"].map(acquire)).toEqual([true, true, true, false, false]);
  });

  it("takes every attribute of an embedder's own action into account", () => {
    const trace = new PermissionTrace();
    const asked = [
      { to: "a@b.c", size: 3, urgent: true, parts: ["x", 1] },
      { size: 4 },
      { size: "4" },
      { none: null, "no name": "*" },
    ];
    for (const attributes of asked) trace.watch(denied, "mail.*", "out", () => undefined).allows(attributes);
    const allows = allowedBy(trace);
    expect(asked.map((attributes) => allows("mail.*", "out", attributes))).toEqual([true, true, true, true]);
    const others = [{}, { to: "a@b.c" }, { ...asked[0], size: 5 }, { size: 5 }, { size: "5" }, { "no name": "a" }];
    expect(others.map((attributes) => allows("mail.*", "out", attributes))).toEqual(others.map(() => false));
    expect(allows("mail.send", "out", { size: 4 })).toBe(false);
  });

  it("leaves out, and says so, what no condition can say", () => {
    const trace = new PermissionTrace();
    trace.watch(denied, "mail.send", "out", () => undefined).allows({ "a.b": 1 });
    expect(trace.toYaml("app", "job.lua")).toContain("# Left out: mail.send on out, for no condition can name");
    expect(allowedBy(trace)("mail.send", "out", {})).toBe(false);
  });

  it("names its policies after the script, so that the files of several lie side by side", async () => {
    const [one, two] = await Promise.all([traced(store), traced(store)]);
    const root = folder({
      "registry.yaml": registry,
      "a.yaml": one.toYaml("app", "jobs/a.lua"),
      "b.yaml": two.toYaml("app", "-e"),
    });
    expect(readRegistry(root, {}).entries.map(({ id }) => id)).toContain("app:traced_jobs_a_1");
  });

  it("allows whatever was asked for, and nothing else but keys that begin as three of them do", () => {
    const awkward = fc.string({
      unit: fc.constantFrom(
        ..."ab:/.|-*^$\\\"'{}[]#\n\0\u0085\u2028\udcff\u{1f600}".match(/./gsu)!,
        "${env:A}",
        ": ",
        " #",
      ),
      minLength: 1,
      maxLength: 6,
    });
    const key = fc.oneof(fc.stringMatching(/^[ab]{1,2}[:/.][ab]{0,2}$/), awkward);
    const one = fc.record({
      action: fc.oneof(fc.constantFrom("store.key.get", "store.key.set", "store.key.delete"), awkward),
      resource: fc.oneof(fc.constantFrom("app:cache", "app:other"), awkward),
      key,
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), fc.array(one, { maxLength: 6 }), (list, others) => {
        const trace = new PermissionTrace();
        for (const { action, resource, key: k } of list)
          trace.watch(denied, action, resource, () => "x:1").allowsKey(k);
        const allows = allowedBy(trace);
        for (const { action, resource, key: k } of list) expect(allows(action, resource, { key: k })).toBe(true);
        const stray = list.flatMap((a) => list.map((b) => ({ ...a, key: b.key })));
        for (const { action, resource, key: k } of [...others, ...stray]) {
          const alike = list.filter((a) => a.action === action && a.resource === resource);
          const known = alike.some((a) => a.key === k);
          expect(allows(action, resource, { key: k })).toBe(known || beginsAlike(new Set(alike.map((a) => a.key)), k));
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Whether three keys begin alike, up to a separator at least, and this one as they do: written the slow way. */
function beginsAlike(keys: ReadonlySet<string>, key: string): boolean {
  const firstPart = (text: string) => /^[^:/.|-]*[:/.|-]/.exec(text)?.[0];
  const alike = [...keys].filter((one) => firstPart(one) !== undefined && firstPart(one) === firstPart(key));
  if (alike.length < 3) return false;
  let shared = alike[0]!;
  while (!alike.every((one) => one.startsWith(shared))) shared = shared.slice(0, -1);
  while (!/[:/.|-]$/.test(shared)) shared = shared.slice(0, -1);
  return key.startsWith(shared);
}
