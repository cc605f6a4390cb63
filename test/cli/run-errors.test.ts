import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

const e = (code: string, ...more: string[]) => moonkeep(["run", ...more, "-e", code]);

describe("a script that fails ends with 1", () => {
  it.each([
    ["error('out of luck')", "error: -e:1: out of luck", "stack traceback:\n\t-e:1: in main chunk"],
    ["error({ code = 7 })", "error: (error object is a table value)\n  code: 7", "in main chunk"],
    ["error({ print })", "error: (error object is a table value)", "in main chunk"],
    ["error()", "error: (error object is a nil value)", "in main chunk"],
    ["return nil, 'no such cart'", "error: no such cart", ""],
    ["return nil, errors.new('CONFLICT', 'taken')", "error CONFLICT: taken", "traceback:\n\t-e:1: in main chunk"],
    ["local function f() error(errors.new{message='m', details={a=1}}) end f()", "error: m\n  a: 1", "in local 'f'"],
    ["x = = 1", "error INVALID: -e:1: unexpected symbol near '='", ""],
  ])("%s", async (code, message, trace) => {
    const { code: exit, out, err } = await e(code);
    expect(exit).toBe(1);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(err).toContain(trace);
    expect(err).not.toMatch(/node:|\.js:|at /);
  });

  it.each([
    ["return function() end", /^function: 0x\w+\n$/],
    ["return { on = { print } }", /^{on = {.*function.*}}\n$/],
    ["return coroutine.create(print)", /^thread: 0x\w+\n$/],
  ])("%s is shown, and no failure", async (code, shown) => {
    expect(await e(code)).toEqual({ code: 0, out: expect.stringMatching(shown), err: "" });
  });

  it.each([
    ["a key of a megabyte", 's:set(("k"):rep(2^20), 1) return s:get(("k"):rep(2^20))', "1\n"],
    [
      "a table nested a thousand deep",
      "local t = {} for i = 1, 1000 do t = {t} end return select(2, s:set('k', t)):kind()",
      "Invalid\n",
    ],
    [
      "a huge limit",
      "return select(2, s:list{limit = 1e9}):message()",
      "option limit must be a whole number from 1 to 1000, got 1000000000\n",
    ],
  ])("%s is no failure", async (_, code, out) => {
    const result = await moonkeep(["run", "-e", `local s = require("store").get("app:cache") ${code}`]);
    expect(result).toEqual({ code: 0, out, err: "" });
  });

  it("ten thousand arguments are taken, and one more is too many", async () => {
    const words = (n: number) => ["run", "-e", "return select('#', ...)", "--", ...Array<string>(n).fill("x")];
    expect(await moonkeep(words(10_000))).toMatchObject({ code: 0, out: "10000\n" });
    const { code, err } = await moonkeep(words(10_001));
    expect(code).toBe(2);
    expect(err).toBe("error: args: a script can take at most 10000 arguments, got 10001\n");
  });
});

describe("a mistake on the command line ends with 2", () => {
  it.each([
    [["run"], "which script? Give a file"],
    [["run", "nope.lua"], "nope.lua: there is no such script"],
    [["run", "examples"], "examples: this is a folder; give a script"],
    [["run", "--nope", "x.lua"], 'there is no option "--nope"'],
    [["run", "--meta", "team", "-e", ""], "expected name=value"],
    [["run", "--meta", "team=core", "-e", ""], "give --actor, too"],
    [["run", "--isolation", "process", "-e", ""], '--isolation: expected shared or worker, got "process"'],
    [
      ["run", "--timeout", "soon", "-e", ""],
      'expected a duration, such as "1s", "250ms", "1d" or a number of seconds, got "soon"',
    ],
    [["run", "--memory", "much", "-e", ""], 'expected a size, such as "64MiB", "10M" or a number of bytes'],
    [["run", "--instructions", "1e", "-e", ""], 'expected a whole number, such as "1000000" or "1e6"'],
    [["run", "--actor", "", "-e", ""], '--actor: expected an id, such as "alice", got ""'],
    [
      ["run", "--group", "app:develpers", "-e", ""],
      'there is no group "app:develpers"; did you mean "app:developers"?',
    ],
    [["walk"], 'there is no command "walk"'],
    [["chek"], 'there is no command "chek"; did you mean "check"?'],
    [["help", "walk"], 'there is no command "walk"'],
    [["help", "chek"], 'there is no command "chek"; did you mean "check"?'],
    [["store", "help", "lst"], 'there is no command "lst"; did you mean "list"?'],
    [["run", "--tiemout", "1", "-e", ""], 'there is no option "--tiemout"; did you mean "--timeout"?'],
    [["run", "--timeout"], "--timeout needs a value"],
    [["run", "--actor", "a", "--meta", "level:=x", "-e", ""], "level:= is followed by JSON, such as level:=7"],
    [["store", "has", "a", "b", "c"], '"has" takes 2 arguments, but got 3'],
  ])("%j", async (words, message) => {
    const { code, out, err } = await moonkeep(words);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
  });

  it("a binary file is no script", async () => {
    const cwd = folder({
      "a.lua": Uint8Array.of(0x1b, 0x4c, 0x75, 0x61, 0x53, 0),
      "b.lua": Uint8Array.of(0x89, 0x50, 0, 1),
    });
    const { code, err } = await moonkeep(["run", "a.lua"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain("a.lua");
    expect(err).toContain("compiled Lua can't be run; give the script's text");
    expect((await moonkeep(["run", "b.lua"], { cwd })).code).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)("a script that may not be read", async () => {
    const cwd = folder({ "s.lua": "" });
    execFileSync("chmod", ["000", join(cwd, "s.lua")]);
    expect(await moonkeep(["run", "s.lua"], { cwd })).toMatchObject({ code: 2 });
  });
});

describe("a registry that is wrong ends with 3", () => {
  it("says everything that is wrong with it, with its place", async () => {
    const cwd = folder({
      "registry.yaml": 'version: "1.0"\nnamespace: app\nentries:\n  - {name: a, kind: store.memry}\n  - {nam: b}\n',
    });
    const { code, err } = await moonkeep(["run", "-e", "print(1)"], { cwd });
    expect(code).toBe(3);
    expect(err).toContain(
      'registry.yaml:4:21: entries[0].kind: unknown kind "store.memry"; did you mean "store.memory"?',
    );
    expect(err).toContain('registry.yaml:5:5: entries[1]: the field "name" is missing');
  });

  it.each([
    ["a folder without YAML", "empty", "there is no .yaml or .yml file in this folder"],
    ["no file", "nope.yaml", "there is no such file or folder"],
    ["broken YAML", "broken.yaml", "broken.yaml:1:"],
  ])("%s", async (_, path, message) => {
    const cwd = folder({ "broken.yaml": "a: [" });
    mkdirSync(join(cwd, "empty"));
    const { code, err } = await moonkeep(["run", "-r", path, "-e", ""], { cwd });
    expect(code).toBe(3);
    expect(err).toContain(message);
  });
});

describe("a limit that was hit ends with 4", () => {
  it.each([
    ["--timeout", "50ms", "while true do end", "time limit of 50ms"],
    ["--timeout", "50ms", "while true do pcall(function() while true do end end) end", "time limit of 50ms"],
    ["--instructions", "10000", "while true do end", "limit of 10000 instructions"],
    ["--memory", "8MiB", "local t = {} for i = 1, 1e9 do t[i] = i end", "memory limit of 8 MiB"],
    ["--timeout", "0.05", "while true do end", "time limit of 50ms"],
    ["--instructions", "1e4", "while true do end", "limit of 10000 instructions"],
    ["--memory", "8M", "local t = {} for i = 1, 1e9 do t[i] = i end", "memory limit of 8 MiB"],
    ["--memory", "8388608", "local t = {} for i = 1, 1e9 do t[i] = i end", "memory limit of 8 MiB"],
    ["--output", "1KiB", "while true do print('x') end", "output limit of 1 KiB"],
  ])("%s %s: %s", async (flag, value, script, message) => {
    const { code, err } = await e(script, flag, value);
    expect(code).toBe(4);
    expect(err).toContain(message);
    expect(err).toContain("-e:1: in ");
  });
});

describe.skipIf(!existsSync("/dev/full"))("a disk that is full", () => {
  const run = (words: string) =>
    spawnSync("sh", ["-c", `"$0" bin/moonkeep.js ${words}`, process.execPath], { cwd: project });

  it.each([
    ["run -e 'print(1)'", "error: the standard output can't be written: ENOSPC\n"],
    ["run -e 'while true do pcall(print, 1) end'", "error: the standard output can't be written: ENOSPC\n"],
    ["check", "error: the standard output can't be written: ENOSPC\n"],
    ["run -e 'return nil, 1' 2>/dev/full", ""],
  ])("%s ends with 1, and says so where that can be said", (words, said) => {
    const { status, stderr } = run(`${words} >/dev/full`);
    expect([status, stderr.toString()]).toEqual([1, said]);
  });

  it("shows what kept the audit log from being written", () => {
    const { status, stderr } = run(`run --actor nobody --audit /dev/full -e 'require("store").get("app:nope")'`);
    expect(status).toBe(1);
    expect(stderr.toString()).toMatch(/^error INTERNAL: internal error\n {2}cause: ENOSPC/);
  });
});

describe("Ctrl-C ends with 130", () => {
  it("while the script computes", async () => {
    const { code, err } = await moonkeep(
      ["run", "-e", 'for i = 1, 9999 do print("now") end while true do pcall(function() while true do end end) end'],
      {
        signalOnOutput: "SIGINT",
      },
    );
    expect(code).toBe(130);
    expect(err).toContain("interrupted");
  });
});

describe("a reader that is gone before the end (| head)", () => {
  it.each([
    "--help",
    "run --help",
    "store",
    "nonsense",
    "check",
    "check nowhere.yaml",
    "doctor",
    "policy explain store.get app:cache",
    "run nowhere.lua",
    'run -e \'require("logger"):warn("x")\'',
    'run --audit - -e \'require("store").get("app:nope")\'',
  ])("is met with silence: %s", (words) => {
    const bash = (command: string) => spawnSync("bash", ["-c", command], { cwd: project, input: "" }).status;
    const files = folder();
    const command = `"${process.execPath}" bin/moonkeep.js ${words}`;
    // The sleep is for `true` to be gone; one stream goes to its pipe, the other to a file.
    const withoutReader = (to: string, other: string) =>
      bash(`(sleep 0.1; ${command} ${to} ${other}"${files}/said") | true; exit \${PIPESTATUS[0]}`);
    const code = bash(`${command} >"${files}/out" 2>&1`);
    expect(withoutReader("", "2>")).toBe(code);
    expect(readFileSync(join(files, "said"), "utf8")).not.toMatch(/EPIPE|node:|\n\s+at /);
    expect(withoutReader("2>&1", ">")).toBe(code);
  });
});

describe("a path that is empty, such as a variable that is not set", () => {
  it.each([
    ["run ", "which script? Give a file"],
    ["run --registry  x.lua", "--registry: expected a path"],
    ["run --audit  x.lua", "--audit: expected a path"],
    ["run --trace-permissions  x.lua", "--trace-permissions: expected a path"],
    ["test ", "<paths>: expected a path"],
    ["test --root  x_test.lua", "--root: expected a path"],
    ["test --coverage-dir  x_test.lua", "--coverage-dir: expected a path"],
    ["init ", "<folder>: expected a path"],
    ["types ", "<folder>: expected a path"],
    ["check registry.yaml ", "<paths>: expected a path"],
    ["plugin inspect ", "<path>: expected a path"],
    ["policy test ", "<files>: expected a path"],
    ["doctor --registry ", "--registry: expected a path"],
    ["inspect --registry ", "--registry: expected a path"],
    ["store list --registry  app:cache", "--registry: expected a path"],
    ["store load app:cache ", "<file>: expected a path"],
  ])("%s is refused", async (line, says) => {
    const { code, out, err } = await moonkeep(line.split(" "));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`error: ${says}`);
  });
});

it("a current folder that is gone is said so", () => {
  const line = `mkdir gone && cd gone && rmdir ../gone && "$0" "$1" run -e "print(1)"`;
  const { status, stderr } = spawnSync("sh", ["-c", line, process.execPath, join(project, "bin/moonkeep.js")], {
    cwd: folder(),
  });
  expect([status, String(stderr)]).toEqual([2, "error: the current folder is not there any more; go to another one\n"]);
});

describe("at a terminal", () => {
  const script = (command: string) => spawnSync("script", ["-qec", command, "/dev/null"], { cwd: project, input: "" });
  const available = spawnSync("script", ["--version"]).status === 0;

  it.skipIf(!available)("errors are coloured, unless NO_COLOR says otherwise", () => {
    const command = `"${process.execPath}" bin/moonkeep.js run -e 'error("x")'`;
    const run = (env: string) => script(`env TERM=xterm ${env} ${command}`).stdout.toString();
    expect(run("NO_COLOR=")).toContain("\x1b[31merror:");
    expect(run("NO_COLOR=1")).not.toContain("\x1b");
  });
});

describe("what is quoted from the command line", () => {
  const forged = "x\u001b[31m\nerror: the database is gone";

  it.each([
    ["an unknown command", [forged]],
    ["an unknown option", ["run", `--${forged}`, "x.lua"]],
    ["a script that is not there", ["run", forged]],
    ["a file for the audit", ["run", "--audit", `/nowhere/${forged}`, "-e", ""]],
    ["a file for the trace", ["run", "--trace-permissions", `/nowhere/${forged}`, "-e", ""]],
    ["a group", ["run", "--group", forged, "-e", ""]],
    ["a limit", ["run", "--timeout", forged, "-e", ""]],
  ])("is escaped: %s", async (_, words) => {
    const { code, err } = await moonkeep(words);
    expect(code).toBe(2);
    expect(err).not.toContain("\u001b");
    expect(err).not.toMatch(/^error: the database is gone/m);
  });
});

describe("the line of code that an error is about is shown", () => {
  it.each([
    ["of a file that the script requires", ["run", "main.lua"], "lib/text.lua:2: ", '  2 | error("in the library")'],
    [
      "of a function in a file",
      ["call", "app:filed"],
      "fn.lua:1: ",
      "  1 | return function() error('in the file') end",
    ],
    [
      "of a function in the registry",
      ["call", "app:inline"],
      "app:inline:1: ",
      "  1 | return function() error('inside') end",
    ],
  ])("%s", async (_, words, place, line) => {
    const cwd = folder({
      "registry.yaml": `version: "1.0"
namespace: app
entries:
  - {name: filed, kind: function.lua, source: "file://fn.lua"}
  - {name: inline, kind: function.lua, source: "return function() error('inside') end"}
  - {name: host, kind: host.config, security: {strict_mode: false}}
`,
      "fn.lua": "return function() error('in the file') end\n",
      "main.lua": 'require("lib.text")\n',
      "lib/text.lua": '-- a library\nerror("in the library")\n',
    });
    const { code, err } = await moonkeep(words, { cwd });
    expect(code).toBe(1);
    expect(err).toContain(place);
    expect(err).toContain(`\n${line}\n`);
  });
});
