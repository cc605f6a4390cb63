import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const registry = (audit = "") => `version: "1.0"
namespace: app
entries:
  - {name: sessions, kind: store.memory}
  - name: read
    kind: security.policy
    policy: {actions: [store.get, store.key.get], resources: app:sessions, effect: allow}
    groups: [readers]
  - name: host
    kind: host.config
    security: {actor: {id: local}, groups: [readers]}
${audit}`;

const script = `local s = require("store").get("app:sessions")
s:get("session:1")
local _, err = s:set("session:1", 1)
return err ~= nil`;

const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("moonkeep run --audit", () => {
  it("appends every denial to a file, one JSON document a line", async () => {
    const cwd = folder({ "registry.yaml": registry(), "s.lua": script });
    for (let i = 0; i < 2; i++) await moonkeep(["run", "--audit", "audit.log", "s.lua"], { cwd });
    const events = lines(readFileSync(join(cwd, "audit.log"), "utf8"));
    expect(events).toHaveLength(2);
    expect(events[0]).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      decision: "deny",
      actor: "local",
      action: "store.key.set",
      resource: "app:sessions",
      attributes: { key: "session:1" },
    });
  });

  it("writes what is allowed too, where the registry asks for it, and keys as it wants them", async () => {
    const cwd = folder({ "registry.yaml": registry("    audit: {allows: true, keys: hidden}\n"), "s.lua": script });
    const { out, err } = await moonkeep(["run", "--audit", "-", "s.lua"], { cwd });
    expect(out).toBe("true\n");
    expect(
      lines(err).map(({ decision, action, policy, attributes }) => [decision, action, policy, attributes]),
    ).toEqual([
      ["allow", "store.get", "app:read", {}],
      ["allow", "store.key.get", "app:read", { key: "***" }],
      ["deny", "store.key.set", undefined, { key: "***" }],
    ]);
  });

  it("says so when the file can't be written", async () => {
    const { code, err } = await moonkeep(["run", "--audit", "/nowhere/audit.log", "-e", ""]);
    expect(code).toBe(2);
    expect(err).toBe("error: --audit /nowhere/audit.log can't be written: ENOENT\n");
  });
});

describe("moonkeep run --trace-permissions", () => {
  const traced = `local s = require("store").get("app:sessions")
for i = 1, 5 do s:set("session:" .. i, i) end
s:get("config")
return s:has(arg[1] or "session:9")`;

  it("lets the script do everything, and writes the policies that would have let it do just that", async () => {
    const cwd = folder({ "r/registry.yaml": registry(), "s.lua": traced });
    const first = await moonkeep(["run", "-r", "r", "--trace-permissions", "r/traced.yaml", "s.lua"], { cwd });
    expect(first).toMatchObject({ code: 0, out: "false\n" });
    expect(first.err).toContain(
      "r/traced.yaml: policies for 8 operations that s.lua asked for; review them before you use them",
    );
    const text = readFileSync(join(cwd, "r/traced.yaml"), "utf8");
    expect(text).toContain("# store.key.set at s.lua:2, denied by the policies of today");
    expect(text).toContain('operator: matches, value: "^session:"');

    const under = (...args: string[]) =>
      moonkeep(["run", "-r", "r", "--actor", "bot", "--group", "app:traced", "s.lua", ...args], { cwd });
    expect(await under()).toMatchObject({ code: 0, out: "false\n" });
    const { code, err } = await under("session:10");
    expect(code).toBe(1);
    expect(err).toContain("PERMISSION_DENIED");
  });

  it("writes to standard error for -", async () => {
    const { code, err } = await moonkeep([
      "run",
      "--trace-permissions",
      "-",
      "-e",
      'require("store").get("app:cache")',
    ]);
    expect(code).toBe(0);
    expect(err).toContain('resources: "app:cache"');
  });

  it("runs nothing when the file can't be written", async () => {
    const { code, out, err } = await moonkeep(["run", "--trace-permissions", "/nowhere/t.yaml", "-e", "print(1)"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("error: --trace-permissions /nowhere/t.yaml can't be written: ENOENT\n");
  });

  it("writes them also when the script fails", async () => {
    const cwd = folder({ "registry.yaml": registry(), "s.lua": `${script} or error("late")` });
    const file = join(cwd, "out.yaml");
    const failing = 'require("store").get("app:sessions"):get("k") error("late")';
    expect(await moonkeep(["run", "--trace-permissions", file, "-e", failing], { cwd })).toMatchObject({ code: 1 });
    expect(readFileSync(file, "utf8")).toContain("store.key.get at -e:1");
  });
});
