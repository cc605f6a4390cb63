import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Host } from "../host/host.ts";
import { registryStays } from "./errors.ts";
import { errorLine, printable } from "./output.ts";

/** A file is written in several steps; this long after the last one, in milliseconds, it is there. */
const QUIET = 100;

/** Waits until the registry of a host, or a script, has changed. A registry that is wrong is reported, and waited on. */
export class Changes implements Disposable {
  readonly #unwatch: () => void;
  readonly #watcher: FSWatcher | undefined;
  readonly #signal: AbortSignal;
  /** Watching alone would not keep the process from ending. */
  readonly #alive = setInterval(() => {}, 2 ** 30);
  #changed = false;
  #wake: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(host: Host, file: string | undefined, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake());
    this.#unwatch = host.watch((error) => {
      if (error === undefined) this.#note();
      else errorLine(printable(registryStays(error)));
    });
    this.#watcher = file === undefined ? undefined : watch(dirname(file), (_, name) => this.#touched(file, name));
  }

  #touched(file: string, name: string | null): void {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#note(), QUIET);
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
    this.#unwatch();
    this.#watcher?.close();
  }
}
