/** What to add to a registry so that something which was denied is allowed. */
import type { Entry } from "../registry/kind.ts";
import { kindMatches } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { type AllowingPolicy, nameFor, policyYaml } from "../security/policy-yaml.ts";
import { type AuthorityOptions, hostConfigOf } from "./authorities.ts";
import type { Denial } from "./denials.ts";
import type { Asked } from "./trace.ts";
import { smallestPolicies } from "./traced-policies.ts";

export interface Remedy {
  /** The file of the registry that it belongs in, as problems name it. */
  readonly file: string;
  /** Items of the list `entries`, from their first dash on. */
  readonly yaml: string;
}

/** The group of policies that a registry without any is given. */
const NEW_GROUP = "allowed";

/** What an action is about, where that is an entry. */
const entriesOf = [
  { action: /^store\./, what: "store", kind: "store.*" },
  { action: /^funcs\.call$/, what: "function", kind: "function.lua" },
] as const;

export interface NoEntry {
  readonly what: "store" | "function";
  readonly close: string | undefined;
}

/** What is about an entry that there is not: a policy for that would be of no use. */
export function missingEntry(registry: Registry, action: string, resource: string): NoEntry | undefined {
  const about = entriesOf.find((one) => one.action.test(action));
  if (about === undefined || registry.get(resource) !== undefined) return undefined;
  return { what: about.what, close: registry.nearest(resource, (entry) => kindMatches(entry.kind, about.kind)) };
}

/** Who asked, and the groups that were in force where they were not the registry's. */
export type Asker = Pick<AuthorityOptions, "actor" | "groups">;

/** What allows all that was denied, by the files that it belongs in. Empty where nothing that is added can. */
export function remediesFor(registry: Registry, asker: Asker, denials: readonly Denial[]): readonly Remedy[] {
  const open = denials.filter(
    ({ policy, limited, action, resource }) =>
      policy === undefined && !limited && missingEntry(registry, action, resource) === undefined,
  );
  const files = new Map<string, string[]>();
  for (const { comments: _, ...policy } of smallestPolicies(open.map(asAsked), "")) {
    const name = nameOf(policy, files);
    const remedy = remedyFor(registry, asker, policy.resource, policyYaml({ ...policy, name }));
    if (remedy !== undefined) files.set(remedy.file, [...(files.get(remedy.file) ?? []), remedy.yaml]);
  }
  return [...files].map(([file, items]) => ({ file, yaml: items.join("\n") }));
}

const asAsked = (denial: Denial): Asked => ({ ...denial, where: undefined, allowed: false });

/** `allow_store_key_set`, or with a number where several are about one action. */
function nameOf({ actions }: AllowingPolicy, given: ReadonlyMap<string, readonly string[]>): string {
  const name = nameFor(actions[0]!);
  const same = [...given.values()].flat().filter((item) => item.includes(`- name: ${name}`)).length;
  return same === 0 ? name : `${name}_${same + 1}`;
}

/**
 * A policy in the file that describes what it is about, put in force for whoever asked.
 * @param policy an item of `entries`, without groups
 * @returns undefined where there is no file
 */
export function remedyFor(registry: Registry, asker: Asker, resource: string, policy: string): Remedy | undefined {
  const host = registry.find({ kind: "host.config" })[0];
  const beside = registry.get(resource) ?? host ?? registry.entries[0];
  if (beside === undefined) return undefined;
  const { groups, actor } = hostConfigOf(registry).security ?? {};
  const [group] = asker.groups ?? groups ?? [];
  const named = withFreeName(policy, beside.namespace, registry);
  const items = [`${named}\n  groups: [${group === undefined ? NEW_GROUP : inNamespace(group, beside)}]`];
  if (group === undefined || (actor === undefined && asker.actor === undefined)) {
    items.push(hostConfig(host, inNamespace(group ?? `${beside.namespace}:${NEW_GROUP}`, host ?? beside), actor?.id));
  }
  return { file: beside.place.file, yaml: items.join("\n") };
}

/** Who acts and under which policies, where the registry does not say it yet. */
function hostConfig(known: Entry | undefined, group: string, actor = "local"): string {
  const lines = ["  security:", `    actor: { id: ${JSON.stringify(actor)} }`, `    groups: [${group}]`];
  return known === undefined
    ? ["- name: host", "  kind: host.config", ...lines].join("\n")
    : [`# and in ${known.id} (${known.place.file}:${known.place.line}):`, ...lines.map((line) => `# ${line}`)].join(
        "\n",
      );
}

const inNamespace = (id: string, { namespace }: Pick<Entry, "namespace">): string =>
  id.startsWith(`${namespace}:`) ? id.slice(namespace.length + 1) : id;

/** The policy under a name that no entry has yet. */
function withFreeName(policy: string, namespace: string, registry: Registry): string {
  return policy.replace(/^- name: (.*)/, (_, name: string) => {
    let free = name;
    for (let n = 2; registry.get(`${namespace}:${free}`) !== undefined; n++) free = `${name}_${n}`;
    return `- name: ${free}`;
  });
}
