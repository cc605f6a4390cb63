/**
 * Reloads a registry when what a reload would read has changed.
 *
 * What counts is what is there, not what the file system tells: it says nothing of a link that leads elsewhere two
 * folders up (`current -> releases/2`, the `..data` of a mounted ConfigMap), of a new folder's files, or on many network
 * shares of anything. So the files are looked at, as reloading finds them, once a second; the system's events only make
 * that look come sooner, and a change is told once, however many events it had.
 */

import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { MoonkeepError } from "../errors.ts";
import type { FunctionConfig } from "../kinds/function.ts";
import { findFiles } from "../registry/files.ts";
import type { Registry } from "../registry/registry.ts";
import type { Milliseconds } from "../value/value.ts";
import { reloadFailed } from "./errors.ts";

/** An editor writes a file in several steps, and several files at once; this long after the last one, all is there. */
const QUIET: Milliseconds = 100;
/** Between two looks that nothing asked for … */
const LOOK_EVERY: Milliseconds = 1000;
/** … and so many times what a look takes, where the folders are large. */
const SHARE = 100;

export interface Watched {
  /** What the host was opened with: a file or a folder; undefined where there is no registry. */
  readonly path: string | undefined;
  current(): Registry;
  reload(): Promise<void>;
  /** Called after each try, with what it failed with. What it throws itself is a warning of the process. */
  done(error?: MoonkeepError): void;
}

/** Watches until what this returns is called. It does not keep the process alive. */
export function watchRegistry(watched: Watched): () => void {
  const watch = new RegistryWatch(watched);
  return () => watch.stop();
}

/** Which files there are, and which version of each. */
type Files = ReadonlyMap<string, string>;

const isSame = (a: Files, b: Files): boolean =>
  a.size === b.size && [...a].every(([file, version]) => b.get(file) === version);

class RegistryWatch {
  readonly #watched: Watched;
  readonly #folders = new Map<string, FSWatcher>();
  /** What the version in force was read from, or the one that could not be put in force. */
  #seen: Files;
  #look: NodeJS.Timeout | undefined;
  #try: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#seen = this.#files();
    this.#follow();
    this.#lookLater(LOOK_EVERY);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#look);
    clearTimeout(this.#try);
    for (const watcher of this.#folders.values()) watcher.close();
  }

  #lookLater(wait: Milliseconds): void {
    this.#look = setTimeout(() => {
      const start = performance.now();
      if (!isSame(this.#files(), this.#seen)) this.#tryLater();
      this.#lookLater(Math.max(LOOK_EVERY, SHARE * (performance.now() - start)));
    }, wait);
    this.#look.unref();
  }

  #tryLater(): void {
    clearTimeout(this.#try);
    this.#try = setTimeout(() => void this.#reload(), QUIET);
    this.#try.unref();
  }

  async #reload(): Promise<void> {
    const found = this.#files();
    if (this.#stopped || isSame(found, this.#seen)) return;
    this.#seen = found;
    let failure: MoonkeepError | undefined;
    try {
      await this.#watched.reload();
      // Other files may belong to it now. Of those that did before, a change since then is still to be seen.
      this.#seen = new Map([...this.#files()].map(([file, version]) => [file, found.get(file) ?? version]));
      this.#follow();
    } catch (e) {
      failure = e instanceof MoonkeepError ? e : new MoonkeepError("INTERNAL", reloadFailed, { cause: e });
    }
    this.#tell(failure);
  }

  #files(): Files {
    const { path } = this.#watched;
    const found = path === undefined ? [] : (findFiles(path, process.cwd(), [])?.files ?? []);
    return new Map([...found, ...codeOf(this.#watched.current())].map((file) => [file, versionOf(file)]));
  }

  #tell(failure: MoonkeepError | undefined): void {
    if (this.#stopped) return;
    try {
      this.#watched.done(failure);
    } catch (e) {
      process.emitWarning(e instanceof Error ? e : String(e));
    }
  }

  /** Listens to the folders of the files: most changes are seen at once then. */
  #follow(): void {
    const registry = this.#watched.current();
    const wanted = new Set([registry.root, ...[...registry.files, ...codeOf(registry)].map((file) => dirname(file))]);
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#listen(folder);
  }

  #listen(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#tryLater());
      watcher.on("error", () => this.#folders.delete(folder)); // it is gone; the next look says so
      watcher.unref();
      this.#folders.set(folder, watcher);
    } catch {
      // It can't be listened to: there are the looks.
    }
  }
}

/** The files of code that entries name. */
const codeOf = (registry: Registry): readonly string[] =>
  [...registry.find({ kind: "function.lua" }), ...registry.find({ kind: "library.lua" })]
    .map(({ config }) => (config as FunctionConfig).source.file)
    .filter((file) => file !== undefined)
    .map((file) => join(registry.root, file));

/** Another text has another time, size or place; a link is what it leads to. */
function versionOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "gone" : `${stats.dev}:${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}
