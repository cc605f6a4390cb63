/** A registry as a file of its own folder. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A registry of these entries, in the namespace `app`. Whoever makes it removes it. */
export function registryFile(entries: readonly object[]): { path: string; folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  const path = join(folder, "registry.yaml");
  writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries })); // which is YAML, too
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
