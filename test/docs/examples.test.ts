import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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
