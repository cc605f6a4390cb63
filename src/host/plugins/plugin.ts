import { join, resolve } from "node:path";
import { MoonkeepError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import type { Module } from "../../lua/boundary/module.ts";
import type { Environment } from "../../registry/env.ts";
import type { Entry } from "../../registry/kind.ts";
import type { Authority } from "../../security/authority.ts";
import type { Bytes, Milliseconds } from "../../value/value.ts";
import { Edition } from "../edition.ts";
import { type LimitOptions, narrower } from "../limit-options.ts";
import type { ReadPluginOptions } from "../options.ts";
import type { Policies } from "../policies.ts";
import { type QuotaOptions, type QuotaSet, quotasOf } from "../quotas/quota.ts";
import type { Isolation } from "../run-options.ts";
import { Breaker } from "./breaker.ts";
import { authorityOf, type Grants, ownAuthority } from "./grants.ts";
import type { AskedPermission } from "./manifest.ts";
import { inDataFolder, withinServers } from "./reach.ts";
import { environmentOf, type Hook, type PluginSource } from "./source.ts";

export interface PluginOptions {
  /** What it may do of what it asks for; `"all"`: everything. Default: nothing, so it must ask for nothing. */
  readonly grants?: "all" | Grants | undefined;
  /** What a call of it may use at most. What is left out is as for calls of the application. */
  readonly limits?: LimitOptions | undefined;
  /** What it may use over time: all its runs and calls, whoever makes them. Default: no quotas. */
  readonly quotas?: QuotaOptions | undefined;
  /** Where its functions run, unless a call says. Default: as for the application's. */
  readonly isolation?: Isolation | undefined;
  /**
   * The folder of its files, which is made when it has one. Default: `.moonkeep/plugins/<name>` in the folder of the
   * application's registry.
   */
  readonly dataFolder?: string | undefined;
  /** How much code its functions and libraries may have, all together; it is compiled while the host waits. Default: 1 MiB. */
  readonly codeBytes?: Bytes | string | undefined;
  /** How much its memory stores may keep, all together. Default: 16 MiB. */
  readonly storeBytes?: Bytes | string | undefined;
  /** Failures of its hooks in a row after which it is suspended. Default: 5. */
  readonly failures?: number | undefined;
  /** How long it is suspended until it is tried again. Default: 30 s. */
  readonly cooldown?: Milliseconds | string | undefined;
}

/** A plugin, for people to look at. */
export interface PluginInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  /** The ids of its functions. */
  readonly functions: readonly string[];
  readonly hooks: readonly Hook[];
  /** What it asks for outside its own namespace. */
  readonly permissions: readonly AskedPermission[];
  readonly modules: readonly string[];
  readonly kinds: readonly string[];
  /** The files outside its data folder that it asks for. */
  readonly files: readonly string[];
  /** The database servers that it asks for. */
  readonly servers: readonly string[];
  /** The environment variables that it asks for. */
  readonly env: readonly string[];
  /** Whether its hooks are left out, after repeated failures. */
  readonly suspended: boolean;
}

const STORE_BYTES: Bytes = 16 * 1024 ** 2;
const FAILURES = 5;
const COOLDOWN: Milliseconds = 30_000;

/** One version of a plugin, loaded. */
export class Plugin {
  readonly source: PluginSource;
  readonly edition: Edition;
  /** What its functions act under; another one when the policies of the application change. */
  authority: Authority;
  readonly options: ReadPluginOptions;
  readonly breaker: Breaker;
  /** When it was loaded, before or after others; a new version has the place of the old one. */
  readonly order: number;
  readonly cooldown: Milliseconds;
  readonly isolation: Isolation | undefined;
  readonly quotas: QuotaSet | undefined;
  readonly #cap: Limits;
  readonly #limits = new WeakMap<Limits, Limits>();

  /** @throws RegistryError, MoonkeepError PERMISSION_DENIED, RangeError; nothing is opened then */
  constructor(source: PluginSource, options: ReadPluginOptions, loading: Loading, previous?: Plugin) {
    this.source = source;
    this.options = options;
    this.order = previous?.order ?? loading.order;
    this.cooldown = options.cooldown ?? COOLDOWN;
    this.isolation = options.isolation;
    this.quotas = options.quotas && quotasOf(options.quotas, `plugins.load of ${source.manifest.name}`);
    this.breaker = new Breaker({ failures: options.failures ?? FAILURES, cooldown: this.cooldown });
    this.#cap = options.limits ?? {};
    this.authority = authorityOf(source.manifest, options.grants ?? {}, loading.policies);
    const limited = limitStores(source, options.storeBytes ?? STORE_BYTES);
    const folder = resolve(options.dataFolder ?? join(loading.root, ".moonkeep", "plugins", this.name));
    this.edition = new Edition(source.registry, modulesOf(source, loading), {
      previous: previous?.edition,
      adjust: (entry) => loading.adjust(withinServers(inDataFolder(limited(entry), folder), source.manifest)),
      env: environmentOf(source.manifest, loading.env),
    });
  }

  /** What its functions act under, with these policies of the application. @throws PERMISSION_DENIED, RangeError */
  authorityUnder(policies: Policies): Authority {
    return authorityOf(this.source.manifest, this.options.grants ?? {}, policies);
  }

  /** The same for what still runs when the plugin is unloaded: where something is no longer granted, its own is left. */
  authorityLeft(policies: Policies): Authority {
    try {
      return this.authorityUnder(policies);
    } catch (e) {
      if (!(e instanceof MoonkeepError || e instanceof RangeError)) throw e;
      return ownAuthority(this.source.manifest);
    }
  }

  get name(): string {
    return this.source.manifest.name;
  }

  /**
   * What a call of a function may use.
   * @param said what its entry says, and the application where that says nothing
   * @param most what a call of the application may use
   */
  limits(said: Limits, most: Limits): Limits {
    let limits = this.#limits.get(said);
    if (limits === undefined) {
      limits = narrower(said, { ...most, ...this.#cap });
      this.#limits.set(said, limits);
    }
    return limits;
  }

  get info(): PluginInfo {
    return { ...describePlugin(this.source), suspended: this.breaker.isOpen };
  }
}

/** What the application has for a plugin that it loads. */
export interface Loading {
  readonly order: number;
  readonly policies: Policies;
  /** Every module that there is. */
  readonly modules: ReadonlyMap<string, Module>;
  /** Those that any plugin may use. */
  readonly builtIn: ReadonlyMap<string, Module>;
  readonly env: Environment;
  /** What an entry is opened as. */
  readonly adjust: (entry: Entry) => Entry;
  /** The folder of the application's registry. */
  readonly root: string;
}

export function describePlugin({ manifest, registry, hooks }: PluginSource): Omit<PluginInfo, "suspended"> {
  const { name, version, description, permissions, modules, kinds, files, servers, env } = manifest;
  const functions = registry.find({ kind: "function.lua" }).map(({ id }) => id);
  return { name, version, description, functions, hooks, permissions, modules, kinds, files, servers, env };
}

function modulesOf({ manifest }: PluginSource, { modules, builtIn }: Loading): ReadonlyMap<string, Module> {
  return new Map([...modules].filter(([name]) => builtIn.has(name) || manifest.modules.includes(name)));
}

/** A plugin's memory stores share what they may keep; without an end, one plugin could fill the process. */
function limitStores({ registry }: PluginSource, total: Bytes): (entry: Entry) => Entry {
  const each = Math.floor(total / Math.max(1, registry.find({ kind: "store.memory" }).length));
  return (entry) => {
    if (entry.kind !== "store.memory") return entry;
    const config = entry.config as { readonly max_bytes: Bytes };
    const most = config.max_bytes === 0 ? each : Math.min(config.max_bytes, each);
    return { ...entry, config: { ...config, max_bytes: most } };
  };
}
