import type { Opened } from "../kinds/opened.ts";
import type { Variable } from "../modules/call.ts";
import type { Registry } from "../registry/registry.ts";

/** The variables that a registry declares. Of two with the same name, the first has it; the other has its id. */
export class Variables {
  readonly all: readonly Variable[];
  readonly #byName = new Map<string, Variable>();
  readonly #byId = new Map<string, Variable>();

  constructor(registry: Registry, opened: ReadonlyMap<string, Opened>) {
    for (const { id } of registry.find({ kind: "env.variable" })) {
      const variable = opened.get(id)!.value as Variable;
      this.#byId.set(id, variable);
      const { name } = variable;
      if (name !== undefined && !this.#byName.has(name)) this.#byName.set(name, variable);
    }
    this.all = [...this.#byName.values()];
  }

  /** By its name, or by its entry's id. A name has no colon, and an id has one. */
  find(key: string): Variable | undefined {
    return this.#byName.get(key) ?? this.#byId.get(key);
  }
}
