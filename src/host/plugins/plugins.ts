import { type ReadPluginOptions, readPluginOptions, readText } from "../options.ts";
import type { PluginInfo, PluginOptions } from "./plugin.ts";

/** What the host does with its plugins. */
interface Doing {
  load(path: string, options: ReadPluginOptions): PluginInfo;
  reload(name: string, options: ReadPluginOptions | undefined): PluginInfo;
  unload(name: string): Promise<void>;
  list(): readonly PluginInfo[];
}

/**
 * The plugins of a host: registries that somebody else wrote, each with a manifest (`plugin.yaml`), a namespace and an
 * actor of its own.
 *
 * ```ts
 * await host.plugins.load("./plugins/greeter", { grants: "all" });
 * await host.call("greeter:hello", ["Ada"]);
 * ```
 */
export class Plugins {
  readonly #doing: Doing;

  constructor(doing: Doing) {
    this.#doing = doing;
  }

  /** In the order in which they were loaded. */
  get list(): readonly PluginInfo[] {
    return this.#doing.list();
  }

  /**
   * Loads a plugin.
   * @param path its folder
   * @throws RegistryError with every problem of its manifest, its registry and its code; MoonkeepError
   * PERMISSION_DENIED with everything that it asks for and is not granted, ALREADY_EXISTS when its name is taken;
   * TypeError and RangeError for options that make no sense. Nothing is loaded then.
   */
  async load(path: string, options?: PluginOptions): Promise<PluginInfo> {
    return this.#doing.load(readText(path, "path"), readPluginOptions(options));
  }

  /**
   * Takes the version of a plugin that lies in its folder now. Its stores keep what they have where their entries say the
   * same as before; calls that run go on in the version that they began in, under what is granted now.
   * @param options in the place of those that it was loaded with
   * @throws as `load`; the version that was there goes on then. NOT_FOUND when there is no such plugin.
   */
  async reload(name: string, options?: PluginOptions): Promise<PluginInfo> {
    return this.#doing.reload(readText(name, "name"), options && readPluginOptions(options));
  }

  /**
   * Takes a plugin out. Nothing is called in it from then on; resolves when what runs in it has ended, and its stores
   * are closed.
   * @throws MoonkeepError NOT_FOUND when there is no such plugin
   */
  async unload(name: string): Promise<void> {
    await this.#doing.unload(readText(name, "name"));
  }
}
