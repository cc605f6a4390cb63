import type { Bytes } from "../value/value.ts";
import type { Actor, Attributes } from "./actor.ts";
import { CompiledDecider, type Decider, type Decision } from "./decider.ts";
import { type Explanation, explain } from "./explanation.ts";
import type { Policy } from "./policy.ts";
import { PolicyIndex } from "./policy-index.ts";

/** Questions whose deciders are kept; past that, or past so many bytes, they are forgotten and made again. */
const MAX_KEPT = 1000;
const MAX_KEPT_BYTES: Bytes = 1 << 20;
/** A longer question is not a name of anything, and is not kept. */
const MAX_KEPT_NAME = 1024;
/** What a decider takes beside the names. */
const DECIDER: Bytes = 400;
const nobody = {};

/** The policies in force. Immutable. */
export class Scope {
  readonly policies: readonly Policy[];
  /** By actor, action and resource. An actor is not kept for this alone: scripts make them, as large as they like. */
  #deciders = new WeakMap<object, Map<string, Map<string, Decider>>>();
  #index: PolicyIndex | undefined;
  #kept = 0;
  #bytes: Bytes = 0;

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

  /** What is kept of questions. */
  get keptBytes(): Bytes {
    return this.#bytes;
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
    return (
      this.#deciders
        .get(actor ?? nobody)
        ?.get(action)
        ?.get(resource) ?? this.#decide(actor, action, resource)
    );
  }

  #decide(actor: Actor | undefined, action: string, resource: string): Decider {
    this.#index ??= new PolicyIndex(this.policies);
    const decider = new CompiledDecider(this.#index.find(action, resource), actor, action, resource);
    if (action.length <= MAX_KEPT_NAME && resource.length <= MAX_KEPT_NAME)
      this.#keep(actor, action, resource, decider);
    return decider;
  }

  #keep(actor: Actor | undefined, action: string, resource: string, decider: Decider): void {
    const bytes = DECIDER + 2 * (action.length + resource.length);
    if (this.#kept >= MAX_KEPT || this.#bytes + bytes > MAX_KEPT_BYTES) {
      this.#deciders = new WeakMap();
      this.#kept = 0;
      this.#bytes = 0;
    }
    below(below(this.#deciders, actor ?? nobody), action).set(resource, decider);
    this.#kept++;
    this.#bytes += bytes;
  }
}

interface MapOfMaps<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** The map at a key of a map of maps, which is there then. */
function below<K, L, V>(map: MapOfMaps<K, Map<L, V>>, key: K): Map<L, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}
