/** `moonkeep store dump`: all of a store as JSON lines. */
import { lineOf } from "../host/exact-store.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Progress } from "./progress.ts";
import { Complaints } from "./store-complaints.ts";
import { type StoreFlags, withStores } from "./store-session.ts";

export interface DumpFlags extends StoreFlags {
  readonly prefix?: string;
}

export const storeDump = (id: string, flags: DumpFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    // On a terminal, the lines themselves show how far it is.
    const progress = process.stdout.isTTY ? undefined : new Progress(undefined);
    let done = 0;
    const unreadable = new Complaints();
    for await (const entries of store!.pages({ ...flags, unreadable: unreadable.add })) {
      for (const entry of entries) out.json(lineOf(entry));
      if (out.isUnread) return exit.unread;
      done += entries.length;
      progress?.update(done);
    }
    progress?.end();
    return unreadable.code;
  });
