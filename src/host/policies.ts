import { MoonkeepError } from "../errors.ts";
import type { Opened } from "../kinds/opened.ts";
import type { OpenedPolicy } from "../kinds/policy.ts";
import { suggest } from "../registry/errors.ts";
import { nearestId, type Registry } from "../registry/registry.ts";
import type { Policy } from "../security/policy.ts";
import { Scope } from "../security/scope.ts";
import { noSuch } from "./errors.ts";

/** The policies of a registry, by themselves and in their groups. */
export class Policies {
  readonly #policies = new Map<string, Policy>();
  readonly #groups = new Map<string, Policy[]>();
  readonly #scopes = new Map<string, Scope>();

  constructor(registry: Registry, opened: ReadonlyMap<string, Opened>) {
    for (const { id } of registry.find({ kind: "security.*" })) {
      const { policy, groups } = opened.get(id)!.value as OpenedPolicy;
      this.#policies.set(id, policy);
      for (const group of groups) {
        const members = this.#groups.get(group);
        if (members === undefined) this.#groups.set(group, [policy]);
        else members.push(policy);
      }
    }
  }

  /** Undefined when there is none with this id. */
  find(id: string): Policy | undefined {
    return this.#policies.get(id);
  }

  /**
   * @param may which policies may be named when there is none with this id
   * @throws MoonkeepError NOT_FOUND
   */
  policy(id: string, may?: Named): Policy {
    return find(this.#policies, "policy", id, may);
  }

  /**
   * The scope of one group.
   * @param may which groups may be named when there is none with this id
   * @throws MoonkeepError NOT_FOUND
   */
  group(id: string, may?: Named): Scope {
    find(this.#groups, "group", id, may);
    return this.scope([id], []);
  }

  /**
   * The same groups and policies are the same scope, so that what it has decided is remembered from run to run.
   * @throws MoonkeepError NOT_FOUND for a group or a policy that is not there
   */
  scope(groups: readonly string[], policies: readonly string[]): Scope {
    const name = JSON.stringify([groups, policies]);
    let scope = this.#scopes.get(name);
    if (scope === undefined) {
      const members = groups.flatMap((group) => find(this.#groups, "group", group));
      scope = new Scope([...members, ...policies.map((id) => this.policy(id))]);
      this.#scopes.set(name, scope);
    }
    return scope;
  }
}

type Named = (id: string) => boolean;

function find<T>(known: ReadonlyMap<string, T>, what: string, name: string, may?: Named): T {
  const found = known.get(name);
  if (found !== undefined) return found;
  const close = nearestId(name, known.keys(), may);
  throw new MoonkeepError("NOT_FOUND", noSuch(what, name, suggest(close)));
}
