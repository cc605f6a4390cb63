/** Everything in a host: what is loaded, who may do what, what goes on, and how it ends. */

import type { Module } from "../lua/boundary/module.ts";
import type { OpenEntry } from "../modules/call.ts";
import { EventBus } from "../modules/event-bus.ts";
import type { Environment } from "../registry/env.ts";
import type { Entry } from "../registry/kind.ts";
import type { Registry } from "../registry/registry.ts";
import type { Store } from "../stores/store.ts";
import type { Milliseconds } from "../value/value.ts";
import { Pool, type PoolOptions } from "../worker/pool.ts";
import { Audit, type AuditSink } from "./audit.ts";
import { type ContextOptions, Contexts } from "./contexts.ts";
import { Edition } from "./edition.ts";
import { hostClosed } from "./errors.ts";
import { FunctionCalls } from "./function-calls.ts";
import { Homes } from "./homes.ts";
import { InForce } from "./in-force.ts";
import type { LogSink } from "./log.ts";
import { folderOf, Neighbours } from "./neighbours.ts";
import type { ReadPluginOptions } from "./options.ts";
import type { Loading, Plugin } from "./plugins/plugin.ts";
import type { PluginSet } from "./plugins/plugin-set.ts";
import { type Defaults, Powers } from "./powers.ts";
import { Quotas } from "./quotas/quotas.ts";
import type { RunContext } from "./run-context.ts";
import type { RunOptions } from "./run-options.ts";
import { Runs } from "./runs.ts";
import type { ActingAs, Lent, SessionOptions } from "./session.ts";
import { StandardStreams } from "./standard-streams.ts";
import type { MetricsSnapshot } from "./telemetry/catalog.ts";
import { gaugesOf } from "./telemetry/gauges.ts";
import type { Gauges } from "./telemetry/metrics.ts";
import { Recorder, type Watcher } from "./telemetry/recorder.ts";
import type { Tracing } from "./telemetry/tracing.ts";

export interface WorldOptions extends ContextOptions {
  readonly builtIn: ReadonlyMap<string, Module>;
  readonly byDefault: Defaults;
  readonly workers: PoolOptions;
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
  /** What happens in this host. */
  readonly bus: EventBus = new EventBus();
  /** What goes on. */
  readonly runs: Runs;
  readonly #recorder: Recorder;
  readonly #options: WorldOptions;
  readonly #pool: Pool;
  readonly #homes: Homes;
  readonly #inForce: InForce;
  readonly #contexts: Contexts;
  /** Calls of functions of the application and of plugins. */
  readonly calls: FunctionCalls;

  /** @throws RegistryError with every problem; nothing is opened then */
  constructor(registry: Registry, options: WorldOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options.metrics, options.tracing);
    this.runs = new Runs(this.#recorder);
    const { edition, powers } = this.#open(registry);
    this.#homes = new Homes(edition);
    this.#inForce = new InForce(powers, this.#auditOf(powers));
    this.#pool = new Pool(options.workers, options.modules, powers.memory);
    this.#contexts = new Contexts(options, this.#inForce, {
      homes: this.#homes,
      runs: this.runs,
      pool: this.#pool,
      quotas: new Quotas((quota) => this.#recorder.quotaExceeded(quota)),
      recorder: this.#recorder,
      bus: this.bus,
      log: this.log,
    });
    this.calls = new FunctionCalls(this.#homes, this.#contexts, this.runs, this.#recorder);
    if (powers.isolation({}) === "worker") this.#pool.warm();
  }

  get edition(): Edition {
    return this.#homes.edition;
  }

  get plugins(): PluginSet {
    return this.#homes.plugins;
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
    this.#inForce.replace(powers, this.#auditOf(powers));
    this.#homes.replace(edition);
  }

  // ---- runs ----

  /** Runs a script, by `run`. */
  script<T>(name: string, options: RunOptions, run: (context: RunContext) => Promise<T>): Promise<T> {
    const home = this.#homes.application;
    return this.runs.during(this.#contexts.about(name, home, options), async (active) => {
      const release = home.edition.hold();
      let streams: StandardStreams | undefined;
      try {
        const context = this.calls.context(home, options, this.powers.limits(options), active);
        streams = streamsOf(options, context);
        return await run({ ...context, ...filesOf(options), streams, imports: home.edition.libraries });
      } finally {
        streams?.close();
        release();
      }
    });
  }

  /** What a session has. Something runs in the application's edition until `end` is called. */
  session(given: SessionOptions, { also = [], ...others }: ActingAs = {}): Lent {
    const home = this.#homes.application;
    const options = { ...given, ...others };
    const alone = this.calls.context(home, { ...options, isolation: "shared" }, this.powers.limits(options));
    const context = also.length === 0 ? alone : { ...alone, acting: this.#contexts.actingUnder(options, also) };
    const streams = streamsOf(options, context);
    const { libraries } = home.edition;
    const imports = options.libraries === undefined ? libraries : new Map([...libraries, ...options.libraries]);
    const run = { ...context, ...filesOf(options), streams, imports };
    const { account } = context;
    const during: Lent["during"] = (about, call) => this.runs.during({ ...about, account }, call);
    const release = home.edition.hold();
    this.#inForce.changed(); // what was decided for whoever acted before holds no more
    const end = () => {
      streams?.close();
      release();
    };
    return { run, end, during };
  }

  /** An entry of the application or of a plugin. */
  entry(id: string): OpenEntry | undefined {
    return this.#homes.entry(id);
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
    return this.#homes.nearestStore(id);
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
    await this.#homes.close();
  }
}

/** What a run takes to learn that it was ended: a turn of the event loop, unless its caller is busy. */
const LAST_WORDS: Milliseconds = 1000;

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
