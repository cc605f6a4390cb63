/**
 * The smallest policies that allow what a traced run asked for, as a registry file. A wildcard, a placeholder or a
 * pattern in what a script asked for means itself, and nothing more.
 */
import { type AllowingPolicy, exactly, fieldYaml, isNameable, policyYaml, yaml } from "../security/policy-yaml.ts";
import { constantPattern } from "../security/regexp.ts";
import { oneLine } from "../value/printable.ts";
import type { Asked } from "./trace.ts";

/** This many keys that begin alike are taken for a rule; fewer are listed one by one. */
const RULE = 3;
/** A rule's common part ends with one of these. */
const separators = /[:/.|-]/;

/** An action on a resource, and what it was about. */
interface Rule {
  readonly actions: ReadonlySet<string>;
  readonly resource: string;
  /** The one attribute, when it is a text: `key`, `prefix`. Its values may be generalised. */
  readonly attribute: string | undefined;
  readonly values: ReadonlySet<string>;
  /** What must hold besides. */
  readonly conditions: readonly string[];
  readonly comments: ReadonlySet<string>;
}

/** @param script what was traced, for the comment at the top and the names of the policies */
export function tracedPolicies(asked: readonly Asked[], namespace: string, script: string): string {
  const name = `traced_${script.replace(/\.lua$/, "").replace(/\W+/g, "_")}_`.replace(/_+/g, "_");
  const policies = smallestPolicies(asked, name);
  const head = [
    `# What ${comment(script)} asked for, and nothing else. Written by a traced run: read it before you trust it.`,
    ...asked.flatMap(leftOut),
    'version: "1.0"',
    `namespace: ${namespace}`,
    "",
    policies.length === 0 ? "entries: []" : "entries:",
  ];
  return `${[...head, ...policies.map(withComments)].join("\n")}\n`;
}

/** A policy, and what it is for. */
export interface NotedPolicy extends AllowingPolicy {
  readonly comments: readonly string[];
}

/** The policies that allow what was asked for, as far as conditions can name it. @param name what their names begin with */
export function smallestPolicies(asked: readonly Asked[], name: string): readonly NotedPolicy[] {
  const rules = merge(asked.filter((one) => unnameable(one).length === 0).map(ruleOf));
  return rules.flatMap((rule, i) => policiesOf(rule, `${name}${i + 1}`));
}

function ruleOf({ action, resource, attributes, where, allowed }: Asked): Rule {
  const [first, ...others] = Object.entries(attributes);
  const generalised = others.length === 0 && typeof first?.[1] === "string" ? first : undefined;
  const note = `${action}${where === undefined ? "" : ` at ${where}`}${allowed ? "" : ", denied by the policies of today"}`;
  return {
    actions: new Set([action]),
    resource,
    attribute: generalised?.[0],
    values: new Set(generalised === undefined ? [] : [generalised[1] as string]),
    conditions:
      generalised === undefined ? Object.entries(attributes).map(([name, value]) => exactly(name, value)) : [],
    comments: new Set([note]),
  };
}

/** Attributes that no condition can name. */
const unnameable = ({ attributes }: Asked) => Object.keys(attributes).filter((name) => !isNameable(name));

function leftOut(asked: Asked): string[] {
  return unnameable(asked).map(
    (name) =>
      `# Left out: ${comment(`${asked.action} on ${asked.resource}, for no condition can name the attribute "${name}"`)}`,
  );
}

/** Actions that were asked for the same values of the same resource are one policy. */
function merge(rules: readonly Rule[]): readonly Rule[] {
  const about = ({ resource, attribute, conditions }: Rule) => [resource, attribute ?? null, conditions];
  const byAction = group(rules, (rule) => [about(rule), [...rule.actions]]);
  return group(byAction, (rule) => [about(rule), [...rule.values].sort()]);
}

function group(rules: readonly Rule[], keyOf: (rule: Rule) => unknown): Rule[] {
  const groups = new Map<string, Rule>();
  for (const rule of rules) {
    const key = JSON.stringify(keyOf(rule));
    const before = groups.get(key);
    groups.set(key, before === undefined ? rule : both(before, rule));
  }
  return [...groups.values()];
}

const both = (a: Rule, b: Rule): Rule => ({
  ...a,
  actions: new Set([...a.actions, ...b.actions]),
  values: new Set([...a.values, ...b.values]),
  comments: new Set([...a.comments, ...b.comments]),
});

// ---- rules ----

/** Keys of one first part that are many enough become a pattern of their beginning; the others stay themselves. */
function generalise(values: ReadonlySet<string>): { readonly patterns: string[]; readonly exact: string[] } {
  const patterns: string[] = [];
  const exact: string[] = [];
  const byFirstPart = new Map<string, string[]>();
  for (const value of [...values].sort()) {
    const at = value.search(separators);
    const first = at === -1 ? value : value.slice(0, at + 1);
    const members = byFirstPart.get(first);
    if (members === undefined) byFirstPart.set(first, [value]);
    else members.push(value);
  }
  for (const members of byFirstPart.values()) {
    const pattern = members.length >= RULE ? `^${literal(commonBeginning(members))}` : undefined;
    // A pattern can be too long to be one.
    if (pattern !== undefined && typeof constantPattern(pattern) === "function") patterns.push(pattern);
    else exact.push(...members);
  }
  return { patterns, exact };
}

/** Up to the last separator that all share. */
function commonBeginning(sorted: readonly string[]): string {
  const first = sorted[0]!;
  const last = sorted.at(-1)!;
  let end = 0;
  for (let i = 0; i < first.length && first[i] === last[i]; i++) if (separators.test(first[i]!)) end = i + 1;
  return first.slice(0, end);
}

const literal = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");

/** One policy; or one for the exact keys and one for each beginning, since the conditions of a policy must all hold. */
function policiesOf(rule: Rule, name: string): readonly NotedPolicy[] {
  const { actions, resource, attribute, values, conditions } = rule;
  const policy = { actions: [...actions], resource, comments: [...rule.comments] };
  if (attribute === undefined) return [{ ...policy, name, conditions }];
  const { patterns, exact } = generalise(values);
  const about = patterns.map((pattern) => `operator: matches, value: ${yaml(pattern)}`);
  if (exact.length > 0) about.push(`operator: in, value: ${yaml(exact)}`);
  return about.map((condition, i) => ({
    ...policy,
    name: about.length === 1 ? name : `${name}_${i + 1}`,
    conditions: [...conditions, `{field: ${fieldYaml(attribute)}, ${condition}}`],
  }));
}

// ---- YAML ----

function withComments({ comments, ...policy }: NotedPolicy): string {
  const lines = [
    ...comments.map((line) => `# ${comment(line)}`),
    ...policyYaml({ ...policy, groups: ["traced"] }).split("\n"),
  ];
  return ["", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** On one line, whatever a script called itself. */
const comment = (text: string) => oneLine(text.replace(/\s+/g, " "));
