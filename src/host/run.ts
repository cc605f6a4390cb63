import type { MoonkeepError } from "../errors.ts";
import { MAX_ARGUMENTS } from "../limits.ts";
import type { ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import type { Module } from "../lua/boundary/module.ts";
import { type Allowances, unlimited } from "../lua/limits/allowance.ts";
import { Budget, type Limits } from "../lua/limits/budget.ts";
import type { Channel } from "../lua/run/channel.ts";
import type { StartFeed } from "../lua/run/feeds.ts";
import type { Loads } from "../lua/run/loads.ts";
import { KeptFunctions, toCells } from "../lua/run/outside.ts";
import { presenterOf, type Results, readResults } from "../lua/run/results.ts";
import { State } from "../lua/run/state.ts";
import type { Call, Going, LogLine, OpenEntry, Permission, Variable } from "../modules/call.ts";
import { type BusEvent, type EventBus, type Listener, STORE_SYSTEM } from "../modules/event-bus.ts";
import { globals } from "../modules/index.ts";
import { type Actor, type Attributes, noAttributes } from "../security/actor.ts";
import { permissionDenied } from "../security/authority.ts";
import type { Policy } from "../security/policy.ts";
import type { Scope } from "../security/scope.ts";
import type { Eventually } from "../value/eventually.ts";
import { fromJs } from "../value/js.ts";
import { jsonText } from "../value/json.ts";
import { ByteString, type Key, Table, type Value } from "../value/value.ts";
import type { Outer } from "../worker/outer.ts";
import type { Pool } from "../worker/pool.ts";
import { ThreadRun } from "../worker/run.ts";
import type { AuthorityOptions } from "./authorities.ts";
import { runCanceled } from "./errors.ts";
import type { Acting, InForce } from "./in-force.ts";
import type { LimitOptions } from "./limit-options.ts";
import { scriptSource } from "./source.ts";
import type { PermissionTrace } from "./trace.ts";

/**
 * Where a script runs: `shared`, in the thread of whoever calls, at once; or `worker`, in a thread of its own, which
 * can be killed and shares no memory with the host. docs/sandbox.md says which to choose.
 */
export type Isolation = "shared" | "worker";

/** How a script or a function runs. */
export interface CallOptions extends AuthorityOptions, LimitOptions {
  /** Default: as the registry says, or else the host, or else `shared`. */
  readonly isolation?: Isolation | undefined;
  /** Values that the script reads by `require("ctx")`: plain data, by name. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Ends a script that waits, and in a thread one that computes, too; the run rejects with CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Where `print` writes. Default: the host's. */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Notes everything that the script asks for, and allows it. For scripts that you trust: no policy is enforced. */
  readonly trace?: PermissionTrace | undefined;
  /** Ctrl-C ends a script that computes, instead of the process: the run rejects with CANCELED. */
  readonly interruptible?: boolean | undefined;
}

export interface RunOptions extends CallOptions {
  /** How errors and tracebacks name the script. Default: `script`. */
  readonly name?: string | undefined;
  /** What the script gets as `...` and in `arg`. */
  readonly args?: readonly unknown[] | undefined;
  /**
   * What becomes of the results. `values`, the default: values as JavaScript has them; what can't leave a script, such
   * as a coroutine or a table that contains itself, is an error. `shown`: texts, as `print` writes them. `plain`: as
   * `values`, and in the place of what can't leave, and of functions, `{ $lua: "function" }`.
   */
  readonly results?: Results | undefined;
}

export interface RunResult {
  /** The script's first result. */
  readonly value: unknown;
  /** All of its results. */
  readonly values: readonly unknown[];
}

/** What a script logged. */
export interface LogRecord extends LogLine {
  readonly time: Date;
  /** Who the script acts as. */
  readonly actor: string | undefined;
}
export type LogSink = (record: LogRecord) => void;

/** What the host lends to a run. */
export interface Loan {
  readonly acting: Acting;
  readonly inForce: InForce;
  readonly trace: PermissionTrace | undefined;
  readonly limits: Limits;
  readonly modules: ReadonlyMap<string, Module>;
  readonly print: (line: Uint8Array) => void;
  readonly context: Table;
  readonly log: LogSink;
  readonly bus: EventBus;
  /** Where the script runs: a thread of these, or this one. */
  readonly pool: Pool | undefined;
  /** How many calls of functions led here. */
  readonly depth: number;
  readonly signal: AbortSignal | undefined;
  readonly interruptible: boolean;
  /** Whether what it does often is compiled. */
  readonly compile: boolean;
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
  /** What the run itself was lent. */
  readonly loan: Loan;
  readonly caller: Caller | undefined;
  /** Which functions the caller may be told of. */
  readonly may: (id: string) => boolean;
}

/** The run that makes calls: its state, or its thread. */
export type Caller = State | ThreadRun;

/** What the modules of one run ask: the host's entries, and the policies for its actor. */
export class RunCall implements Call {
  caller: Caller | undefined;
  readonly #loan: Loan;

  constructor(loan: Loan) {
    this.#loan = loan;
  }

  get actor(): Actor | undefined {
    return this.#loan.acting.authority.actor;
  }

  get scope(): Scope | undefined {
    return this.#loan.acting.authority.scope;
  }

  get inForce(): InForce {
    return this.#loan.inForce;
  }

  current(policy: Policy): Policy | undefined {
    const { policies } = this.#loan.inForce.powers.authorities;
    return policies.find(policy.id) ?? this.scope?.policies.find(({ id }) => id === policy.id);
  }

  policy(id: string): Policy {
    return this.#loan.inForce.powers.authorities.policies.policy(id, this.#may("security.policy.get"));
  }

  group(id: string): Scope {
    return this.#loan.inForce.powers.authorities.policies.group(id, this.#may("security.policy_group.get"));
  }

  entry(id: string): OpenEntry | undefined {
    return this.#loan.entry(id);
  }

  nearestStore(id: string): string | undefined {
    return this.#loan.nearestStore(id, this.#may("store.get"));
  }

  invoke(id: string, args: readonly (Value | undefined)[], going: Going): Eventually<Value | undefined> {
    return this.#loan.invoke({ id, args, going, loan: this.#loan, caller: this.caller, may: this.#may("funcs.call") });
  }

  variable(key: string): Variable | undefined {
    return this.#loan.variable(key);
  }

  variables(): Iterable<Variable> {
    return this.#loan.variables();
  }

  get hearsStores(): boolean {
    const { bus } = this.#loan;
    return !bus.isQuiet && bus.hears(STORE_SYSTEM);
  }

  publish(event: BusEvent): void {
    this.#loan.bus.publish(event);
  }

  subscribe(system: string, kind: string | undefined, listener: Listener): () => void {
    return this.#loan.bus.subscribe(system, kind, listener);
  }

  feed(channel: Channel, owner: object, start: StartFeed): () => void {
    return this.caller!.feed(channel, owner, start);
  }

  /** A thread ends with all that waits in it. */
  keep(object: object, type: ReleasedAtEnd): void {
    if (this.caller instanceof State) this.caller.keep(object, type);
  }

  log(line: LogLine): void {
    this.#loan.log({ ...line, time: new Date(), actor: this.actor?.id });
  }

  context(key: Key): Value | undefined {
    const { keys, values } = this.#loan.context;
    return values[keys.findIndex((one) => one instanceof ByteString && one.binary === key)];
  }

  contextValues(): Table {
    return this.#loan.context;
  }

  get allowances(): Allowances {
    return this.caller === undefined ? unlimited : this.caller.allowances;
  }

  permission(action: string, resource: string): Permission {
    const { acting, inForce, trace } = this.#loan;
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
    return this.#loan.acting.authority.decider(action, resource).allows(attributes);
  }

  denied(message: string, action: string, resource: string, attributes: Attributes = noAttributes): MoonkeepError {
    const { acting, inForce } = this.#loan;
    const { authority } = acting;
    inForce.audit?.report("deny", authority, action, resource, attributes);
    return permissionDenied(message, authority, { action, resource, attributes });
  }
}

const noContext = new Table([], [], []);

/** @throws TypeError for what is no plain data, with its place */
export function contextOf(given: Readonly<Record<string, unknown>> | undefined): Table {
  return given === undefined ? noContext : (fromJs({ ...given }, "context") as Table);
}

export async function runScript(source: string | Uint8Array, options: RunOptions, loan: Loan): Promise<RunResult> {
  const { name = "script", args = [] } = options;
  if (args.length > MAX_ARGUMENTS) {
    throw new RangeError(`args: a script takes at most ${MAX_ARGUMENTS} arguments, got ${args.length}`);
  }
  if (loan.signal?.aborted) throw runCanceled(loan.signal);
  const script: Script = {
    source: scriptSource(source, name),
    name: `@${name}`,
    arg: argTable(name, args),
    args,
    results: readResults(options.results),
  };
  return loan.pool === undefined ? runShared(script, loan) : runInThread(script, loan);
}

interface Script {
  readonly source: Uint8Array;
  /** As Lua names chunks. */
  readonly name: string;
  readonly arg: Value;
  readonly args: readonly unknown[];
  readonly results: Results;
}

/** In a state in this thread. */
async function runShared({ source, name, arg, args, results: wanted }: Script, loan: Loan): Promise<RunResult> {
  const { modules, print, limits, signal, interruptible, compile } = loan;
  const call = new RunCall(loan);
  const state = new State({ modules, globals, call, print, compile });
  call.caller = state;
  const options = { ...limits, signal, interruptible };
  const functions = new KeptFunctions(state, options);
  try {
    const budget = new Budget(limits);
    const main = state.load(source, name, budget);
    state.setGlobal("arg", arg);
    const results = await state.run(main, toCells(state.thread, args, "args"), options, budget);
    const present = presenterOf(wanted);
    return functions.outside.outcome(present ? await state.run(present, results, options, budget) : results);
  } finally {
    if (!functions.needState) state.close();
  }
}

/** In a state in a thread of its own; what it asks for is answered here. */
async function runInThread({ args, ...script }: Script, loan: Loan): Promise<RunResult> {
  const run = await openThread(loan, loan);
  return run.outcome({ ...script, args: toCells(run.thread, args, "args"), loads: loan });
}

/** A thread for a run, with what it is lent. */
export async function openThread(loan: Loan, loads: Loads, caller?: Caller): Promise<ThreadRun> {
  const { limits, print, signal, trace, pool, compile } = loan;
  const context = new RunCall(loan);
  const traced = trace !== undefined;
  const setting = {
    principal: principalOf(loan),
    loads,
    context,
    limits,
    print,
    signal,
    traced,
    compile,
    outer: outerOf(caller),
  };
  const run = await ThreadRun.open(pool!, setting);
  context.caller = run;
  return run;
}

/** What is used in a thread counts where it was called from. */
function outerOf(caller: Caller | undefined): Outer | undefined {
  if (caller === undefined || caller instanceof ThreadRun) return caller;
  return caller.budget;
}

/** Who acts, and under which policies: no thread serves two of these. */
function principalOf({ acting, trace }: Loan): string {
  const { actor, scope, strict } = acting.authority;
  return jsonText([actor?.id, actor?.meta, scope?.policies.map(numberOf), strict, trace !== undefined]);
}

const numbers = new WeakMap<Policy, number>();
let policies = 0;

/** Another version of a policy has another number, though its id is the same. */
function numberOf(policy: Policy): number {
  const number = numbers.get(policy) ?? ++policies;
  numbers.set(policy, number);
  return number;
}

/** `arg[0]` is the script's name, `arg[1]` its first argument, as `lua` has them. */
function argTable(name: string, args: readonly unknown[]): Value {
  const values = args.map((value, i) => fromJs(value, `args[${i}]`));
  const fields = new Map<unknown, unknown>([[0, name]]);
  values.forEach((value, i) => {
    fields.set(i + 1, value);
  });
  return fromJs(fields, "arg") as Table;
}
