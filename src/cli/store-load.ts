/** `moonkeep store load`: the lines of a dump into a store, some hundreds at a time. */
import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { MoonkeepError } from "../errors.ts";
import { type ExactStore, readLine, type WriteOptions, type Written } from "../host/exact-store.ts";
import { parseJson } from "../value/json.ts";
import {
  cantRead,
  interruptedAfter,
  lineNotLoaded,
  linesInDoubt,
  loaded,
  loadedBefore,
  notJsonLine,
} from "./errors.ts";
import { type ExitCode, exit, type UsageError } from "./exit.ts";
import { count, errorLine, type Output, oneLine } from "./output.ts";
import { Progress } from "./progress.ts";
import { withoutMark } from "./script-file.ts";
import { Signals } from "./signals.ts";
import { standardInput } from "./standard-input.ts";
import { type StoreFlags, withStores } from "./store-session.ts";

export interface LoadFlags extends StoreFlags {
  readonly ifAbsent?: boolean;
}

/** How many entries go at once: enough that each of them bears little of a round trip. */
const BATCH = 500;
/** And how long their lines are together: what is held at once. */
const BATCH_LENGTH = 16 * 1024 * 1024;

export async function storeLoad(id: string, file: string, flags: LoadFlags): Promise<ExitCode> {
  using signals = new Signals();
  return await withStores([id], flags, async ([store], out) => {
    const name = file === "-" ? "standard input" : file;
    const loading = new Loading(store!, name, flags);
    const input = file === "-" ? standardInput() : createReadStream(file);
    const progress = new Progress(file === "-" ? undefined : sizeOf(file));
    try {
      for await (const line of linesOf(input, name, signals.signal)) {
        if (!(await loading.take(line))) break;
        progress.update(loading.done, "bytesRead" in input ? input.bytesRead : undefined);
      }
      if (signals.heard === undefined) await loading.flush();
    } finally {
      progress.end();
      input.destroy();
      loading.report();
    }
    if (loading.failed) return exit.failed;
    if (signals.heard !== undefined) {
      errorLine(interruptedAfter(count(loading.done, "entry", "entries")));
      return signals.heard.code;
    }
    say(loading, out);
    return exit.done;
  });
}

function say({ written, skipped }: Loading, out: Output): void {
  const left = skipped > 0 ? `, ${skipped} left out since their keys are there` : "";
  out.line(`loaded ${count(written, "entry", "entries")}${left}`);
}

interface Line extends Written {
  readonly line: number;
}

/** What is written, and what can't be. It ends with the first batch or line of which something can't be. */
class Loading {
  written = 0;
  skipped = 0;
  readonly #store: ExactStore;
  readonly #name: string;
  readonly #options: WriteOptions;
  #line = 0;
  /** By key: of two lines with one key, the later one counts. */
  readonly #batch = new Map<string, Line>();
  #length = 0;
  /** What to say on standard error, in order. */
  readonly #failures: string[] = [];

  constructor(store: ExactStore, name: string, { ifAbsent }: LoadFlags) {
    this.#store = store;
    this.#name = oneLine(name);
    this.#options = { onlyIfAbsent: ifAbsent };
  }

  get done(): number {
    return this.written + this.skipped;
  }

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  /** @returns whether to go on. All lines before one that can't be read are written. */
  async take(text: string): Promise<boolean> {
    this.#line++;
    if (text.trim() === "") return true;
    let entry: Written;
    try {
      entry = readLine(parseJson(text));
    } catch (e) {
      await this.flush();
      const { message } = e as Error;
      if (!this.failed)
        this.#refuse(loadedBefore, [[this.#line, e instanceof SyntaxError ? notJsonLine(message) : message]]);
      return false;
    }
    const isFull = this.#batch.size === BATCH || this.#length + text.length > BATCH_LENGTH;
    if (isFull || this.#batch.has(entry.key)) await this.flush();
    this.#batch.set(entry.key, { ...entry, line: this.#line });
    this.#length += text.length;
    return !this.failed;
  }

  /** @throws MoonkeepError when the store can't be used */
  async flush(): Promise<void> {
    const batch = [...this.#batch.values()];
    this.#batch.clear();
    this.#length = 0;
    if (batch.length === 0) return;
    const results = await this.#write(batch);
    const refused: [line: number, why: string][] = [];
    for (const [i, result] of results.entries()) {
      if (result instanceof MoonkeepError) refused.push([batch[i]!.line, result.text]);
      else if (result) this.written++;
      else this.skipped++;
    }
    if (refused.length > 0) this.#refuse(loaded, refused);
  }

  /** Says what went wrong, once the progress is wiped. */
  report(): void {
    for (const failure of this.#failures) errorLine(failure);
  }

  async #write(batch: readonly Line[]): Promise<readonly (boolean | MoonkeepError)[]> {
    try {
      return await this.#store.writeMany(batch, this.#options);
    } catch (e) {
      const before = count(this.done, "entry was", "entries were");
      this.#failures.push(linesInDoubt(before, this.#name, batch[0]!.line, batch.at(-1)!.line));
      throw e;
    }
  }

  #refuse(head: (entries: string) => string, lines: readonly [line: number, why: string][]): void {
    if (this.done > 0) this.#failures.push(head(count(this.done, "entry was", "entries were")));
    for (const [line, why] of lines) this.#failures.push(lineNotLoaded(this.#name, line, why));
  }
}

/** Undefined for what is not a file of a known size. */
function sizeOf(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : undefined;
}

/** @throws UsageError when it can't be read */
async function* linesOf(input: NodeJS.ReadableStream, name: string, signal: AbortSignal): AsyncGenerator<string, void> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal });
  let problem: UsageError | undefined;
  input.once("error", (e) => {
    problem = cantRead(oneLine(name), e);
    lines.close();
  });
  try {
    let isFirst = true;
    for await (const line of lines) {
      if (signal.aborted || problem !== undefined) break;
      yield isFirst ? withoutMark(line) : line;
      isFirst = false;
    }
  } catch (e) {
    throw problem ?? e;
  }
  if (problem !== undefined) throw problem; // some versions of Node end the lines as if the file did
}
