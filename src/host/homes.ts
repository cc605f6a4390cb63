/**
 * Where code comes from, and what the ids are that it knows: the application has an edition of its registry, and so has
 * each plugin that is loaded. Code looks into its own first.
 */
import type { OpenEntry, Variable } from "../modules/call.ts";
import { nearestId } from "../registry/registry.ts";
import type { Edition } from "./edition.ts";
import { functionNotFound, notAFunction } from "./errors.ts";
import type { Plugin } from "./plugins/plugin.ts";
import { PluginSet } from "./plugins/plugin-set.ts";
import type { Program } from "./programs.ts";

/** Where a run comes from: what it looks into first, and keeps for as long as it runs. */
export interface Home {
  readonly edition: Edition;
  /** Absent: it is the application's own. */
  readonly plugin?: Plugin;
}

export class Homes {
  readonly plugins: PluginSet = new PluginSet();
  /** Editions of the application that something still runs in. */
  readonly #retiring = new Set<Edition>();
  #application: Home;

  constructor(edition: Edition) {
    this.#application = { edition };
  }

  /** The application, as it is now. */
  get application(): Home {
    return this.#application;
  }

  get edition(): Edition {
    return this.#application.edition;
  }

  /** Another edition of the application takes the place of the one before, which closes when nothing runs in it. */
  replace(edition: Edition): void {
    const previous = this.edition;
    this.#application = { edition };
    this.#retiring.add(previous);
    previous
      .retire()
      .catch(() => {}) // what is no longer wanted could not be closed well, and nobody waits for it
      .finally(() => this.#retiring.delete(previous));
  }

  /** Where an id is looked for: a plugin's when it is in the namespace of one, else the application's. */
  of(id: string, from: Home = this.#application): Home {
    const owner = this.plugins.owner(id);
    if (from.plugin === undefined) return owner === undefined ? from : { edition: owner.edition, plugin: owner };
    if (id.startsWith(`${from.plugin.name}:`) || id.startsWith(`${from.plugin.name}.`)) return from;
    return owner === undefined ? this.#application : { edition: owner.edition, plugin: owner };
  }

  /** @param may which functions may be named when there is none with this id */
  find(
    id: string,
    from: Home = this.#application,
    may?: (id: string) => boolean,
  ): { readonly home: Home; readonly program: Program } {
    const home = this.of(id, from);
    const { programs, registry } = home.edition;
    const program = programs.get(id);
    if (program !== undefined) return { home, program };
    const entry = registry.get(id);
    throw entry === undefined
      ? functionNotFound(id, nearestId(id, programs.keys(), may))
      : notAFunction(id, entry.kind);
  }

  /** An entry of the application or of a plugin. */
  entry(id: string, from?: Home): OpenEntry | undefined {
    return this.of(id, from).edition.entry(id);
  }

  /** A plugin has its own variables, and then the application's. An id says whose it is. */
  variable(key: string, home: Home): Variable | undefined {
    if (key.includes(":")) return this.of(key, home).edition.variables.find(key);
    return home.edition.variables.find(key) ?? this.edition.variables.find(key);
  }

  variables(home: Home): Iterable<Variable> {
    return new Set([home, this.#application].flatMap(({ edition }) => edition.variables.all));
  }

  /** @param may which stores may be named */
  nearestStore(id: string, from?: Home, may: (id: string) => boolean = () => true): string | undefined {
    const { registry } = this.of(id, from).edition;
    return registry.nearest(id, (entry) => entry.kind.startsWith("store.") && may(entry.id));
  }

  /** Closes everything at once. */
  async close(): Promise<void> {
    await this.plugins.close();
    await Promise.all([...this.#retiring].map((edition) => edition.close()));
    await this.edition.close();
  }
}
