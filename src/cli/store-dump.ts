/** `moonkeep store dump` and `load`: all of a store as JSON lines, and back. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type ExactStore, lineOf, readLine, type WriteOptions } from "../host/exact-store.ts";
import { parseJson } from "../value/json.ts";
import { cantRead, loadedBefore, notJsonLine } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { count, errorLine, oneLine } from "./output.ts";
import { Progress } from "./progress.ts";
import { withoutMark } from "./script-file.ts";
import { type StoreFlags, withStores } from "./store-session.ts";

export interface DumpFlags extends StoreFlags {
  readonly prefix?: string;
}

export const storeDump = (id: string, flags: DumpFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    // On a terminal, the lines themselves show how far it is.
    const progress = process.stdout.isTTY ? undefined : new Progress(undefined);
    let done = 0;
    for await (const entries of store!.pages(flags)) {
      for (const entry of entries) out.json(lineOf(entry));
      done += entries.length;
      progress?.update(done);
    }
    progress?.end();
    return exit.done;
  });

export interface LoadFlags extends StoreFlags {
  readonly ifAbsent?: boolean;
}

export const storeLoad = (id: string, file: string, flags: LoadFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const name = file === "-" ? "standard input" : file;
    const progress = new Progress(undefined);
    const loading = new Loading(store!, flags);
    try {
      for await (const line of linesOf(file, name)) {
        await loading.take(line);
        progress.update(loading.written);
      }
      await loading.flush();
    } catch (e) {
      progress.end();
      if (loading.written > 0) errorLine(loadedBefore(count(loading.written, "entry was", "entries were")));
      if (!(e instanceof LineError)) throw e;
      errorLine(`error: ${oneLine(`${name}:${e.message}`)}`);
      return exit.failed;
    }
    progress.end();
    const { written, skipped } = loading;
    const left = skipped > 0 ? `, ${skipped} left out since their keys are there` : "";
    out.line(`loaded ${count(written, "entry", "entries")}${left}`);
    return exit.done;
  });

/** A line that can't be loaded, with its number. */
class LineError extends Error {}

/** How many entries are on their way at once, so that a server does not wait for us. */
const BATCH = 100;

class Loading {
  written = 0;
  skipped = 0;
  readonly #store: ExactStore;
  readonly #options: WriteOptions;
  #line = 0;
  /** By key: of two lines with one key, the later one counts. */
  readonly #batch = new Map<string, ReturnType<typeof readLine>>();

  constructor(store: ExactStore, { ifAbsent }: LoadFlags) {
    this.#store = store;
    this.#options = { onlyIfAbsent: ifAbsent };
  }

  /** @throws LineError; all lines before it are loaded then */
  async take(line: string): Promise<void> {
    this.#line++;
    if (line.trim() === "") return;
    let entry: ReturnType<typeof readLine>;
    try {
      entry = readLine(parseJson(line));
    } catch (e) {
      await this.flush();
      const { message } = e as Error;
      throw new LineError(`${this.#line}: ${e instanceof SyntaxError ? notJsonLine(message) : message}`);
    }
    if (this.#batch.has(entry.key) || this.#batch.size === BATCH) await this.flush();
    this.#batch.set(entry.key, entry);
  }

  async flush(): Promise<void> {
    const batch = [...this.#batch.values()];
    this.#batch.clear();
    const results = await Promise.allSettled(batch.map((entry) => this.#store.write(entry, this.#options)));
    for (const result of results) if (result.status === "fulfilled") result.value ? this.written++ : this.skipped++;
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}

async function* linesOf(file: string, name: string): AsyncGenerator<string, void> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  const failed = new Promise<never>((_, reject) => {
    input.once("error", (e: NodeJS.ErrnoException) => reject(cantRead(oneLine(name), e)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (let isFirst = true; ; isFirst = false) {
    const { done, value } = await Promise.race([lines.next(), failed]);
    if (done) break;
    yield isFirst ? withoutMark(value) : value;
  }
  if (file !== "-" && (input as { errored?: unknown }).errored) await failed; // readline ends as if the file did
}
