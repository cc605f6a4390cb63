/** What the policies denied, as a person reads it, and what to add so that it is allowed. */
import type { MoonkeepError } from "../errors.ts";
import type { Denial } from "../host/denials.ts";
import { missingEntry, type Remedy, remediesFor } from "../host/remedy.ts";
import type { Registry } from "../registry/registry.ts";
import { moreDenied, noEntry, toAllow, toChange, wasDenied } from "./errors.ts";
import { printable, type Styles } from "./output.ts";

/** Further things that were denied are counted. */
const MOST_LINES = 10;

/** The denial that an error is. What a script made up itself is none. */
export function denialOf(error: MoonkeepError, denials: readonly Denial[]): Denial | undefined {
  if (error.kind !== "PERMISSION_DENIED") return undefined;
  const { action, resource } = error.details ?? {};
  return denials.findLast((denial) => denial.action === action && (denial.asked ?? denial.resource) === resource);
}

export interface Setting {
  readonly registry: Registry;
  /** The groups of the command line. */
  readonly groups: readonly string[] | undefined;
  readonly styles: Styles;
}

/** What would allow something that ended a script. Empty where nothing can be said of that. */
export function describeRemedy(denial: Denial, setting: Setting): string {
  const { registry, styles } = setting;
  const decided = denial.policy === undefined ? undefined : registry.get(denial.policy);
  if (decided !== undefined) return styles.dim(`  ${toChange(decided.id, registry.place(decided))}`);
  const missing = missingEntry(registry, denial.action, denial.resource);
  if (missing !== undefined) return styles.dim(`  ${noEntry(missing.what, denial.resource, missing.close)}`);
  return additions([denial], setting).join("\n");
}

/** What a script was denied and went on without. Empty where there is nothing. */
export function describeDropped(denials: readonly Denial[], setting: Setting): string {
  const names = new Set(denials.map(wasDenied));
  const lines = [...names].slice(0, MOST_LINES);
  if (names.size > MOST_LINES) lines.push(moreDenied(names.size - MOST_LINES));
  return [...lines, ...additions(denials, setting)].join("\n");
}

function additions(denials: readonly Denial[], { registry, groups, styles }: Setting): string[] {
  const actor = denials[0]?.actor;
  return remediesFor(registry, { groups, actor }, denials).map((remedy) => describeAddition(remedy, styles));
}

/** The lines to add, moved in as they stand under `entries`. */
export function describeAddition({ file, yaml }: Remedy, { dim }: Styles): string {
  const lines = printable(yaml).split("\n");
  return [dim(`  ${toAllow(file)}`), ...lines.map((line) => `  ${line}`)].join("\n");
}
