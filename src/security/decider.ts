import { type Actor, type Attributes, noAttributes } from "./actor.ts";
import type { Condition, Outcome } from "./condition.ts";
import type { Facts } from "./field.ts";
import type { Effect, Policy } from "./policy.ts";

/** What the policies say: any that denies wins; else any that allows; else nothing was said, and that is no. */
export interface Decision {
  readonly effect: Effect | "undefined";
  /** The policy that decided. */
  readonly policy?: string;
}

/** The answer to one question, as far as it can be given before the attributes are known. */
export interface Decider {
  /** The answer where it does not depend on attributes; undefined where it does. */
  readonly settled: boolean | undefined;
  allows(attributes: Attributes): boolean;
  /** `allows({ key })`. */
  allowsKey(key: string): boolean;
  decide(attributes: Attributes): Decision;
}

export const nothingSaid: Decision = Object.freeze({ effect: "undefined" });

class KeyAttributes {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

// Loops, not array methods: a decision that depends on the key is made for every key.

export class CompiledDecider implements Decider {
  readonly settled: boolean | undefined;
  readonly #facts: Omit<Facts, "meta">;
  /** The policies that apply as far as is known; what is left to test are the conditions that vary. */
  readonly #denies: Policy[] = [];
  readonly #allows: Policy[] = [];

  /** @param policies those whose actions and resources match */
  constructor(policies: readonly Policy[], actor: Actor | undefined, action: string, resource: string) {
    this.#facts = { actor, action, resource };
    const facts: Facts = { actor, action, resource, meta: noAttributes };
    for (const policy of policies) {
      const { effect, fixed } = policy;
      if (applies(effect, fixed, facts)) (effect === "deny" ? this.#denies : this.#allows).push(policy);
    }
    this.settled = this.#settle();
  }

  #settle(): boolean | undefined {
    if (this.#allows.length === 0 || this.#denies.some(isCertain)) return false;
    return this.#denies.length === 0 && this.#allows.some(isCertain) ? true : undefined;
  }

  allows(attributes: Attributes): boolean {
    return this.settled ?? this.#deciding(attributes)?.effect === "allow";
  }

  allowsKey(key: string): boolean {
    return this.settled ?? this.#deciding(new KeyAttributes(key) as unknown as Attributes)?.effect === "allow";
  }

  decide(attributes: Attributes): Decision {
    const policy = this.#deciding(attributes);
    return policy === undefined ? nothingSaid : { effect: policy.effect, policy: policy.id };
  }

  #deciding(meta: Attributes): Policy | undefined {
    const { actor, action, resource } = this.#facts;
    const facts: Facts = { actor, action, resource, meta };
    return firstThatApplies(this.#denies, facts) ?? firstThatApplies(this.#allows, facts);
  }
}

const isCertain = ({ varying }: Policy) => varying.length === 0;

/** Whether an outcome keeps its policy from applying. What can't be told counts against access. */
export const fails = (outcome: Outcome, effect: Effect): boolean =>
  outcome === false || (outcome === "error" && effect === "allow");

function firstThatApplies(policies: readonly Policy[], facts: Facts): Policy | undefined {
  for (let i = 0; i < policies.length; i++) {
    const policy = policies[i]!;
    if (applies(policy.effect, policy.varying, facts)) return policy;
  }
  return undefined;
}

function applies(effect: Effect, conditions: readonly Condition[], facts: Facts): boolean {
  for (let i = 0; i < conditions.length; i++) {
    if (fails(conditions[i]!.test(facts), effect)) return false;
  }
  return true;
}
