/** Every sentence that is said of threads, and of those who wait for one. */
import { MoonkeepError } from "../errors.ts";
import { formatDuration } from "../value/duration.ts";
import type { Milliseconds } from "../value/value.ts";

export const queueFull = (waiting: number): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", `no thread is free, and ${waiting} runs wait for one: try again later`);

export const waitedTooLong = (time: Milliseconds): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", `no thread was free for ${formatDuration(time)}: try again later`);

export const heldByFunctions = (threads: number): MoonkeepError =>
  new MoonkeepError(
    "UNAVAILABLE",
    threads === 1
      ? "a function that came out of a script keeps the only thread: call its release() when you need it no more"
      : `functions that came out of scripts keep all ${threads} threads: call release() of those that you need no more`,
  );

export const threadEnded = (): MoonkeepError => new MoonkeepError("UNAVAILABLE", "the script's thread ended");

/** @param cause what the system says, which is at its most of threads */
export const noFurtherThread = (cause: unknown): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", "the system starts no further thread: try again later", { cause });

export const threadFailed = (cause: unknown): MoonkeepError =>
  new MoonkeepError("INTERNAL", "the script's thread failed", { cause });

export const noThreadScript = (path: string): MoonkeepError =>
  new MoonkeepError(
    "INVALID",
    `threads can't start: there is no ${path}. A bundle needs the script of threads beside it: bundle "moonkeep/thread" ` +
      "as an entry of its own, and say where it is by Host.open(path, { workers: { script } })",
  );
