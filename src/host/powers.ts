/** What a run may do: who it acts as, under which policies, within which limits, with which modules. */
import { MoonkeepError } from "../errors.ts";
import type { HostConfig } from "../kinds/host-config.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Limits } from "../lua/budget.ts";
import type { Module } from "../lua/module.ts";
import type { Registry } from "../registry/registry.ts";
import { Authorities, hostConfigOf } from "./authorities.ts";
import { effectiveLimits, readLimits, registryLimits } from "./limit-options.ts";
import type { RunOptions } from "./run.ts";

export class Powers {
  readonly authorities: Authorities;
  readonly #config: HostConfig;
  readonly #allowed: readonly string[] | undefined;
  readonly #limits: Limits;

  /** @param limits what holds where neither a run nor the registry says */
  constructor(registry: Registry, opened: ReadonlyMap<string, Opened>, modules: readonly string[], limits: Limits) {
    this.#limits = limits;
    this.#config = hostConfigOf(registry);
    this.authorities = new Authorities(registry, opened);
    this.#allowed = this.#config.modules;
    const unknown = (this.#allowed ?? []).findIndex((name) => !modules.includes(name));
    if (unknown !== -1) {
      const [entry] = registry.find({ kind: "host.config" });
      throw unknownModule(registry.placeOf(entry!, ["modules", unknown]), this.#allowed![unknown]!, modules);
    }
  }

  /** @throws RangeError for a limit that is none */
  limits(options: RunOptions): Limits {
    return effectiveLimits(readLimits(options), registryLimits(this.#config), this.#limits);
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

function unknownModule(place: string, name: string, modules: readonly string[]): MoonkeepError {
  return new MoonkeepError(
    "INVALID",
    `${place}: there is no module "${name}"; the modules are ${[...modules].sort().join(", ")}`,
  );
}
