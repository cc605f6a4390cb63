/**
 * `require("security")`: who a script acts as, under which policies, and what those say. Everything here is to look at
 * or to hand on: a script can make narrower scopes and other actors, if the policies let it, and evaluate them, but its
 * own actor and scope stay what the host gave it.
 */

import { MoonkeepError } from "../errors.ts";
import { MAX_META_BYTES, MAX_META_PARTS, MAX_SCOPE_CHANGES } from "../limits.ts";
import { type Arg, isNil, itemsOf, objectOf, type Param, plainOf, typeOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { makeUnseen, work } from "../lua/meter/meter.ts";
import { type Actor, type Attributes, type Data, makeActor, noAttributes } from "../security/actor.ts";
import type { Policy } from "../security/policy.ts";
import { Scope } from "../security/scope.ts";
import { sizeOfPlain } from "../value/js.ts";
import { countParts } from "../value/packed.ts";
import { ByteString, type Bytes, Table, type Value } from "../value/value.ts";
import type { Call } from "./call.ts";
import { toData } from "./data.ts";
import {
  expectedTable,
  expectedType,
  metaIsList,
  metaTooLong,
  metaTooMany,
  notPlainData,
  policiesNotList,
  tooManyChanges,
} from "./errors.ts";
import { readAll, word } from "./params.ts";

/** An actor in the hands of a script. */
export class ActorHandle {
  readonly actor: Actor;
  constructor(actor: Actor) {
    this.actor = actor;
  }
}

/** A policy in the hands of a script. */
class PolicyHandle {
  readonly policy: Policy;
  constructor(policy: Policy) {
    this.policy = policy;
  }
}

/**
 * A scope in the hands of a script, which may make others of it as far as the policies allow. It is made anew when other
 * policies are in force: a group has the members that it has now, and a policy says what it says now.
 */
export class ScopeHandle {
  readonly call: Call;
  readonly #make: () => Scope;
  /** What was changed since, first to last. */
  readonly #changes: Changes;
  #scope: Scope;
  #epoch: number;

  /**
   * @param make makes what it was at first
   * @param scope what it is now
   * @throws what `make` throws
   */
  constructor(call: Call, make: () => Scope, changes: Changes = unchanged, scope: Scope = make()) {
    this.call = call;
    this.#make = make;
    this.#changes = changes;
    this.#scope = scope;
    this.#epoch = call.inForce.epoch;
  }

  get bytes(): Bytes {
    return 500 + 100 * this.#scope.policies.length + this.#changes.bytes;
  }

  get scope(): Scope {
    const { epoch } = this.call.inForce;
    if (this.#epoch !== epoch) {
      work((1 + this.#changes.all.length) * this.#scope.policies.length);
      this.#scope = this.#made();
      this.#epoch = epoch; // not before: what was in force holds no more, whatever happens
    }
    return this.#scope;
  }

  /** Without any policy, which denies everything, where its group is gone. */
  #made(): Scope {
    try {
      return this.#changes.all.reduce((scope, change) => change(scope), this.#make());
    } catch (e) {
      if (e instanceof MoonkeepError) return new Scope([]);
      throw e;
    }
  }

  /**
   * A scope that `change` makes of this one.
   * @param bytes what the change keeps
   * @throws PERMISSION_DENIED; INVALID when it was changed too often
   */
  derive(how: "with" | "without", change: Change, bytes: Bytes): ScopeHandle {
    ask(this.call, "security.scope.create", how, `not allowed to change a scope by ${how}`);
    const { all } = this.#changes;
    if (all.length === MAX_SCOPE_CHANGES) throw invalid(tooManyChanges(MAX_SCOPE_CHANGES));
    const { scope } = this;
    work(scope.policies.length + all.length);
    const changes = { all: [...all, change], bytes: this.#changes.bytes + CHANGE + bytes };
    return new ScopeHandle(this.call, this.#make, changes, change(scope));
  }
}

type Change = (scope: Scope) => Scope;

interface Changes {
  readonly all: readonly Change[];
  readonly bytes: Bytes;
}

const unchanged: Changes = { all: [], bytes: 0 };

/** What a change takes beside what it keeps. */
const CHANGE: Bytes = 200;

/** Policies as they are in force now; those that are gone are left out. */
const current = (call: Call, policies: readonly Policy[]): Policy[] =>
  policies.flatMap((policy) => call.current(policy) ?? []);

/** @throws PERMISSION_DENIED with this message */
function ask(call: Call, action: string, resource: string, message: string): void {
  if (!call.permission(action, resource).allows(noAttributes)) throw call.denied(message, action, resource);
}

// ---- parameters ----

const invalid = (message: string) => new MoonkeepError("INVALID", message);

export function handleParam<T>(name: string, type: string, of: abstract new (...args: never[]) => T): Param<T> {
  return {
    name,
    type,
    optional: false,
    read(arg) {
      const object = objectOf(arg);
      if (object instanceof of) return object;
      throw invalid(expectedType(name, type, typeOf(arg)));
    },
  };
}

export const actorParam: Param<ActorHandle> = handleParam("actor", "security.Actor", ActorHandle);
export const scopeParam: Param<ScopeHandle> = handleParam("scope", "security.Scope", ScopeHandle);
const policyParam = handleParam("policy", "security.Policy", PolicyHandle);

/** A policy, or its id. */
const policyOrId: Param<string> = {
  name: "policy",
  type: "security.Policy|string",
  optional: false,
  read(arg) {
    const object = objectOf(arg);
    return object instanceof PolicyHandle ? object.policy.id : word("policy").read(arg);
  },
};

/**
 * What it says is copied in one step, so it is counted before anything is copied.
 * @param most the bytes of all names and strings; absent: what the script may have, since a key may be of any length
 */
function dataOf(arg: Arg, most?: Bytes): Data {
  try {
    const value = plainOf(arg);
    if (!(value instanceof Table)) throw invalid(expectedTable("meta", typeOf(arg)));
    if (countParts(value, MAX_META_PARTS) > MAX_META_PARTS) throw invalid(metaTooMany(MAX_META_PARTS));
    const length = textLength(value);
    if (most !== undefined && length > most) throw invalid(metaTooLong(most, length));
    makeUnseen(length);
    readAll(value);
    return toData(value);
  } catch (e) {
    throw e instanceof Refused ? invalid(notPlainData(e.place("meta"), e.what)) : e;
  }
}

/** The bytes of all names and strings. */
function textLength(value: Value): Bytes {
  if (value instanceof ByteString) return value.length;
  if (!(value instanceof Table)) return 0;
  const { items, keys, values } = value;
  return [...items, ...keys, ...values].reduce<Bytes>((sum, part) => sum + textLength(part), 0);
}

/** Attributes: a table, or nothing. An empty table is not a list here. */
const attributes = (most?: Bytes): Param<Attributes> => ({
  name: "meta",
  type: "table",
  optional: true,
  read(arg) {
    if (isNil(arg)) return noAttributes;
    const data = dataOf(arg, most);
    if (!Array.isArray(data)) return data as Attributes;
    if (data.length === 0) return noAttributes;
    throw invalid(metaIsList);
  },
});

/** Of a question. */
const meta = attributes();

const policyList: Param<readonly Policy[]> = {
  name: "policies",
  type: "table",
  optional: true,
  read(arg) {
    if (isNil(arg)) return [];
    const items = itemsOf(arg);
    if (items === undefined) throw invalid(policiesNotList(typeOf(arg)));
    work(items.length);
    return items.map((item) => policyParam.read(item).policy);
  },
};

// ---- the module ----

function newActor(call: Call, id: string, about: Attributes): ActorHandle {
  ask(call, "security.actor.create", id, `not allowed to create actor: ${id}`);
  try {
    return new ActorHandle(makeActor(id, about));
  } catch (e) {
    throw e instanceof TypeError ? invalid(e.message) : e; // deeper than data may be, or a number that is not finite
  }
}

function newScope(call: Call, policies: readonly Policy[]): ScopeHandle {
  ask(call, "security.scope.create", "custom", "not allowed to create a scope");
  return new ScopeHandle(call, () => new Scope(current(call, policies)));
}

function policy(call: Call, id: string): PolicyHandle {
  ask(call, "security.policy.get", id, `not allowed to access policy: ${id}`);
  return new PolicyHandle(call.policy(id));
}

function namedScope(call: Call, id: string): ScopeHandle {
  ask(call, "security.policy_group.get", id, `not allowed to access policy group: ${id}`);
  return new ScopeHandle(call, () => call.group(id));
}

export const actorHandle: HandleDescription = defineHandle(
  "security.Actor",
  ActorHandle,
  {},
  {
    functions: {
      id: plain([], ({ actor }: ActorHandle) => actor.id),
      meta: plain([], ({ actor }: ActorHandle) => actor.meta),
    },
    tostring: ({ actor }) => `security.Actor{${actor.id}}`,
    bytes: ({ actor }) => sizeOfPlain([actor.id, actor.meta]),
  },
);

export const policyHandle: HandleDescription = defineHandle(
  "security.Policy",
  PolicyHandle,
  {},
  {
    functions: {
      id: plain([], (handle: PolicyHandle) => handle.policy.id),
      evaluate: plain(
        [actorParam, word("action"), word("resource"), meta],
        (handle: PolicyHandle, { actor }, action, resource, about) =>
          new Scope([handle.policy]).evaluate(actor, action, resource, about),
      ),
    },
    tostring: (handle) => `security.Policy{${handle.policy.id}}`,
  },
);

export const scopeHandle: HandleDescription = defineHandle(
  "security.Scope",
  ScopeHandle,
  {},
  {
    functions: {
      with: plain([policyParam], (handle: ScopeHandle, { policy: added }) =>
        handle.derive("with", (scope) => current(handle.call, [added]).reduce((all, one) => all.with(one), scope), 0),
      ),
      without: plain([policyOrId], (handle: ScopeHandle, id) =>
        handle.derive("without", (scope) => scope.without(id), id.length),
      ),
      contains: plain([policyOrId], ({ scope }: ScopeHandle, id) => scope.contains(id)),
      policies: plain([], ({ scope }: ScopeHandle) => scope.policies.map((one) => new PolicyHandle(one))),
      evaluate: plain(
        [actorParam, word("action"), word("resource"), meta],
        ({ scope }: ScopeHandle, { actor }, action, resource, about) => scope.evaluate(actor, action, resource, about),
      ),
    },
    bytes: ({ bytes }) => bytes,
    tostring: ({ scope }) => `security.Scope{${scope.policies.map(({ id }) => id).join(", ")}}`,
  },
);

export const securityModule: Module = defineModule("security", {
  actor: plain([], (call: Call) => call.actor && new ActorHandle(call.actor)),
  scope: plain([], (call: Call) => call.scope && new ScopeHandle(call, () => call.scope ?? new Scope([]))),
  can: plain([word("action"), word("resource"), meta], (call: Call, action, resource, about) =>
    call.can(action, resource, about),
  ),
  new_actor: plain([word("id"), attributes(MAX_META_BYTES)], newActor),
  new_scope: plain([policyList], newScope),
  policy: fn([word("id")], policy),
  named_scope: fn([word("id")], namedScope),
});
