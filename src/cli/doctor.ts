/** `moonkeep doctor`: whether this machine, the registry, and each database and store can be used. */
import { readFileSync } from "node:fs";
import type { Health } from "../host/health.ts";
import { Host } from "../host/host.ts";
import { checkPackages } from "../host/packages.ts";
import { RegistryError } from "../registry/errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { errorToJson, Output, oneLine, printable, stylesOf } from "./output.ts";
import { nearestRegistry } from "./registry-path.ts";

export interface DoctorFlags {
  readonly registry?: string;
  readonly json?: boolean;
}

interface Finding {
  /** `null`: nothing is wrong, and somebody may want to know. */
  readonly ok: boolean | null;
  readonly what: string;
  readonly says: string;
}

export async function doctor({ registry = nearestRegistry(process.cwd()), json }: DoctorFlags): Promise<ExitCode> {
  const { findings, kinds, health, code } = await examine(registry);
  const packages = checkPackages().map((one) => ({ ...one, needed: kinds.has(one.kind) }));
  const node = checkNode();
  const all: Finding[] = [
    node,
    ...packages.map(({ name, kind, installed, needed }) => ({
      ok: installed || (needed ? false : null),
      what: name,
      says: installed ? "installed" : `not installed; ${kind} needs it: npm install ${name}`,
    })),
    ...findings,
  ];
  const out = new Output(1, false);
  const ok = all.every((one) => one.ok !== false);
  if (json === true) {
    const asJson = health.map(({ error, ...one }) => ({ ...one, ...(error && { error: errorToJson(error) }) }));
    const problems = all.filter((one) => one.ok === false).map(({ what, says }) => `${what}: ${says}`);
    out.json({ ok, node: process.version, packages, health: asJson, problems }, 2);
  } else {
    const { good, bad, dim } = await stylesOf(1);
    const width = Math.max(...all.map(({ what }) => what.length));
    for (const { ok: fine, what, says } of all) {
      const mark = fine === null ? dim("-  ") : fine ? good("ok ") : bad("bad");
      out.line(
        `${mark} ${oneLine(what).padEnd(width)}  ${printable(says).replaceAll("\n", `\n    ${" ".repeat(width + 2)}`)}`,
      );
    }
  }
  out.flush();
  return ok ? exit.done : code;
}

function checkNode(): Finding {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { engines } = JSON.parse(manifest) as { engines: { node: string } };
  const wanted = engines.node.replace(/^>=/, "");
  const ok = wanted.localeCompare(process.versions.node, undefined, { numeric: true }) <= 0;
  return { ok, what: "node", says: ok ? process.version : `${process.version}; moonkeep needs ${wanted} or newer` };
}

interface Examined {
  readonly findings: readonly Finding[];
  /** The kinds of the registry. */
  readonly kinds: ReadonlySet<string>;
  readonly health: readonly Health[];
  /** How the command ends when something is wrong. */
  readonly code: ExitCode;
}

async function examine(path: string | undefined): Promise<Examined> {
  const nothing = { kinds: new Set<string>(), health: [], code: exit.failed };
  if (path === undefined) {
    return { ...nothing, findings: [{ ok: null, what: "registry", says: "there is no registry.yaml here or above" }] };
  }
  try {
    await using host = await Host.open(path);
    const { entries } = host.registry;
    const health = await host.health({ write: true });
    const findings = [{ ok: true, what: "registry", says: `${entries.length} entries` }, ...health.flatMap(findingsOf)];
    return { findings, kinds: new Set(entries.map(({ kind }) => kind)), health, code: exit.failed };
  } catch (e) {
    if (!(e instanceof RegistryError)) throw e;
    return { ...nothing, code: exit.registry, findings: [{ ok: false, what: "registry", says: e.message }] };
  }
}

function findingsOf({ id, kind, ok, version, warnings, milliseconds, error }: Health): readonly Finding[] {
  const says = error === undefined ? `${version}, ${milliseconds.toFixed(1)} ms` : `${error.kind}: ${error.text}`;
  return [
    { ok, what: id, says: `${kind}  ${says}` },
    ...warnings.map((warning) => ({ ok: null, what: id, says: `warning: ${warning}` })),
  ];
}
