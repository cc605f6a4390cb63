/** What a plugin may do: what it asks for in its manifest, and the application grants. */
import { resolve } from "node:path";
import { MoonkeepError } from "../../errors.ts";
import { serverName } from "../../kinds/server-url.ts";
import { type Attributes, makeActor } from "../../security/actor.ts";
import { Authority } from "../../security/authority.ts";
import { compileWildcards } from "../../security/pattern.ts";
import { compilePolicy, type Policy } from "../../security/policy.ts";
import { yaml } from "../../security/policy-yaml.ts";
import { Scope } from "../../security/scope.ts";
import type { Policies } from "../policies.ts";
import { notGranted } from "./errors.ts";
import type { AskedPermission, Manifest } from "./manifest.ts";

/** Something that a plugin may do; `*` matches any run of characters. */
export interface Grant {
  readonly actions: string | readonly string[];
  readonly resources: string | readonly string[];
}

/** What the application lets a plugin do. Whatever is granted, a plugin can do no more than it asks for. */
export interface Grants {
  readonly permissions?: readonly Grant[] | undefined;
  /** Policy groups of the application's registry, whose policies are in force for the plugin. */
  readonly groups?: readonly string[] | undefined;
  /** Single policies of the application's registry. */
  readonly policies?: readonly string[] | undefined;
  /** The application's own modules. */
  readonly modules?: readonly string[] | undefined;
  /** Kinds of entries that reach outside: `db.sql.sqlite`, `store.sql`. */
  readonly kinds?: readonly string[] | undefined;
  /** Files outside its data folder, by their absolute paths. */
  readonly files?: readonly string[] | undefined;
  /** Database servers, as the manifest names them: `postgres://user@host:port/database`. */
  readonly servers?: readonly string[] | undefined;
  /** Variables of the environment that fill `${env:NAME}` in its registry. */
  readonly env?: readonly string[] | undefined;
}

const listOf = (one: string | readonly string[]) => (typeof one === "string" ? [one] : one);

/**
 * Whom a plugin's functions act as, and what they may do.
 * @param grants `"all"`: everything that the plugin asks for
 * @throws MoonkeepError PERMISSION_DENIED with everything that is not granted; RangeError for a group or a policy that
 * the application has not got
 */
export function authorityOf(manifest: Manifest, grants: "all" | Grants, policies: Policies): Authority {
  const { name, permissions } = manifest;
  const given: Grants = grants === "all" ? manifest : grants;
  const inForce = [...scopeOf(given, policies).policies, ...(given.permissions ?? []).map(toPolicy(name))];
  const missing = [
    ...permissions.flatMap((asked) => notCovered(asked, inForce)),
    ...reached(manifest).flatMap(({ asked, same = (one) => one, grant, called }) => {
      const granted = new Set(given[grant]?.map(same));
      return asked.filter((one) => !granted.has(one)).map(called);
    }),
  ];
  if (missing.length > 0) throw notGranted(name, missing);
  return actingAs(manifest, [...inForce, nothingElse(name, permissions)]);
}

/** A plugin that is granted nothing. */
export const ownAuthority = (manifest: Manifest): Authority => actingAs(manifest, []);

function actingAs({ name, version }: Manifest, policies: readonly Policy[]): Authority {
  return new Authority({
    actor: makeActor(`plugin:${name}`, { plugin: name, version }),
    scope: new Scope([ownNamespace(name), ...policies]),
    strict: true,
  });
}

/**
 * What a plugin writes into its manifest so that something which was denied can be granted; undefined for an actor that
 * is not a plugin, and where that would not help.
 */
export function permissionOf(
  authority: Authority,
  action: string,
  resource: string,
  given: Attributes,
): string | undefined {
  const { actor, scope } = authority;
  if (actor === undefined || scope?.contains(`${actor.id}/own`) !== true) return undefined;
  const { policy } = authority.decider(action, resource).decide(given);
  if (policy !== undefined && policy !== `${actor.id}/asked`) return undefined;
  return `permissions:\n  - actions: ${yaml([action])}\n    resources: ${yaml(resource)}`;
}

interface Reached {
  readonly asked: readonly string[];
  readonly grant: "modules" | "kinds" | "files" | "servers" | "env";
  /** A grant as the manifest would say it. */
  readonly same?: (granted: string) => string;
  readonly called: (name: string) => string;
}

/** What a manifest asks for by name, beside permissions. */
export const reached = ({ modules, kinds, files, servers, env }: Asked): readonly Reached[] => [
  { asked: modules, grant: "modules", called: (one) => `the module ${one}` },
  { asked: kinds, grant: "kinds", called: (one) => `entries of the kind ${one}` },
  { asked: files, grant: "files", same: (one) => resolve(one), called: (one) => `the file ${one}` },
  { asked: servers, grant: "servers", same: (one) => serverName(one) ?? one, called: (one) => `the server ${one}` },
  { asked: env, grant: "env", called: (one) => `the environment variable ${one}` },
];

type Asked = Pick<Manifest, "modules" | "kinds" | "files" | "servers" | "env">;

function scopeOf({ groups = [], policies = [] }: Grants, known: Policies): Scope {
  try {
    return known.scope(groups, policies);
  } catch (e) {
    throw e instanceof MoonkeepError ? new RangeError(e.message) : e; // whoever loads the plugin made the mistake
  }
}

const toPolicy =
  (name: string) =>
  ({ actions, resources }: Grant, i: number): Policy =>
    compilePolicy({
      id: `plugin:${name}/granted-${i + 1}`,
      actions: listOf(actions),
      resources: listOf(resources),
      effect: "allow",
    });

/** What names entries of a plugin. */
const ownIds = (name: string) => [`${name}:*`, `${name}.*:*`];
/** The resources of these are entries. Those of others only look like one: an actor, an event, a URL of a module. */
const aboutEntries = "^(store|funcs|env)\\.";

/** A plugin may do anything with the entries that are its own. */
const ownNamespace = (name: string): Policy =>
  compilePolicy({
    id: `plugin:${name}/own`,
    actions: ["*"],
    resources: ownIds(name),
    effect: "allow",
    conditions: [{ field: "action", operator: "matches", value: aboutEntries }],
  });

const isAboutEntries = new RegExp(aboutEntries);

/** Denies what the manifest does not ask for, however much the policies of a group allow. */
function nothingElse(name: string, permissions: readonly AskedPermission[]): Policy {
  const asked = [
    { does: (action: string) => isAboutEntries.test(action), on: compileWildcards(ownIds(name)) },
    ...permissions.map(({ actions, resources }) => ({
      does: compileWildcards(actions),
      on: compileWildcards(resources),
    })),
  ];
  const isStray = {
    text: "the plugin does not ask for it",
    path: [],
    fields: [],
    requires: [],
    isDynamic: false,
    test: ({ action, resource }: { readonly action: string; readonly resource: string }) =>
      !asked.some(({ does, on }) => does(action) && on(resource)),
  };
  const denial = compilePolicy({ id: `plugin:${name}/asked`, actions: ["*"], resources: ["*"], effect: "deny" });
  return Object.freeze({ ...denial, conditions: [isStray], fixed: [isStray] });
}

/**
 * The parts of a permission that no policy allows. A pattern that is asked for is covered by one that matches it as it
 * is written: its stars can only be matched by stars. Conditions of a policy are looked at when it comes to it.
 */
function notCovered({ actions, resources, reason }: AskedPermission, policies: readonly Policy[]): string[] {
  const allowing = policies.filter(({ effect }) => effect === "allow");
  return actions.flatMap((action) =>
    resources
      .filter(
        (resource) =>
          !allowing.some(({ matchesAction, matchesResource }) => matchesAction(action) && matchesResource(resource)),
      )
      .map((resource) => `${action} on ${resource}${reason === undefined ? "" : ` (${reason})`}`),
  );
}
