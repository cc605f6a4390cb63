import type { MoonkeepError } from "../errors.ts";
import type { ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import { type Allowances, unlimited } from "../lua/limits/allowance.ts";
import type { Channel } from "../lua/run/channel.ts";
import type { StartFeed } from "../lua/run/feeds.ts";
import { State } from "../lua/run/state.ts";
import type { Call, Going, LogLine, OpenEntry, Permission, Variable } from "../modules/call.ts";
import { type BusEvent, type Listener, STORE_SYSTEM } from "../modules/event-bus.ts";
import type { Streams } from "../modules/io.ts";
import type { Locks } from "../modules/locks.ts";
import { type Actor, type Attributes, noAttributes } from "../security/actor.ts";
import { permissionDenied } from "../security/authority.ts";
import type { Policy } from "../security/policy.ts";
import type { Scope } from "../security/scope.ts";
import type { Store } from "../stores/store.ts";
import type { Eventually } from "../value/eventually.ts";
import { ByteString, type Bytes, type Key, type Table, type Value } from "../value/value.ts";
import type { Denial } from "./denials.ts";
import { InFlight, InFlightStore } from "./in-flight.ts";
import type { InForce } from "./in-force.ts";
import { permissionOf } from "./plugins/grants.ts";
import type { Caller, RunContext } from "./run-context.ts";

/** What the modules of one run ask: the host's entries, and the policies for its actor. */
export class RunCall implements Call {
  caller: Caller | undefined;
  #run: RunContext;
  /** What it has under way in stores. */
  #inFlight: InFlight | undefined;

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** What the host has now for the same run, in the place of what it had. */
  renew(run: RunContext): void {
    this.#run = run;
  }

  get actor(): Actor | undefined {
    return this.#run.acting.authority.actor;
  }

  get scope(): Scope | undefined {
    return this.#run.acting.authority.scope;
  }

  get inForce(): InForce {
    return this.#run.inForce;
  }

  current(policy: Policy): Policy | undefined {
    const { policies } = this.#run.inForce.powers.authorities;
    return policies.find(policy.id) ?? this.scope?.policies.find(({ id }) => id === policy.id);
  }

  policy(id: string): Policy {
    return this.#run.inForce.powers.authorities.policies.policy(id, this.#may("security.policy.get"));
  }

  group(id: string): Scope {
    return this.#run.inForce.powers.authorities.policies.group(id, this.#may("security.policy_group.get"));
  }

  entry(id: string): OpenEntry | undefined {
    const { recorder, span, account } = this.#run;
    const found = recorder.entry(this.#run.entry(id), span);
    const entry = account === undefined || found === undefined ? found : account.guard(found);
    return entry !== undefined && isStoreElsewhere(entry) ? { ...entry, value: this.#inFlightOf(entry.value) } : entry;
  }

  /** A thread asks for one thing at a time. */
  #inFlightOf(store: Store): Store {
    const { caller } = this;
    if (!(caller instanceof State)) return store;
    this.#inFlight ??= new InFlight((drop) => caller.execution?.atEnd(drop));
    return new InFlightStore(store, this.#inFlight);
  }

  nearestStore(id: string): string | undefined {
    return this.#run.nearestStore(id, this.#may("store.get"));
  }

  invoke(id: string, args: readonly (Value | undefined)[], going: Going): Eventually<Value | undefined> {
    return this.#run.invoke({ id, args, going, run: this.#run, caller: this.caller, may: this.#may("funcs.call") });
  }

  variable(key: string): Variable | undefined {
    return this.#run.variable(key);
  }

  variables(): Iterable<Variable> {
    return this.#run.variables();
  }

  get hearsStores(): boolean {
    const { bus } = this.#run;
    return !bus.isQuiet && bus.hears(STORE_SYSTEM);
  }

  publish(event: BusEvent): void {
    this.#run.bus.publish(event);
  }

  subscribe(system: string, kind: string | undefined, listener: Listener): () => void {
    const { bus, subscriptions } = this.#run;
    const stop = bus.subscribe(system, kind, listener);
    subscriptions.count++;
    return () => {
      stop();
      subscriptions.count--;
    };
  }

  get locks(): Locks {
    return this.#run.locks;
  }

  get subscriptions(): number {
    return this.#run.subscriptions.count;
  }

  feed(channel: Channel, owner: object, start: StartFeed): () => void {
    return this.caller!.feed(channel, owner, start);
  }

  /** A thread ends with all that waits in it. */
  keep(object: object, type: ReleasedAtEnd): void {
    if (this.caller instanceof State) this.caller.keep(object, type);
  }

  atEnd(f: () => void): () => void {
    return this.caller instanceof State ? this.caller.atEnd(f) : () => {};
  }

  log(line: LogLine): void {
    this.#run.log({ ...line, time: new Date(), actor: this.actor?.id });
  }

  context(key: Key): Value | undefined {
    const { keys, values } = this.#run.context;
    return values[keys.findIndex((one) => one instanceof ByteString && one.binary === key)];
  }

  contextValues(): Table {
    return this.#run.context;
  }

  get streams(): Streams | undefined {
    return this.#run.streams;
  }

  get memory(): Bytes | undefined {
    return this.#run.limits.memory;
  }

  get allowances(): Allowances {
    return this.caller === undefined ? unlimited : this.caller.allowances;
  }

  permission(action: string, resource: string): Permission {
    return this.#run.recorder.permission(this.#watched(action, resource), action);
  }

  #watched(action: string, resource: string): Permission {
    const { acting, inForce, trace } = this.#run;
    const { authority } = acting;
    const { audit } = inForce;
    const decider = authority.decider(action, resource);
    if (trace !== undefined) return trace.watch(decider, action, resource, () => this.caller?.where);
    return audit?.reportsAllows ? audit.watch(decider, authority, action, resource) : decider;
  }

  /** What may be named to the script: nothing that it could not ask for itself. */
  #may(action: string): (id: string) => boolean {
    return (id) => this.can(action, id, noAttributes);
  }

  can(action: string, resource: string, attributes: Attributes): boolean {
    return this.#run.acting.authority.decider(action, resource).allows(attributes);
  }

  denied(
    message: string,
    action: string,
    resource: string,
    attributes: Attributes = noAttributes,
    asked: string = resource,
  ): MoonkeepError {
    this.noteDenial(action, resource, attributes, asked);
    const { authority } = this.#run.acting;
    const allow = permissionOf(authority, action, asked, attributes);
    return permissionDenied(message, authority, { action, resource: asked, attributes, allow });
  }

  noteDenial(action: string, resource: string, attributes: Attributes, asked: string = resource): void {
    const { acting, inForce, denials, recorder } = this.#run;
    const { authority } = acting;
    inForce.audit?.report("deny", authority, action, resource, attributes);
    const denial = (): Denial => {
      const { effect, policy } = authority.decider(action, resource).decide(attributes);
      const actor = authority.actor?.id;
      const said = { action, resource, ...(asked === resource ? {} : { asked }), attributes, actor };
      return { ...said, policy: effect === "deny" ? policy : undefined, limited: effect === "allow" };
    };
    recorder.denied(denial);
    denials?.note(denial());
  }
}

/** A store in memory answers at once, and has nothing under way. */
const isStoreElsewhere = (entry: OpenEntry): entry is OpenEntry & { readonly value: Store } =>
  entry.kind.startsWith("store.") && (entry.value as Store).traits.backend !== "memory";
