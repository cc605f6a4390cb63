import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { complete, type Sources } from "../../src/cli/repl/completion.ts";
import { historyFile, readHistory, writeHistory } from "../../src/cli/repl/history.ts";
import { commandOf, lostLocal } from "../../src/cli/repl/words.ts";
import { moonkeep, project } from "../support/cli.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "repl-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What a prompt answers to lines that come through a pipe, in a folder without a registry. */
const answers = async (lines: readonly string[], cwd = folder()) =>
  moonkeep(["repl"], { cwd, input: lines.map((line) => `${line}\n`).join("") });

describe("moonkeep repl", () => {
  it("shows the value of an expression, runs what is none, and keeps globals", async () => {
    const { out, code } = await answers(["x = 20", "x + 1", '"text", nil, {1, b = 2}', "print(x)", "-- nothing"]);
    expect(out).toBe('21\n"text"\tnil\t{1, b = 2}\n20\n');
    expect(code).toBe(0);
  });

  it("takes several lines for what is not whole", async () => {
    const { out } = await answers(["for i = 1, 2 do", "  print(i)", "end", "f = function(", "a) return a end", "f(3)"]);
    expect(out).toBe("1\n2\n3\n");
  });

  it("shows an error with its line and a caret, goes on, and ends with 1", async () => {
    const { out, err, code } = await answers(["local a = nothing.field", "return 1 +", "+ 2", "1"]);
    expect(err).toContain("prompt:1: attempt to index a nil value (global 'nothing')");
    expect(err).toContain("  1 | local a = nothing.field\n                ^");
    expect(err).toContain("prompt:2: unexpected symbol near '+'");
    expect(out).toBe("1\n");
    expect(code).toBe(1);
  });

  it("says of code that is never whole what is missing", async () => {
    expect((await answers(["for i = 1, 2 do"])).err).toContain(
      "prompt:2: 'end' expected (to close 'for' at line 1) near <eof>",
    );
  });

  it("takes what comes through a pipe byte by byte, and leaves at :quit", async () => {
    const input = Buffer.concat([Buffer.from('#"'), Buffer.from([0xff, 0xc3]), Buffer.from('", "ä"\n:quit\n5\n')]);
    expect(await moonkeep(["repl"], { cwd: folder(), input })).toMatchObject({ out: '2\t"ä"\n', code: 0 });
  });

  it("says that a folder is no input", () => {
    const { status, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" bin/moonkeep.js repl < .`], {
      cwd: project,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([2, "error: standard input can't be read: it is a folder\n"]);
  });

  it("waits for calls that wait", async () => {
    expect((await answers(['require("time").sleep("10ms") print("slept")', "1"])).out).toBe("slept\n1\n");
  });

  it("opens a store, explains, acts as another, and lists commands", async () => {
    const { out, err } = await answers([
      ":store",
      ":store app:cache",
      's:set("k", {1})',
      ":store app:cache",
      ":explain store.key.set app:cache key=k",
      ":actor",
      ":actor bob team=core",
      ":actor",
      "s",
      'require("security").actor():id()',
      ":help",
    ]);
    expect(err).not.toContain("error");
    expect(out).toContain(
      "  app:cache  store.memory\nthe store is empty; s is its handle\ntrue\nk\t{1}\ns is its handle\n",
    );
    expect(out).toContain("allowed: app:everything allows it\n  actor     local\n");
    expect(out).toContain("acting as bob; the globals are gone\nbob\nnil\n");
    expect(out).toMatch(/^ {2}:reload +read the registry again; globals stay$/m);
  });

  it("says what is wrong with a command", async () => {
    const { err, code } = await answers([":stroe", ":store cache", ":store a b", ":explain x", ":actor a b", ":run"]);
    expect(err.split("\n").slice(1)).toEqual([
      'error: there is no command ":stroe"; did you mean ":store"?; :help lists them',
      'error: "cache" is not the id of an entry, such as app:cache',
      "error: usage: :store [id]",
      "error: usage: :explain action resource [name=value…]",
      'error: "b": expected name=value, such as team=core, or name:=JSON, such as level:=7',
      "error: usage: :run file.lua [args…]",
      "",
    ]);
    expect(code).toBe(1);
  });

  it("explains with JSON after :=, and refuses actions and attributes that no module knows", async () => {
    const { out, err } = await answers([
      ":explain store.key.set app:cache key:=7",
      ":explain store.key.st app:cache",
      ":explain store.key.set app:cache level:=7",
      ":explain store.key.set app:cache key:=x",
      ":explain store.get app:cach",
    ]);
    expect(out).toMatch(/^ {2}meta\.key +7$/m);
    expect(out).toContain('note: there is no store "app:cach"; did you mean "app:cache"?');
    expect(err.split("\n").slice(1)).toEqual([
      'error: no module asks for the action "store.key.st"; did you mean "store.key.set"?',
      'error: store.key.set has no attribute "level"; it comes with "key"',
      expect.stringMatching(/^error: "key:=x": key:= is followed by JSON/),
      "",
    ]);
  });

  it("runs a file, reads the registry again, and leaves", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "util.lua"), "answer = 42 return answer");
    const { out } = await answers([":run util.lua", "answer", ":reload", "answer", ":quit", "error('never')"], cwd);
    expect(out).toBe("42\n42\nthe registry was read again\n42\n");
  });

  it("ends what runs longer than --timeout, and goes on with what there was", async () => {
    const { out, err } = await moonkeep(["repl", "--timeout", "100ms"], {
      cwd: folder(),
      input: "x = 1\nwhile true do end\nx\n",
    });
    expect(err).toContain("it ran longer than its time limit of 100ms");
    expect(out).toBe("1\n");
  });
});

describe("what Tab offers", () => {
  const tree: Readonly<Record<string, readonly string[]>> = {
    "": ["print", "s", "store", "string"],
    store: ["get", "backend"],
    "store.backend": ["MEMORY"],
    s: ["get", "set", "list"],
  };
  const sources: Sources = {
    names: (path) => (tree[path.join(".")] ?? []).map((name) => ({ name, isFunction: name !== "backend" })),
    modules: () => ["json", "store"],
    ids: () => ["app:cache", "app:price"],
    commands: ["explain", "store"],
  };

  it.each([
    ["pr", ["print"], "pr"],
    ["x = st", ["store", "string"], "st"],
    ["whi", ["while"], "whi"],
    ["store.", ["get", "backend"], ""],
    ["store:", ["get"], ""],
    ["store.backend.M", ["MEMORY"], "M"],
    ["f(s:l", ["list"], "l"],
    ["s : se", ["set"], "se"],
    ["nothing.x", [], "x"],
    ['require("js', ["json"], "js"],
    ["require 's", ["store"], "s"],
    ['store.get("app:c', ["app:cache"], "app:c"],
    ['"done" .. pr', ["print"], "pr"],
    ['"it\\"s app:', [], ""],
    [":st", ["store"], "st"],
    [":store app:", ["app:cache", "app:price"], "app:"],
    ["1 + ", [], ""],
  ])("%s", (line, found, word) => {
    expect(complete(line, sources)).toEqual([found, word]);
  });
});

describe("words of the prompt", () => {
  it("tells commands from Lua", () => {
    expect(commandOf(":store  app:cache ")).toEqual({ name: "store", args: ["app:cache"] });
    expect(commandOf(":")).toEqual({ name: "", args: [] });
    for (const lua of ["::again::", "x:y()", "s"]) expect(commandOf(lua)).toBeUndefined();
  });

  it("knows a local that nobody could use", () => {
    expect(lostLocal("local x = 1")).toBe("x");
    expect(lostLocal("local function f() end")).toBe("f");
    for (const used of ["local x = 1 print(x)", "x = 1", "local x = 1\nreturn x"])
      expect(lostLocal(used)).toBeUndefined();
  });
});

describe("the history of the prompt", () => {
  it("lies in the user's state folder, and nowhere when MOONKEEP_HISTORY is empty", () => {
    expect(historyFile({ XDG_STATE_HOME: "/state" })).toBe(join("/state", "moonkeep", "history"));
    expect(historyFile({ MOONKEEP_HISTORY: "/elsewhere" })).toBe("/elsewhere");
    expect(historyFile({ MOONKEEP_HISTORY: "" })).toBeUndefined();
  });

  it("comes back newest first, a thousand lines of it, and is for its owner alone", () => {
    const file = join(folder(), "state", "history");
    expect(readHistory(file)).toEqual([]);
    const lines = Array.from({ length: 1200 }, (_, i) => `x = ${i}`);
    expect(writeHistory(file, lines)).toBeUndefined();
    expect(readHistory(file)).toEqual(lines.slice(0, 1000));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").endsWith("x = 0\n")).toBe(true);
    expect(writeHistory(join(file, "below"), [])).toBeInstanceOf(Error);
  });
});
