import type { MoonkeepError } from "../errors.ts";
import type { ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import type { Allowances } from "../lua/limits/allowance.ts";
import type { Channel } from "../lua/run/channel.ts";
import type { StartFeed } from "../lua/run/feeds.ts";
import type { Actor, Attributes } from "../security/actor.ts";
import type { Policy } from "../security/policy.ts";
import type { Scope } from "../security/scope.ts";
import type { Store } from "../stores/store.ts";
import type { Eventually } from "../value/eventually.ts";
import type { Bytes, Key, Milliseconds, Table, Value } from "../value/value.ts";
import type { BusEvent, Listener } from "./event-bus.ts";
import type { Locks } from "./locks.ts";

/** An entry of the registry as a module sees it: what the host opened for it. */
export interface OpenEntry {
  readonly id: string;
  readonly kind: string;
  readonly value: unknown;
  /** Where reads of a store in memory are counted; absent: nobody counts them, or the value does it itself. */
  readonly tally?: ReadTally | undefined;
  /** With a tally: the store that does not count. */
  readonly uncounted?: Store | undefined;
}

/**
 * Counts reads where they are made: looking a value up in memory takes less time than a store between would. Now and then
 * a read goes through the entry's own store, which measures it.
 */
export interface ReadTally {
  gets: number;
  /** Reads until the next one that is measured. */
  untilMeasured: number;
}

/** A variable of the environment that the registry declares. */
export interface Variable {
  /** What scripts call it; undefined: by the id of its entry alone. */
  readonly name: string | undefined;
  get(): string | undefined;
  /** Undefined where it can't be written. */
  readonly set: ((value: string) => void) | undefined;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A line that a script logs. */
export interface LogLine {
  readonly level: LogLevel;
  /** The logger's name; empty for the first one. */
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the policies say of one action on one resource, for the actor of this call. */
export interface Permission {
  /** The answer where it does not depend on attributes; undefined where it does. */
  readonly settled: boolean | undefined;
  allows(attributes: Attributes): boolean;
  /** `allows({ key })`, without making the object. */
  allowsKey(key: string): boolean;
}

/** The policies in force, which may change while a script runs. */
export interface InForce {
  /** Another number whenever others are in force. A decision that is kept holds for its epoch only. */
  readonly epoch: number;
}

/** What goes with a call of a function instead of what this call has. */
export interface Going {
  /** Beside the context of this call; a name that is in both has this value. */
  readonly context?: Table | undefined;
  readonly actor?: Actor | undefined;
  /** Asked again when other policies are in force. */
  readonly scope?: (() => Scope) | undefined;
  /** It ends sooner when the time of this call does. */
  readonly timeout?: Milliseconds | undefined;
}

/** What a module may ask wherever the script runs; in a thread of its own, the script's state answers it. */
export interface LocalCall {
  /** Ends something with the script, whatever it ends by. */
  keep(object: object, type: ReleasedAtEnd): void;
  /** `f` is called when the call that goes on has ended, whatever it ended by. @returns what takes that back */
  atEnd(f: () => void): () => void;
  /**
   * Lets somebody outside put values into a channel of this run, until the run ends, the script can't reach the channel
   * any more, or what this returns is called. A script that waits for such a channel is not in a deadlock.
   * @param owner the handle that gives the script the channel
   * @param start begins it, and returns what ends it
   * @throws MoonkeepError UNAVAILABLE when there are too many
   */
  feed(channel: Channel, owner: object, start: StartFeed): () => void;
}

/** What a function of an embedder's module gets as its first argument: who calls, and what the policies say. */
export interface ModuleCall {
  /** Who the script acts as. Read-only: a script can't change it for itself. */
  readonly actor: Actor | undefined;
  /** Whether the policies allow something, for whoever only wants to know. */
  can(action: string, resource: string, attributes: Attributes): boolean;
  /** What a module asks before it acts: a decision that is carried out, and shows in the audit stream. */
  permission(action: string, resource: string): Permission;
  /** The error for what was denied; its details name action, resource, actor and the policy that decided. */
  denied(message: string, action: string, resource: string, attributes?: Attributes): MoonkeepError;
  /** Hands a line to the log of the host. */
  log(line: LogLine): void;
}

/** What a module function may ask of its host. Every function gets one as its first argument. */
export interface Call extends LocalCall, ModuleCall {
  /** @param asked what the script called the resource, where that is another name: the error knows it by no other */
  denied(message: string, action: string, resource: string, attributes?: Attributes, asked?: string): MoonkeepError;
  /** Notes for whoever watches denials what `denied` would, without an error. */
  noteDenial(action: string, resource: string, attributes: Attributes): void;
  /** The policies in force. */
  readonly scope: Scope | undefined;
  readonly inForce: InForce;
  /** A policy as it is in force now; undefined when it no longer is. */
  current(policy: Policy): Policy | undefined;
  /** A policy of the registry. @throws MoonkeepError NOT_FOUND */
  policy(id: string): Policy;
  /** The scope of a policy group of the registry. @throws MoonkeepError NOT_FOUND */
  group(id: string): Scope;
  /** The entry with this id, opened. */
  entry(id: string): OpenEntry | undefined;
  /** The id of a store that is close to this one, among those that the actor of this call may acquire. */
  nearestStore(id: string): string | undefined;
  /** A variable by its name, or by its entry's id. */
  variable(key: string): Variable | undefined;
  /** Every variable that the registry declares. */
  variables(): Iterable<Variable>;
  /** Whether anybody listens to what happens in stores. */
  readonly hearsStores: boolean;
  /** Tells those who listen. */
  publish(event: BusEvent): void;
  /**
   * Hears of events, until what this returns is called.
   * @param system with `*` for any run of characters
   */
  subscribe(system: string, kind: string | undefined, listener: Listener): () => void;
  /** How many subscriptions the run has now, with those of the functions that it calls, and of the run that called it. */
  readonly subscriptions: number;
  /** The locks that the run holds, with those of the functions that it calls, and of the run that called it. */
  readonly locks: Locks;
  /** A value of the call's context, which whoever made the call gave along. */
  context(key: Key): Value | undefined;
  /** All of them, by their keys. */
  contextValues(): Table;
  /**
   * Calls a function of the registry, within what this call has left of its limits. No policy is asked.
   * @returns its first result
   * @throws MoonkeepError NOT_FOUND; INVALID when the entry is not a function; what the function failed with
   */
  invoke(id: string, args: readonly (Value | undefined)[], going: Going): Eventually<Value | undefined>;
  /** The memory that the script may have. */
  readonly memory: Bytes | undefined;
  /** What the script may still do of that which limits count. */
  readonly allowances: Allowances;
}
