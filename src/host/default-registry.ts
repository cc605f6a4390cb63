/**
 * The registry of a host that has no file of its own: a store in memory, and an actor who may do everything. It is made
 * here and not read, since a first script should not pay for a parser of YAML.
 */
import type { HostConfig } from "../kinds/host-config.ts";
import type { Entry } from "../registry/kind.ts";
import { createRegistry, type Registry } from "../registry/registry.ts";

const NAMESPACE = "app";

/** An entry as the schema of its kind would have made it. */
const entry = (name: string, kind: string, config: unknown): Entry => ({
  id: `${NAMESPACE}:${name}`,
  namespace: NAMESPACE,
  name,
  kind,
  meta: {},
  config,
  place: { file: "(no registry)", line: 1, column: 1 },
});

const host: HostConfig = {
  security: { strict_mode: true, actor: { id: "local" }, policies: [`${NAMESPACE}:everything`] },
};

/** @param root the folder where one would be */
export function defaultRegistry(root: string): Registry {
  return createRegistry({
    root,
    files: [],
    entries: [
      entry("cache", "store.memory", {
        max_size: 10_000,
        max_bytes: 0,
        eviction: "lru",
        cleanup_interval: 300_000,
      }),
      entry("everything", "security.policy", { policy: { actions: ["*"], resources: ["*"], effect: "allow" } }),
      entry("host", "host.config", host),
    ],
    locate: ({ place }, path) => ({ place, path }),
    mentioned: new Set([`${NAMESPACE}:everything`]),
  });
}
