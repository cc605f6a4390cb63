/**
 * The policies in force, and who acts under them. They change under runs that go on: what a run asks is decided by what
 * is in force when it asks. Everyone who keeps a decision keeps the epoch with it, and compares before using it.
 */
import { MoonkeepError } from "../errors.ts";
import { Authority } from "../security/authority.ts";
import { Scope } from "../security/scope.ts";
import type { Audit } from "./audit.ts";
import type { Powers } from "./powers.ts";

export class InForce {
  /** Another number whenever something else is in force. */
  epoch = 0;
  #powers: Powers;
  #audit: Audit | undefined;

  constructor(powers: Powers, audit: Audit | undefined) {
    this.#powers = powers;
    this.#audit = audit;
  }

  get powers(): Powers {
    return this.#powers;
  }

  get audit(): Audit | undefined {
    return this.#audit;
  }

  replace(powers: Powers, audit: Audit | undefined): void {
    this.#powers = powers;
    this.#audit = audit;
    this.epoch++;
  }

  /** What a plugin, or whoever acts in a session, may do is not what it was. */
  changed(): void {
    this.epoch++;
  }
}

/**
 * Who a run acts as, and under which policies: a recipe, followed again when others are in force. Who acts stays the
 * same for as long as the run goes on; what policies know of that actor may change.
 */
export class Acting {
  readonly #inForce: InForce;
  readonly #derive: () => Authority;
  #authority: Authority;
  #epoch: number;

  /** @throws what `derive` throws */
  constructor(inForce: InForce, derive: () => Authority) {
    this.#inForce = inForce;
    this.#derive = derive;
    this.#authority = derive();
    this.#epoch = inForce.epoch;
  }

  get authority(): Authority {
    return this.#epoch === this.#inForce.epoch ? this.#authority : this.#renew();
  }

  #renew(): Authority {
    const { actor } = this.#authority;
    this.#epoch = this.#inForce.epoch;
    this.#authority = denied(actor);
    const now = this.#derived();
    if (now !== undefined) {
      const same = now.actor?.id === actor?.id;
      this.#authority = same ? now : new Authority({ actor, scope: now.scope, strict: now.strict });
    }
    return this.#authority;
  }

  /** Undefined when the recipe names what is no longer there, such as a group: then nothing is allowed. */
  #derived(): Authority | undefined {
    try {
      return this.#derive();
    } catch (e) {
      if (e instanceof RangeError || e instanceof MoonkeepError) return undefined;
      throw e;
    }
  }
}

const denied = (actor: Authority["actor"]) => new Authority({ actor, scope: new Scope([]), strict: true });
