import type { Limits } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Computing, Signal } from "../lua/run/call-options.ts";
import type { Finder, Library } from "../lua/run/loads.ts";
import type { Again } from "../lua/run/outside.ts";
import type { State } from "../lua/run/state.ts";
import type { Going, OpenEntry, Variable } from "../modules/call.ts";
import type { EventBus } from "../modules/event-bus.ts";
import type { Streams } from "../modules/io.ts";
import type { Locks } from "../modules/locks.ts";
import type { Eventually } from "../value/eventually.ts";
import type { Milliseconds, Table, Value } from "../value/value.ts";
import type { Pool } from "../worker/pool.ts";
import type { ThreadRun } from "../worker/run.ts";
import type { Denials } from "./denials.ts";
import type { Acting, InForce } from "./in-force.ts";
import type { LogSink } from "./log.ts";
import type { Account } from "./quotas/account.ts";
import type { Recorder } from "./telemetry/recorder.ts";
import type { Span } from "./telemetry/tracing.ts";
import type { PermissionTrace } from "./trace.ts";

/** What a run gets from the host: who it acts as, what it may use, and what it reaches. */
export interface RunContext extends Doors {
  readonly acting: Acting;
  readonly inForce: InForce;
  readonly trace: PermissionTrace | undefined;
  readonly denials: Denials | undefined;
  readonly limits: Limits;
  /** When it was called, by `performance.now()`: its time is counted from there. */
  readonly since: Milliseconds;
  /** Whose code it runs; undefined: the application's. */
  readonly plugin: string | undefined;
  readonly modules: ReadonlyMap<string, Module>;
  /** The libraries that a script may load, and the files beside it; a function has its own. */
  readonly imports?: ReadonlyMap<string, Library> | undefined;
  readonly finder?: Finder | undefined;
  readonly compatible?: boolean | undefined;
  readonly print: (line: Uint8Array) => void;
  /** The standard streams that the script gets. */
  readonly streams?: Streams | undefined;
  readonly context: Table;
  readonly log: LogSink;
  readonly bus: EventBus;
  /** How many subscriptions it has, with all functions that it calls. */
  readonly subscriptions: { count: number };
  /** The locks that it holds, with all functions that it calls. */
  readonly locks: Locks;
  /** Where the script runs: a thread of these, or this one. */
  readonly pool: Pool | undefined;
  /** How many calls of functions led here. */
  readonly depth: number;
  /** How deeply calls may nest, where the run that began it all may have fewer than any. */
  readonly mostCalls?: number | undefined;
  readonly signal: Signal | undefined;
  /** Calls a function that came out. */
  readonly again: Again;
  readonly interruptible: boolean;
  /** Whether what it does often is compiled. */
  readonly compile: boolean;
  /** What its actor may use over time; undefined where nothing bounds that. */
  readonly account: Account | undefined;
  /** Told when its code begins and ceases to compute; absent where nobody wants to know. */
  readonly computing: Computing | undefined;
  /** Is told what happens. */
  readonly recorder: Recorder;
  /** What its parts are told as parts of. */
  readonly span: Span | undefined;
}

/** How a run reaches others, by their ids. */
export interface Doors {
  /** Calls a function of the registry for a run. @throws NOT_FOUND, INVALID, what the function failed with */
  invoke(call: Invocation): Eventually<Value | undefined>;
  entry(id: string): OpenEntry | undefined;
  /** @param may which stores may be told of */
  nearestStore(id: string, may: (id: string) => boolean): string | undefined;
  variable(key: string): Variable | undefined;
  variables(): Iterable<Variable>;
}

/** A call of a function, by a run. */
export interface Invocation {
  readonly id: string;
  readonly args: readonly (Value | undefined)[];
  readonly going: Going;
  /** The run that makes it. */
  readonly run: RunContext;
  readonly caller: Caller | undefined;
  /** Which functions the caller may be told of. */
  readonly may: (id: string) => boolean;
}

/** The run that makes calls: its state, or its thread. */
export type Caller = State | ThreadRun;
