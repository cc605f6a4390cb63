/** Plugins for tests: a folder with a manifest and a registry, both as data. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntrySource } from "./host.ts";

/** A function of a registry, by its name and its code. */
export const lua = (name: string, source: string, more: Readonly<Record<string, unknown>> = {}): EntrySource => ({
  name,
  kind: "function.lua",
  source,
  ...more,
});

/** Writes a plugin, or another version of it, into a folder of its name below this one. JSON is YAML, too. */
export function writePlugin(
  below: string,
  name: string,
  entries: readonly EntrySource[],
  manifest: Readonly<Record<string, unknown>> = {},
): string {
  const folder = join(below, name);
  mkdirSync(folder, { recursive: true });
  const said = { name, version: "1.0.0", moonkeep: ">=0.1", ...manifest };
  writeFileSync(join(folder, "plugin.yaml"), JSON.stringify(said));
  writeFileSync(join(folder, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: name, entries }));
  return folder;
}
