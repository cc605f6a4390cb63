import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: all
    kind: security.policy
    policy: {actions: ["store.get", "store.key.*"], resources: app:cache, effect: allow}
    groups: [everybody]
  - name: core
    kind: security.policy
    policy:
      actions: [store.get]
      resources: app:cache
      effect: allow
      conditions: [{field: actor.meta.team, operator: eq, value: core}]
    groups: [core_only]
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [everybody]}}
`;

const e = (code: string, ...more: string[]) => moonkeep(["run", ...more, "-e", code]);

describe("moonkeep run", () => {
  it("runs a file with its arguments in ... and in arg", async () => {
    const cwd = folder({ "s.lua": "print(..., select('#', ...), arg[0], arg[1], arg[2], arg[3])" });
    expect(await moonkeep(["run", "s.lua", "one", "-x", "--json"], { cwd })).toEqual({
      code: 0,
      out: "one\t3\ts.lua\tone\t-x\t--json\n",
      err: expect.stringMatching(/^no registry.yaml here or above/),
    });
  });

  it("runs standard input for -", async () => {
    expect(await moonkeep(["run", "-", "a"], { input: "print(..., arg[0])" })).toMatchObject({ out: "a\tstdin\n" });
  });

  it("runs code for -e, and takes what comes after -- as its arguments", async () => {
    expect(await moonkeep(["run", "-e", "return ...", "--", "--json"])).toMatchObject({ code: 0, out: "--json\n" });
  });

  it("skips a first line that starts with #!", async () => {
    const cwd = folder({ "s.lua": "#!/usr/bin/env moonkeep\nerror('line two')" });
    expect((await moonkeep(["run", "s.lua"], { cwd })).err).toContain("s.lua:2: line two");
  });

  it.each([
    ["return 1 + 1", "2\n"],
    ["return 'text', true, 1.5", "text\ntrue\n1.5\n"],
    ["return { 1, 2 }", "{1, 2}\n"],
    ["return 1.0", "1.0\n"],
    ["local M = {} M.__index = M function M.f() end return M", "{__index = <cycle>, f = <function>}\n"],
    ["return nil", ""],
    ["print('first') return 'then'", "first\nthen\n"],
    ['return "\\xff\\0"', "\ufffd\0\n"],
  ])("prints what a script returns: %s", async (code, out) => {
    expect(await e(code)).toEqual({ code: 0, out, err: "" });
  });

  it("finds the nearest registry.yaml, here or above", async () => {
    const root = folder({ "registry.yaml": registry });
    const cwd = join(root, "a/b");
    mkdirSync(cwd, { recursive: true });
    const code = 'local s = require("store").get("app:cache") s:set("k", 1) return s:get("k")';
    expect(await moonkeep(["run", "-e", code], { cwd })).toMatchObject({ code: 0, out: "1\n" });
  });

  it("takes a registry that is a file or a folder", async () => {
    const root = folder({ "r/one.yaml": registry });
    const code = 'return require("store").get("app:cache") ~= nil';
    for (const path of ["r", "r/one.yaml"]) {
      expect(await moonkeep(["run", "-r", path, "-e", code], { cwd: root })).toMatchObject({ code: 0, out: "true\n" });
    }
  });

  it("acts as who it is told, with what is known of them, under which groups", async () => {
    const cwd = folder({ "registry.yaml": registry });
    const code =
      'local a = require("security").actor() local _, err = require("store").get("app:cache") return a:id(), err == nil';
    const as = (...words: string[]) => moonkeep(["run", ...words, "-e", code], { cwd });
    expect((await as()).out).toBe("local\ntrue\n");
    expect((await as("--actor", "bob", "--group", "app:core_only")).out).toBe("bob\nfalse\n");
    expect((await as("--actor", "bob", "--meta", "team=core", "--group", "app:core_only")).out).toBe("bob\ntrue\n");
  });

  it("prints one JSON document with --json, and print goes to standard error", async () => {
    expect(await e('print("note") return { a = 1, list = { 1 } }, 1.5', "--json")).toEqual({
      code: 0,
      out: '{"value":{"a":1,"list":[1]},"values":[{"a":1,"list":[1]},1.5]}\n',
      err: "note\n",
    });
    const { code, out } = await e('return nil, errors.new("NOT_FOUND", "no cart")', "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { kind: "NOT_FOUND", message: "no cart", retryable: false } });
    expect(JSON.parse((await e('return "\\xff"', "--json")).out)).toMatchObject({ value: { $base64: "/w==" } });
  });

  it("ends with 141 when nobody reads on", async () => {
    const { code } = await moonkeep(["run", "-e", 'for i = 1, 1e5 do print("line", i) end']);
    expect(code).toBe(0);
    const shell = `"${process.execPath}" "${project}/bin/moonkeep.js" run -e 'for i = 1, 1e6 do print(i) end' | head -1; echo "\${PIPESTATUS[0]}"`;
    const { execFileSync } = await import("node:child_process");
    expect(execFileSync("bash", ["-c", shell], { cwd: project }).toString()).toBe("1\n141\n");
  });

  it("shows no colour where it is no terminal", async () => {
    expect((await e("error('x')")).err).not.toContain("\x1b");
  });
});
