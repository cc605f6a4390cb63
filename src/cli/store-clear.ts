/** `moonkeep store clear`: deletes everything, or a prefix, in slices; whoever is at a terminal is asked first. */
import { createInterface } from "node:readline";
import { clearedBefore, clearNeedsYes, clears, interruptedAfter, nothingDeleted } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { count, errorLine, say } from "./output.ts";
import { isWatched, Progress } from "./progress.ts";
import { Signals } from "./signals.ts";
import { type StoreFlags, withStores } from "./store-session.ts";

export interface ClearFlags extends StoreFlags {
  readonly prefix?: string;
  readonly yes?: boolean;
}

export async function storeClear(id: string, flags: ClearFlags): Promise<ExitCode> {
  using signals = new Signals();
  return await withStores([id], flags, async ([store], out) => {
    const { prefix } = flags;
    if (flags.yes !== true) {
      if (!process.stdin.isTTY || !process.stderr.isTTY) throw clearNeedsYes(store!.id);
      if (!(await agrees(clears(store!.id, prefix), signals.signal))) {
        errorLine(nothingDeleted);
        return signals.heard?.code ?? exit.failed;
      }
    }
    const progress = new Progress(isWatched(process.stderr) ? await store!.count(prefix) : undefined);
    let deleted = 0;
    try {
      for await (const some of store!.clear(prefix)) {
        deleted += some;
        progress.update(deleted);
        if (signals.heard !== undefined) break;
      }
    } catch (e) {
      progress.end();
      if (deleted > 0) errorLine(clearedBefore(count(deleted, "entry was", "entries were")));
      throw e;
    }
    progress.end();
    if (signals.heard !== undefined) {
      errorLine(interruptedAfter(count(deleted, "entry", "entries")));
      return signals.heard.code;
    }
    out.line(`deleted ${count(deleted, "entry", "entries")}`);
    return exit.done;
  });
}

/** Asks a person at the terminal; whatever is not a yes is a no, the end of the input and Ctrl-C among it. */
async function agrees(question: string, signal: AbortSignal): Promise<boolean> {
  say(`${question}\nGo on? [y/N] `);
  const lines = createInterface({ input: process.stdin, terminal: false, signal });
  const answer = await new Promise<string | undefined>((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(undefined));
  });
  if (answer === undefined) say("\n");
  lines.close();
  process.stdin.destroy();
  return /^\s*y(es)?\s*$/i.test(answer ?? "");
}
