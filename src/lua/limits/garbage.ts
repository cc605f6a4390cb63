/**
 * V8 collects garbage when the heap has grown by as much as it thinks worth while: by hundreds of megabytes in a process
 * that has little. A script with a limit of 32 MiB would take these as its own. So where garbage is as much as half of
 * what a script may have in memory, it is collected when the script is measured.
 */
import { performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { collector } from "../../value/collector.ts";
import type { Bytes, Milliseconds } from "../../value/value.ts";

/** In a heap that holds more, a collection takes long, and V8's own measure is small beside it. */
const LARGE: Bytes = 512 * 2 ** 20;

function usedNow(): Bytes {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** So much, and twice what is worth a collection, is never left lying, however soon after the last one. */
const TOO_MUCH: Bytes = 16 * 2 ** 20;

/** What the heap had when least was in it since the last collection here. */
let least: Bytes = Number.POSITIVE_INFINITY;
let notBefore: Milliseconds = 0;

/** Before much is made: from then on, garbage is told from what was there. */
export function noteHeap(): void {
  least = Math.min(least, usedNow());
}

/**
 * Collects garbage if the heap has grown by more than `most` since it was at its least: what was made just now, and
 * everything if that was not enough. After a collection there is none for as long as it took, so that at most half of
 * the time is spent on it, unless there is so much garbage that the process would grow well past the script's limit.
 * @param largest a heap that holds more is left to V8
 */
export function collectGarbage(most: Bytes, largest: Bytes = LARGE): void {
  const used = usedNow();
  if (used < least) least = used;
  if (used - least <= most || least > largest || used > LARGE) return;
  const began = performance.now();
  if (began < notBefore && used - least <= Math.max(TOO_MUCH, 2 * most)) return;
  const collect = collector();
  collect?.({ type: "minor" });
  if (usedNow() - least > most) {
    collect?.();
    least = usedNow();
  }
  const ended = performance.now();
  notBefore = 2 * ended - began;
}
