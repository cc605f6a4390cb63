import { MoonkeepError } from "../errors.ts";
import { type Actor, type Attributes, noAttributes } from "./actor.ts";
import type { Decider, Decision } from "./decider.ts";
import { allowing } from "./policy-yaml.ts";
import type { Scope } from "./scope.ts";

/** Who acts, and under which policies. */
export class Authority {
  readonly actor: Actor | undefined;
  readonly scope: Scope | undefined;
  readonly strict: boolean;

  constructor({ actor, scope, strict }: { actor?: Actor | undefined; scope?: Scope | undefined; strict: boolean }) {
    this.actor = actor;
    this.scope = scope;
    this.strict = strict;
  }

  /** Without an actor or a scope: denied when strict, allowed when not. */
  decider(action: string, resource: string): Decider {
    if (this.actor === undefined || this.scope === undefined) return this.strict ? never : always;
    return this.scope.decider(this.actor, action, resource);
  }
}

const constant = (allowed: boolean): Decider => ({
  settled: allowed,
  allows: () => allowed,
  allowsKey: () => allowed,
  decide: (): Decision => ({ effect: allowed ? "allow" : "undefined" }),
});
const always = constant(true);
const never = constant(false);

/**
 * The error for what was denied. Its details say who asked for what, and which policy denied it if one did, or else, in
 * `allow`, the policy that would allow it: it names nothing that was not asked for. A handle that is limited denies
 * what the policies would allow, and then there is neither.
 * @param about.allow what would allow it, where that is not a policy
 */
export function permissionDenied(
  message: string,
  authority: Authority,
  {
    action,
    resource,
    attributes = noAttributes,
    allow,
  }: { action: string; resource: string; attributes?: Attributes | undefined; allow?: string | undefined },
): MoonkeepError {
  const { effect, policy } = authority.decider(action, resource).decide(attributes);
  const canAdd = effect === "undefined" && authority.actor !== undefined && authority.scope !== undefined;
  const details = {
    action,
    resource,
    actor: authority.actor?.id,
    policy: effect === "deny" ? policy : undefined,
    allow: allow ?? (canAdd ? allowing(action, resource, attributes) : undefined),
  };
  return new MoonkeepError("PERMISSION_DENIED", message, {
    details: Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
  });
}
