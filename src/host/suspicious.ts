/** What is legal in a registry and yet was hardly meant: for `moonkeep check`, which warns of it. */
import type { OpenedPolicy } from "../kinds/policy.ts";
import { actions } from "../modules/actions.ts";
import { suggest } from "../registry/errors.ts";
import { nearestId, type Registry } from "../registry/registry.ts";
import { compileWildcard } from "../security/pattern.ts";
import type { Policy } from "../security/policy.ts";
import { nearest } from "../value/nearest.ts";
import { hostConfigOf } from "./authorities.ts";
import { openEntries } from "./open.ts";

export interface Warning {
  /** `registry.yaml:14:5`. */
  readonly place: string;
  readonly message: string;
}

/** In the order of the registry. */
export function warningsOf(registry: Registry): readonly Warning[] {
  const policies = [...openEntries(registry, { kind: "security.*" })].map(([id, { value }]) => ({
    ...(value as OpenedPolicy),
    place: (path: readonly (string | number)[]) => registry.placeOf(registry.get(id)!, path),
  }));
  return [
    ...policies.flatMap((one) => [
      ...unused(one, registry),
      ...allowsEverything(one),
      ...uncertainDenial(one),
      ...unknownActions(one),
      ...unknownResources(one, registry),
    ]),
    ...unreachableStores(
      registry,
      policies.map(({ policy }) => policy),
    ),
  ];
}

interface Placed extends OpenedPolicy {
  place(path: readonly (string | number)[]): string;
}

function unused({ policy, groups, place }: Placed, registry: Registry): Warning[] {
  if (groups.length > 0 || registry.isMentioned(policy.id)) return [];
  return [
    { place: place([]), message: `policy ${policy.id} is in no group, and nothing names it: it is never in force` },
  ];
}

function allowsEverything({ policy, place }: Placed): Warning[] {
  const { id, effect, actions: does, resources, conditions } = policy;
  if (effect !== "allow" || conditions.length > 0 || !does.includes("*") || !resources.includes("*")) return [];
  return [{ place: place(["policy"]), message: `policy ${id} allows everything on everything` }];
}

/** A missing field makes a condition false, and so the denial does not apply. */
function uncertainDenial({ policy, place }: Placed): Warning[] {
  if (policy.effect !== "deny") return [];
  const certain = new Set(policy.conditions.flatMap(({ requires }) => requires));
  return policy.conditions.flatMap(({ fields, path }) =>
    fields
      .filter((field) => !certain.has(field))
      .flatMap((field) => {
        const when = whenMissing(field, policy);
        if (when === undefined) return [];
        const message = `policy ${policy.id} denies nothing where ${field} is missing${when}`;
        return [{ place: place(["policy", ...path]), message }];
      }),
  );
}

/** When a field may be missing, as the end of a sentence; undefined for one that is always there. */
function whenMissing(field: string, { actions: patterns }: Policy): string | undefined {
  if (field.startsWith("actor.meta.")) return ", and not every actor has it";
  const [root, name] = field.split(".");
  if (root !== "meta") return undefined;
  for (const pattern of patterns) {
    const matched = matching(pattern);
    if (matched.length === 0) return "";
    const without = matched.find((action) => !actions[action]!.includes(name!));
    if (without !== undefined) return `, as it is for ${without}`;
  }
  return undefined;
}

/** moonkeep's own actions that a pattern matches. */
const matching = (pattern: string) => Object.keys(actions).filter(compileWildcard(pattern));

/** Actions of an embedder's own modules can be called anything, but not as those of our modules are. */
function unknownActions({ policy, place }: Placed): Warning[] {
  const ours = new Set(Object.keys(actions).map((action) => action.split(".")[0]));
  return policy.actions.flatMap((pattern, i) => {
    const [module = ""] = pattern.split(".");
    if (!ours.has(module) || matching(pattern).length > 0) return [];
    const close = nearest(pattern, Object.keys(actions));
    return [{ place: place(["policy", "actions", i]), message: `no action is called "${pattern}"${suggest(close)}` }];
  });
}

/** A resource in full that no entry is, of a namespace whose entries are all known. */
function unknownResources({ policy, place }: Placed, registry: Registry): Warning[] {
  if (!policy.actions.every((pattern) => pattern.startsWith("store."))) return [];
  const ids = registry.find({ kind: "store.*" }).map(({ id }) => id);
  return policy.resources.flatMap((pattern, i) => {
    if (ids.some(compileWildcard(pattern))) return [];
    const close = nearestId(pattern, ids);
    return [{ place: place(["policy", "resources", i]), message: `there is no store "${pattern}"${suggest(close)}` }];
  });
}

const keyActions = Object.keys(actions).filter((action) => action.startsWith("store.key."));

function unreachableStores(registry: Registry, policies: readonly Policy[]): Warning[] {
  const { security } = hostConfigOf(registry);
  const everybodyMay =
    security?.strict_mode === false && security.groups === undefined && security.policies === undefined;
  if (everybodyMay) return [];
  return registry.find({ kind: "store.*" }).flatMap((store) => {
    const allowing = policies.filter(({ effect, matchesResource }) => effect === "allow" && matchesResource(store.id));
    const lets = (action: string) => allowing.some(({ matchesAction }) => matchesAction(action));
    if (lets("store.get") && keyActions.some(lets)) return [];
    const what = lets("store.get") ? "touch a key of it (store.key.*)" : "reach it (store.get)";
    return [{ place: registry.place(store), message: `store ${store.id}: no policy ever lets anyone ${what}` }];
  });
}
