import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
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

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (page: string): readonly string[] =>
  [
    ...read(page)
      .replace(/^```.*?^```$/gms, "")
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .trim()
      .replaceAll(" ", "-"),
  );

const firstRegistry = () => block("README.md", "yaml", "kind: host.config");

describe("the README", () => {
  it("has a first script that prints what it says, with the first registry", async () => {
    const cwd = folder({ "hello.lua": block("README.md", "lua", "-- hello.lua"), "registry.yaml": firstRegistry() });
    const commands = block("README.md", "sh", "moonkeep run hello.lua");
    const [, words, shown] = /^npx moonkeep (run .*?) +# (.*)$/m.exec(commands)!;
    expect(await moonkeep(words!.split(" "), { cwd })).toEqual({ code: 0, out: `${shown}\n`, err: "" });
    await moonkeep(["init", "begun"], { cwd });
    expect(readFileSync(join(cwd, "begun/hello.lua"), "utf8")).toContain(
      block("README.md", "lua", "-- hello.lua").split("\n").slice(1).join("\n"),
    );
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

  it("is short", () => {
    expect(read("README.md").split("\n").length).toBeLessThanOrEqual(201);
  });

  it("has a table of values that holds", async () => {
    await using host = await Host.open();
    const made: readonly (readonly [string, string, (value: unknown) => boolean])[] = [
      ["nil", "nil", (value) => value === undefined],
      ["boolean", "false", (value) => value === false],
      ["integer", "9007199254740991", (value) => value === Number.MAX_SAFE_INTEGER],
      ["integer", "9007199254740993", (value) => value === 9007199254740993n],
      ["float", "1.5", (value) => value === 1.5],
      ["string, valid UTF-8", "'é'", (value) => value === "é"],
      ["string, other bytes", "'\\xff'", (value) => value instanceof Uint8Array && value[0] === 0xff],
      ["sequence, empty table", "{1, 2}", (value) => Array.isArray(value) && value.length === 2],
      ["table whose keys are all text", "{__proto__ = 1, a = 2}", (value) => Object.keys(value as object).length === 2],
      ["any other table", "{[2] = true}", (value) => value instanceof Map && value.get(2) === true],
    ];
    const rows = read("README.md")
      .match(/^\| .* \|$/gm)!
      .map((row) => row.split("|")[1]!.trim());
    for (const [what, code, holds] of made) {
      expect(rows).toContain(what);
      const { value } = await host.run(`return ${code}`);
      expect(holds(value), code).toBe(true);
      const same = await host.run(
        `local a, b = ${code}, ... return type(a) == type(b) and math.type(a) == math.type(b)`,
        {
          args: [value],
        },
      );
      expect(same.value, code).toBe(true);
    }
  });

  it("links only to files, and to headings in them, that are there", () => {
    const docs = readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" });
    const pages = docs.filter((page) => page.endsWith(".md")).map((page) => `docs/${page}`);
    const broken: string[] = [];
    for (const file of ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ...pages]) {
      for (const [, target, heading] of read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const page = target === "" ? file : join(dirname(file), target!);
        const isThere = existsSync(join(project, page));
        if (!isThere || (heading !== undefined && !anchorsOf(page).includes(heading))) {
          broken.push(`${file}: ${target}${heading === undefined ? "" : `#${heading}`}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });
});

describe("docs/javascript.md", () => {
  it("begins with a program that runs in Node as it stands", async () => {
    const cwd = folder({ "main.mjs": block("docs/javascript.md", "js", "6 * 7"), "registry.yaml": firstRegistry() });
    mkdirSync(join(cwd, "node_modules"));
    symlinkSync(project, join(cwd, "node_modules/moonkeep"));
    expect((await run(process.execPath, ["main.mjs"], { cwd })).stdout).toBe("42\n");
  });

  it("names every option that there is", async () => {
    const error = await Host.open()
      .then((host) => host.run("", { zzz: 1 } as never))
      .catch((e: Error) => e.message);
    const names = /the options are (.*)$/.exec(error as string)![1]!.split(/, | and /);
    const page = read("docs/javascript.md") + read("docs/sandbox.md");
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
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
