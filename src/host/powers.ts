/** What a run may do: who it acts as, under which policies, within which limits, with which modules. */
import type { HostConfig } from "../kinds/host-config.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Limits } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Registry } from "../registry/registry.ts";
import type { Bytes } from "../value/value.ts";
import { Authorities, hostConfigOf } from "./authorities.ts";
import { effectiveLimits, readLimits, registryLimits } from "./limit-options.ts";
import { QuotaRules } from "./quotas/quotas.ts";
import type { CallOptions, Isolation } from "./run-options.ts";

const noLimits: Limits = {};

/** What holds where neither a run nor the registry says. */
export interface Defaults {
  readonly limits: Limits;
  readonly isolation: Isolation | undefined;
}

export class Powers {
  readonly authorities: Authorities;
  readonly #config: HostConfig;
  readonly #allowed: readonly string[] | undefined;
  readonly #byDefault: Defaults;
  /** By what a function's own entry says. */
  /** What the registry says of quotas. */
  readonly quotas: QuotaRules | undefined;
  readonly #effective = new WeakMap<Limits, Limits>();

  constructor(registry: Registry, opened: ReadonlyMap<string, Opened>, byDefault: Defaults) {
    this.#byDefault = byDefault;
    this.#config = hostConfigOf(registry);
    this.authorities = new Authorities(registry, opened);
    this.#allowed = this.#config.modules;
    const { quotas } = this.#config;
    const [entry] = registry.find({ kind: "host.config" });
    this.quotas = quotas === undefined || entry === undefined ? undefined : new QuotaRules(quotas, entry.id);
  }

  /**
   * @param own what a function's own entry says
   * @throws RangeError for a limit that is none
   */
  limits(options: CallOptions, own: Limits = noLimits): Limits {
    const given = readLimits(options);
    if (Object.keys(given).length > 0)
      return effectiveLimits(given, own, registryLimits(this.#config), this.#byDefault.limits);
    let limits = this.#effective.get(own);
    if (limits === undefined) {
      limits = effectiveLimits(own, registryLimits(this.#config), this.#byDefault.limits);
      this.#effective.set(own, limits);
    }
    return limits;
  }

  /** The memory limit of a run that says nothing of it; infinite where there is none. */
  get memory(): Bytes {
    return this.limits({}).memory ?? Number.POSITIVE_INFINITY;
  }

  isolation({ isolation }: CallOptions): Isolation {
    return isolation ?? this.#config.isolation ?? this.#byDefault.isolation ?? "shared";
  }

  /** Whether scripts have the functions of earlier versions of Lua. */
  get compatible(): boolean {
    return this.#config.compatible === true;
  }

  /** What the registry wants of the audit stream. */
  get audit(): HostConfig["audit"] {
    return this.#config.audit;
  }

  /** What `require` may load. */
  modules(all: ReadonlyMap<string, Module>): ReadonlyMap<string, Module> {
    if (this.#allowed === undefined) return all;
    return new Map([...all].filter(([name]) => this.#allowed!.includes(name)));
  }
}
