/**
 * Least privilege without guessing: a run that is traced may do everything, all that it asked for is noted, and from
 * that come the smallest policies which would allow exactly it.
 */
import type { Permission } from "../modules/call.ts";
import type { Attributes } from "../security/actor.ts";
import { jsonText } from "../value/json.ts";
import { tracedPolicies } from "./traced-policies.ts";

/** One thing that a script asked for. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly attributes: Attributes;
  /** Where in Lua, the first time: `file:line`. */
  readonly where: string | undefined;
  /** Whether the policies in force would have allowed it. */
  readonly allowed: boolean;
}

export class PermissionTrace {
  readonly #asked = new Map<string, Asked>();

  /** Everything that was asked for, each once, in the order of the first time. */
  get asked(): readonly Asked[] {
    return [...this.#asked.values()];
  }

  /** A permission that allows everything and notes it. */
  watch(real: Permission, action: string, resource: string, where: () => string | undefined): Permission {
    const note = (attributes: Attributes): true => {
      const name = jsonText([action, resource, attributes]);
      if (!this.#asked.has(name)) {
        const copy = Object.freeze({ ...attributes });
        this.#asked.set(name, { action, resource, attributes: copy, where: where(), allowed: real.allows(attributes) });
      }
      return true;
    };
    return { settled: undefined, allows: note, allowsKey: (key) => note({ key }) };
  }

  /**
   * The policies as a registry file of their own, in the group `traced` of this namespace.
   * @param script what was traced, for the comment at the top
   */
  toYaml(namespace: string, script: string): string {
    return tracedPolicies(this.asked, namespace, script);
  }
}
