import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

const examples = readdirSync(join(project, "examples"));
const text = (...path: string[]) => readFileSync(join(project, "examples", ...path), "utf8");

/** Standard output, then standard error: what a person sees, whichever came first. */
function run(name: string): Promise<string> {
  if (existsSync(join(project, "examples", name, "main.lua"))) {
    const own = `examples/${name}/registry.yaml`;
    const registry = existsSync(join(project, own)) ? ["--registry", own] : [];
    return moonkeep(["run", ...registry, `examples/${name}/main.lua`]).then(({ out, err }) => out + err);
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [`examples/${name}/main.mjs`], { cwd: project }, (_, out, err) => resolve(out + err));
  });
}

describe("the examples", () => {
  it("are those that the README names", () => {
    expect(examples.sort()).toEqual([
      "denied",
      "embedding",
      "http",
      "lock",
      "neighbours",
      "plugin-host",
      "rate-limiter",
      "session-cache",
    ]);
  });

  it.each(examples)("%s prints what its expected.txt has", async (name) => {
    expect(await run(name)).toBe(text(name, "expected.txt"));
  });

  it.each(examples)(
    "%s works where somebody copies it to: a folder with a space, below another registry",
    async (name) => {
      const root = folder({ "registry.yaml": 'version: "1.0"\nnamespace: theirs\nentries: []\n' });
      const copy = join(root, "my examples", name);
      cpSync(join(project, "examples", name), copy, { recursive: true });
      const modules = join(root, "node_modules");
      mkdirSync(modules);
      symlinkSync(project, join(modules, "moonkeep"));
      for (const other of ["hono", "@hono"]) symlinkSync(join(project, "node_modules", other), join(modules, other));
      const main = (file: string) => join("my examples", name, file);
      if (existsSync(join(copy, "main.lua"))) {
        const { out } = await moonkeep(["run", main("main.lua")], { cwd: root });
        expect(text(name, "expected.txt")).toContain(out);
        expect(out).not.toBe("");
        return;
      }
      const printed = await new Promise((resolve) => {
        execFile(process.execPath, [main("main.mjs")], { cwd: root }, (_, out, err) => resolve(out + err));
      });
      expect(printed).toBe(text(name, "expected.txt"));
    },
  );

  it("have tests that pass, where they are not programs of Node.js that bring their own modules", async () => {
    const tested = examples.filter((name) => readdirSync(join(project, "examples", name)).some(isTest));
    expect(tested).toEqual(examples.filter((name) => name !== "embedding" && name !== "plugin-host"));
    for (const name of tested) {
      const { code, out } = await moonkeep(["test", `examples/${name}`]);
      expect(out).toMatch(/\n\n\d+ passed\n$/);
      expect(code).toBe(0);
    }
  });
});

const isTest = (file: string) => file.endsWith("_test.lua");
