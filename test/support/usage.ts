/** What this process uses, when it has nothing to do. */
import { readdirSync, readlinkSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export interface Usage {
  /** MiB of V8's heap and of what it keeps outside, after a collection. */
  readonly heap: number;
  readonly rss: number;
  readonly threads: number;
  readonly descriptors: number;
  /** What keeps the event loop: sockets, timers, ports. */
  readonly handles: number;
}

const MiB = 1024 * 1024;
const count = (folder: string) => readdirSync(`/proc/self/${folder}`).length;

/** What each descriptor is of, for whoever looks for one too many. */
export function descriptors(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // of the reading itself
    }
  });
}

export function usage(): Usage {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heap: Math.round((heapUsed + external) / MiB),
    rss: Math.round(rss / MiB),
    threads: count("task"),
    descriptors: count("fd"),
    handles: process.getActiveResourcesInfo().length,
  };
}

/** The same once it is low enough: what ends takes a moment to be gone. */
export async function settledUsage(is: (now: Usage) => boolean): Promise<Usage> {
  let now = usage();
  for (let i = 0; i < 50 && !is(now); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    now = usage();
  }
  return now;
}
