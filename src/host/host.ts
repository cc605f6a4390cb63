/**
 * The embedder's object: a registry, opened, and scripts that run against it.
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
import { fromJs, toJs } from "../value/js.ts";
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
  /** Whether what runs may come to its end first. Default: false. */
  readonly drain?: boolean | undefined;
  /** For how long, in milliseconds or as a duration such as "10s", which is the default. */
  readonly timeout?: Milliseconds | string | undefined;
}

const DRAIN_TIMEOUT: Milliseconds = 10_000;

export interface HostOptions {
  /** Modules of your own, which scripts load by `require`. */
  readonly modules?: readonly Module[] | undefined;
  /** Where `${env:NAME}` in the registry is filled from. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where `print` writes: one line with its newline, as bytes. Default: the standard output. */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Gets every denial, and what is allowed where the registry's `host.config` asks for that. Called in the act: be quick. */
  readonly audit?: AuditSink | undefined;
  /** Gets what scripts log by `require("logger")`. Default: it goes nowhere. */
  readonly log?: LogSink | undefined;
  /** What a run may use where neither it nor the registry says. */
  readonly limits?: LimitOptions | undefined;
  /** Where scripts run when neither the run nor the registry says. Default: `shared`. */
  readonly isolation?: Isolation | undefined;
  /**
   * Whether what scripts do often is compiled to JavaScript, where this process may make code of text. Default: true.
   * Without it, the interpreter does everything.
   */
  readonly compile?: boolean | undefined;
  /** The threads of scripts that run with `isolation: "worker"`. */
  readonly workers?: WorkerOptions | undefined;
  /**
   * `memory`: a store in memory in the place of every store of the registry and of plugins, for tests; no database is
   * asked anything then. Default: `real`, what the registry says.
   */
  readonly stores?: "real" | "memory" | undefined;
  /** Whether `host.metrics()` counts what happens. Default: false, and it costs nothing. */
  readonly metrics?: boolean | undefined;
  /** Is told of runs, calls and store operations as they begin and end: what `openTelemetry()` makes. */
  readonly tracing?: Tracing | undefined;
}

export class Host {
  /** The application's hooks, to which plugins subscribe. */
  readonly hooks: Hooks;
  /** What happens in the host: events of scripts, changes that they make in stores, and those that you send. */
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
      async (...call) => this.#open().callPlugin(...call),
      this.#world.log,
    );
  }

  /**
   * Reads a registry and opens what it describes.
   * @param path a YAML file, or a folder searched for them. Left out: a host without stores and policies.
   * @throws RegistryError with every problem, each with its place; nothing is opened then.
   */
  static async open(path?: string, options?: HostOptions): Promise<Host> {
    return new Host(checkPath(path), readHostOptions(options));
  }

  /**
   * A host for a start without a registry, as `moonkeep run` has it then: one store, `app:cache`, in memory, and an actor
   * `local` who may do everything.
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
   * @returns what it returned; see README, "Values", for how values cross.
   * @throws MoonkeepError when it raised, or answered `nil, err`; LimitError when it hit a limit; TypeError or
   * RangeError for options that make no sense, such as a group that is not there.
   */
  async run(source: string | Uint8Array, options?: RunOptions): Promise<RunResult> {
    checkSource(source);
    const read = readRunOptions(options);
    return this.#open().script(read.name ?? "script", read, (run) => runScript(source, read, run));
  }

  /**
   * A state that stays open, for prompts and notebooks: what one piece of code sets, the next one finds. Close it.
   * @param options as for `run`, for all that runs in it; it runs in this thread
   * @throws TypeError or RangeError for options that make no sense
   */
  session(options?: SessionOptions): Session {
    const read = readSessionOptions(options);
    this.#open();
    return new Session((acting) => this.#open().session(read, acting));
  }

  /**
   * Calls a function of the registry or of a plugin, in a fresh state. No policy is asked whether it may be called. A
   * plugin's functions act as the plugin, whatever the options say of actor, groups and policies.
   * @param args what the function gets: plain data
   * @returns its first result
   * @throws MoonkeepError NOT_FOUND; INVALID when the entry is not a function; what the function raised, or answered as
   * `nil, err`; LimitError when it hit a limit
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
    return toJs(await world.call(readText(id, "id"), values, read));
  }

  /**
   * Reads the registry again. All of it is put in force, or nothing. A memory store whose entry says the same as before
   * keeps its data; what runs goes on with what it has, and what it asks from then on is decided by the new policies.
   * @throws RegistryError with every problem; MoonkeepError when a plugin that is loaded could not stay. The registry
   * stays what it was then.
   */
  async reload(): Promise<void> {
    this.#open().reload(() => this.#read());
  }

  /**
   * Reads the registry again whenever what it was read from changes, until what this returns is called or the host is
   * closed: its files, those of its code, files that come into its folder, and what links lead to. A change is seen
   * within a second or so, and told once. While a file is half written, the registry stays what it was.
   * @param reloaded called after each time, with what kept the new version from being put in force. What it throws is a
   * warning of the process (`process.on("warning")`).
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
   * A store of the registry or of a plugin, for the embedder: no policy is asked.
   * @throws MoonkeepError NOT_FOUND, or INVALID when the entry is not a store.
   */
  store(id: string): HostStore {
    const entry = this.#world.entry(readText(id, "id"));
    if (entry === undefined) throw storeNotFound(id, this.#world.nearestStore(id));
    if (!entry.kind.startsWith("store.")) throw notAStore(id, entry.kind);
    return new HostStore(id, this.#world.store(id, entry.value as Store));
  }

  /**
   * What the policies say to a question, and why. Nothing is run, and nothing shows in the audit stream.
   * @throws RangeError for a group or policy that is not there; TypeError for what is not plain data
   */
  explain(question: Question): AccessExplanation {
    return explainAccess(this.registry, this.#world.powers.authorities, readQuestion(question));
  }

  /**
   * Whether each database and each store answers, how fast, and which version. It rejects for none of them.
   * @param options.timeout in milliseconds, or a duration; default 5 s
   * @param options.write writes, reads and deletes a key of its own in each database's stores, too: so it finds a full
   * disk, and what can only be read
   */
  async health(options?: HealthQuestion): Promise<readonly Health[]> {
    return checkHealth(this.registry, this.#open().edition.opened, readHealthOptions(options));
  }

  /**
   * What has been counted since the host was opened, and how things stand, as plain data: every metric by its name, with
   * units as Prometheus has them. docs/operations.md has the list.
   * @throws TypeError for a host that was not opened with `metrics: true`
   */
  metrics(): MetricsSnapshot {
    const metrics = this.#world.metrics();
    if (metrics === undefined) throw new TypeError(metricsOff);
    return metrics;
  }

  /**
   * Opens a page that shows what the host has and does: entries, stores, policies, runs, plugins, denials, logs, events
   * and metrics. On 127.0.0.1 alone, behind a token that the address has, and only to look, unless `write` is true.
   * docs/inspection.md is the guide.
   * @throws TypeError or RangeError for options that make no sense; Error when the port can't be had
   */
  async inspect(options?: InspectOptions): Promise<Inspector> {
    const read = readInspectOptions(options);
    const world = this.#open();
    const { inspect } = await import("./inspection/inspect.ts");
    const inspector = await inspect(this, world, read);
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

  /** What runs now, the oldest first: scripts, functions, and calls of functions that came out of scripts. */
  runs(): readonly Run[] {
    return this.#world.runs.list();
  }

  /**
   * Ends what runs with CANCELED, closes every store, and then what they were kept in. From its call on, nothing begins
   * any more: calls reject with UNAVAILABLE, those among them that wait for a thread. When it has resolved, nothing of
   * the host runs or keeps the process. Any number of times: one that does not drain ends a drain that goes on.
   * @param options.drain whether what runs may come to its end first; default: false
   * @param options.timeout for how long, in milliseconds or as a duration; default: 10 s
   * @throws TypeError or RangeError for options that make no sense
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
