import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";
import { MoonkeepError } from "../errors.ts";
import type { FunctionConfig } from "../kinds/function.ts";
import type { Registry } from "../registry/registry.ts";
import type { Milliseconds } from "../value/value.ts";

/** An editor writes a file in several steps, and several files at once; this long after the last one, all is there. */
const QUIET: Milliseconds = 100;

/**
 * Calls `reload` when a file of the registry changes: YAML and Lua code. Folders are watched, not files: an editor puts
 * a new file in the place of the old one. A folder that searched for YAML is watched with all below it that has some.
 * @param done called after each try, with what it failed with
 */
export function watchRegistry(
  current: () => Registry,
  reload: () => Promise<void>,
  done: (error?: MoonkeepError) => void,
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function follow(): void {
    const folders = new Set([...filesOf(current()).map((file) => dirname(file)), current().root]);
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) if (!watchers.has(folder)) open(folder);
  }

  function open(folder: string): void {
    const watcher = watch(folder, (_, file) => {
      if (file === null || /\.(ya?ml|lua)$/.test(file)) later();
    });
    watcher.on("error", () => watchers.delete(folder)); // the folder is gone; reloading says so
    watcher.unref();
    watchers.set(folder, watcher);
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(tryReload, QUIET);
    timer.unref();
  }

  async function tryReload(): Promise<void> {
    if (stopped) return;
    try {
      await reload();
      follow();
      done();
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      done(e);
    }
  }

  follow();
  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** The files of a registry, and those that its entries name. */
function filesOf(registry: Registry): readonly string[] {
  const sources = [...registry.find({ kind: "function.lua" }), ...registry.find({ kind: "library.lua" })]
    .map(({ config }) => (config as FunctionConfig).source.file)
    .filter((file) => file !== undefined);
  return [...registry.files, ...sources.map((file) => join(registry.root, file))];
}
