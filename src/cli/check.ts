/** `moonkeep check`: registries, plugins and Lua files, without running any of them. */
import { statSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { MoonkeepError } from "../errors.ts";
import {
  checkRegistry,
  checkRequires,
  checkSyntax,
  inspectPlugin,
  isPlugin,
  type LuaFinding,
  type LuaProblem,
  lintRegistry,
  lintScript,
  unloadable,
} from "../host/check.ts";
import { luaFacts } from "../host/lua-facts.ts";
import type { Facts } from "../lint/facts.ts";
import { warnings as warningCodes } from "../lint/finding.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Problem } from "../registry/problem.ts";
import { cantWrite, noRegistry } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { filesBelow } from "./files-below.ts";
import { count, errorLine, Output, oneLine, printable } from "./output.ts";
import { nearestRegistry, registryOf } from "./registry-path.ts";
import { readScript } from "./script-file.ts";
import { markedLine, sourceLine } from "./source-line.ts";

export interface CheckFlags {
  readonly json?: boolean;
  readonly fix?: boolean;
}

interface Warning {
  readonly place: string;
  readonly message: string;
  /** In Lua code: which of the things that are looked for. */
  readonly code?: string;
  /** The line of source, and a caret below it. */
  readonly shown?: string;
}

/** What was found at one path. */
interface Finding {
  readonly path: string;
  readonly kind: "script" | "plugin" | "registry";
  readonly code: ExitCode;
  /** What it is, where nothing is wrong: `3 entries`. */
  readonly says?: string;
  readonly warnings?: readonly Warning[];
  /** What is wrong, as a person reads it. */
  readonly error?: string;
  readonly problems?: readonly (Problem | Warning | { readonly message: string })[];
}

/** Checks each path, says of each what it found, and ends with the worst of it. */
export async function check(paths: readonly string[], { json, fix = false }: CheckFlags): Promise<ExitCode> {
  const out = new Output(1, false);
  const findings: Finding[] = [];
  for (const path of paths.length > 0 ? paths.flatMap(scriptsIn) : [defaultPath()]) {
    const finding = await checkOne(path, fix);
    findings.push(finding);
    if (json !== true) tell(finding, out);
  }
  const worst = findings.map(({ code }) => code).reduce((a, b) => (a > b ? a : b), exit.done);
  if (json === true) out.json({ ok: worst === exit.done, checked: findings.map(asJson) }, 2);
  out.flush();
  return worst;
}

/** The nearest registry; of a plugin, all of it. */
function defaultPath(): string {
  const path = nearestRegistry(process.cwd());
  if (path === undefined) throw noRegistry("a path");
  const folder = dirname(path);
  return isPlugin(folder) ? relative(process.cwd(), folder) || "." : relative(process.cwd(), path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whoever reads it will say what is wrong with it
  }
}

/** A folder of Lua and without a registry is its scripts, and the folders in it that can't be read. */
function scriptsIn(path: string): readonly string[] {
  if (!isFolder(path) || isPlugin(path)) return [path];
  const found = filesBelow(path, /\.(?:lua|ya?ml)$/, (folder) => [folder]);
  return found.length === 0 || found.some((file) => /\.ya?ml$/.test(file)) ? [path] : found;
}

const kindOf = (path: string): Finding["kind"] =>
  path.endsWith(".lua") && !isFolder(path) ? "script" : isPlugin(path) ? "plugin" : "registry";

const checks: Readonly<Record<Finding["kind"], (path: string, fix: boolean) => Promise<Partial<Finding>>>> = {
  async script(path, fix) {
    const text = readScript(path);
    const refused = checkSyntax(text, path);
    if (refused !== undefined) {
      const problem = shownAt(refused);
      return { code: exit.failed, problems: [problem], error: asText(problem) };
    }
    const missing = (await checkRequires(text, path)).map(({ place, message }) => {
      const file = place.replace(/:\d+$/, ""); // it may be one that the script requires
      const shown = sourceLine(`${place}: ${message}`, file, Buffer.from(readScript(file)).toString("utf8"));
      return { place, message, ...(shown === undefined ? {} : { shown }) };
    });
    const found = await lintScript(text, path, await factsFor(registryOf(path)));
    const [warnings, wrong] = told(fix ? fixed(path, text, found) : found);
    const problems = [...missing, ...wrong];
    const says = warnings.length > 0 ? count(warnings.length, "warning") : undefined;
    if (problems.length === 0) return { warnings, ...(says === undefined ? {} : { says }) };
    return { code: exit.failed, warnings, problems, error: problems.map(asText).join("\n") };
  },
  async plugin(path) {
    const { name, version, functions } = inspectPlugin(path);
    return { says: `plugin ${name} ${version}, ${count(functions.length, "function")}` };
  },
  async registry(path) {
    const { entries, warnings: suspicious, registry } = checkRegistry(path);
    const [hints, wrong] = told(await lintRegistry(registry, await luaFacts(path)));
    const warnings = [...suspicious, ...(await unloadable(registry)), ...hints];
    const more = warnings.length > 0 ? [count(warnings.length, "warning")] : [];
    if (wrong.length > 0) return { code: exit.failed, warnings, problems: wrong, error: wrong.map(asText).join("\n") };
    return { says: [count(entries, "entry", "entries"), ...more].join(", "), warnings };
  },
};

async function checkOne(path: string, fix: boolean): Promise<Finding> {
  const kind = kindOf(path);
  try {
    return { path, kind, code: exit.done, ...(await checks[kind](path, fix)) };
  } catch (e) {
    if (!(e instanceof UsageError || e instanceof MoonkeepError)) throw e;
    const code = e instanceof UsageError ? exit.usage : e instanceof RegistryError ? exit.registry : exit.failed;
    const problems = e instanceof RegistryError ? e.problems : [{ message: e.message }];
    return { path, kind, code, error: e.message, problems };
  }
}

function tell({ path, error, says, warnings = [] }: Finding, out: Output): void {
  for (const one of warnings) errorLine(asText({ ...one, message: `warning: ${one.message}` }));
  if (error !== undefined) errorLine(printable(error));
  else out.line(`${oneLine(path)}: ok${says === undefined ? "" : `, ${says}`}`);
}

/** As a person reads it. */
const asText = ({ place, message, code, shown }: Warning): string =>
  printable(`${place}: ${message}${code === undefined ? "" : ` (${code})`}${shown === undefined ? "" : `\n${shown}`}`);

/** What was found in Lua, as warnings and problems. */
function told(found: readonly LuaFinding[]): readonly [Warning[], Warning[]] {
  const of = (one: LuaFinding): Warning => ({ ...shownAt({ ...one, message: utf8(one.message) }), code: one.code });
  const isWarning = ({ code }: LuaFinding) => warningCodes.has(code);
  return [found.filter(isWarning).map(of), found.filter((one) => !isWarning(one)).map(of)];
}

/** At its place, with the line of source, and a caret where the column is known. */
function shownAt({ file, line, column, message, source }: LuaProblem): Warning {
  const place = column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
  const text = source.split(/\r\n|\n\r|\n|\r/)[line - 1] ?? "";
  if (text.trim() === "") return { place, message };
  const shown =
    column === undefined
      ? sourceLine(`${place}: ${message}`, file, utf8(source))
      : markedLine(utf8(text), line, utf8(text.slice(0, column - 1)).length);
  return { place, message, ...(shown === undefined ? {} : { shown }) };
}

/** Bytes that are characters each, as text. */
const utf8 = (binary: string): string => Buffer.from(binary, "latin1").toString("utf8");

/** Writes what can be put right by itself. @returns what is left */
function fixed(path: string, text: Uint8Array, found: readonly LuaFinding[]): readonly LuaFinding[] {
  const fixes = found.flatMap(({ fix }) => fix ?? []).sort((a, b) => b.range[0] - a.range[0]);
  if (fixes.length === 0) return found;
  const [{ source = "" } = {}] = found;
  const head = Buffer.from(text).toString("latin1");
  const skipped = head.length - source.length; // a mark of the byte order, or the words of a first line for a shell
  let all = head;
  for (const { range, text: put } of fixes)
    all = all.slice(0, skipped + range[0]) + put + all.slice(skipped + range[1]);
  try {
    writeFileSync(path, Buffer.from(all, "latin1"));
  } catch (e) {
    throw cantWrite(oneLine(path), e);
  }
  return found.filter(({ fix }) => fix === undefined);
}

/** A registry that is wrong is said where it is checked; code is looked into without it then. */
async function factsFor(registry: string | undefined): Promise<Facts> {
  try {
    return await luaFacts(registry);
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
    return luaFacts(undefined);
  }
}

const asJson = ({ path, kind, code, warnings = [], problems = [] }: Finding) => ({
  path,
  kind,
  ok: code === exit.done,
  warnings: warnings.map(withoutSource),
  problems: problems.map(withoutSource),
});

const withoutSource = ({ shown: _, ...rest }: Partial<Warning>) => rest;
