/**
 * A host: an open registry, and scripts that run with it.
 *
 * ```ts
 * const host = await Host.open("registry.yaml");
 * const { value } = await host.run('return require("store").get("app:cache"):get("k")');
 * await host.close();
 * ```
 */
import type { MoonkeepError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { MAX_ARGUMENTS } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import { modules as builtIn } from "../modules/index.ts";
import { emptyRegistry, type Registry } from "../registry/registry.ts";
import { notAStore, storeNotFound } from "../stores/errors.ts";
import { HostStore } from "../stores/host-store.ts";
import type { Store } from "../stores/store.ts";
import { fromJs } from "../value/js.ts";
import { toJsInTurns } from "../value/js-steps.ts";
import { wrongType } from "../value/options.ts";
import type { Milliseconds } from "../value/value.ts";
import type { AuditSink } from "./audit.ts";
import { defaultRegistry } from "./default-registry.ts";
import { hostClosed, metricsOff, runCanceled, tooManyFunctionArguments } from "./errors.ts";
import { HostEvents } from "./events.ts";
import { type AccessExplanation, explainAccess, type Question } from "./explain.ts";
import { checkHealth, type Health, type HealthQuestion } from "./health.ts";
import type { InspectOptions, Inspector } from "./inspection/options.ts";
import type { LimitOptions } from "./limit-options.ts";
import type { LogSink } from "./log.ts";
import { inMemory } from "./memory-stores.ts";
import { readRegistry } from "./open.ts";
import {
  readCallOptions,
  readCloseOptions,
  readFunction,
  readHealthOptions,
  readHostOptions,
  readInspectOptions,
  readList,
  readQuestion,
  readRunOptions,
  readSessionOptions,
  readText,
} from "./options.ts";
import { Hooks } from "./plugins/hooks.ts";
import { Plugins } from "./plugins/plugins.ts";
import { runScript } from "./run.ts";
import type { CallOptions, Isolation, RunOptions, RunResult } from "./run-options.ts";
import type { Run } from "./runs.ts";
import { Session, type SessionOptions } from "./session.ts";
import { checkSource } from "./source.ts";
import type { MetricsSnapshot } from "./telemetry/catalog.ts";
import type { Tracing } from "./telemetry/tracing.ts";
import { watchRegistry } from "./watch.ts";
import { poolOptions, type WorkerOptions } from "./workers.ts";
import { World } from "./world.ts";

export interface CloseOptions {
  /** Whether running scripts may finish first. Default: false. */
  readonly drain?: boolean | undefined;
  /** How long they may take, in milliseconds or as a duration. Default: "10s". */
  readonly timeout?: Milliseconds | string | undefined;
}

const DRAIN_TIMEOUT: Milliseconds = 10_000;

export interface HostOptions {
  /** Modules of your own, which scripts load with `require`. */
  readonly modules?: readonly Module[] | undefined;
  /** The variables for `${env:NAME}` in the registry. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Where `print` writes: called with one line and its newline, as a `Buffer`, and with what `io.write` writes. Default:
   * the standard output.
   */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Called for every denial, and for allowed operations if `host.config` asks for that. The operation waits for it. */
  readonly audit?: AuditSink | undefined;
  /** Called for what scripts log with `require("logger")`. Default: it is dropped. */
  readonly log?: LogSink | undefined;
  /** Limits for runs, if neither the run nor the registry sets them. */
  readonly limits?: LimitOptions | undefined;
  /** Where scripts run, if neither the run nor the registry sets it. Default: `shared`. */
  readonly isolation?: Isolation | undefined;
  /**
   * Whether code that runs often is compiled to JavaScript, if this process may generate code. Default: true.
   * Otherwise the interpreter does everything.
   */
  readonly compile?: boolean | undefined;
  /** The threads of scripts that run with `isolation: "worker"`. */
  readonly workers?: WorkerOptions | undefined;
  /**
   * `memory` replaces every store of the registry and of plugins by a store in memory, for tests; no database is used
   * then. Default: `real`, the stores of the registry.
   */
  readonly stores?: "real" | "memory" | undefined;
  /** Whether to collect metrics for `host.metrics()`. Default: false, which costs nothing. */
  readonly metrics?: boolean | undefined;
  /** Called when runs, calls and store operations begin and end: the result of `openTelemetry()`. */
  readonly tracing?: Tracing | undefined;
}

export class Host {
  /** The application's hooks, to which plugins subscribe. */
  readonly hooks: Hooks;
  /** Events in the host: those of scripts, changes of stores by scripts, and those that you send. */
  readonly events: HostEvents;
  readonly plugins: Plugins;
  readonly #world: World;
  readonly #path: string | undefined;
  /** What is in force where there is no path. */
  readonly #fallback: Registry;
  readonly #env: HostOptions["env"];
  readonly #watches = new Set<() => void>();
  readonly #inspectors = new Set<Inspector>();
  #closed: Promise<void> | undefined;

  private constructor(path: string | undefined, options: HostOptions, fallback = emptyRegistry(process.cwd())) {
    this.#path = path;
    this.#fallback = fallback;
    this.#env = options.env;
    const own = new Map(builtIn.map((module) => [module.name, module]));
    this.#world = new World(this.#read(), {
      builtIn: own,
      modules: new Map([...own, ...(options.modules ?? []).map((module) => [module.name, module] as const)]),
      byDefault: { limits: (options.limits ?? {}) as Limits, isolation: options.isolation },
      compile: options.compile ?? true,
      workers: poolOptions(options.workers ?? {}),
      print: options.print ?? ((line) => process.stdout.write(line)),
      audit: options.audit,
      log: options.log,
      env: options.env,
      adjust: options.stores === "memory" ? inMemory : (entry) => entry,
      metrics: options.metrics ?? false,
      tracing: options.tracing,
    });
    this.plugins = this.#makePlugins();
    this.events = new HostEvents(this.#world.bus, () => void this.#open());
    this.hooks = new Hooks(
      () => this.#open().plugins.all,
      async (...call) => this.#open().calls.callPlugin(...call),
      this.#world.log,
    );
  }

  /**
   * Reads a registry and opens everything that it describes.
   * @param path a YAML file, or a folder with YAML files. Without it, the host has no stores and no policies.
   * @throws RegistryError with all problems and their places; nothing stays open then.
   */
  static async open(path?: string, options?: HostOptions): Promise<Host> {
    return new Host(checkPath(path), readHostOptions(options));
  }

  /**
   * A host without a registry, as `moonkeep run` uses it: it has one memory store, `app:cache`, and an actor `local` who may
   * do everything.
   */
  static async openDefault(options?: HostOptions): Promise<Host> {
    return new Host(undefined, readHostOptions(options), defaultRegistry(process.cwd()));
  }

  /** The registry as it was read last. */
  get registry(): Registry {
    return this.#world.edition.registry;
  }

  #read(): Registry {
    return this.#path === undefined ? this.#fallback : readRegistry(this.#path, this.#env);
  }

  /** @throws MoonkeepError UNAVAILABLE */
  #open(): World {
    if (this.#closed !== undefined) throw hostClosed();
    return this.#world;
  }

  /**
   * Runs a script in a fresh state.
   * @returns its results; the README explains how values are converted ("Values").
   * @throws MoonkeepError if it raised an error or returned `nil, err`; LimitError if it reached a limit; TypeError or
   * RangeError for wrong options, such as a group that does not exist.
   */
  async run(source: string | Uint8Array, options?: RunOptions): Promise<RunResult> {
    checkSource(source);
    const read = readRunOptions(options);
    return this.#open().script(read.name ?? "script", read, (run) => runScript(source, read, run));
  }

  /**
   * A state that stays open, for prompts and notebooks: each piece of code sees the globals of the one before. Close it
   * after use.
   * @param options as for `run`, for all code that runs in it; it runs in this thread
   * @throws TypeError or RangeError for wrong options
   */
  session(options?: SessionOptions): Session {
    const read = readSessionOptions(options);
    this.#open();
    return new Session((acting) => this.#open().session(read, acting));
  }

  /**
   * Calls a function of the registry or of a plugin in a fresh state. No policy is asked for the call itself. The
   * functions of a plugin always act as the plugin, whatever actor, groups and policies the options have.
   * @param args its arguments: plain data
   * @returns its first result
   * @throws MoonkeepError NOT_FOUND; INVALID if the entry is not a function; the error that the function raised or returned as
   * `nil, err`; LimitError if it reached a limit
   */
  async call(id: string, args: readonly unknown[] = [], options?: CallOptions): Promise<unknown> {
    readList(args, "args");
    const read = readCallOptions(options);
    const world = this.#open();
    if (read.signal?.aborted) throw runCanceled(read.signal);
    if (args.length > MAX_ARGUMENTS) {
      throw new RangeError(tooManyFunctionArguments(MAX_ARGUMENTS, args.length));
    }
    const values = args.map((value, i) => fromJs(value, `args[${i}]`));
    return toJsInTurns(await world.calls.call(readText(id, "id"), values, read));
  }

  /**
   * Reads the registry again, and puts the new version in force as a whole or not at all. A memory store whose entry has
   * not changed keeps its data. Running scripts keep their code and stores, but the new policies apply to them at once.
   * @throws RegistryError with all problems; MoonkeepError if a loaded plugin could not stay. The old registry then stays
   * in force.
   */
  async reload(): Promise<void> {
    this.#open().reload(() => this.#read());
  }

  /**
   * Reads the registry again whenever one of its files changes, until the returned function is called or the host is
   * closed. That includes the files of its code, new files in its folder, and the targets of links. A change is noticed
   * within about a second, and reported once. While a file is half written, the old registry stays in force.
   * @param reloaded called after each reload, with the error if the new version could not be used. If it throws, that is
   * a warning of the process (`process.on("warning")`).
   */
  watch(reloaded: (error?: MoonkeepError) => void = () => {}): () => void {
    this.#open();
    readFunction(reloaded, "reloaded");
    const stop = watchRegistry({
      path: this.#path,
      current: () => this.registry,
      reload: () => this.reload(),
      done: reloaded,
    });
    this.#watches.add(stop);
    return () => {
      this.#watches.delete(stop);
      stop();
    };
  }

  /**
   * A store of the registry or of a plugin, for your program: no policy is asked.
   * @throws MoonkeepError NOT_FOUND, or INVALID if the entry is not a store.
   */
  store(id: string): HostStore {
    const entry = this.#world.entry(readText(id, "id"));
    if (entry === undefined) throw storeNotFound(id, this.#world.nearestStore(id));
    if (!entry.kind.startsWith("store.")) throw notAStore(id, entry.kind);
    return new HostStore(id, this.#world.store(id, entry.value as Store));
  }

  /**
   * What the policies decide, and why. Nothing runs, and nothing is recorded in the audit stream.
   * @throws RangeError if a group or policy does not exist; TypeError for attributes that are not plain data
   */
  explain(question: Question): AccessExplanation {
    return explainAccess(this.registry, this.#world.powers.authorities, readQuestion(question));
  }

  /**
   * Whether each database and each store answers, how fast, and its version. It does not reject if one of them fails.
   * @param options.timeout in milliseconds, or a duration; default 5 s
   * @param options.write also writes, reads and deletes a key of its own in each database's stores, which detects a full
   * disk or a read-only database
   */
  async health(options?: HealthQuestion): Promise<readonly Health[]> {
    return checkHealth(this.registry, this.#open().edition.opened, readHealthOptions(options));
  }

  /**
   * All metrics by name, as plain data, with the units of Prometheus. Counters begin when the host is opened.
   * docs/operations.md has the list.
   * @throws TypeError if the host was not opened with `metrics: true`
   */
  metrics(): MetricsSnapshot {
    const metrics = this.#world.metrics();
    if (metrics === undefined) throw new TypeError(metricsOff);
    return metrics;
  }

  /**
   * Serves a web page that shows entries, stores, policies, runs, plugins, denials, logs, events and metrics. It listens on
   * 127.0.0.1 only, needs the token in its address, and is read-only unless `write` is true. docs/inspection.md is the
   * guide.
   * @throws TypeError or RangeError for wrong options; Error if the port is not available
   */
  async inspect(options?: InspectOptions): Promise<Inspector> {
    const read = readInspectOptions(options);
    const world = this.#open();
    const { inspect } = await import("./inspection/inspect.ts");
    const inspector: Inspector = await inspect(this, world, read, () => this.#inspectors.delete(inspector));
    if (this.#closed !== undefined) {
      await inspector.close();
      throw hostClosed();
    }
    this.#inspectors.add(inspector);
    return inspector;
  }

  #makePlugins(): Plugins {
    const world = this.#world;
    const { plugins } = world;
    return new Plugins({
      list: () => plugins.all.map(({ info }) => info),
      load: (path, options) => {
        this.#open();
        return plugins.load(path, options, world.loading, this.registry).info;
      },
      reload: (name, options) => {
        this.#open();
        return world.reloadPlugin(name, options).info;
      },
      unload: (name) => plugins.unload(name),
    });
  }

  /** The current runs, oldest first: scripts, functions, and calls of functions that scripts returned. */
  runs(): readonly Run[] {
    return this.#world.runs.list();
  }

  /**
   * Ends running scripts with CANCELED, and closes every store and database. As soon as it is called, new calls reject with
   * UNAVAILABLE, and so do those that wait for a thread. When it resolves, nothing of the host runs or keeps the process
   * alive. It can be called again: a call without `drain` ends a drain in progress.
   * @param options.drain whether running scripts may finish first; default: false
   * @param options.timeout how long they may take, in milliseconds or as a duration; default: 10 s
   * @throws TypeError or RangeError for wrong options
   */
  async close(options?: CloseOptions): Promise<void> {
    const { drain = false, timeout = DRAIN_TIMEOUT } = readCloseOptions(options);
    if (this.#closed !== undefined && !drain) this.#world.runs.killAll(hostClosed());
    this.#closed ??= this.#closeAll(drain ? timeout : 0);
    return this.#closed;
  }

  async #closeAll(patience: Milliseconds): Promise<void> {
    for (const stop of this.#watches) stop();
    const pages = [...this.#inspectors].map((inspector) => inspector.close());
    if (patience === 0) this.events.close(); // what drains may still tell of what it does
    await this.#world.stop(patience);
    await Promise.all(pages);
    this.events.close();
    await this.#world.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** @throws TypeError, before anything is read */
function checkPath(path: unknown): string | undefined {
  if (path === undefined || (typeof path === "string" && path !== "")) return path;
  const hint = path instanceof URL ? "; fileURLToPath(url) gives it" : "";
  const isOptions = typeof path === "object" && path !== null && !(path instanceof URL);
  const order = isOptions ? "; options come second: Host.open(path, options)" : "";
  throw wrongType("path", `the path of a registry, a YAML file or a folder${hint}${order}`, path);
}
