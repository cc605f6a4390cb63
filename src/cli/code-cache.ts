/**
 * What V8 made of the command's code at an earlier start, kept in the user's cache folder: a third of a short run is
 * spent on making it anew. It is code that runs, so it is taken only from a folder and a file that nobody but the user
 * can have written; and it is never missed, only slower without.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { makeFolder } from "../value/folders.ts";

/** Files of other versions, of Node or of moonkeep, that are kept beside the newest one. */
const OTHERS = 3;

/** Whether nobody but the user, or the system, can have written it. On Windows a user's folders are the user's. */
function isOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Where programs keep what they can make again, by the custom of the system. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local } = process.env;
  if (given?.startsWith("/")) return join(given, "moonkeep");
  if (process.platform === "win32" && local !== undefined) return join(local, "moonkeep", "Cache");
  return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache", "moonkeep");
}

/** Deletes a file, if it can be deleted. */
function remove(path: string): void {
  try {
    rmSync(path);
  } catch {} // it is not there, or not ours to delete
}

export class CodeCache {
  readonly #folder: string;
  readonly #family: string;
  readonly #name: string;

  /** @param file the script; another one has another cache, and so has the same one when it has changed */
  constructor(file: string, folder: string = cacheFolder()) {
    const { size, mtimeMs } = statSync(file);
    this.#folder = folder;
    this.#family = `${basename(file)}-`;
    const stamp = [size, Math.floor(mtimeMs)].map((n) => n.toString(36)).join("-");
    this.#name = `${this.#family}${process.version}-${process.arch}-${stamp}`;
  }

  /** What was kept, which V8 refuses when it is cut off or another version's; undefined when it can't be trusted. */
  read(): Buffer | undefined {
    let fd: number | undefined;
    try {
      if (!isOurs(statSync(this.#folder))) return undefined;
      fd = openSync(join(this.#folder, this.#name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      const stats = fstatSync(fd);
      if (!stats.isFile() || !isOurs(stats)) return undefined;
      return readFileSync(fd);
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Keeps it, whole or not at all; where that can't be, nothing is said. */
  write(data: Buffer): void {
    const path = join(this.#folder, this.#name);
    const unfinished = `${path}.${process.pid}`;
    try {
      makeFolder(this.#folder, 0o700);
      if (!isOurs(statSync(this.#folder))) return;
      writeFileSync(unfinished, data, { mode: 0o600, flag: "wx" });
      renameSync(unfinished, path);
      this.#forget();
    } catch {
      remove(unfinished);
    }
  }

  /** Deletes what earlier versions have left, but for the newest of it. */
  #forget(): void {
    const others = readdirSync(this.#folder)
      .filter((name) => name.startsWith(this.#family) && name !== this.#name)
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, time: statSync(path).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { path } of others.slice(OTHERS)) remove(path);
  }
}
