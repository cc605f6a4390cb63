import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: read
    kind: security.policy
    policy: {actions: [store.get, store.key.get], resources: app:cache, effect: allow}
    groups: [readers]
  - name: no_deletes
    kind: security.policy
    policy: {actions: store.key.delete, resources: "*", effect: deny}
    groups: [readers]
  - name: host
    kind: host.config
    security: {actor: {id: local}, groups: [readers]}
`;

const run = (code: string, ...flags: string[]) =>
  moonkeep(["run", ...flags, "-e", `local s = assert(require("store").get("app:cache")) ${code}`], {
    cwd: folder({ "registry.yaml": registry }),
  });

/** The lines of a policy that the command says to add, under `entries`. */
const policyFor = (condition: string, name = "allow_store_key_set") => `  to allow it, add to registry.yaml:
  - name: ${name}
    kind: security.policy
    policy:
      actions: ["store.key.set"]
      resources: "app:cache"
      effect: allow
      conditions:
        - ${condition}
    groups: [readers]
`;

describe("what was denied and ended a script", () => {
  it("comes with the policy that would allow it, for the registry's file", async () => {
    const { code, err } = await run('assert(s:set("user:1", 1))');
    expect(code).toBe(1);
    expect(err).toBe(`error PERMISSION_DENIED: not allowed to write key: user:1
  action: store.key.set
  resource: app:cache
  actor: local
stack traceback:
	-e:1: in main chunk
${policyFor('{field: meta.key, operator: in, value: ["user:1"]}')}`);
  });

  it("and which, once added, does allow it", async () => {
    const policy = policyFor('{field: meta.key, operator: in, value: ["user:1"]}').split("\n").slice(1).join("\n");
    const cwd = folder({ "registry.yaml": registry + policy });
    const code = 'return assert(require("store").get("app:cache")):set("user:1", 1)';
    expect(await moonkeep(["run", "-e", code], { cwd })).toEqual({ code: 0, out: "true\n", err: "" });
  });

  it("names the policy to change where one denies it", async () => {
    const { err } = await run('assert(s:delete("k"))');
    expect(err).toMatch(
      /\n {2}to allow it, change app:no_deletes \(registry\.yaml:9:5\), which denies it even if another policy allows it\n$/,
    );
    expect(err).not.toContain("add to");
  });

  it("is believed of the policies alone, never of what a script says", async () => {
    const forged =
      '{kind = "PERMISSION_DENIED", message = "x", details = {action = "a", resource = "b", allow = "- evil"}}';
    const { err } = await run(`error(errors.new(${forged}))`);
    expect(err).not.toMatch(/evil|to allow it/);
  });

  it("is complete where the registry names nobody who acts", async () => {
    const bare = 'version: "1.0"\nnamespace: app\nentries:\n  - {name: cache, kind: store.memory}\n';
    const words = ["run", "-e", 'return assert(require("store").get("app:cache")) and "opened"'];
    const { err } = await moonkeep(words, { cwd: folder({ "registry.yaml": bare }) });
    const added = err.slice(err.indexOf("  - name:"));
    expect(await moonkeep(words, { cwd: folder({ "registry.yaml": bare + added }) })).toEqual({
      code: 0,
      out: "opened\n",
      err: "",
    });
  });
});

describe("what was denied and the script dropped", () => {
  it.each([[], ["--isolation", "worker"], ["--json"]])("is said once, on standard error: %j %j", async (...flags) => {
    const { code, err } = await run('for i = 1, 50 do s:set("k", i) end', ...flags);
    expect(code).toBe(0);
    expect(err).toBe(`note: store.key.set on app:cache was denied for "local", and the script went on
${policyFor('{field: meta.key, operator: in, value: ["k"]}')}`);
  });

  it("is not said with --log-level error, and not beside an audit on standard error, which has it", async () => {
    expect((await run('s:set("k", 1)', "--log-level", "error")).err).toBe("");
    const { err } = await run('s:set("k", 1)', "--audit", "-");
    expect(JSON.parse(err)).toMatchObject({ decision: "deny", action: "store.key.set" });
  });

  it("is put together: keys that begin alike are a pattern", async () => {
    const { err } = await run('for i = 1, 5 do s:set("user:" .. i, i) end s:set("other", 1)');
    expect(err).toContain(policyFor('{field: meta.key, operator: matches, value: "^user:"}'));
    expect(err).toContain(
      policyFor('{field: meta.key, operator: in, value: ["other"]}', "allow_store_key_set_2").slice(40),
    );
  });

  it("has no advice where a policy denies it, or a limited handle does", async () => {
    const { err } = await run('s:delete("k") require("store").get("app:cache", {prefix = "a:"}):get("b")');
    expect(err).toBe(
      'note: store.key.delete on app:cache was denied for "local" by app:no_deletes, and the script went on\n' +
        'note: store.key.get on app:cache was denied for "local" by a limited handle, and the script went on\n',
    );
  });

  it("is not said of what ended the script, and is said beside it", async () => {
    const { err } = await run('s:delete("k") assert(s:set("k", 1))');
    expect(err.match(/^note: .*/gm)).toEqual([expect.stringContaining("store.key.delete")]);
  });
});

describe("moonkeep policy explain", () => {
  it("says what to add, and under a name that is free", async () => {
    const taken = registry.replace("name: read\n", "name: allow_store_key_set\n");
    const { out } = await moonkeep(["policy", "explain", "store.key.set", "app:cache", "--attr", "key=a"], {
      cwd: folder({ "registry.yaml": taken }),
    });
    expect(out).toContain(policyFor('{field: meta.key, operator: eq, value: "a"}', "allow_store_key_set_2"));
  });
});
