/**
 * The embedder's object: a registry, opened, and scripts that run against it.
 *
 * ```ts
 * const host = await Host.open("registry.yaml");
 * const { value } = await host.run('return require("store").get("app:cache")');
 * await host.close();
 * ```
 */

import type { Opened } from "../kinds/opened.ts";
import { MAX_ARGUMENTS, MAX_CALL_DEPTH } from "../limits.ts";
import type { Limits } from "../lua/budget.ts";
import type { Module } from "../lua/module.ts";
import { modules as builtIn } from "../modules/index.ts";
import { emptyRegistry, nearestId, type Registry } from "../registry/registry.ts";
import { notAStore, storeNotFound } from "../stores/errors.ts";
import type { Store } from "../stores/store.ts";
import type { Eventually } from "../value/eventually.ts";
import { fromJs, toJs } from "../value/js.ts";
import type { Value } from "../value/value.ts";
import { Audit, type AuditSink } from "./audit.ts";
import { callsTooDeep, functionNotFound, hostClosed, notAFunction } from "./errors.ts";
import { type AccessExplanation, explainAccess, type Question } from "./explain.ts";
import { callFunction, passOn } from "./function-call.ts";
import { checkHealth, type Health } from "./health.ts";
import { HostStore } from "./host-store.ts";
import { type LimitOptions, readLimits } from "./limit-options.ts";
import { openEntries, readRegistry } from "./open.ts";
import { Powers } from "./powers.ts";
import { compilePrograms, type Program } from "./programs.ts";
import {
  type CallOptions,
  contextOf,
  type Invocation,
  type Loan,
  type RunOptions,
  type RunResult,
  runScript,
} from "./run.ts";

export interface HostOptions {
  /** Modules of your own, which scripts load by `require`. */
  readonly modules?: readonly Module[] | undefined;
  /** Where `${env:NAME}` in the registry is filled from. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where `print` writes: one line with its newline, as bytes. Default: the standard output. */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Gets every denial, and what is allowed where the registry's `host.config` asks for that. Called in the act: be quick. */
  readonly audit?: AuditSink | undefined;
  /** What a run may use where neither it nor the registry says. */
  readonly limits?: LimitOptions | undefined;
}

export class Host {
  readonly registry: Registry;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #opened: ReadonlyMap<string, Opened>;
  readonly #powers: Powers;
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #audit: Audit | undefined;
  readonly #print: (line: Uint8Array) => void;
  #closed: Promise<void> | undefined;

  private constructor(registry: Registry, options: HostOptions) {
    this.registry = registry;
    this.#modules = new Map([...builtIn, ...(options.modules ?? [])].map((module) => [module.name, module]));
    this.#print = options.print ?? ((line) => process.stdout.write(line));
    this.#programs = compilePrograms(registry, this.#modules);
    this.#opened = openEntries(registry);
    this.#powers = new Powers(registry, this.#opened, readLimits(options.limits ?? {}));
    this.#audit = options.audit && new Audit(options.audit, this.#powers.audit);
  }

  /**
   * Reads a registry and opens what it describes.
   * @param path a YAML file, or a folder searched for them. Left out: a host without stores and policies.
   * @throws RegistryError with every problem, each with its place; nothing is opened then.
   */
  static async open(path?: string, options: HostOptions = {}): Promise<Host> {
    const registry = path === undefined ? emptyRegistry(process.cwd()) : readRegistry(path, options.env);
    return new Host(registry, options);
  }

  /**
   * Runs a script in a fresh state.
   * @returns what it returned; see README, "Values", for how values cross.
   * @throws MoonkeepError when it raised, or answered `nil, err`; LimitError when it hit a limit; TypeError or
   * RangeError for options that make no sense, such as a group that is not there.
   */
  async run(source: string | Uint8Array, options: RunOptions = {}): Promise<RunResult> {
    if (this.#closed !== undefined) throw hostClosed();
    return runScript(source, options, this.#loan(options, this.#powers.limits(options)));
  }

  /**
   * Calls a function of the registry, in a fresh state. No policy is asked whether it may be called.
   * @param args what the function gets: plain data
   * @returns its first result
   * @throws MoonkeepError NOT_FOUND; INVALID when the entry is no function; what the function raised, or answered as
   * `nil, err`; LimitError when it hit a limit
   */
  async call(id: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    if (this.#closed !== undefined) throw hostClosed();
    options.signal?.throwIfAborted();
    if (args.length > MAX_ARGUMENTS) {
      throw new RangeError(`args: a function takes at most ${MAX_ARGUMENTS} arguments, got ${args.length}`);
    }
    const values = args.map((value, i) => fromJs(value, `args[${i}]`));
    const program = this.#program(id);
    const loan = this.#loan(options, this.#powers.limits(options, program.limits));
    return toJs(await callFunction(program, values, this.#powers.lend(loan, program)));
  }

  #loan(options: CallOptions, limits: Limits): Loan {
    return {
      authority: this.#powers.authorities.authority(options),
      policies: this.#powers.authorities.policies,
      audit: this.#audit,
      trace: options.trace,
      limits,
      modules: this.#powers.modules(this.#modules),
      print: options.print ?? this.#print,
      context: contextOf(options.context),
      depth: 0,
      signal: options.signal,
      interruptible: options.interruptible ?? false,
      invoke: (call) => this.#invoke(call),
      entry: (id) => this.#entry(id),
      nearest: (id) => this.registry.nearest(id),
    };
  }

  #invoke({ id, args, going, loan, state }: Invocation): Eventually<Value | undefined> {
    if (loan.depth >= MAX_CALL_DEPTH) throw callsTooDeep(id, MAX_CALL_DEPTH);
    const program = this.#program(id);
    const limits = this.#powers.limits({}, program.limits);
    return callFunction(program, args, this.#powers.lend(passOn(loan, going, limits), program), state);
  }

  #program(id: string): Program {
    const program = this.#programs.get(id);
    if (program !== undefined) return program;
    const entry = this.registry.get(id);
    throw entry === undefined
      ? functionNotFound(id, nearestId(id, this.#programs.keys()))
      : notAFunction(id, entry.kind);
  }

  /**
   * A store of the registry, for the embedder: no policy is asked.
   * @throws MoonkeepError NOT_FOUND, or INVALID when the entry is no store.
   */
  store(id: string): HostStore {
    const entry = this.#entry(id);
    if (entry === undefined) throw storeNotFound(id, this.registry.nearest(id));
    if (!entry.kind.startsWith("store.")) throw notAStore(id, entry.kind);
    return new HostStore(id, entry.value as Store);
  }

  /**
   * What the policies say to a question, and why. Nothing is run, and nothing shows in the audit stream.
   * @throws RangeError for a group or policy that is not there; TypeError for what is no plain data
   */
  explain(question: Question): AccessExplanation {
    return explainAccess(this.registry, this.#powers.authorities, question);
  }

  /**
   * Whether each database and each store answers, how fast, and which version. It rejects for none of them.
   * @param options.timeout in milliseconds; default 5000
   */
  async health({ timeout }: { readonly timeout?: number | undefined } = {}): Promise<readonly Health[]> {
    if (this.#closed !== undefined) throw hostClosed();
    return checkHealth(this.registry, this.#opened, timeout);
  }

  #entry(id: string): { id: string; kind: string; value: unknown } | undefined {
    const entry = this.registry.get(id);
    const opened = this.#opened.get(id);
    return entry === undefined || opened === undefined ? undefined : { id, kind: entry.kind, value: opened.value };
  }

  /** Closes every store, and then what they were kept in. Scripts that still run find them closed. Any number of times. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  /** Backwards, since what an entry uses was opened before it. All of it, even where something fails. */
  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { close } of [...this.#opened.values()].reverse()) {
      try {
        await close?.();
      } catch (e) {
        failures.push(e);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
