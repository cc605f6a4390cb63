import type { Milliseconds } from "../value/value.ts";
import { ttlNotPositive } from "./errors.ts";

/** @throws RangeError for a time that is not finite, or not above 0 */
export function checkTtl(ttl: Milliseconds | undefined): void {
  if (ttl !== undefined && !(ttl > 0 && ttl < Number.POSITIVE_INFINITY)) throw ttlNotPositive(ttl);
}
