import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cantRead } from "./errors.ts";
import { oneLine } from "./output.ts";

/** The files below a folder whose names end so, in order; without hidden folders, and without installed packages. */
export function filesBelow(folder: string, ending: RegExp): string[] {
  return reading(folder, () => readdirSync(folder, { withFileTypes: true }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const path = join(folder, one.name);
      if (one.isDirectory()) return /^\.|^node_modules$/.test(one.name) ? [] : filesBelow(path, ending);
      return one.isFile() && ending.test(one.name) ? [path] : [];
    });
}

/** @throws UsageError when it can't be read */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw cantRead(oneLine(path), e);
  }
}
