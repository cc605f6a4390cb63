/** The audit stream: what was denied, and what was allowed where the registry asks for that. */
import type { HostConfig } from "../kinds/host-config.ts";
import type { Permission } from "../modules/call.ts";
import type { Attributes } from "../security/actor.ts";
import type { Authority } from "../security/authority.ts";
import { nodeCrypto } from "../value/node-crypto.ts";

/** One decision that was carried out. */
export interface AuditEvent {
  readonly time: Date;
  readonly decision: "allow" | "deny";
  /** The actor's id; absent without an actor. */
  readonly actor?: string;
  readonly action: string;
  readonly resource: string;
  /** What the action was about, with keys as the registry wants them shown. */
  readonly attributes: Attributes;
  /** The policy that decided; absent when none did: nothing allows it, or a limited handle denied it. */
  readonly policy?: string;
}

/**
 * Gets each event in the act. One that throws fails what it was told of, with an INTERNAL error: nothing happens that
 * could not be recorded.
 */
export type AuditSink = (event: AuditEvent) => void;

type AuditConfig = NonNullable<HostConfig["audit"]>;

const byDefault: AuditConfig = { allows: false, sample: 1, keys: "plain" };

/** How much of the digest of a key is shown: enough to tell keys apart, and to find one that is known. */
const DIGEST = 16;

export class Audit {
  /** Whether what is allowed is to be reported, too. */
  readonly reportsAllows: boolean;
  readonly #sink: AuditSink;
  readonly #config: AuditConfig;
  /** How often something was allowed. */
  #seen = 0;

  constructor(sink: AuditSink, config: AuditConfig = byDefault) {
    this.#sink = sink;
    this.#config = config;
    this.reportsAllows = config.allows;
  }

  report(decision: "allow" | "deny", authority: Authority, action: string, resource: string, given: Attributes): void {
    const { effect, policy } = authority.decider(action, resource).decide(given);
    const actor = authority.actor?.id;
    this.#sink({
      time: new Date(),
      decision,
      ...(actor === undefined ? {} : { actor }),
      action,
      resource,
      attributes: this.#shown(given),
      ...(policy === undefined || effect !== decision ? {} : { policy }),
    });
  }

  /** The same permission, which reports each time it allows, or a sample of that. */
  watch(permission: Permission, authority: Authority, action: string, resource: string): Permission {
    const note = (allowed: boolean, attributes: () => Attributes): boolean => {
      if (allowed && this.#seen++ % this.#config.sample === 0) {
        this.report("allow", authority, action, resource, attributes());
      }
      return allowed;
    };
    return {
      settled: permission.settled === false ? false : undefined,
      allows: (attributes) => note(permission.allows(attributes), () => attributes),
      allowsKey: (key) => note(permission.allowsKey(key), () => ({ key })),
    };
  }

  #shown(attributes: Attributes): Attributes {
    if (this.#config.keys === "plain") return attributes;
    return Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === "string" ? this.#redacted(value) : value,
      ]),
    );
  }

  #redacted(value: string): string {
    if (this.#config.keys === "hidden") return "***";
    return `sha256:${nodeCrypto().createHash("sha256").update(value).digest("hex").slice(0, DIGEST)}`;
  }
}
