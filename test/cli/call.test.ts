import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

const registry = (source: string) => `version: "1.0"
namespace: app
entries:
  - {name: all, kind: security.policy, policy: {actions: "*", resources: "*", effect: allow}, groups: [all]}
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}}
  - name: f
    kind: function.lua
    modules: [security]
    source: ${JSON.stringify(source)}
`;

/** What `moonkeep call` of a function with this code comes to. */
const call = (source: string, words: readonly string[], options: Parameters<typeof moonkeep>[1] = {}) =>
  moonkeep(["call", ...words], { cwd: folder({ "registry.yaml": registry(source) }), ...options });

describe("moonkeep call", () => {
  it("calls a function with arguments as JSON, and prints its result", async () => {
    const source = "return function(a, b, t) return {sum = a + b, list = t.list} end";
    expect(await call(source, ["--json", "app:f", "1", "-2", '{"list": [true, "x"]}'])).toEqual({
      code: 0,
      out: '{"value":{"sum":-1,"list":[true,"x"]},"values":[{"sum":-1,"list":[true,"x"]}]}\n',
      err: "",
    });
  });

  it("reads an argument from standard input for -", async () => {
    const options = { input: '{"name": "Ada"}' };
    expect(await call("return function(t) return t.name end", ["app:f", "-"], options)).toMatchObject({ out: "Ada\n" });
  });

  it("acts as the options say", async () => {
    const source = 'return function() local a = require("security").actor() return a:id() .. " " .. a:meta().team end';
    expect(await call(source, ["--actor", "ada", "--meta", "team=core", "app:f"])).toMatchObject({ out: "ada core\n" });
  });

  it.each([
    [1, "return function() error('broken', 0) end", ["app:f"], "error: broken"],
    [1, "return function() return nil, errors.new('CONFLICT', 'taken') end", ["app:f"], "error CONFLICT: taken"],
    [1, "return print", ["app:g"], 'error NOT_FOUND: there is no function "app:g"'],
    [2, "return print", ["app:f", "Ada"], `argument 1 is not JSON: `],
    [2, "return print", ["app:f", "-", "-"], "standard input can be read once"],
    [2, "return print", [], "the argument <function> is missing"],
    [3, "return function(", ["app:f"], "entries[2].source: line 1: "],
    [
      4,
      "return function() while true do end end",
      ["--instructions", "5000", "app:f"],
      "its limit of 5000 instructions",
    ],
  ])("ends with exit code %i for %s called by %j", async (code, source, words, message) => {
    const ended = await call(source, words);
    expect(ended.err).toContain(message);
    expect(ended).toMatchObject({ code, out: "" });
  });

  it("refuses a null within an argument, with its place", async () => {
    const { code, err } = await call("return function(t) return t end", ["app:f", '{"user": {"name": null}}']);
    expect([code, err]).toEqual([2, expect.stringContaining("argument 1.user.name: null can't be given to Lua")]);
  });

  it("keeps integers of 64 bits", async () => {
    const { out } = await call("return function(n) return n, n + 1 end", ["app:f", "9007199254740993"]);
    expect(out).toBe("9007199254740993\n");
  });

  it("says how a text is written that is no JSON", async () => {
    expect((await call("return print", ["app:f", "Ada"])).err).toContain(`; a string needs quotes: '"Ada"'`);
  });

  it("writes the policies that would have let it do what it did", async () => {
    const source = 'return function() return require("security").new_actor("x"):id() end';
    expect(await call(source, ["--trace-permissions", "traced.yaml", "app:f"])).toMatchObject({ code: 0, out: "x\n" });
  });
});

describe("--watch", () => {
  it("runs again after each change, goes on when the registry is wrong, and ends with Ctrl-C", async () => {
    const cwd = folder({ "registry.yaml": registry("return function() return 1 end") });
    const child = spawn(process.execPath, [join(project, "bin/moonkeep.js"), "call", "--watch", "app:f"], { cwd });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const errors = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
    const write = (text: string) => writeFileSync(join(cwd, "registry.yaml"), text);
    expect((await lines.next()).value).toBe("1");
    write(registry("return function("));
    expect((await errors.next()).value).toMatch(/^registry\.yaml:9:13: entries\[2\]\.source: line 1: /);
    expect((await errors.next()).value).toBe("the registry stays as it was; waiting for the next change");
    write(registry("return function() return 2 end"));
    expect((await lines.next()).value).toBe("2");
    child.kill("SIGINT");
    expect((await once(child, "close"))[0]).toBe(130);
  });

  it("runs a script again when it has changed", async () => {
    const cwd = folder({ "s.lua": "return 1" });
    const child = spawn(process.execPath, [join(project, "bin/moonkeep.js"), "run", "--watch", "s.lua"], { cwd });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("1");
    writeFileSync(join(cwd, "s.lua"), "return 2");
    expect((await lines.next()).value).toBe("2");
    child.kill("SIGINT");
    await once(child, "close");
  });
});

describe("moonkeep check", () => {
  it("says what is wrong with the code of functions, with file and line", async () => {
    const cwd = folder({
      "registry.yaml":
        'version: "1.0"\nnamespace: a\nentries: [{name: f, kind: function.lua, source: "file://src/f.lua"}]\n',
      "src/f.lua": "return function()\n  if true the\nend",
    });
    expect(await moonkeep(["check"], { cwd })).toEqual({
      code: 3,
      out: "",
      err: "src/f.lua:2: 'then' expected near 'the'\n",
    });
  });
});
