/** The policies of a registry, for commands that ask them and run nothing. */
import { Authorities } from "../host/authorities.ts";
import { readRegistry } from "../host/open.ts";
import type { Registry } from "../registry/registry.ts";
import { noRegistry } from "./errors.ts";
import { nearestRegistry } from "./registry-path.ts";

/** @throws UsageError when there is no registry, RegistryError when there is one that is wrong */
export function openPolicies(path = nearestRegistry(process.cwd())): { registry: Registry; authorities: Authorities } {
  if (path === undefined) throw noRegistry("one with --registry");
  const registry = readRegistry(path);
  return { registry, authorities: new Authorities(registry) };
}
