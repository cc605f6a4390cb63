import { MoonkeepError } from "../errors.ts";
import type { FunctionConfig } from "../kinds/function.ts";
import type { HostConfig } from "../kinds/host-config.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Registry } from "../registry/registry.ts";
import { type Actor, makeActor } from "../security/actor.ts";
import { Authority } from "../security/authority.ts";
import { Scope } from "../security/scope.ts";
import { openEntries } from "./open.ts";
import { Policies } from "./policies.ts";

/** The actor and the policies of a run, or of a question. */
export interface AuthorityOptions {
  /** An id, or an id with metadata for policies. Default: the registry's. */
  readonly actor?:
    | string
    | { readonly id: string; readonly meta?: Readonly<Record<string, unknown>> | undefined }
    | undefined;
  /** The policy groups in force, by their full names. Default: the registry's. */
  readonly groups?: readonly string[] | undefined;
  /** Single policies in force, by their ids. Default: the registry's. */
  readonly policies?: readonly string[] | undefined;
}

/** The one entry of kind `host.config`, or nothing at all. */
export function hostConfigOf(registry: Registry): HostConfig {
  return (registry.find({ kind: "host.config" })[0]?.config ?? {}) as HostConfig;
}

/** The policies of a registry, and who acts under them when nobody says. */
export class Authorities {
  readonly policies: Policies;
  readonly #security: HostConfig["security"];
  readonly #actor: Actor | undefined;
  readonly #actors = new WeakMap<object, Actor>();
  /** Two scopes as one. */
  readonly #joined = new WeakMap<Scope, Map<Scope, Scope>>();
  #byDefault: Authority | undefined;

  /** @param opened the registry's policies; opened here when not given, and nothing else is */
  constructor(registry: Registry, opened: ReadonlyMap<string, Opened> = openEntries(registry, { kind: "security.*" })) {
    this.policies = new Policies(registry, opened);
    this.#security = hostConfigOf(registry).security;
    const actor = this.#security?.actor;
    this.#actor = actor === undefined ? undefined : makeActor(actor.id, actor.meta);
  }

  /** @throws RangeError for a group or policy that is not there; TypeError for an actor that is none */
  authority({ actor, groups, policies }: AuthorityOptions): Authority {
    if (actor !== undefined || groups !== undefined || policies !== undefined)
      return this.#make(actor, groups, policies);
    this.#byDefault ??= this.#make(undefined, undefined, undefined);
    return this.#byDefault;
  }

  #make(actor: AuthorityOptions["actor"], groups: AuthorityOptions["groups"], policies: AuthorityOptions["policies"]) {
    const given = typeof actor === "string" ? makeActor(actor) : actor && makeActor(actor.id, actor.meta);
    const scope = this.#scope(groups ?? this.#security?.groups, policies ?? this.#security?.policies);
    const strict = this.#security?.strict_mode ?? true;
    return new Authority({ actor: given ?? this.#actor, scope, strict });
  }

  /**
   * What a function runs under whose entry says something of it: as its own actor, and with its policies beside those
   * of whoever calls, whose denials stay in force.
   */
  within(caller: Authority, security: NonNullable<FunctionConfig["security"]>): Authority {
    const { actor, groups, policies } = security;
    return new Authority({
      actor: actor === undefined ? caller.actor : this.#actorOf(actor),
      scope: this.#both(caller.scope, this.#scope(groups, policies)),
      strict: caller.strict,
    });
  }

  /** The same entry's actor is the same object, so that what policies decided of it is remembered. */
  #actorOf(given: { readonly id: string; readonly meta?: unknown }): Actor {
    const known = this.#actors.get(given);
    const actor = known ?? makeActor(given.id, given.meta);
    if (known === undefined) this.#actors.set(given, actor);
    return actor;
  }

  #both(first: Scope | undefined, second: Scope | undefined): Scope | undefined {
    if (first === undefined || second === undefined) return first ?? second;
    let known = this.#joined.get(first);
    if (known === undefined) {
      known = new Map();
      this.#joined.set(first, known);
    }
    let scope = known.get(second);
    if (scope === undefined) {
      scope = new Scope([...first.policies, ...second.policies]);
      known.set(second, scope);
    }
    return scope;
  }

  #scope(groups: readonly string[] | undefined, policies: readonly string[] | undefined): Scope | undefined {
    if (groups === undefined && policies === undefined) return undefined;
    try {
      return this.policies.scope(groups ?? [], policies ?? []);
    } catch (e) {
      throw e instanceof MoonkeepError ? new RangeError(e.message) : e; // whoever asks made the mistake
    }
  }
}
