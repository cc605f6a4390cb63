import { MoonkeepError } from "../../errors.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { QuotaName } from "./quota.ts";

const words: Readonly<Record<QuotaName, (limit: number) => string>> = {
  runs: (limit) => `${limit} runs in flight`,
  cpuPerMinute: (limit) => `${limit / 1000}s of computing time per minute`,
  storeOperationsPerMinute: (limit) => `${limit} store operations per minute`,
  keptBytes: (limit) => `${limit} bytes kept in a store`,
  keptKeys: (limit) => `${limit} keys kept in a store`,
};

/** @param where what sets the quota: `app:host` */
export function quotaExceeded(
  quota: QuotaName,
  limit: number,
  actor: string,
  where: string,
  retryAfter: Milliseconds,
): MoonkeepError {
  const message = `the quota of "${actor}" is used up: ${words[quota](limit)} (set by ${where})`;
  const details = { quota, limit, actor, entry: where, retry_after: Math.ceil(retryAfter) / 1000 };
  return new MoonkeepError("RATE_LIMITED", message, { details });
}
