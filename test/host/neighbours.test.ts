import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Host } from "../../src/host/host.ts";
import type { RunOptions } from "../../src/host/run-options.ts";
import { where } from "../support/host.ts";

/** A folder with these files, of the text each. */
function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "neighbours-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

async function run(code: string, files: Readonly<Record<string, string>>, options: RunOptions = {}) {
  const root = folder(files);
  await using host = await Host.open(undefined, where);
  return (await host.run(code, { root, name: "app/main.lua", ...options })).values;
}

const message = async (code: string, files: Readonly<Record<string, string>>, options?: RunOptions) =>
  (await run(`local ok, e = pcall(function() ${code} end) return not ok and tostring(e)`, files, options))[0];

describe("require of files beside the script", () => {
  it("finds name.lua, folder/name.lua and folder/name/init.lua", async () => {
    const files = { "util.lua": "return 1", "lib/text.lua": "return 2", "lib/deep/init.lua": "return 3" };
    expect(await run('return require("util"), require "lib.text", require("lib.deep")', files)).toEqual([1, 2, 3]);
  });

  it("runs each once, gives it its name and its file, and the script's globals", async () => {
    const files = { "util.lua": "runs = (runs or 0) + 1 return {...}" };
    const code = 'local a, b = require("util"), require("util") return a == b, runs, a[1], a[2]';
    expect(await run(code, files)).toEqual([true, 1, "util", "app/util.lua"]);
  });

  it("is true for a file that returns nothing, and what was false is loaded again", async () => {
    expect(await run('return require("a"), package.loaded.a', { "a.lua": "x = 1" })).toEqual([true, true]);
  });

  it("finds what a file requires under the script's root, not the file's own", async () => {
    const files = {
      "lib/a.lua": 'return require("lib.b") .. require("c")',
      "lib/b.lua": 'return "b"',
      "c.lua": 'return "c"',
    };
    expect(await run('return require("lib.a")', files)).toEqual(["bc"]);
  });

  it("loads modules and standard libraries before files of the same name", async () => {
    const files = { "json.lua": "return 1", "string.lua": "return 2", "package.lua": "return 3" };
    const code =
      'return require("json") == 1, require("string") == string, require("package") == package, require("_G") == _G';
    expect(await run(code, files)).toEqual([false, true, true, true]);
  });

  it("waits in coroutines and in pcall, and loads once what two coroutines ask for at the same time", async () => {
    const files = { "slow.lua": 'runs = (runs or 0) + 1 return "slow"' };
    const code = `
      local done = {}
      for i = 1, 2 do coroutine.spawn(function() done[i] = select(2, pcall(require, "slow")) end) end
      repeat require("time").sleep("5ms") until done[1] and done[2]
      return done[1], done[2], runs`;
    expect(await run(code, files)).toEqual(["slow", "slow", 1]);
  });

  it("says where an error is, in the file and in who requires it", async () => {
    const files = { "boom.lua": 'local function f()\n  error("no")\nend\nf()' };
    const root = folder(files);
    await using host = await Host.open(undefined, where);
    const error = await host.run('local x = 1\nrequire("boom")', { root, name: "main.lua" }).catch((e) => e);
    expect(error.text).toBe("boom.lua:2: no");
    expect(error.traceback).toContain("boom.lua:4: in main chunk");
    expect(error.traceback).toContain("main.lua:2: in main chunk");
  });

  it("names what does not parse", async () => {
    expect(await message('require("bad")', { "bad.lua": "x =\n= 1" })).toBe(
      "app/main.lua:1: error loading module 'bad': app/bad.lua:2: unexpected symbol near '='",
    );
  });

  it("names a circle", async () => {
    const files = { "a.lua": 'return require("b")', "b.lua": 'return require("c")', "c.lua": 'return require("b")' };
    expect(await message('require("a")', files)).toBe("app/c.lua:1: modules load each other in a circle: b → c → b");
  });

  it("loads again what failed before", async () => {
    const files = { "once.lua": 'tries = (tries or 0) + 1 if tries == 1 then error("first") end return tries' };
    expect(await run('return pcall(require, "once"), require("once")', files)).toEqual([false, 2]);
  });

  it("says what was looked for, and the nearest name", async () => {
    const files = { "util.lua": "", "lib/text.lua": "" };
    expect(await message('require("utli")', files)).toBe(
      "app/main.lua:1: module 'utli' not found; did you mean 'util'? (no file app/utli.lua, no file app/utli/init.lua)",
    );
    expect(await message('require("lib.txet")', files)).toContain("did you mean 'lib.text'?");
    expect(await message('require("sotre")', files)).toContain("did you mean 'store'?");
    expect(await message('require("wholly.other")', files)).toContain("modules that this script may load: 'base64'");
  });

  it.each([
    ["../outside", "a file's name has letters"],
    ["/etc/passwd", "a file's name has letters"],
    ["lib/text", "a file's name has letters"],
    ["a..b", "a file's name has letters"],
    [".a", "a file's name has letters"],
    ["", "a file's name has letters"],
    ["a\\0b", "a file's name has letters"],
    ["größe", "a file's name has letters"],
    ["link", "app/link.lua leads out of the script's folder"],
    ["linked.file", "app/linked/file.lua leads out of the script's folder"],
    ["folder", "app/folder.lua is not a file"],
    ["binary", "this is a binary file"],
    ["large", "app/large.lua is larger than"],
  ])("refuses %s", async (name, reason) => {
    const outside = folder({ "file.lua": "return 'outside'" });
    const root = folder({ "util.lua": "", "folder.lua/x": "", "binary.lua": "\0\0", "large.lua": "" });
    symlinkSync(join(outside, "file.lua"), join(root, "link.lua"));
    symlinkSync(outside, join(root, "linked"));
    truncateSync(join(root, "large.lua"), 2 ** 30);
    expect(await message(`require("${name}")`, {}, { root })).toContain(reason);
  });

  it("follows a link that stays inside", async () => {
    const root = folder({ "lib/a.lua": "return 1" });
    symlinkSync(join(root, "lib"), join(root, "other"));
    expect(await run('return require("other.a")', {}, { root })).toEqual([1]);
  });

  it("finds nothing without a root", async () => {
    await using host = await Host.open(undefined, where);
    await expect(host.run('require("util")')).rejects.toThrow("module 'util' not found");
  });

  it("counts a file's code and work for the limits of the run", async () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `x${i % 100} = ${i}`).join("\n");
    await expect(run('require("long")', { "long.lua": long }, { instructions: 10_000 })).rejects.toMatchObject({
      limit: "instructions",
    });
    await expect(run('require("loop")', { "loop.lua": "while true do end" }, { timeout: 200 })).rejects.toMatchObject({
      limit: "time",
    });
  });

  it("tells the embedder of each file that is read", async () => {
    const read: string[] = [];
    const root = folder({ "a.lua": 'return require("b")', "b.lua": "return 1" });
    await using host = await Host.open(undefined, where);
    await host.run('require("a") require("a")', { root, fileRead: (path) => void read.push(path) });
    expect(read.map((path) => path.slice(-5))).toEqual(["a.lua", "b.lua"]);
  });
});

describe("package", () => {
  it("has what was loaded, which can't be changed, and fields that a script may set without effect", async () => {
    const code = `
      local before, store = package.loaded.store, require("store")
      local function refused(f) return not pcall(f) end
      return before == nil, package.loaded.store == store, package.loaded.string == string, package.loaded._G == _G,
        refused(function() package.loaded.x = 1 end), refused(function() package.preload.x = 1 end),
        not refused(function() package.path = "" end), refused(function() rawset(package.loaded, "x", 1) end),
        refused(function() table.insert(package.loaded, 1) end), package.path == "" and require("json") ~= nil`;
    expect(await run(code, {})).toEqual(Array(10).fill(true));
  });

  it("has nothing that reaches outside", async () => {
    const code =
      "local names = {} for name in pairs(package) do names[#names + 1] = name end table.sort(names) return names";
    expect(await run(code, {})).toEqual([["config", "cpath", "loaded", "path", "preload"]]);
  });
});

describe("functions, libraries and plugins", () => {
  const registry = (more: string) => `version: "1.0"\nnamespace: app\nentries:\n${more}`;

  it("find the files beside their own, and a library has its own package.loaded", async () => {
    const root = folder({
      "registry.yaml": registry(`
  - {name: f, kind: function.lua, source: "file://code/f.lua", modules: [json], imports: {lib: "app:lib"}}
  - {name: lib, kind: library.lua, source: "file://lib/lib.lua"}
  - {name: inline, kind: function.lua, source: "return function() return (pcall(require, 'helper')) end"}`),
      "code/f.lua": 'return function() require("json") return require("helper") .. require("lib")() end',
      "code/helper.lua": 'return "helper"',
      "lib/lib.lua": 'local own = require("helper") return function() return own .. tostring(package.loaded.json) end',
      "lib/helper.lua": 'return "own"',
    });
    await using host = await Host.open(join(root, "registry.yaml"), where);
    expect(await host.call("app:f")).toBe("helperownnil");
    expect(await host.call("app:inline")).toBe(false);
  });

  it("libraries of host.config are there for scripts, under the registry's names for them", async () => {
    const root = folder({
      "registry.yaml": registry(`
  - {name: host, kind: host.config, libraries: {fmt: "app:format"}, security: {strict_mode: false}}
  - {name: format, kind: library.lua, source: "return {name = 'format'}"}
  - {name: f, kind: function.lua, source: "return function() return (pcall(require, 'fmt')) end"}`),
    });
    await using host = await Host.open(join(root, "registry.yaml"), where);
    expect((await host.run('return require("fmt").name, package.loaded.fmt ~= nil')).values).toEqual(["format", true]);
    expect(await host.call("app:f")).toBe(false);
  });

  it("a library of host.config can't have the name of a module, or be something else", async () => {
    const root = folder({
      "registry.yaml": registry(`
  - {name: host, kind: host.config, libraries: {store: "app:format", other: "app:nothing"}}
  - {name: format, kind: library.lua, source: "return 1"}`),
    });
    await expect(Host.open(join(root, "registry.yaml"), where)).rejects.toThrow('there is no entry "app:nothing"');
  });
});
