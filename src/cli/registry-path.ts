import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const NAME = "registry.yaml";

/** The `registry.yaml` of a folder, or of the nearest folder above that has one. */
export function nearestRegistry(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, NAME);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The registry of a script: the one beside it, else the nearest from the current folder up. */
export function registryOf(script: string | undefined): string | undefined {
  const beside = script === undefined ? undefined : join(dirname(resolve(script)), NAME);
  return beside !== undefined && existsSync(beside) ? beside : nearestRegistry(process.cwd());
}
