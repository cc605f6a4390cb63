import { resolve } from "node:path";
import type { Registry } from "../../registry/registry.ts";
import type { Authority } from "../../security/authority.ts";
import { nearest } from "../../value/nearest.ts";
import type { ReadPluginOptions } from "../options.ts";
import type { Policies } from "../policies.ts";
import { alreadyLoaded, nameChanged, namespaceTaken, notLoaded } from "./errors.ts";
import { authorityOf } from "./grants.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type Loading, Plugin } from "./plugin.ts";
import { readPlugin } from "./source.ts";

/** The plugins that are loaded, and the ones that are on their way out. */
export class PluginSet {
  readonly #byName = new Map<string, Plugin>();
  /** Editions that something still runs in. */
  readonly #retiring = new Set<Plugin>();
  #loaded = 0;

  /** The plugin whose namespace an id, or a namespace, is in. */
  owner(id: string): Plugin | undefined {
    if (this.#byName.size === 0) return undefined;
    return this.#byName.get(id.match(/^[^:.]*/)![0]);
  }

  /** @throws MoonkeepError NOT_FOUND */
  get(name: string): Plugin {
    const plugin = this.#byName.get(name);
    if (plugin === undefined) throw notLoaded(name, nearest(name, this.#byName.keys()));
    return plugin;
  }

  /** In the order in which they were loaded. */
  get all(): readonly Plugin[] {
    return [...this.#byName.values()].sort((a, b) => a.order - b.order);
  }

  /** @throws RegistryError, MoonkeepError ALREADY_EXISTS, PERMISSION_DENIED; nothing is loaded then */
  load(path: string, options: ReadPluginOptions, loading: Omit<Loading, "order">, registry: Registry): Plugin {
    const manifest = readManifest(resolve(path));
    const { name } = manifest;
    if (this.#byName.has(name)) throw alreadyLoaded(name);
    this.#checkNamespace(name, registry);
    checkGrants(manifest, options, loading.policies);
    const source = readPlugin(path, manifest, { ...loading, codeBytes: options.codeBytes });
    const plugin = new Plugin(source, options, { ...loading, order: this.#loaded++ });
    this.#byName.set(name, plugin);
    return plugin;
  }

  /**
   * Takes the version that lies in the plugin's folder now. What its stores keep is kept where their entries say the
   * same; calls that run go on in the version that they began in.
   * @throws as `load` does; the version that was there goes on then
   */
  reload(name: string, options: ReadPluginOptions | undefined, loading: Omit<Loading, "order">): Plugin {
    const before = this.get(name);
    const { folder } = before.source;
    const manifest = readManifest(folder);
    if (manifest.name !== name) throw nameChanged(name, manifest.name);
    const granted = options ?? before.options;
    checkGrants(manifest, granted, loading.policies);
    const source = readPlugin(folder, manifest, { ...loading, codeBytes: granted.codeBytes });
    const plugin = new Plugin(source, granted, { ...loading, order: before.order }, before);
    this.#byName.set(name, plugin);
    this.#retire(before);
    this.#narrowRetiring();
    return plugin;
  }

  /** Nothing is called in it from now on; resolves when what still runs in it has ended. */
  unload(name: string): Promise<void> {
    const plugin = this.get(name);
    this.#byName.delete(name);
    return this.#retire(plugin);
  }

  #retire(plugin: Plugin): Promise<void> {
    this.#retiring.add(plugin);
    const retired = plugin.edition.retire().finally(() => this.#retiring.delete(plugin));
    retired.catch(() => {}); // whoever awaits it sees what failed
    return retired;
  }

  /**
   * What each plugin may do under other policies.
   * @returns what puts it in force
   * @throws MoonkeepError PERMISSION_DENIED, RangeError; ALREADY_EXISTS for an entry in the namespace of a plugin
   */
  prepare(policies: Policies, registry: Registry): () => void {
    const authorities = new Map<Plugin, Authority>();
    for (const plugin of this.#byName.values()) {
      this.#checkNamespace(plugin.name, registry);
      authorities.set(plugin, plugin.authorityUnder(policies));
    }
    return () => {
      for (const [plugin, authority] of authorities) plugin.authority = authority;
      for (const plugin of this.#retiring) plugin.authority = plugin.authorityLeft(policies);
      this.#narrowRetiring();
    };
  }

  /** What still runs in an earlier version may do what the one that is loaded now may. */
  #narrowRetiring(): void {
    for (const plugin of this.#retiring) {
      const successor = this.#byName.get(plugin.name);
      if (successor !== undefined) plugin.authority = successor.authority;
    }
  }

  #checkNamespace(name: string, registry: Registry): void {
    const taken = registry.entries.find(({ namespace }) => namespace === name || namespace.startsWith(`${name}.`));
    if (taken !== undefined) throw namespaceTaken(name, taken.id);
  }

  /** Closes everything at once. What still runs finds it closed. */
  async close(): Promise<void> {
    const plugins = [...this.#byName.values(), ...this.#retiring];
    this.#byName.clear();
    await Promise.all(plugins.map((plugin) => plugin.edition.close()));
  }
}

/** Before anything of the environment is read into the plugin. @throws MoonkeepError PERMISSION_DENIED, RangeError */
function checkGrants(manifest: Manifest, { grants = {} }: ReadPluginOptions, policies: Policies): void {
  authorityOf(manifest, grants, policies);
}
