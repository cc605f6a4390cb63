import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { cantRead } from "./errors.ts";
import { oneLine } from "./output.ts";

/**
 * The files below a folder whose names end so, in order; without hidden folders, and without installed packages.
 * @param instead what stands for a folder that can't be read; without it, there is a UsageError
 */
export function filesBelow(folder: string, ending: RegExp, instead = refused): string[] {
  let contents: Dirent[];
  try {
    contents = readdirSync(folder, { withFileTypes: true });
  } catch (e) {
    return instead(folder, e);
  }
  return contents
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const path = join(folder, one.name);
      if (one.isDirectory()) return /^\.|^node_modules$/.test(one.name) ? [] : filesBelow(path, ending, instead);
      return one.isFile() && ending.test(one.name) ? [path] : [];
    });
}

function refused(folder: string, e: unknown): string[] {
  throw cantRead(oneLine(folder), e);
}
