/** What the policies denied to a run: for whoever wants to say it afterwards, whatever the script made of the errors. */
import type { Attributes } from "../security/actor.ts";
import { jsonText } from "../value/json.ts";

/** One thing that was denied. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  /** What the script called it, where that is another name. */
  readonly asked?: string;
  readonly attributes: Attributes;
  /** The id of who asked. */
  readonly actor: string | undefined;
  /** The policy that denied it; undefined where none allowed it. */
  readonly policy: string | undefined;
  /** Whether a policy would have allowed it, and a handle was limited. */
  readonly limited: boolean;
}

/** A script that is denied in a loop is told of as one that is denied a few times. */
const MOST = 100;

export class Denials {
  readonly #denials = new Map<string, Denial>();

  /** Each once, in the order of the first time; the first hundred. */
  get all(): readonly Denial[] {
    return [...this.#denials.values()];
  }

  note(denial: Denial): void {
    if (this.#denials.size >= MOST) return;
    const { action, resource, attributes, actor } = denial;
    const name = jsonText([action, resource, attributes, actor]);
    if (!this.#denials.has(name)) this.#denials.set(name, { ...denial, attributes: Object.freeze({ ...attributes }) });
  }
}
