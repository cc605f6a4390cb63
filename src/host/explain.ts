/** Why something is allowed or denied: the decision, each policy that was considered, and where each part stands. */

import type { Registry } from "../registry/registry.ts";
import { type Attributes, type Data, makeAttributes } from "../security/actor.ts";
import type { Outcome } from "../security/condition.ts";
import type { Considered } from "../security/explanation.ts";
import { allowing } from "../security/policy-yaml.ts";
import type { Authorities, AuthorityOptions } from "./authorities.ts";
import { emptyQuestion } from "./errors.ts";
import { missingEntry, type Remedy, remedyFor } from "./remedy.ts";

/** May somebody do something? */
export interface Question extends AuthorityOptions {
  readonly action: string;
  readonly resource: string;
  /** What conditions see as `meta.*`: `{ key: "session:1" }`. Plain data. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** The answer, in plain data. */
export interface AccessExplanation {
  readonly decision: "allow" | "deny";
  /** In one sentence. */
  readonly reason: string;
  /** The policy that decided; absent when none did. */
  readonly policy?: string;
  readonly actor?: { readonly id: string; readonly meta: { readonly [field: string]: Data } };
  readonly action: string;
  readonly resource: string;
  readonly attributes: Attributes;
  /** Every policy in force. */
  readonly policies: readonly PolicyExplanation[];
  /** What to add to the registry so that it is allowed; absent where it is, and where a policy denies it. */
  readonly allow?: Remedy;
}

export interface PolicyExplanation {
  readonly id: string;
  readonly effect: "allow" | "deny";
  /** `registry.yaml:14:5`. */
  readonly place: string;
  readonly applies: boolean;
  readonly matchesAction: boolean;
  readonly matchesResource: boolean;
  /** Empty where action or resource don't match: conditions are not looked at then. */
  readonly conditions: readonly ConditionExplanation[];
}

export interface ConditionExplanation {
  /** `meta.key matches "^session:"`. */
  readonly text: string;
  readonly place: string;
  /** `error`: it could not be told, which counts against access. */
  readonly outcome: "holds" | "fails" | "error";
}

/** @throws RangeError for a group or policy that is not there; TypeError for what is not plain data */
export function explainAccess(registry: Registry, authorities: Authorities, question: Question): AccessExplanation {
  const { action, resource } = question;
  for (const [name, value] of Object.entries({ action, resource })) {
    if (typeof value !== "string" || value === "") throw new TypeError(emptyQuestion(name));
  }
  const { actor, scope, strict } = authorities.authority(question);
  const attributes = makeAttributes(question.attributes);
  const asked = { ...(actor && { actor }), action, resource, attributes };
  if (actor === undefined || scope === undefined) {
    const missing = actor === undefined ? "there is no actor" : "no policy is in force";
    const reason = strict
      ? `${missing}, and without one everything is denied (strict mode)`
      : `${missing}, and strict mode is off`;
    const allow = strict ? remedy(registry, question, attributes) : undefined;
    return { decision: strict ? "deny" : "allow", reason, ...asked, policies: [], ...withRemedy(allow) };
  }
  const { effect, policy, considered } = scope.explain(actor, action, resource, attributes);
  return {
    decision: effect === "allow" ? "allow" : "deny",
    reason: effect === "undefined" ? "no policy allows it" : `${policy} ${effect === "allow" ? "allows" : "denies"} it`,
    ...(policy === undefined ? {} : { policy }),
    ...asked,
    policies: considered.map((one) => describe(registry, one)),
    ...(effect === "undefined" && withRemedy(remedy(registry, question, attributes))),
  };
}

function remedy(registry: Registry, question: Question, attributes: Attributes): Remedy | undefined {
  const { action, resource } = question;
  if (missingEntry(registry, action, resource) !== undefined) return undefined;
  const policy = allowing(action, resource, attributes);
  return policy === undefined ? undefined : remedyFor(registry, question, resource, policy);
}

const withRemedy = (allow: Remedy | undefined) => (allow === undefined ? {} : { allow });

const outcomes = new Map<Outcome, ConditionExplanation["outcome"]>([
  [true, "holds"],
  [false, "fails"],
  ["error", "error"],
]);

function describe(registry: Registry, considered: Considered): PolicyExplanation {
  const { policy, matchesAction, matchesResource, conditions, applies } = considered;
  const entry = registry.get(policy.id)!;
  return {
    id: policy.id,
    effect: policy.effect,
    place: registry.place(entry),
    applies,
    matchesAction,
    matchesResource,
    conditions: conditions.map(({ condition: { text, path }, outcome }) => ({
      text,
      place: registry.placeOf(entry, ["policy", ...path]),
      outcome: outcomes.get(outcome)!,
    })),
  };
}
