/**
 * Every sample of every page works: shell blocks run line by line in a fresh folder, Lua and JavaScript run and print
 * what their comments say, registries load. What a sample stands in is in `samples/stage.ts`.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";
import { type Block, blocksOf, fileNamed, inlineCode, pages } from "../support/markdown.ts";
import { type PageStage, type Stage, stages } from "./samples/stage.ts";

const stageOf = (page: string): PageStage => stages[page] ?? {};
const sampleOf = ({ page, code }: Block): Stage | undefined =>
  stageOf(page).samples?.find(({ has }) => code.includes(has));

/** The folder in which the samples of a page are: its own registry and files, and those that its stage adds. */
function placeOf(page: string): string {
  const { files = {} } = stageOf(page);
  const blocks = blocksOf(page);
  const registry = blocks.find(({ language, code }) => language === "yaml" && code.startsWith("version:"));
  const named = blocks.flatMap((block) => {
    const name = fileNamed(block);
    return name === undefined ? [] : [[name === "plugin.yaml" ? "plugins/greeter/plugin.yaml" : name, block.code]];
  });
  const { "registry.yaml.more": more = "", ...own } = files;
  const all = folder({
    ...(registry === undefined ? {} : { "registry.yaml": registry.code + more }),
    ...Object.fromEntries(named.reverse()),
    ...own,
  });
  mkdirSync(join(all, "node_modules"));
  for (const name of ["keyv", "prom-client", "@opentelemetry"]) {
    symlinkSync(join(project, "node_modules", name), join(all, "node_modules", name));
  }
  symlinkSync(project, join(all, "node_modules/moonkeep"));
  mkdirSync(join(all, ".bin"));
  writeFileSync(
    join(all, ".bin/moonkeep"),
    `#!/bin/sh\nexec "${process.execPath}" "${project}/bin/moonkeep.js" "$@"\n`,
  );
  chmodSync(join(all, ".bin/moonkeep"), 0o755);
  return all;
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;

function start(program: string, words: readonly string[], cwd: string, page: string): Promise<Ended> {
  const env = { ...inherited, ...stageOf(page).env, PATH: `${join(cwd, ".bin")}:${process.env.PATH}` };
  return new Promise((resolve) => {
    const child = execFile(program, words, { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
    child.stdin!.end();
  });
}

/** The code of a sample, with other words for what is not here. */
const said = ({ code }: Block, sample: Stage | undefined): string =>
  Object.entries(sample?.instead ?? {}).reduce((text, [old, other]) => text.replaceAll(old, other), code);

/** A sample as it is run: with the lines around it. */
const staged = (block: Block, sample: Stage | undefined): string =>
  (sample?.before ?? "") + said(block, sample) + (sample?.after ?? "");

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What the comments behind `print(…)` and `console.log(…)` say is shown; an ellipsis stands for anything. */
function expectShown(out: string, code: string): void {
  for (const [, line] of code.matchAll(/^\s*(?:print|console\.log)\(.*\);? +(?:--|\/\/) (.*)$/gm)) {
    expect(out).toMatch(new RegExp(`^${literally(line!).replaceAll("…", ".*")}$`, "m"));
  }
}

const all = pages().flatMap(blocksOf);
const titled = (languages: readonly string[]) =>
  all
    .filter(({ language }) => languages.includes(language))
    .map((block) => ({ block, title: `${block.page}:${block.line}` }));

it("is staged for samples that there are", () => {
  const stale = Object.entries(stages).flatMap(([page, { samples = [] }]) =>
    samples
      .filter(({ has }) => !blocksOf(page).some(({ code }) => code.includes(has)))
      .map(({ has }) => `${page}: ${has}`),
  );
  expect(stale).toEqual([]);
});

describe("samples in Lua", () => {
  it.each(titled(["lua"]))("$title", async ({ block }) => {
    const sample = sampleOf(block);
    const cwd = placeOf(block.page);
    const file = /_test\.lua$/.test(fileNamed(block) ?? "") ? "sample_test.lua" : "sample.lua";
    writeFileSync(join(cwd, file), staged(block, sample));
    const verb = sample?.parsedOnly !== undefined ? ["check"] : [file === "sample.lua" ? "run" : "test"];
    const ended = await moonkeep([...verb, file], { cwd });
    expect(sample?.parsedOnly === undefined ? ended.code : /expected near|unexpected/.exec(ended.err), ended.err).toBe(
      sample?.parsedOnly === undefined ? 0 : null,
    );
    if (sample?.parsedOnly === undefined) {
      expectShown(ended.out, said(block, sample));
    }
  });
});

describe("samples in JavaScript", () => {
  it.each(titled(["js", "ts"]))("$title", async ({ block }) => {
    const sample = sampleOf(block);
    const cwd = placeOf(block.page);
    writeFileSync(join(cwd, "sample.mjs"), staged(block, sample));
    const parsedOnly = sample?.parsedOnly !== undefined;
    const ended = await start(process.execPath, [...(parsedOnly ? ["--check"] : []), "sample.mjs"], cwd, block.page);
    expect(ended).toMatchObject({ code: 0, err: "" });
    if (!parsedOnly) expectShown(ended.out, said(block, sample));
  });
});

const HEADER = 'version: "1.0"\nnamespace: app\n';

/** A block of YAML as a registry: some show single entries. */
function asRegistry(code: string): string {
  if (code.startsWith("entries:")) return HEADER + code;
  const lines = code.startsWith(" ") ? code : code.replace(/^(?=.)/gm, "  ");
  return `${HEADER}entries:\n${lines}`;
}

/** What is checked: the registry of the page as it stands there, or a block with what is around it. */
function yamlOf(block: Block, sample: Stage | undefined, cwd: string): string {
  if (block.code.startsWith("version:")) return readFileSync(join(cwd, "registry.yaml"), "utf8");
  if (sample?.after !== undefined) return block.code + sample.after;
  if (sample?.before !== undefined) return sample.before + block.code.replace(/^(?=.)/gm, "    ");
  return asRegistry(block.code);
}

describe("samples in YAML", () => {
  // Expectations of policies are run by the test of docs/policies.md.
  const registries = titled(["yaml"]).filter(({ block }) => !/\.test\.yaml$/.test(fileNamed(block) ?? ""));
  it.each(registries)("$title", async ({ block }) => {
    const cwd = placeOf(block.page);
    const sample = sampleOf(block);
    const name = fileNamed(block);
    if (name === "plugin.yaml") {
      expect(block.code).toMatch(/^(?:name|kinds):/m);
      if (!block.code.includes("name:")) return; // a part of a manifest
      expect(await moonkeep(["plugin", "inspect", "plugins/greeter"], { cwd })).toMatchObject({ code: 0 });
      return;
    }
    const text = yamlOf(block, sample, cwd);
    writeFileSync(join(cwd, "sample.yaml"), text);
    const ended = await moonkeep(["check", "sample.yaml"], { cwd, env: { ...stageOf(block.page).env } });
    expect(ended.code, ended.err).toBe(0);
  });
});

/** The commands of a block: lines, with what is said behind them left out. */
const commandsOf = (code: string) =>
  code
    .split("\n")
    .map((line) => line.replace(/ +#.*$/, "").trim())
    .filter((line) => line !== "");

describe("samples for a shell", () => {
  it.each(pages().filter((page) => blocksOf(page).some(({ language }) => language === "sh")))("%s", async (page) => {
    const cwd = placeOf(page);
    const { notRun = {}, setUp } = stageOf(page);
    const shown = blocksOf(page).filter(({ language }) => language === "sh");
    const lines = shown.flatMap(({ code }) => (code.startsWith("$ ") ? [code.split("\n")[0]!] : commandsOf(code)));
    expect(lines).toEqual(expect.arrayContaining(Object.keys(notRun)));
    for (const line of [...(setUp === undefined ? [] : [setUp]), ...lines]) {
      if (line in notRun) continue;
      const ended = await start("bash", ["-c", line], cwd, page);
      expect(ended.code, `${line}\n${ended.err}`).toBe(0);
    }
  });
});

/** `moonkeep store get app:x --json`: the words that are commands, and the options. */
function wordsOf(command: string): { verbs: readonly string[]; options: readonly string[] } {
  const words = command.split(/[\s|]+/).slice(1);
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
  return {
    verbs: words.slice(0, end === -1 ? undefined : end),
    options: words.map((word) => /^--[a-z-]+/.exec(word)?.[0]).filter((word) => word !== undefined),
  };
}

const GROUPS = new Set(["store", "policy", "plugin"]);

describe("commands within sentences", () => {
  const said = new Set(
    pages()
      .flatMap(inlineCode)
      .filter((code) => /^moonkeep [a-z-]/.test(code)),
  );
  const helps = new Map<string, Promise<Ended>>();
  it.each([...said])("%s", async (command) => {
    const { verbs, options } = wordsOf(command);
    const path = GROUPS.has(verbs[0] ?? "") ? verbs.slice(0, 2) : verbs.slice(0, 1);
    const key = path.join(" ");
    const help = await (helps.get(key) ??
      moonkeep([...path, "--help"]).then((ended) => ({ ...ended, code: ended.code ?? -1 })));
    helps.set(key, Promise.resolve(help));
    expect(help.code).toBe(0);
    expect(help.out).toMatch(new RegExp(`^usage: moonkeep ${key}`, "im"));
    for (const option of options) expect(help.out, option).toContain(option);
  });
});
