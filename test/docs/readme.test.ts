import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { kinds, unavailable } from "../../src/kinds/index.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

const run = promisify(execFile);
const read = (file: string) => readFileSync(join(project, file), "utf8");

/** The blocks of a language in a Markdown file, in order. */
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code!);

/** The first block of a language that has this in it. */
function block(file: string, language: string, part: string): string {
  const found = blocks(file, language).find((code) => code.includes(part));
  if (found === undefined) throw new Error(`${file} has no ${language} block with ${part}`);
  return found;
}

const firstRegistry = () => block("README.md", "yaml", "kind: host.config");

describe("the README", () => {
  it("has a first script that prints what it says, with the first registry", async () => {
    const cwd = folder({ "hello.lua": block("README.md", "lua", "-- hello.lua"), "registry.yaml": firstRegistry() });
    const command = block("README.md", "sh", "moonkeep run hello.lua");
    const [, words, shown] = /^moonkeep (.*?) +# (.*)\n$/.exec(command)!;
    expect(await moonkeep(words!.split(" "), { cwd })).toEqual({ code: 0, out: `${shown}\n`, err: "" });
  });

  it("shows the very messages that check gives", async () => {
    const shown = block("README.md", "", "registry.yaml:7:15");
    const broken = firstRegistry()
      .replace("max_size: 10000", "max_size: ten")
      .replace(/\[developers\]\n$/, "[develpers]\n");
    const { err } = await moonkeep(["check"], { cwd: folder({ "registry.yaml": broken }) });
    for (const line of shown.trim().split("\n")) expect(err).toContain(line);
  });

  it("has a program that runs in Node as it stands", async () => {
    const cwd = folder({ "main.mjs": block("README.md", "ts", "Host.open"), "registry.yaml": firstRegistry() });
    mkdirSync(join(cwd, "node_modules"));
    symlinkSync(project, join(cwd, "node_modules/moonkeep"));
    const { stdout } = await run(process.execPath, ["main.mjs"], { cwd });
    expect(stdout).toBe("{ n: 1 }\n");
  });

  const commands = block("README.md", "sh", "moonkeep run script.lua one two")
    .split("\n")
    .map((line) => line.replace(/ +# .*$/, ""))
    .filter((line) => line.startsWith("moonkeep"));
  it.each(commands)("has a command that works: %s", async (line) => {
    const cwd = folder({ "script.lua": "return 1", "registry.yaml": firstRegistry() });
    const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word).slice(1);
    expect(await moonkeep(words, { cwd })).toMatchObject({ code: 0 });
  });

  it("lists the exit codes that --help lists", async () => {
    const { out } = await moonkeep(["--help"]);
    const help = [...out.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, code, meaning]) => `${code} ${meaning}`);
    const readme = [...read("README.md").matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(
      ([, code, meaning]) => `${code} ${meaning!.replace(" (Ctrl-C)", "")}`,
    );
    expect(readme).toEqual(help);
  });

  it("links only to files that are there", () => {
    const pages = readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" });
    for (const file of ["README.md", ...pages.filter((page) => page.endsWith(".md")).map((page) => `docs/${page}`)]) {
      for (const [, target] of read(file).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        expect(() => readFileSync(join(project, dirname(file), target!)), target).not.toThrow(/ENOENT/);
      }
    }
  });
});

describe("docs/policies.md", () => {
  it("has a registry that loads, and expectations that hold for this project's own registry", async () => {
    const root = folder({
      "registry.yaml": block("docs/policies.md", "yaml", "kind: host.config"),
      "access.test.yaml": block("docs/policies.md", "yaml", "# access.test.yaml"),
    });
    expect(loadRegistry(root, { kinds, unavailable, env: {} }).entries).toHaveLength(3);
    expect(await moonkeep(["policy", "test", join(root, "access.test.yaml")])).toMatchObject({ code: 0 });
  });

  it("shows the explanation that the command gives", async () => {
    const line = block("docs/policies.md", "sh", "policy explain").trim();
    const { out } = await moonkeep(line.split(" ").slice(1));
    expect(out).toBe(block("docs/policies.md", "", "denied: app:session_keys_only"));
  });
});
