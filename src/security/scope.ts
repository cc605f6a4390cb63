import type { Actor, Attributes } from "./actor.ts";
import { CompiledDecider, type Decider, type Decision } from "./decider.ts";
import { type Explanation, explain } from "./explanation.ts";
import type { Policy } from "./policy.ts";
import { PolicyIndex } from "./policy-index.ts";

/** Questions whose deciders are kept; past that they are forgotten and made again. */
const MAX_KEPT = 1000;

/** The policies in force. Immutable. */
export class Scope {
  readonly policies: readonly Policy[];
  /** By actor, action and resource. */
  #deciders = new Map<Actor | undefined, Map<string, Map<string, Decider>>>();
  #index: PolicyIndex | undefined;
  #kept = 0;

  constructor(policies: Iterable<Policy>) {
    this.policies = Object.freeze([...new Map([...policies].map((policy) => [policy.id, policy])).values()]);
  }

  with(policy: Policy): Scope {
    return new Scope([...this.policies, policy]);
  }

  without(policy: Policy | string): Scope {
    const id = typeof policy === "string" ? policy : policy.id;
    return new Scope(this.policies.filter((one) => one.id !== id));
  }

  contains(id: string): boolean {
    return this.policies.some((policy) => policy.id === id);
  }

  evaluate(actor: Actor | undefined, action: string, resource: string, attributes: Attributes): Decision["effect"] {
    return this.decider(actor, action, resource).decide(attributes).effect;
  }

  /** The decision, and what each policy had to say to it. */
  explain(actor: Actor | undefined, action: string, resource: string, attributes: Attributes): Explanation {
    return explain(this.policies, actor, action, resource, attributes);
  }

  /** What answers a question for any attributes. Kept, so that the same question costs a look-up the next time. */
  decider(actor: Actor | undefined, action: string, resource: string): Decider {
    return this.#deciders.get(actor)?.get(action)?.get(resource) ?? this.#decide(actor, action, resource);
  }

  #decide(actor: Actor | undefined, action: string, resource: string): Decider {
    if (this.#kept >= MAX_KEPT) {
      this.#deciders = new Map();
      this.#kept = 0;
    }
    this.#index ??= new PolicyIndex(this.policies);
    const decider = new CompiledDecider(this.#index.find(action, resource), actor, action, resource);
    const ofActor = below(this.#deciders, actor);
    below(ofActor, action).set(resource, decider);
    this.#kept++;
    return decider;
  }
}

/** The map at a key of a map of maps, which is there then. */
function below<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}
