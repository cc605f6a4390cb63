import type { EventBus } from "../../modules/event-bus.ts";
import type { MemoryStore } from "../../stores/memory/memory.ts";
import type { Pool } from "../../worker/pool.ts";
import type { Edition } from "../edition.ts";
import type { PluginSet } from "../plugins/plugin-set.ts";
import type { Runs } from "../runs.ts";
import type { Gauges, MemoryGauges } from "./metrics.ts";

interface Standing {
  readonly runs: Runs;
  readonly bus: EventBus;
  readonly plugins: PluginSet;
  readonly edition: Edition;
  readonly pool: Pool;
}

/** How things stand in a host. */
export function gaugesOf({ runs, bus, plugins, edition, pool }: Standing): Gauges {
  return {
    active: runs.list(),
    threads: pool.counts,
    lost: bus.lost,
    memories: [edition, ...plugins.all.map((plugin) => plugin.edition)].flatMap(memoriesOf),
    plugins: plugins.all.map(({ name, breaker }) => ({ name, suspended: breaker.isOpen })),
  };
}

const memoriesOf = ({ opened }: Edition): readonly MemoryGauges[] =>
  [...opened.values()].flatMap(({ entry, value }) => {
    if (entry.kind !== "store.memory") return [];
    const { size, bytes, evicted, expired } = value as MemoryStore;
    const { max_bytes } = entry.config as { readonly max_bytes: number };
    return [{ store: entry.id, entries: size, bytes: max_bytes === 0 ? undefined : bytes, evicted, expired }];
  });
