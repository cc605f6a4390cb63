import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Host } from "../../src/host/host.ts";
import { moonkeep, project } from "../support/cli.ts";
import { hasProgram } from "../support/programs.ts";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const noRegistry =
  "no registry.yaml here or above: scripts get a memory store, app:cache, and may do everything; " +
  '"moonkeep init" creates a registry\n';

describe("moonkeep init", () => {
  it("writes a registry, a script and a test of policies that work as they are", async () => {
    const cwd = emptyFolder();
    const { code, out } = await moonkeep(["init"], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(`wrote access.test.yaml
wrote cache_test.lua
wrote hello.lua
wrote registry.yaml
wrote .luarc.json
wrote .moonkeep/registry.schema.json

Next:
  npx moonkeep run hello.lua                 # run the script
  npx moonkeep check                         # check the registry
  npx moonkeep test                          # run the tests
  npx moonkeep policy test access.test.yaml  # check what the policies allow
`);
    expect(await moonkeep(["test"], { cwd })).toMatchObject({ code: 0, err: "" });
    expect(await moonkeep(["run", "hello.lua"], { cwd })).toEqual({
      code: 0,
      out: '{from = "moonkeep", text = "hello"}\n',
      err: "",
    });
    expect(await moonkeep(["check"], { cwd })).toMatchObject({ code: 0, err: "" });
    expect(await moonkeep(["policy", "test", "access.test.yaml"], { cwd })).toMatchObject({ code: 0 });
    const { "workspace.library": library } = JSON.parse(readFileSync(join(cwd, ".luarc.json"), "utf8"));
    expect(readdirSync(library[0])).toContain("store.lua");
    const [first] = readFileSync(join(cwd, "registry.yaml"), "utf8").split("\n");
    const schema = /^# yaml-language-server: \$schema=(.*)$/.exec(first!)![1]!;
    expect(JSON.parse(readFileSync(join(cwd, schema), "utf8"))).toHaveProperty("anyOf");
  });

  it("overwrites nothing, and says what it left", async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "hello.lua"), "print('mine')");
    const { code, out } = await moonkeep(["init"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("left as it is: hello.lua\n");
    expect(readFileSync(join(cwd, "hello.lua"), "utf8")).toBe("print('mine')");
  });

  it("writes a function that can be called, into a folder that it makes", async () => {
    const cwd = emptyFolder();
    const { code, out } = await moonkeep(["init", "my app", "--template", "functions"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("wrote my app/greet.lua\n");
    expect(out).toContain("  cd 'my app' ");
    const there = join(cwd, "my app");
    const called = await moonkeep(["call", "--json", "app:greet", '"Ada"'], { cwd: there });
    expect(JSON.parse(called.out).value).toEqual({ text: "hello, Ada", visits: 1 });
    expect(await moonkeep(["check", "registry.yaml", "greet.lua"], { cwd: there })).toMatchObject({ code: 0, err: "" });
  });

  it("writes a plugin that can be loaded, named as its folder", async () => {
    const cwd = emptyFolder();
    await moonkeep(["init", "counter", "--template", "plugin"], { cwd });
    expect(await moonkeep(["plugin", "inspect", "counter"], { cwd })).toMatchObject({ code: 0 });
    expect(await moonkeep(["check"], { cwd: join(cwd, "counter") })).toMatchObject({ code: 0, err: "" });
    expect(await moonkeep(["test"], { cwd: join(cwd, "counter") })).toMatchObject({ code: 0, err: "" });
    await using host = await Host.open();
    await host.plugins.load(join(cwd, "counter"));
    expect(await host.hooks.emit("order.created", { id: 1 })).toMatchObject([{ value: 1 }]);
  });

  it("refuses a template that there is not, and a folder that can't be written", async () => {
    const cwd = emptyFolder();
    expect(await moonkeep(["init", "--template", "scrip"], { cwd })).toMatchObject({ code: 2 });
    writeFileSync(join(cwd, "file"), "");
    for (const folder of ["file", "file/x"])
      expect(await moonkeep(["init", folder], { cwd })).toEqual({
        code: 2,
        out: "",
        err: `error: ${folder}/access.test.yaml can't be written: file is not a folder\n`,
      });
    const { code, err } = await moonkeep(["types", "file"], { cwd });
    expect([code, err]).toEqual([2, "error: file/.moonkeep/types can't be written: file is not a folder\n"]);
  });

  it.runIf(process.platform === "linux")("ends where nobody can make a folder", async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "a_test.lua"), 'require("test").case("c", print)');
    for (const words of [
      ["init", "/proc/xx"],
      ["types", "/proc/xx"],
      ["test", "--coverage-dir", "/proc/xx"],
    ])
      expect(await moonkeep(words, { cwd })).toEqual({
        code: 2,
        out: "",
        err: expect.stringMatching(/^error: .*: ENOENT\n$/),
      });
  });

  it("says how to go to the folder, whatever it is called", async () => {
    const cwd = emptyFolder();
    const names = [
      "-dash",
      "-",
      "two words",
      "it's",
      "a\\b",
      "über",
      "$HOME",
      "~",
      "line\nfeed",
      "tab\t'\\",
      "\x1b[31m",
      "*",
      "#",
    ];
    for (const name of names) {
      const { out } = await moonkeep(["init", "--", name], { cwd });
      const cd = /^ {2}(cd .*?) +# go there$/m.exec(out)![1]!;
      for (const shell of ["bash", "zsh"].filter(hasProgram)) {
        const there = execFileSync(shell, ["-c", `${cd} && ls`], { cwd, encoding: "utf8" });
        expect([name, there]).toEqual([name, expect.stringContaining("hello.lua")]);
      }
    }
  });
});

describe("without a registry", () => {
  it("a script has a store in memory, logs, and a line says so", async () => {
    const cwd = emptyFolder();
    const script = `local cache = require("store").get("app:cache")
      cache:set("k", {n = 1}) require("logger"):info("hi") return cache:get("k").n`;
    const { code, out, err } = await moonkeep(["run", "-e", script], { cwd });
    expect([code, out]).toEqual([0, "1\n"]);
    expect(err).toMatch(noRegistry);
    expect(err).toContain('"message":"hi"');
  });

  it("a call of a function finds none", async () => {
    const { code, err } = await moonkeep(["call", "app:f"], { cwd: emptyFolder() });
    expect([code, err]).toEqual([1, 'error NOT_FOUND: there is no function "app:f"\n']);
  });

  it("Host.openDefault gives a program the same", async () => {
    await using host = await Host.openDefault();
    const { value } = await host.run('local s = require("store").get("app:cache") s:set("k", 1) return s:get("k")');
    expect(value).toBe(1);
    expect(await host.store("app:cache").get("k")).toBe(1);
  });
});

describe("the registry of a script", () => {
  it("is the one beside it, before the nearest from the current folder up", async () => {
    const cwd = emptyFolder();
    await moonkeep(["init", "there"], { cwd });
    const { code, out, err } = await moonkeep(["there/hello.lua", "you"], { cwd });
    expect({ code, out, err }).toEqual({ code: 0, out: '{from = "you", text = "hello"}\n', err: "" });
  });

  it("is found above the current folder where there is none beside it", async () => {
    const { code, err } = await moonkeep(["run", "-e", "return 1"], { cwd: join(project, "examples/lock") });
    expect([code, err]).toEqual([0, ""]);
  });
});
