/** Which files are tests: those that are named, and `*_test.lua` in folders. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cantRead, noTests } from "../errors.ts";
import { oneLine } from "../output.ts";

/** How the names of tests end. */
export const ENDING = "_test.lua";

/** @throws UsageError for a path that can't be read, and when there are none */
export function testFiles(paths: readonly string[]): readonly string[] {
  const found = (paths.length === 0 ? ["."] : paths).flatMap(filesAt);
  if (found.length === 0) throw noTests(paths.map(oneLine));
  return [...new Set(found)];
}

function filesAt(path: string): string[] {
  return reading(path, () => statSync(path)).isDirectory() ? below(path) : [path];
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw cantRead(oneLine(path), e);
  }
}

function below(folder: string): string[] {
  return reading(folder, () => readdirSync(folder, { withFileTypes: true }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const path = join(folder, one.name);
      if (one.isDirectory()) return one.name.startsWith(".") || one.name === "node_modules" ? [] : below(path);
      return one.isFile() && one.name.endsWith(ENDING) ? [path] : [];
    });
}
