/**
 * Makes folders. `mkdirSync` with `recursive` never returns in some versions of Node.js where a file system has folders
 * but lets nobody make one (`/proc/x` on Linux), and hears no signal meanwhile; so nothing else here makes folders.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { NotAFolder } from "./errors.ts";

/**
 * Makes a folder where there is none, and those that it lies in.
 * @param mode of the folders that are made, as `mkdir` takes it
 * @throws NotAFolder where a file is in the way; what `node:fs` throws for a folder that can't be made
 */
export function makeFolder(path: string, mode = 0o777): void {
  const parent = dirname(path);
  try {
    makeOne(path, mode);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if ((code !== "ENOENT" && code !== "ENOTDIR") || parent === path) throw e;
    makeFolder(parent, mode);
    makeOne(path, mode);
  }
}

/** Makes the last folder of a path. It may be there already: others may make the same one at the same time. */
function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (e) {
    if (isFolder(path)) return;
    throw (e as NodeJS.ErrnoException).code === "EEXIST" ? new NotAFolder(path) : e;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // why it can't be looked at is why it can't be made
  }
}
