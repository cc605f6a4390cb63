/** What plugins and actors may use over time: `quotas` of `host.config`, and the option `quotas` of a plugin. */
import type { QuotasConfig } from "../../kinds/quotas.ts";
import { compileWildcards } from "../../security/pattern.ts";
import { Account } from "./account.ts";
import { lower, type QuotaName, type QuotaSet, quotasOf } from "./quota.ts";

interface Rule {
  readonly matches: (actor: string) => boolean;
  readonly quotas: QuotaSet;
}

/** What the registry says. */
export class QuotaRules {
  readonly #rules: readonly Rule[];

  /** @param entry the id of the entry that says it */
  constructor(config: QuotasConfig, entry: string) {
    this.#rules = config.map(({ actors, ...said }, i) => ({
      matches: compileWildcards(actors),
      quotas: quotasOf(
        {
          runs: said.runs,
          cpuPerMinute: said.cpu_per_minute,
          storeOperationsPerMinute: said.store_operations_per_minute,
          keptBytes: said.kept_bytes,
          keptKeys: said.kept_keys,
        },
        `${entry}, quotas[${i}]`,
      ),
    }));
  }

  of(actor: string): QuotaSet | undefined {
    return this.#rules.find(({ matches }) => matches(actor))?.quotas;
  }
}

/** Few enough to be no matter. */
const FEW = 1000;

/** The accounts of those who have quotas. One that nobody uses, and that is paid back, is forgotten. */
export class Quotas {
  readonly #accounts = new Map<string, Account>();
  readonly #refused: (quota: QuotaName) => void;
  #sweepAt = FEW;

  constructor(refused: (quota: QuotaName) => void) {
    this.#refused = refused;
  }

  /** @returns undefined for an actor without quotas */
  accountOf(actor: string, rules: QuotaRules | undefined, granted: QuotaSet | undefined): Account | undefined {
    const said = rules?.of(actor);
    if (said === undefined && granted === undefined) return undefined;
    let account = this.#accounts.get(actor);
    if (account === undefined) {
      this.#sweep();
      account = new Account(actor, this.#refused);
      this.#accounts.set(actor, account);
    }
    account.quotas = said === undefined || granted === undefined ? (said ?? granted ?? {}) : lower(said, granted);
    return account;
  }

  #sweep(): void {
    if (this.#accounts.size < this.#sweepAt) return;
    for (const [actor, account] of this.#accounts) if (account.isIdle) this.#accounts.delete(actor);
    this.#sweepAt = Math.max(FEW, 2 * this.#accounts.size);
  }
}
