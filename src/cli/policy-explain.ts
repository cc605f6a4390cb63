import { type AccessExplanation, explainAccess, type PolicyExplanation } from "../host/explain.ts";
import { unknownAction, unknownAttribute } from "../host/known-actions.ts";
import { missingEntry } from "../host/remedy.ts";
import type { Registry } from "../registry/registry.ts";
import { jsonText } from "../value/json.ts";
import { describeAddition } from "./denials.ts";
import { isEmpty, metaWithoutActor, noEntry, unknownQuestion } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { groupsOf, idOf, idsOf } from "./ids.ts";
import { errorLine, Output, oneLine, printable, type Styles, stylesOf } from "./output.ts";
import type { Pairs } from "./pairs.ts";
import { openPolicies } from "./policies.ts";

/** The options of `moonkeep policy explain`, as commander reads them. */
export interface ExplainFlags {
  readonly registry?: string;
  readonly actor?: string;
  readonly meta?: Pairs;
  readonly group?: readonly string[];
  readonly policy?: readonly string[];
  readonly attr?: Pairs;
  readonly json?: boolean;
}

export async function policyExplain(action: string, resource: string, flags: ExplainFlags): Promise<ExitCode> {
  const { actor, meta, group, policy, attr, json } = flags;
  if (meta !== undefined && actor === undefined) throw metaWithoutActor();
  for (const [name, text] of Object.entries({ action, resource })) {
    if (text === "") throw isEmpty(name);
  }
  const { registry, authorities } = openPolicies(flags.registry);
  checkQuestion(registry, action, attr);
  const explanation = explainAccess(registry, authorities, {
    actor: actor === undefined ? undefined : { id: actor, meta },
    groups: group?.map((word) => idOf(word, groupsOf(registry))),
    policies: policy?.map((word) => idOf(word, idsOf(registry, "security.*"))),
    action,
    resource: action.startsWith("store.") ? idOf(resource, idsOf(registry, "store.*")) : resource,
    attributes: attr,
  });
  const out = new Output(1, false);
  if (json === true) out.json(explanation, 2);
  else out.line(describeExplanation(explanation, await stylesOf(1)));
  out.flush();
  const missing = missingNote(registry, action, explanation.resource);
  if (missing !== undefined) errorLine(missing);
  return exit.done;
}

/** @throws UsageError for an action that no module asks for, and for an attribute that does not come with it */
export function checkQuestion(registry: Registry, action: string, attributes: Pairs = {}): void {
  const wrong = [
    unknownAction(registry, action),
    ...Object.keys(attributes).map((name) => unknownAttribute([action], name)),
  ].find((one) => one !== undefined);
  if (wrong !== undefined) throw unknownQuestion(wrong);
}

/** What is said of an answer about an entry that is not there. */
export function missingNote(registry: Registry, action: string, resource: string): string | undefined {
  const missing = missingEntry(registry, action, resource);
  return missing && `note: ${noEntry(missing.what, resource, missing.close)}`;
}

/** An explanation as a person reads it: the decision first, then what led to it. */
export function describeExplanation(explanation: AccessExplanation, styles: Styles): string {
  const { decision, reason, actor, action, resource, attributes, policies, allow } = explanation;
  const verdict = decision === "allow" ? styles.good("allowed") : styles.bad("denied");
  const facts: [string, unknown][] = [["actor", actor?.id ?? "none"]];
  for (const [name, value] of Object.entries(actor?.meta ?? {})) facts.push([oneLine(`actor.meta.${name}`), value]);
  facts.push(["action", action], ["resource", resource]);
  for (const [name, value] of Object.entries(attributes)) facts.push([oneLine(`meta.${name}`), value]);
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => styles.dim(`  ${name.padEnd(width)}  ${shown(value)}`));
  const [used, unused] = split(policies);
  const rest =
    unused.length === 0
      ? []
      : [styles.dim(`\nabout other actions or resources: ${unused.length} of ${policies.length} policies`)];
  return [
    `${verdict}: ${printable(reason)}`,
    ...lines,
    ...used.map((one) => describePolicy(one, styles)),
    ...rest,
    ...(allow === undefined ? [] : [`\n${describeAddition(allow, styles)}`]),
  ].join("\n");
}

const shown = (value: unknown) => oneLine(typeof value === "string" ? value : jsonText(value));

function split(policies: readonly PolicyExplanation[]): [PolicyExplanation[], PolicyExplanation[]] {
  const isUsed = ({ matchesAction, matchesResource }: PolicyExplanation) => matchesAction && matchesResource;
  return [policies.filter(isUsed), policies.filter((one) => !isUsed(one))];
}

const marks = { holds: "holds", fails: "does not hold", error: "can't be told" } as const;

function describePolicy({ id, effect, place, applies, conditions }: PolicyExplanation, styles: Styles): string {
  const color = !applies ? styles.dim : effect === "allow" ? styles.good : styles.bad;
  const head = `\n${color(applies ? `${effect} applies` : `${effect} does not apply`)}: ${oneLine(id)}  ${styles.dim(oneLine(place))}`;
  const width = Math.max(0, ...conditions.map(({ outcome }) => marks[outcome].length));
  const lines = conditions.map(
    ({ text, outcome, place: at }) => `  ${marks[outcome].padEnd(width)}  ${oneLine(text)}  ${styles.dim(oneLine(at))}`,
  );
  if (conditions.length === 0) lines.push(styles.dim("  without conditions"));
  return [head, ...lines].join("\n");
}
