import type { Actor, Attributes } from "./actor.ts";
import type { Condition, Outcome } from "./condition.ts";
import { type Decision, fails, nothingSaid } from "./decider.ts";
import type { Policy } from "./policy.ts";

/** A decision, and what each policy had to say to it. */
export interface Explanation extends Decision {
  /** Every policy of the scope, in its order. */
  readonly considered: readonly Considered[];
}

/** One policy, looked at for one question. */
export interface Considered {
  readonly policy: Policy;
  readonly matchesAction: boolean;
  readonly matchesResource: boolean;
  /** All of its conditions; none where action or resource don't match. */
  readonly conditions: readonly { readonly condition: Condition; readonly outcome: Outcome }[];
  readonly applies: boolean;
}

/** Looks at every policy, where a decision looks at no more than it needs, and comes to the same decision. */
export function explain(
  policies: readonly Policy[],
  actor: Actor | undefined,
  action: string,
  resource: string,
  meta: Attributes,
): Explanation {
  const facts = { actor, action, resource, meta };
  const considered = policies.map((policy): Considered => {
    const matchesAction = policy.matchesAction(action);
    const matchesResource = policy.matchesResource(resource);
    const matches = matchesAction && matchesResource;
    const conditions = (matches ? policy.conditions : []).map((condition) => ({
      condition,
      outcome: condition.test(facts),
    }));
    const applies = matches && !conditions.some(({ outcome }) => fails(outcome, policy.effect));
    return { policy, matchesAction, matchesResource, conditions, applies };
  });
  return { ...decisionOf(considered), considered };
}

function decisionOf(considered: readonly Considered[]): Decision {
  const applying = considered.filter(({ applies }) => applies).map(({ policy }) => policy);
  const decisive = applying.find(({ effect }) => effect === "deny") ?? applying[0];
  return decisive === undefined ? nothingSaid : { effect: decisive.effect, policy: decisive.id };
}
