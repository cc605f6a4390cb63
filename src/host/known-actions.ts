/** Whether a question about a policy can ever be asked: what no module asks for is a mistake of whoever types it. */
import type { OpenedPolicy } from "../kinds/policy.ts";
import { actions } from "../modules/actions.ts";
import { suggest } from "../registry/errors.ts";
import type { Registry } from "../registry/registry.ts";
import { nearest } from "../value/nearest.ts";
import { openEntries } from "./open.ts";

const moduleOf = (action: string): string => action.split(".")[0]!;
const ours = new Set(Object.keys(actions).map(moduleOf));

/**
 * The modules of an application, by the policies of its registry: an action of these may be called anything, and come
 * with any attributes. They are not there when a command asks.
 */
function otherModules(registry: Registry): ReadonlySet<string> {
  const opened = [...openEntries(registry, { kind: "security.*" }).values()];
  const patterns = opened.flatMap(({ value }) => (value as OpenedPolicy).policy.actions);
  return new Set(patterns.map(moduleOf).filter((module) => !module.includes("*") && !ours.has(module)));
}

/** What is wrong with an action; undefined where nothing is. */
export function unknownAction(registry: Registry, action: string): string | undefined {
  if (Object.hasOwn(actions, action) || otherModules(registry).has(moduleOf(action))) return undefined;
  const close = nearest(action, Object.keys(actions));
  const hint = suggest(close) || "; an action of your own module is known when a policy names it";
  return `no module asks for the action "${action}"${hint}`;
}

/** What is wrong with the name of an attribute, if none of these actions comes with it; undefined where nothing is. */
export function unknownAttribute(asked: readonly string[], name: string): string | undefined {
  if (asked.some((action) => actions[action]?.includes(name) ?? true)) return undefined;
  const known = [...new Set(asked.flatMap((action) => actions[action] ?? []))];
  const hint =
    known.length === 0 ? "; it comes with none" : `; it comes with ${known.map((one) => `"${one}"`).join(", ")}`;
  return `${asked.join(", ")} has no attribute "${name}"${suggest(nearest(name, known)) || hint}`;
}
