/** `moonkeep store copy`: from one backend to another, as far as it gets, and on from there. */

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { copyStore, type ExactStore, keyFromJson, keyToJson } from "../host/exact-store.ts";
import { makeFolder } from "../value/folders.ts";
import type { Json } from "../value/json.ts";
import type { Key } from "../value/value.ts";
import { cantWrite, copyEnded, copyToItself, noCopyBegun, otherPrefix } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { count, errorLine, oneLine } from "./output.ts";
import { isWatched, Progress } from "./progress.ts";
import { Signals } from "./signals.ts";
import { Complaints } from "./store-complaints.ts";
import { type StoreFlags, withStores } from "./store-session.ts";

export interface CopyFlags extends StoreFlags {
  readonly prefix?: string;
  readonly ifAbsent?: boolean;
  readonly resume?: boolean;
}

/** How far a copy is, as it is kept in a file. */
interface State {
  readonly prefix: string;
  readonly after: Json;
  readonly copied: number;
}

export async function storeCopy(fromId: string, toId: string, flags: CopyFlags): Promise<ExitCode> {
  return withStores([fromId, toId], flags, async ([from, to], out, host) => {
    if (from!.id === to!.id) throw copyToItself();
    const file = join(host.registry.root, ".moonkeep", `copy-${from!.id}-${to!.id}.json`.replaceAll(":", "."));
    const { prefix = "" } = flags;
    const begun = flags.resume === true ? readState(file, prefix) : undefined;
    const after = begun && keyFromJson(begun.after);
    let copied = begun?.copied ?? 0;
    using signals = new Signals();
    const total = isWatched(process.stderr) ? copied + (await size(from!, prefix, after)) : undefined;
    const progress = new Progress(total, copied);
    const unreadable = new Complaints();
    const note = (last: Key, entries: number) => {
      copied += entries;
      writeState(file, { prefix, after: keyToJson(last), copied });
      progress.update(copied);
    };
    try {
      const whole = await copyStore(from!, to!, {
        prefix,
        after,
        onlyIfAbsent: flags.ifAbsent,
        signal: signals.signal,
        unreadable: unreadable.add,
        copied: note,
      });
      progress.end();
      if (!whole) {
        errorLine(copyEnded("interrupted", count(copied, "entry", "entries")));
        return signals.heard!.code;
      }
    } catch (e) {
      progress.end();
      if (copied > 0) errorLine(copyEnded("stopped", count(copied, "entry", "entries")));
      throw e;
    }
    rmSync(file, { force: true });
    out.line(`copied ${count(copied, "entry", "entries")}`);
    return unreadable.code;
  });
}

async function size(store: ExactStore, prefix: string, after: Key | undefined): Promise<number> {
  let entries = 0;
  for await (const page of store.pages({ prefix, after, unreadable() {} })) entries += page.length;
  return entries;
}

/** @throws UsageError when there is nothing to go on with */
function readState(file: string, prefix: string): State {
  if (!existsSync(file)) throw noCopyBegun();
  const state = JSON.parse(readFileSync(file, "utf8")) as State;
  if (state.prefix === prefix) return state;
  throw otherPrefix(state.prefix);
}

/** Whole, or as it was before. @throws UsageError */
function writeState(file: string, state: State): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(`${file}.tmp`, JSON.stringify(state));
    renameSync(`${file}.tmp`, file);
  } catch (e) {
    throw cantWrite(`${oneLine(file)}, which says how far the copy is,`, e);
  }
}
