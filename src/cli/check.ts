/** `moonkeep check`: registries, plugins and Lua files, without running any of them. */
import { statSync } from "node:fs";
import { relative } from "node:path";
import { MoonkeepError } from "../errors.ts";
import { checkRegistry, checkScript, inspectPlugin, isPlugin, unloadable } from "../host/check.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Problem } from "../registry/problem.ts";
import { noRegistry } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { count, errorLine, Output, oneLine, printable } from "./output.ts";
import { nearestRegistry } from "./registry-path.ts";
import { readScript } from "./script-file.ts";

export interface CheckFlags {
  readonly json?: boolean;
}

interface Warning {
  readonly place: string;
  readonly message: string;
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
  readonly problems?: readonly (Problem | { readonly message: string })[];
}

/** Checks each path, says of each what it found, and ends with the worst of it. */
export async function check(paths: readonly string[], { json }: CheckFlags): Promise<ExitCode> {
  const out = new Output(1, false);
  const findings: Finding[] = [];
  for (const path of paths.length > 0 ? paths : [defaultPath()]) {
    const finding = await checkOne(path);
    findings.push(finding);
    if (json !== true) tell(finding, out);
  }
  const worst = findings.map(({ code }) => code).reduce((a, b) => (a > b ? a : b), exit.done);
  if (json === true) out.json({ ok: worst === exit.done, checked: findings.map(asJson) }, 2);
  out.flush();
  return worst;
}

function defaultPath(): string {
  const path = nearestRegistry(process.cwd());
  if (path === undefined) throw noRegistry("a path");
  return relative(process.cwd(), path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whoever reads it will say what is wrong with it
  }
}

const kindOf = (path: string): Finding["kind"] =>
  path.endsWith(".lua") && !isFolder(path) ? "script" : isPlugin(path) ? "plugin" : "registry";

const checks: Readonly<Record<Finding["kind"], (path: string) => Promise<Partial<Finding>>>> = {
  async script(path) {
    const problems = await checkScript(readScript(path), path);
    if (problems.length === 0) return {};
    const error = problems.map(({ place, message }) => `${place}: ${message}`).join("\n");
    return { code: exit.failed, problems, error };
  },
  async plugin(path) {
    const { name, version, functions } = inspectPlugin(path);
    return { says: `plugin ${name} ${version}, ${count(functions.length, "function")}` };
  },
  async registry(path) {
    const { entries, warnings: suspicious, registry } = checkRegistry(path);
    const warnings = [...suspicious, ...(await unloadable(registry))];
    const more = warnings.length > 0 ? [count(warnings.length, "warning")] : [];
    return { says: [count(entries, "entry", "entries"), ...more].join(", "), warnings };
  },
};

async function checkOne(path: string): Promise<Finding> {
  const kind = kindOf(path);
  try {
    return { path, kind, code: exit.done, ...(await checks[kind](path)) };
  } catch (e) {
    if (!(e instanceof UsageError || e instanceof MoonkeepError)) throw e;
    const code = e instanceof UsageError ? exit.usage : e instanceof RegistryError ? exit.registry : exit.failed;
    const problems = e instanceof RegistryError ? e.problems : [{ message: e.message }];
    return { path, kind, code, error: e.message, problems };
  }
}

function tell({ path, error, says, warnings = [] }: Finding, out: Output): void {
  for (const { place, message } of warnings) errorLine(printable(`${place}: warning: ${message}`));
  if (error !== undefined) errorLine(printable(error));
  else out.line(`${oneLine(path)}: ok${says === undefined ? "" : `, ${says}`}`);
}

const asJson = ({ path, kind, code, warnings = [], problems = [] }: Finding) => ({
  path,
  kind,
  ok: code === exit.done,
  warnings,
  problems,
});
