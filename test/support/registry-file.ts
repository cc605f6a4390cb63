/** A registry as a file of its own folder. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A registry of these entries, in the namespace `app`. Whoever makes it removes it. */
export function registryFile(entries: readonly object[]): RegistryFile {
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  const path = join(folder, "registry.yaml");
  const write = (entries: readonly object[]) =>
    writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries })); // which is YAML, too
  write(entries);
  return { path, folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface RegistryFile {
  readonly path: string;
  readonly folder: string;
  /** Puts other entries in the place of those. */
  readonly write: (entries: readonly object[]) => void;
  readonly remove: () => void;
}
