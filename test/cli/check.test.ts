import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const registry = 'version: "1.0"\nnamespace: app\nentries:\n  - {name: cache, kind: store.memory}\n';
const check = (cwd: string, ...paths: string[]) => moonkeep(["check", ...paths], { cwd });

describe("moonkeep check", () => {
  it("checks the nearest registry, and warns of what is suspicious", async () => {
    expect(await check(folder({ "registry.yaml": registry }))).toEqual({
      code: 0,
      out: "registry.yaml: ok, 1 entry, 1 warning\n",
      err: "registry.yaml:4:5: warning: store app:cache: no policy ever lets anyone reach it (store.get)\n",
    });
  });

  it("has nothing to say of this project's own registry", async () => {
    expect(await moonkeep(["check"])).toEqual({ code: 0, out: "registry.yaml: ok, 7 entries\n", err: "" });
  });

  it("checks the scripts of a folder that has no registry", async () => {
    const files = { "a.lua": "print(1)", "lib/b.lua": "prnt(1)", "lib/c.txt": "", "node_modules/x/d.lua": "prnt(1)" };
    const { code, out, err } = await check(folder(files), ".");
    expect([code, out]).toEqual([1, "a.lua: ok\n"]);
    expect(err).toMatch(/^lib\/b\.lua:1:1: the global "prnt" is never set; did you mean "print"\?/);
    expect(err).not.toContain("d.lua");
    expect(await check(folder({ "c.txt": "" }), ".")).toMatchObject({ code: 3, out: "" });
  });

  it.skipIf(process.getuid?.() === 0)("checks what it can read of a folder, and says what it can't", async () => {
    const cwd = folder({ "a.lua": "print(1)", "lib/b.lua": "", "shut/c.lua": "" });
    chmodSync(join(cwd, "shut"), 0);
    const { code, out, err } = await check(cwd, ".");
    chmodSync(join(cwd, "shut"), 0o700); // so that it can be removed
    expect([code, out]).toEqual([3, "a.lua: ok\nlib/b.lua: ok\n"]);
    expect(err).toBe("shut: can't be read: permission denied\n");
  });

  it("gives what it found as data with --json", async () => {
    const cwd = folder({
      "registry.yaml": registry,
      "bad.yaml": registry.replace("store.memory", "store.memry"),
      "bad.lua": "return = 1",
    });
    const { code, out, err } = await check(cwd, "--json", "registry.yaml", "bad.yaml", "bad.lua");
    expect([code, err]).toEqual([3, ""]);
    const place = "registry.yaml:4:5";
    const unreachable = "store app:cache: no policy ever lets anyone reach it (store.get)";
    const message = expect.stringContaining('did you mean "store.memory"?');
    expect(JSON.parse(out)).toEqual({
      ok: false,
      checked: [
        {
          path: "registry.yaml",
          kind: "registry",
          ok: true,
          warnings: [{ place, message: unreachable }],
          problems: [],
        },
        {
          path: "bad.yaml",
          kind: "registry",
          ok: false,
          warnings: [],
          problems: [{ file: "bad.yaml", line: 4, column: 25, path: "entries[0].kind", message }],
        },
        {
          path: "bad.lua",
          kind: "script",
          ok: false,
          warnings: [],
          problems: [{ place: "bad.lua:1:8", message: "unexpected symbol near '='" }],
        },
      ],
    });
  });

  it("parses Lua files", async () => {
    const cwd = folder({ "good.lua": "#!/bin/moonkeep\nreturn 1", "bad.lua": "return = 1" });
    expect(await check(cwd, "good.lua")).toEqual({ code: 0, out: "good.lua: ok\n", err: "" });
    expect(await check(cwd, "good.lua", "bad.lua")).toEqual({
      code: 1,
      out: "good.lua: ok\n",
      err: "bad.lua:1:8: unexpected symbol near '='\n  1 | return = 1\n             ^\n",
    });
  });

  it.each([
    ["the token that it names, of several", "x = 1 == = 2", ":1:10: unexpected symbol near '='"],
    ["what stands behind letters of several bytes", 'local s = "é" )', ":1:16: unexpected symbol near ')'"],
    ["the end of the file", "#!/bin/sh\r\nif x then", ":2:10: 'end' expected near <eof>"],
    ["an unfinished string", "f('a')\n f('b', 'c)\n", ":2:9: unfinished string near ''c)'"],
    ["a malformed number", "x = 3 + 3..2", ":1:9: malformed number near '3..2'"],
    ["a control character", "x = \x01", ":1:5: unexpected symbol near '<\\1>'"],
    ["the line alone of a token of several lines", "f = 1 [[x\ny]]", ":2: unexpected symbol near '[[x"],
    ["the line alone where the compiler names no token", "do break end", ":1: <break> at line 1 not inside"],
  ])("gives the column of a syntax error: %s", async (_, code, said) => {
    const { err } = await check(folder({ "s.lua": code }), "s.lua");
    expect(err).toContain(`s.lua${said}`);
  });

  it("follows what a script requires, and what that requires", async () => {
    const cwd = folder({
      "main.lua":
        '-- require("comment")\nlocal _a = require("util")\nlocal _s = [[require("text")]]\nrequire "sotre"\nx = {} x.require("field")',
      "util.lua":
        'local name = "x"\nrequire(name)\nreturn {require("lib.text"), require("string"), require("lib.bad"), require("utli")}',
      "lib/text.lua": "return 1",
      "lib/bad.lua": "x =\n= 1",
    });
    expect(await check(cwd, "main.lua")).toEqual({
      code: 1,
      out: "",
      err: [
        "lib/bad.lua:2: unexpected symbol near '='",
        "  2 | = 1",
        "      ^",
        'util.lua:3: there is no module "utli"; did you mean "util"? (there is no utli.lua and no utli/init.lua)',
        '  3 | return {require("lib.text"), require("string"), require("lib.bad"), require("utli")}',
        `${" ".repeat(83)}^`,
        'main.lua:4: there is no module "sotre"; did you mean "store"? (there is no sotre.lua and no sotre/init.lua)',
        '  4 | require "sotre"',
        "               ^",
        "",
      ].join("\n"),
    });
  });

  it("knows every library that a script can require", async () => {
    const names = "_G coroutine debug io math os package string table utf8".split(" ");
    const code = names.map((name) => `print(require("${name}"))`).join("\n");
    const cwd = folder({ "main.lua": code });
    expect(await moonkeep(["run", "main.lua"], { cwd })).toMatchObject({ code: 0 });
    expect(await moonkeep(["check", "main.lua"], { cwd })).toMatchObject({ code: 0 });
  });

  it("warns of what functions and libraries of a registry require and can't load", async () => {
    const cwd = folder({
      "registry.yaml": `version: "1.0"
namespace: app
entries:
  - name: f
    kind: function.lua
    source: file://f.lua
    modules: [json]
    imports: {money: "app:money"}
  - name: money
    kind: library.lua
    source: |
      local time = require("time")
      return {}
`,
      "f.lua": 'require("json") require("money") require("helper")\nrequire("store")',
      "helper.lua": "return 1",
    });
    const { code, out, err } = await check(cwd);
    expect(err).toBe(
      'f.lua:2: warning: there is no module "store" (there is no store.lua and no store/init.lua); app:f may load what its modules and imports list\n' +
        'registry.yaml:11:13: warning: line 1: there is no module "time"\n',
    );
    expect({ code, out }).toEqual({ code: 0, out: "registry.yaml: ok, 2 entries, 2 warnings\n" });
  });

  it.skipIf(process.getuid?.() === 0)("ends with 2 for a Lua file that may not be read", async () => {
    const cwd = folder({ "s.lua": "" });
    chmodSync(join(cwd, "s.lua"), 0);
    expect(await check(cwd, "s.lua")).toEqual({
      code: 2,
      out: "",
      err: "s.lua: the script can't be read: permission denied\n",
    });
  });

  it("ends with 2 for a Lua file that is not there, and checks the others", async () => {
    expect(await check(folder({ "b.lua": "return 1" }), "a.lua", "b.lua")).toEqual({
      code: 2,
      out: "b.lua: ok\n",
      err: "a.lua: there is no such script\n",
    });
  });

  it("ends with 3 for a registry that is wrong", async () => {
    const { code, err } = await check(
      folder({ "r.yaml": `${registry}  - {name: cache, kind: store.memory}\n` }),
      "r.yaml",
    );
    expect(code).toBe(3);
    expect(err).toMatch(/^r\.yaml:5:12: entries\[1\]\.name: /);
  });

  it("ends with 2 when there is nothing to check", async () => {
    expect(await check(folder())).toMatchObject({
      code: 2,
      err: "error: there is no registry.yaml here or above; give a path\n",
    });
  });

  it("keeps control characters from the terminal", async () => {
    const { err } = await check(folder({ "r.yaml": `version: "1.0"\nnamespace: "\\e[2J"\nentries: []\n` }), "r.yaml");
    expect(err).not.toContain("\x1b");
  });
});
