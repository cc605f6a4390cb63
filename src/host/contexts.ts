/** What runs get from the host: who they act as, what bounds them, and where they run. */
import type { Limits } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Computing } from "../lua/run/call-options.ts";
import { contextOf } from "../modules/context.ts";
import type { EventBus } from "../modules/event-bus.ts";
import { Locks } from "../modules/locks.ts";
import { Authority } from "../security/authority.ts";
import type { Policy } from "../security/policy.ts";
import { Scope } from "../security/scope.ts";
import { toBuffers } from "../value/bytes.ts";
import type { Pool } from "../worker/pool.ts";
import type { Home, Homes } from "./homes.ts";
import { Acting, type InForce } from "./in-force.ts";
import { overridden, readLimits } from "./limit-options.ts";
import type { LogSink } from "./log.ts";
import type { Program } from "./programs.ts";
import type { Account } from "./quotas/account.ts";
import { CpuMeter } from "./quotas/cpu-meter.ts";
import type { Quotas } from "./quotas/quotas.ts";
import type { Doors, RunContext } from "./run-context.ts";
import type { CallOptions } from "./run-options.ts";
import type { About, ActiveRun, Runs } from "./runs.ts";
import type { SessionOptions } from "./session.ts";
import type { Recorder } from "./telemetry/recorder.ts";

export interface ContextOptions {
  /** The built-in modules, and the embedder's. */
  readonly modules: ReadonlyMap<string, Module>;
  /** Whether what scripts do often is compiled. */
  readonly compile: boolean;
  readonly print: (line: Uint8Array) => void;
}

/** What of the host runs are given. */
export interface Parts {
  readonly homes: Homes;
  readonly runs: Runs;
  readonly pool: Pool;
  readonly quotas: Quotas;
  readonly recorder: Recorder;
  readonly bus: EventBus;
  readonly log: LogSink;
}

export class Contexts {
  readonly #options: ContextOptions;
  readonly #inForce: InForce;
  readonly #parts: Parts;
  readonly #cpu = new CpuMeter();

  constructor(options: ContextOptions, inForce: InForce, parts: Parts) {
    this.#options = options;
    this.#inForce = inForce;
    this.#parts = parts;
  }

  /** How the list of runs tells of a run. */
  about(source: string, home: Home, options: CallOptions): About {
    const isolation = this.poolFor(home, options) === undefined ? "shared" : "worker";
    return { source, isolation, signal: options.signal };
  }

  /** @param active the run; undefined: each piece of code is one by itself */
  of(home: Home, options: CallOptions, limits: Limits, active?: ActiveRun): Omit<RunContext, keyof Doors> {
    const { powers } = this.#inForce;
    const acting = this.acting(home, () => this.#inForce.powers.authorities.authority(options));
    const account = this.accountOf(home, acting);
    if (active !== undefined) active.actor = acting.authority.actor?.id;
    active?.countFor(account);
    const { source = "session", isolation = "shared" } = active ?? {};
    const about: About = { source, isolation, signal: options.signal, actor: acting.authority.actor?.id, account };
    return {
      acting,
      account,
      computing: account && this.computing(account),
      inForce: this.#inForce,
      trace: options.trace,
      denials: options.denials,
      limits,
      since: performance.now(),
      plugin: home.plugin?.name,
      modules: powers.modules(this.#options.modules),
      compatible: powers.compatible,
      print: toBuffers(options.print ?? this.#options.print),
      pool: this.poolFor(home, options),
      context: contextOf(options.context),
      log: this.#parts.log,
      bus: this.#parts.bus,
      subscriptions: { count: 0 },
      locks: new Locks(),
      depth: 0,
      signal: active ?? options.signal,
      again: (call) => this.#parts.runs.during(about, call),
      interruptible: options.interruptible ?? false,
      compile: this.#options.compile,
      recorder: this.#parts.recorder,
      span: active?.span,
    };
  }

  /** What bounds whoever acts; undefined where nothing does. */
  accountOf({ plugin }: Home, { authority }: Acting): Account | undefined {
    const { quotas: rules } = this.#inForce.powers;
    const granted = plugin?.quotas;
    if (authority.actor === undefined || (rules === undefined && granted === undefined)) return undefined;
    return this.#parts.quotas.accountOf(authority.actor.id, rules, granted);
  }

  computing(account: Account): Computing | undefined {
    if (account.quotas.cpuPerMinute === undefined) return undefined;
    const meter = this.#cpu;
    return {
      enter: () => meter.enter(account),
      leave: () => meter.leave(),
      spent: (time) => account.computed(time),
    };
  }

  /** Whoever the options say, under these policies as well. */
  actingUnder(options: SessionOptions, also: readonly Policy[]): Acting {
    return new Acting(this.#inForce, () => {
      const { actor, scope, strict } = this.#inForce.powers.authorities.authority(options);
      return new Authority({ actor, scope: new Scope([...(scope?.policies ?? []), ...also]), strict });
    });
  }

  /** A plugin's code acts as the plugin, whoever calls it. */
  acting({ plugin }: Home, otherwise: () => Authority): Acting {
    return new Acting(this.#inForce, plugin === undefined ? otherwise : () => plugin.authority);
  }

  /** The context of a function of the application, with what its entry says of it now. */
  withSecurity(run: RunContext, home: Home, program: Program): RunContext {
    if (home.plugin !== undefined) return run;
    const { acting } = run;
    const derive = () => {
      const { security } = this.#parts.homes.edition.programs.get(program.id) ?? program;
      const { authority } = acting;
      return security === undefined ? authority : this.#inForce.powers.authorities.within(authority, security);
    };
    return { ...run, acting: new Acting(this.#inForce, derive) };
  }

  /** The threads of what runs in one. */
  poolFor({ plugin }: Home, options: CallOptions): Pool | undefined {
    const isolation = options.isolation ?? plugin?.isolation;
    return this.#inForce.powers.isolation({ isolation }) === "worker" ? this.#parts.pool : undefined;
  }

  limitsOf({ plugin }: Home, program: Program, options: CallOptions): Limits {
    if (plugin === undefined) return this.#inForce.powers.limits(options, program.limits);
    const limits = plugin.limits(this.#inForce.powers.limits({}, program.limits), this.#inForce.powers.limits({}));
    const given = readLimits(options);
    return Object.keys(given).length === 0 ? limits : overridden(limits, given);
  }
}
