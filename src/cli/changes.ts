import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { registryStays } from "./errors.ts";
import { errorLine, printable } from "./output.ts";

/** A file is written in several steps; this long after the last one, in milliseconds, it is there. */
const QUIET = 100;

/** Waits until the registry of a host, or a file that is followed, has changed. A registry that is wrong is reported, and waited on. */
export class Changes implements Disposable {
  readonly #unwatch: (() => void) | undefined;
  readonly #signal: AbortSignal;
  /** Watching alone would not keep the process from ending. */
  readonly #alive = setInterval(() => {}, 2 ** 30);
  /** The folders of the files that are followed, and what tells of them. */
  readonly #folders = new Map<string, FSWatcher>();
  /** The files, and the version of each that was seen last. */
  #files = new Map<string, string>();
  #changed = false;
  #wake: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  /** @param host undefined: there are only the files */
  constructor(host: Host | undefined, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake());
    this.#unwatch = host?.watch((error) => {
      if (error === undefined) this.#note();
      else errorLine(printable(registryStays(error)));
    });
  }

  /** These files, in the place of those before. What has changed since it was followed is a change. */
  follow(files: readonly string[]): void {
    const paths = files.map((file) => resolve(file));
    this.#files = new Map(paths.map((path) => [path, this.#files.get(path) ?? versionOf(path)]));
    const folders = new Set(paths.map(dirname));
    for (const [folder, watcher] of this.#folders) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of folders) {
      if (!this.#folders.has(folder))
        this.#folders.set(
          folder,
          watch(folder, (_, name) => this.#touched(folder, name)),
        );
    }
    this.#look();
  }

  #touched(folder: string, name: string | null): void {
    const isFollowed = [...this.#files.keys()].some(
      (path) => dirname(path) === folder && (name === null || basename(path) === name),
    );
    if (!isFollowed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), QUIET);
  }

  #look(): void {
    let changed = false;
    for (const [path, seen] of this.#files) {
      const version = versionOf(path);
      if (version === seen) continue;
      this.#files.set(path, version);
      changed = true;
    }
    if (changed) this.#note();
  }

  #note(): void {
    this.#changed = true;
    this.#wake();
  }

  /** Resolves when something has changed since the last time, or the signal says that it is enough. */
  async next(): Promise<void> {
    if (!this.#changed && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#changed = false;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    clearTimeout(this.#timer);
    this.#unwatch?.();
    for (const watcher of this.#folders.values()) watcher.close();
  }
}

/** Differs when the file was written, or is gone. */
function versionOf(path: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return "none";
  }
}
