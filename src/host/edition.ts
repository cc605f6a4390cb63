import type { Module } from "../lua/boundary/module.ts";
import type { Library } from "../lua/run/loads.ts";
import type { OpenEntry } from "../modules/call.ts";
import type { Registry } from "../registry/registry.ts";
import { closeEntries, type OpenedEntries, type OpenOptions, openEntries } from "./open.ts";
import { compilePrograms, type Program } from "./programs.ts";
import { Variables } from "./variables.ts";

export interface EditionOptions extends Pick<OpenOptions, "adjust" | "env"> {
  readonly previous?: Edition | undefined;
}

/**
 * One version of a registry, compiled and opened. A run keeps the edition that it began with; when another one has
 * taken its place, it is closed as soon as nothing runs in it.
 */
export class Edition {
  readonly registry: Registry;
  readonly programs: ReadonlyMap<string, Program>;
  /** The libraries that scripts may load, by the names that the registry has for them. */
  readonly libraries: ReadonlyMap<string, Library>;
  readonly opened: OpenedEntries;
  readonly variables: Variables;
  #holders = 0;
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  /**
   * @param modules those that there are, by their names
   * @param options.previous what says the same in it is taken over, with its data
   * @throws RegistryError with every problem; nothing is opened then
   */
  constructor(
    registry: Registry,
    modules: ReadonlyMap<string, Module>,
    { previous, env, adjust }: EditionOptions = {},
  ) {
    this.registry = registry;
    const { programs, libraries } = compilePrograms(registry, modules);
    this.programs = programs;
    this.libraries = libraries;
    this.opened = openEntries(registry, { previous: previous?.opened, env, adjust });
    this.variables = new Variables(registry, this.opened);
  }

  entry(id: string): OpenEntry | undefined {
    const opened = this.opened.get(id);
    return opened && { id, kind: opened.entry.kind, value: opened.value };
  }

  /** Something runs in it, until what this returns is called. */
  hold(): () => void {
    this.#holders++;
    return () => {
      if (--this.#holders === 0) this.#idle?.();
    };
  }

  /** Closes it when nothing runs in it any more: another one has taken its place, and what that has taken over. */
  async retire(): Promise<void> {
    if (this.#holders > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.close();
  }

  /** Closes it at once. What still runs finds it closed. Any number of times. */
  close(): Promise<void> {
    this.#closed ??= closeEntries(this.opened);
    return this.#closed;
  }
}
