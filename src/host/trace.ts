/**
 * Least privilege without guessing: a run that is traced may do everything, all that it asked for is noted, and from
 * that come the smallest policies which would allow exactly it.
 */
import type { Permission } from "../modules/call.ts";
import type { Attributes } from "../security/actor.ts";

/** One thing that a script asked for. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly attributes: Attributes;
  /** Where in Lua, the first time: `file:line`. */
  readonly where: string | undefined;
  /** Whether the policies in force would have allowed it. */
  readonly allowed: boolean;
}

/** This many keys that begin alike are taken for a rule; fewer are listed one by one. */
const RULE = 3;
/** A rule's common part ends with one of these. */
const separators = /[:/.|-]/;

export class PermissionTrace {
  readonly #asked = new Map<string, Asked>();

  /** Everything that was asked for, each once, in the order of the first time. */
  get asked(): readonly Asked[] {
    return [...this.#asked.values()];
  }

  /** A permission that allows everything and notes it. */
  watch(real: Permission, action: string, resource: string, where: () => string | undefined): Permission {
    const note = (attributes: Attributes): true => {
      const name = JSON.stringify([action, resource, attributes]);
      if (!this.#asked.has(name)) {
        const copy = Object.freeze({ ...attributes });
        this.#asked.set(name, { action, resource, attributes: copy, where: where(), allowed: real.allows(attributes) });
      }
      return true;
    };
    return { settled: undefined, allows: note, allowsKey: (key) => note({ key }) };
  }

  /**
   * The policies as a registry file of their own, in the group `traced` of this namespace.
   * @param script what was traced, for the comment at the top
   */
  toYaml(namespace: string, script: string): string {
    const rules = merge(this.asked.map(ruleOf));
    const head = [
      `# What ${comment(script)} asked for, and nothing else. Written by a traced run: read it before you trust it.`,
      'version: "1.0"',
      `namespace: ${namespace}`,
      "",
      rules.length === 0 ? "entries: []" : "entries:",
    ];
    return `${[...head, ...rules.map((rule, i) => entry(rule, i + 1))].join("\n")}\n`;
  }
}

/** An action on a resource, and the attribute that it was about: a key, a prefix, or none. */
interface Rule {
  readonly actions: ReadonlySet<string>;
  readonly resource: string;
  /** `key`, `prefix`; undefined where the action has no attribute. */
  readonly attribute: string | undefined;
  readonly values: ReadonlySet<string>;
  readonly comments: ReadonlySet<string>;
}

function ruleOf({ action, resource, attributes, where, allowed }: Asked): Rule {
  const [attribute] = Object.keys(attributes);
  const value = attribute === undefined ? [] : [String(attributes[attribute])];
  const note = `${action}${where === undefined ? "" : ` at ${where}`}${allowed ? "" : ", denied by the policies of today"}`;
  return { actions: new Set([action]), resource, attribute, values: new Set(value), comments: new Set([note]) };
}

/** Actions that were asked for the same values of the same resource are one policy. */
function merge(rules: readonly Rule[]): readonly Rule[] {
  const byAction = group(rules, (rule) => JSON.stringify([rule.resource, rule.attribute, [...rule.actions]]));
  return group(byAction, (rule) => JSON.stringify([rule.resource, rule.attribute, [...rule.values].sort()]));
}

function group(rules: readonly Rule[], nameOf: (rule: Rule) => string): Rule[] {
  const groups = new Map<string, Rule>();
  for (const rule of rules) {
    const name = nameOf(rule);
    const before = groups.get(name);
    groups.set(name, before === undefined ? rule : both(before, rule));
  }
  return [...groups.values()];
}

const both = (a: Rule, b: Rule): Rule => ({
  ...a,
  actions: new Set([...a.actions, ...b.actions]),
  values: new Set([...a.values, ...b.values]),
  comments: new Set([...a.comments, ...b.comments]),
});

/** Keys of one first part that are many enough become their common beginning; the others stay themselves. */
function generalise(values: ReadonlySet<string>): { readonly prefixes: string[]; readonly exact: string[] } {
  const prefixes: string[] = [];
  const exact: string[] = [];
  const byFirstPart = new Map<string, string[]>();
  for (const value of [...values].sort()) {
    const at = value.search(separators);
    const first = at === -1 ? value : value.slice(0, at + 1);
    byFirstPart.set(first, [...(byFirstPart.get(first) ?? []), value]);
  }
  for (const members of byFirstPart.values()) {
    if (members.length >= RULE) prefixes.push(commonBeginning(members));
    else exact.push(...members);
  }
  return { prefixes, exact };
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
function entry(rule: Rule, number: number): string {
  const { attribute, values } = rule;
  if (attribute === undefined) return policy(rule, `rule_${number}`, "");
  const { prefixes, exact } = generalise(values);
  const conditions = prefixes.map((prefix) => `operator: matches, value: ${JSON.stringify(`^${literal(prefix)}`)}`);
  if (exact.length > 0) conditions.push(`operator: in, value: ${JSON.stringify(exact)}`);
  return conditions
    .map((condition, i) => {
      const name = conditions.length === 1 ? `rule_${number}` : `rule_${number}_${i + 1}`;
      return policy(rule, name, `\n      conditions:\n        - {field: meta.${attribute}, ${condition}}`);
    })
    .join("\n");
}

function policy({ actions, resource, comments }: Rule, name: string, conditions: string): string {
  return `
${[...comments].map((line) => `  # ${comment(line)}`).join("\n")}
  - name: ${name}
    kind: security.policy
    policy:
      actions: ${JSON.stringify([...actions])}
      resources: ${JSON.stringify(resource)}
      effect: allow${conditions}
    groups: [traced]`;
}

/** On one line, whatever a script called itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a comment
const comment = (text: string) => text.replace(/[\x00-\x1f\x7f\u2028\u2029]/g, " ");
