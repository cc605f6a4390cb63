/** What runs find by id, the application's and its plugins', and how one of them calls another. */

import type { Limits } from "../limits.ts";
import { MAX_CALL_DEPTH } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Computing } from "../lua/run/call-options.ts";
import type { Going, OpenEntry, Variable } from "../modules/call.ts";
import { contextOf } from "../modules/context.ts";
import { EventBus } from "../modules/event-bus.ts";
import type { Environment } from "../registry/env.ts";
import type { Entry } from "../registry/kind.ts";
import { nearestId, type Registry } from "../registry/registry.ts";
import { Authority } from "../security/authority.ts";
import type { Policy } from "../security/policy.ts";
import { Scope } from "../security/scope.ts";
import type { Store } from "../stores/store.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Milliseconds, Value } from "../value/value.ts";
import { Pool, type PoolOptions } from "../worker/pool.ts";
import { Audit, type AuditSink } from "./audit.ts";
import { Edition } from "./edition.ts";
import { callsTooDeep, functionNotFound, hostClosed, notAFunction } from "./errors.ts";
import { callFunction, passOn } from "./function-call.ts";
import { Acting, InForce } from "./in-force.ts";
import { overridden, readLimits } from "./limit-options.ts";
import type { LogSink } from "./log.ts";
import { folderOf, Neighbours } from "./neighbours.ts";
import type { ReadPluginOptions } from "./options.ts";
import type { Loading, Plugin } from "./plugins/plugin.ts";
import { PluginSet } from "./plugins/plugin-set.ts";
import { type Defaults, Powers } from "./powers.ts";
import type { Program } from "./programs.ts";
import type { Account } from "./quotas/account.ts";
import { CpuMeter } from "./quotas/cpu-meter.ts";
import { Quotas } from "./quotas/quotas.ts";
import type { Caller, Invocation, RunContext } from "./run-context.ts";
import type { CallOptions, RunOptions } from "./run-options.ts";
import { type About, type ActiveRun, Runs } from "./runs.ts";
import type { ActingAs, Lent, SessionOptions } from "./session.ts";
import { StandardStreams } from "./standard-streams.ts";
import type { MetricsSnapshot } from "./telemetry/catalog.ts";
import { gaugesOf } from "./telemetry/gauges.ts";
import type { Gauges } from "./telemetry/metrics.ts";
import { Recorder, type Watcher } from "./telemetry/recorder.ts";
import type { Tracing } from "./telemetry/tracing.ts";

/** Where a run comes from: what it looks into first, and keeps for as long as it runs. */
interface Home {
  readonly edition: Edition;
  /** Absent: it is the application's own. */
  readonly plugin?: Plugin;
}

export interface WorldOptions {
  readonly builtIn: ReadonlyMap<string, Module>;
  /** Those, and the embedder's. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly byDefault: Defaults;
  readonly workers: PoolOptions;
  /** Whether what scripts do often is compiled. */
  readonly compile: boolean;
  readonly print: (line: Uint8Array) => void;
  readonly audit: AuditSink | undefined;
  readonly log: LogSink | undefined;
  /** What the application's `env.storage.os` has; a plugin's has nothing. */
  readonly env: Environment | undefined;
  /** What an entry is opened as. */
  readonly adjust: (entry: Entry) => Entry;
  /** Whether things are counted. */
  readonly metrics: boolean;
  readonly tracing: Tracing | undefined;
}

export class World {
  readonly plugins: PluginSet = new PluginSet();
  /** What happens in this host. */
  readonly bus: EventBus = new EventBus();
  /** What goes on. */
  readonly runs: Runs;
  readonly #recorder: Recorder;
  readonly #quotas: Quotas;
  readonly #cpu = new CpuMeter();
  readonly #options: WorldOptions;
  /** Editions of the application that something still runs in. */
  readonly #retiring = new Set<Edition>();
  readonly #pool: Pool;
  #home: Home;
  readonly #inForce: InForce;

  /** @throws RegistryError with every problem; nothing is opened then */
  constructor(registry: Registry, options: WorldOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options.metrics, options.tracing);
    this.#quotas = new Quotas((quota) => this.#recorder.quotaExceeded(quota));
    this.runs = new Runs(this.#recorder);
    const { edition, powers } = this.#open(registry);
    this.#home = { edition };
    this.#inForce = new InForce(powers, this.#auditOf(powers));
    this.#pool = new Pool(options.workers, options.modules, powers.memory);
    if (powers.isolation({}) === "worker") this.#pool.warm();
  }

  get edition(): Edition {
    return this.#home.edition;
  }

  get powers(): Powers {
    return this.#inForce.powers;
  }

  /** Where scripts and hooks log. */
  readonly log: LogSink = (record) => {
    this.#options.log?.(record);
    this.#recorder.logged(record);
  };

  #open(registry: Registry, previous?: Edition): { readonly edition: Edition; readonly powers: Powers } {
    const { modules, adjust, env = process.env } = this.#options;
    const edition = new Edition(registry, modules, { previous, env, adjust });
    try {
      return { edition, powers: new Powers(registry, edition.opened, this.#options.byDefault) };
    } catch (e) {
      edition.close().catch(() => {}); // nothing of it is used
      throw e;
    }
  }

  #auditOf(powers: Powers): Audit | undefined {
    const { audit } = this.#options;
    return audit && new Audit(audit, powers.audit);
  }

  /**
   * Puts another version of the registry in the place of this one, or nothing at all. What says the same is taken over;
   * runs that go on keep what they have, and what they ask is decided by the new policies.
   * @throws RegistryError; MoonkeepError when a plugin that is loaded could not stay
   */
  reload(read: () => Registry): void {
    try {
      this.#replace(read());
    } catch (e) {
      this.#recorder.reloaded("error");
      throw e;
    }
    this.#recorder.reloaded("ok");
  }

  #replace(registry: Registry): void {
    const previous = this.edition;
    const { edition, powers } = this.#open(registry, previous);
    try {
      this.plugins.prepare(powers.authorities.policies, registry)();
    } catch (e) {
      edition.close().catch(() => {}); // nothing of it is used
      throw e;
    }
    this.#home = { edition };
    this.#inForce.replace(powers, this.#auditOf(powers));
    this.#retiring.add(previous);
    previous
      .retire()
      .catch(() => {}) // what is no longer wanted could not be closed well, and nobody waits for it
      .finally(() => this.#retiring.delete(previous));
  }

  // ---- runs ----

  /** Runs a script, by `run`. */
  script<T>(name: string, options: RunOptions, run: (context: RunContext) => Promise<T>): Promise<T> {
    const home = this.#home;
    return this.runs.during(this.#about(name, home, options), async (active) => {
      const release = home.edition.hold();
      let streams: StandardStreams | undefined;
      try {
        const context = this.#context(home, options, this.powers.limits(options), active);
        streams = streamsOf(options, context);
        return await run({ ...context, ...filesOf(options), streams, imports: home.edition.libraries });
      } finally {
        void streams?.close();
        release();
      }
    });
  }

  /** What a session has. Something runs in the application's edition until `end` is called. */
  session(given: SessionOptions, { also = [], ...others }: ActingAs = {}): Lent {
    const home = this.#home;
    const options = { ...given, ...others };
    const alone = this.#context(home, { ...options, isolation: "shared" }, this.powers.limits(options));
    const context = also.length === 0 ? alone : { ...alone, acting: this.#actingUnder(options, also) };
    const streams = streamsOf(options, context);
    const { libraries } = home.edition;
    const imports = options.libraries === undefined ? libraries : new Map([...libraries, ...options.libraries]);
    const run = { ...context, ...filesOf(options), streams, imports };
    const { account } = context;
    const during: Lent["during"] = (about, call) => this.runs.during({ ...about, account }, call);
    const release = home.edition.hold();
    this.#inForce.changed(); // what was decided for whoever acted before holds no more
    const end = () => {
      void streams?.close();
      release();
    };
    return { run, end, during };
  }

  /** Calls a function for the application. @throws as `Host.call` rejects */
  call(id: string, args: readonly (Value | undefined)[], options: CallOptions): Eventually<Value | undefined> {
    const { home, program } = this.#find(id, this.#home);
    return this.#call(home, program, args, options, this.#limitsOf(home, program, options));
  }

  /** Calls a function of a plugin that is loaded. */
  callPlugin(
    plugin: Plugin,
    id: string,
    args: readonly (Value | undefined)[],
    options: CallOptions,
  ): Eventually<Value | undefined> {
    const home: Home = { edition: plugin.edition, plugin };
    const program = plugin.edition.programs.get(id)!;
    const { timeout, ...others } = options;
    const limits = this.#limitsOf(home, program, others);
    const most = { ...limits, timeout: Math.min(Number(timeout), limits.timeout ?? Number.POSITIVE_INFINITY) };
    return this.#call(home, program, args, others, most);
  }

  #call(
    home: Home,
    program: Program,
    args: readonly (Value | undefined)[],
    options: CallOptions,
    limits: Limits,
  ): Eventually<Value | undefined> {
    const active = this.runs.begin(this.#about(program.id, home, options));
    return whenOver(active.end, () => this.#start(home, program, args, this.#context(home, options, limits, active)));
  }

  #about(source: string, home: Home, options: CallOptions): About {
    const isolation = this.#poolFor(home, options) === undefined ? "shared" : "worker";
    return { source, isolation, signal: options.signal };
  }

  /** @param active the run; undefined: each piece of code is one by itself */
  #context(home: Home, options: CallOptions, limits: Limits, active?: ActiveRun): RunContext {
    const { powers } = this;
    const acting = this.#acting(home, () => this.powers.authorities.authority(options));
    const account = this.#accountOf(home, acting);
    if (active !== undefined) active.actor = acting.authority.actor?.id;
    active?.countFor(account);
    const { source = "session", isolation = "shared" } = active ?? {};
    const about: About = { source, isolation, signal: options.signal, actor: acting.authority.actor?.id, account };
    return {
      acting,
      account,
      computing: account && this.#computing(account),
      inForce: this.#inForce,
      trace: options.trace,
      denials: options.denials,
      limits,
      since: performance.now(),
      plugin: home.plugin?.name,
      modules: powers.modules(this.#options.modules),
      compatible: powers.compatible,
      print: options.print ?? this.#options.print,
      pool: this.#poolFor(home, options),
      context: contextOf(options.context),
      log: this.log,
      bus: this.bus,
      depth: 0,
      signal: active ?? options.signal,
      again: (call) => this.runs.during(about, call),
      interruptible: options.interruptible ?? false,
      compile: this.#options.compile,
      recorder: this.#recorder,
      span: active?.span,
      ...this.#doorsOf(home),
    };
  }

  /** What bounds whoever acts; undefined where nothing does. */
  #accountOf({ plugin }: Home, { authority }: Acting): Account | undefined {
    const { quotas: rules } = this.powers;
    const granted = plugin?.quotas;
    if (authority.actor === undefined || (rules === undefined && granted === undefined)) return undefined;
    return this.#quotas.accountOf(authority.actor.id, rules, granted);
  }

  #computing(account: Account): Computing | undefined {
    if (account.quotas.cpuPerMinute === undefined) return undefined;
    const meter = this.#cpu;
    return {
      enter: () => meter.enter(account),
      leave: () => meter.leave(),
      spent: (time) => account.computed(time),
    };
  }

  /** Whoever the options say, under these policies as well. */
  #actingUnder(options: SessionOptions, also: readonly Policy[]): Acting {
    return new Acting(this.#inForce, () => {
      const { actor, scope, strict } = this.powers.authorities.authority(options);
      return new Authority({ actor, scope: new Scope([...(scope?.policies ?? []), ...also]), strict });
    });
  }

  /** A plugin's code acts as the plugin, whoever calls it. */
  #acting({ plugin }: Home, otherwise: () => Authority): Acting {
    return new Acting(this.#inForce, plugin === undefined ? otherwise : () => plugin.authority);
  }

  /** The context of a function of the application, with what its entry says of it now. */
  #withSecurity(run: RunContext, home: Home, program: Program): RunContext {
    if (home.plugin !== undefined) return run;
    const { acting } = run;
    const derive = () => {
      const { security } = this.edition.programs.get(program.id) ?? program;
      const { authority } = acting;
      return security === undefined ? authority : this.powers.authorities.within(authority, security);
    };
    return { ...run, acting: new Acting(this.#inForce, derive) };
  }

  /** The threads of what runs in one. */
  #poolFor({ plugin }: Home, options: CallOptions): Pool | undefined {
    const isolation = options.isolation ?? plugin?.isolation;
    return this.powers.isolation({ isolation }) === "worker" ? this.#pool : undefined;
  }

  /** How a run reaches others, by their ids. */
  #doorsOf(home: Home): Pick<RunContext, "invoke" | "entry" | "nearestStore" | "variable" | "variables"> {
    return {
      invoke: (call) => this.#invoke(call, home),
      entry: (id) => this.#homeOf(id, home).edition.entry(id),
      nearestStore: (id, may) => nearestStore(this.#homeOf(id, home), id, may),
      variable: (key) => this.#variable(key, home),
      variables: () => new Set([home, this.#home].flatMap(({ edition }) => edition.variables.all)),
    };
  }

  /** A plugin has its own variables, and then the application's. An id says whose it is. */
  #variable(key: string, home: Home): Variable | undefined {
    if (key.includes(":")) return this.#homeOf(key, home).edition.variables.find(key);
    return home.edition.variables.find(key) ?? this.edition.variables.find(key);
  }

  #invoke({ id, args, going, run, caller, may }: Invocation, from: Home): Eventually<Value | undefined> {
    if (run.depth >= MAX_CALL_DEPTH) throw callsTooDeep(id, MAX_CALL_DEPTH);
    const { home, program } = this.#find(id, from, may);
    return this.#recorder.call(program.id, run.span, (span) =>
      this.#pass(home, program, args, going, { ...run, span }, caller, from),
    );
  }

  #pass(
    home: Home,
    program: Program,
    args: Invocation["args"],
    going: Going,
    run: RunContext,
    caller: Caller | undefined,
    from: Home,
  ): Eventually<Value | undefined> {
    const passed = passOn(run, going, this.#limitsOf(home, program, {}));
    if (home === from) {
      return this.#counted(passed, home, (context) =>
        callFunction(program, args, this.#withSecurity(context, home, program), caller),
      );
    }
    const acting = home.plugin === undefined ? passed.acting : this.#acting(home, () => passed.acting.authority);
    const pool = passed.pool ?? this.#poolFor(home, {}); // what a thread calls runs in a thread, too
    const called = { ...passed, acting, pool, plugin: home.plugin?.name, ...this.#doorsOf(home) };
    return this.#counted(called, home, (context) => this.#start(home, program, args, context, caller));
  }

  /** What is called by somebody else counts for whoever acts in it. @throws MoonkeepError RATE_LIMITED */
  #counted<T>(run: RunContext, home: Home, call: (run: RunContext) => Eventually<T>): Eventually<T> {
    const account = this.#accountOf(home, run.acting);
    if (account === run.account) return call(run);
    const context = { ...run, account, computing: account && this.#computing(account) };
    return account === undefined ? call(context) : whenOver(account.begin(), () => call(context));
  }

  /** Calls a function of an edition, which is there until it has ended. */
  #start(
    home: Home,
    program: Program,
    args: readonly (Value | undefined)[],
    run: RunContext,
    caller?: Caller,
  ): Eventually<Value | undefined> {
    return whenOver(home.edition.hold(), () =>
      callFunction(program, args, this.#withSecurity(run, home, program), caller),
    );
  }

  #limitsOf({ plugin }: Home, program: Program, options: CallOptions): Limits {
    if (plugin === undefined) return this.powers.limits(options, program.limits);
    const limits = plugin.limits(this.powers.limits({}, program.limits), this.powers.limits({}));
    const given = readLimits(options);
    return Object.keys(given).length === 0 ? limits : overridden(limits, given);
  }

  // ---- looking things up ----

  /** Whose an id is: a plugin's when it is in the namespace of one, else the application's. */
  #homeOf(id: string, from: Home): Home {
    const owner = this.plugins.owner(id);
    if (from.plugin === undefined) return owner === undefined ? from : { edition: owner.edition, plugin: owner };
    if (id.startsWith(`${from.plugin.name}:`) || id.startsWith(`${from.plugin.name}.`)) return from;
    return owner === undefined ? this.#home : { edition: owner.edition, plugin: owner };
  }

  /** @param may which functions may be named when there is none with this id */
  #find(id: string, from: Home, may?: (id: string) => boolean): { readonly home: Home; readonly program: Program } {
    const home = this.#homeOf(id, from);
    const { programs, registry } = home.edition;
    const program = programs.get(id);
    if (program !== undefined) return { home, program };
    const entry = registry.get(id);
    throw entry === undefined
      ? functionNotFound(id, nearestId(id, programs.keys(), may))
      : notAFunction(id, entry.kind);
  }

  /** An entry of the application or of a plugin. */
  entry(id: string): OpenEntry | undefined {
    return this.#homeOf(id, this.#home).edition.entry(id);
  }

  /** A store as the application uses it. */
  store(id: string, store: Store): Store {
    return this.#recorder.store(id, store);
  }

  /** What was counted so far, and how things stand. Undefined where nothing is counted. */
  metrics(): MetricsSnapshot | undefined {
    return this.#recorder.metrics?.snapshot(this.standing);
  }

  /** How things stand. */
  get standing(): Gauges {
    const { runs, bus, plugins, edition } = this;
    return gaugesOf({ runs, bus, plugins, edition, pool: this.#pool });
  }

  /** Tells somebody of what happens, until what it returns is called. */
  watch(watcher: Watcher): () => void {
    this.#recorder.watchers.add(watcher);
    return () => void this.#recorder.watchers.delete(watcher);
  }

  nearestStore(id: string): string | undefined {
    return nearestStore(this.#homeOf(id, this.#home), id, () => true);
  }

  /** Another version of a plugin is loaded, or other grants: what runs in the one before is decided by them, too. */
  reloadPlugin(name: string, options: ReadPluginOptions | undefined): Plugin {
    const plugin = this.plugins.reload(name, options, this.loading);
    this.#inForce.changed();
    return plugin;
  }

  /** What the application has for a plugin that it loads. */
  get loading(): Omit<Loading, "order"> {
    const { modules, builtIn, adjust, env = process.env } = this.#options;
    const { root } = this.edition.registry;
    return { policies: this.powers.authorities.policies, modules, builtIn, adjust, env, root };
  }

  /**
   * Lets nothing more begin, waits for what goes on, and ends what is left of it.
   * @param patience for how long it waits
   */
  async stop(patience: Milliseconds): Promise<void> {
    this.runs.refuse();
    this.#pool.refuse(hostClosed());
    if (patience > 0) await this.runs.drained(patience);
    this.runs.killAll(hostClosed());
    await this.#pool.close(hostClosed());
    await this.runs.drained(LAST_WORDS);
  }

  /** Closes everything at once. What still runs finds it closed. */
  async close(): Promise<void> {
    await this.plugins.close();
    await Promise.all([...this.#retiring].map((edition) => edition.close()));
    await this.edition.close();
  }
}

/** What a run takes to learn that it was ended: a turn of the event loop, unless its caller is busy. */
const LAST_WORDS: Milliseconds = 1000;

/** Calls `end` when `f` has its answer, now or later, and with what it failed with. */
function whenOver<T>(end: (error?: unknown) => void, f: () => Eventually<T>): Eventually<T> {
  const failed = (e: unknown): never => {
    end(e);
    throw e;
  };
  let answer: Eventually<T>;
  try {
    answer = f();
  } catch (e) {
    return failed(e);
  }
  if (!isLater(answer)) {
    end();
    return answer;
  }
  return answer.then((value) => {
    end();
    return value;
  }, failed);
}

const nearestStore = ({ edition }: Home, id: string, may: (id: string) => boolean): string | undefined =>
  edition.registry.nearest(id, (entry) => entry.kind.startsWith("store.") && may(entry.id));

/** The standard streams of a script that is given some. */
const streamsOf = ({ io }: Pick<RunOptions, "io">, { print, limits }: RunContext): StandardStreams | undefined =>
  io && new StandardStreams({ ...io, print, longest: limits.memory });

/** What finds the files of a script. */
const filesOf = ({
  root,
  name = "",
  fileRead,
}: Pick<RunOptions, "root" | "name" | "fileRead">): Pick<RunContext, "finder"> => ({
  finder: root === undefined ? undefined : new Neighbours({ root, shown: folderOf(name), fileRead }),
});
