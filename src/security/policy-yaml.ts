/** Policies as one writes them in a registry. */
import { jsonText } from "../value/json.ts";
import { printableJson } from "../value/printable.ts";
import { type Attributes, type Data, noAttributes } from "./actor.ts";
import { compileField } from "./field.ts";

/** What a policy that allows says. Wildcards and patterns in what it names mean themselves. */
export interface AllowingPolicy {
  readonly name: string;
  readonly actions: readonly string[];
  readonly resource: string;
  /** Each as YAML: `{field: meta.key, operator: eq, value: "a"}`. */
  readonly conditions: readonly string[];
  readonly groups?: readonly string[];
}

/** An item of the list `entries`, from its dash on. */
export function policyYaml({ name, actions, resource, conditions, groups }: AllowingPolicy): string {
  const all = [...literally("action", actions), ...literally("resource", [resource]), ...conditions];
  return [
    `- name: ${name}`,
    "  kind: security.policy",
    "  policy:",
    `    actions: ${yaml([...actions])}`,
    `    resources: ${yaml(resource)}`,
    "    effect: allow",
    ...(all.length === 0 ? [] : ["    conditions:", ...all.map((condition) => `      - ${condition}`)]),
    ...(groups === undefined ? [] : [`  groups: [${groups.join(", ")}]`]),
  ].join("\n");
}

/** Actions and resources of a policy are wildcards: a star that was asked for needs a condition to be just a star. */
const literally = (name: "action" | "resource", texts: readonly string[]) =>
  texts.some((text) => text.includes("*")) ? [`{field: ${name}, operator: in, value: ${yaml(texts)}}`] : [];

/** Data in JSON, which is YAML; nothing in it is a placeholder for the environment. */
export const yaml = (data: Data): string => printableJson(jsonText(data)).replaceAll("${env:", () => "$${env:");

const plainName = /^[A-Za-z_]\w*$/;

/** An attribute as a condition names it. */
export const fieldYaml = (name: string): string => (plainName.test(name) ? `meta.${name}` : yaml(`meta.${name}`));

/** Attributes of an embedder's own action may have names that no condition can say. */
export const isNameable = (name: string): boolean => !name.includes(".") && compileField(`meta.${name}`) !== undefined;

/** The condition that an attribute has just this value. */
export const exactly = (name: string, value: Data): string =>
  value === null
    ? `{field: ${fieldYaml(name)}, operator: nexists}`
    : `{field: ${fieldYaml(name)}, operator: eq, value: ${yaml(value)}}`;

export const nameFor = (action: string): string => `allow_${action.replace(/\W+/g, "_")}`;

/** A longer text helps nobody, and would be kept with each error. */
const LONGEST = 1000;

/**
 * The policy that allows one thing and nothing else, for the registry: without the group that puts it in force.
 * @returns undefined where it would be longer than people read
 */
export function allowing(action: string, resource: string, attributes: Attributes = noAttributes): string | undefined {
  if (action.length + resource.length > LONGEST) return undefined;
  const named = Object.entries(attributes).filter(([name]) => isNameable(name));
  if (named.some(([, value]) => typeof value === "string" && value.length > LONGEST)) return undefined;
  const text = policyYaml({
    name: nameFor(action),
    actions: [action],
    resource,
    conditions: named.map(([name, value]) => exactly(name, value)),
  });
  return text.length > LONGEST ? undefined : text;
}
