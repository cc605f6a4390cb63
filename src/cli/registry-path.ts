import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The `registry.yaml` of a folder, or of the nearest folder above that has one. */
export function nearestRegistry(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, "registry.yaml");
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}
