/** What was typed before, kept in the user's state folder (the XDG Base Directory specification). */
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "../../value/folders.ts";

const MOST_LINES = 1000;

/** @param env of the process. @returns undefined where nothing is to be kept: `MOONKEEP_HISTORY` is set, and empty */
export function historyFile(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { MOONKEEP_HISTORY: own, XDG_STATE_HOME: state, LOCALAPPDATA: local } = env;
  if (own !== undefined) return own === "" ? undefined : own;
  const folder = state !== undefined && state !== "" ? state : (local ?? join(homedir(), ".local/state"));
  return join(folder, "moonkeep", "history");
}

/** Newest first, as readline has it. A file that is not there, or can't be read, is not a history. */
export function readHistory(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .slice(-MOST_LINES)
      .reverse();
  } catch {
    return [];
  }
}

/** @returns why it could not be kept */
export function writeHistory(file: string | undefined, lines: readonly string[]): Error | undefined {
  if (file === undefined) return undefined;
  try {
    makeFolder(dirname(file), 0o700);
    writeFileSync(file, `${lines.slice(0, MOST_LINES).reverse().join("\n")}\n`, { mode: 0o600 });
    return undefined;
  } catch (e) {
    return e as Error;
  }
}
