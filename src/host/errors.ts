/** Every sentence that the host says of what it runs. */
import { CanceledError, MoonkeepError } from "../errors.ts";
import type { Signal } from "../lua/run/call-options.ts";
import type { Missing } from "../lua/run/loads.ts";
import { suggest } from "../registry/errors.ts";

export const hostClosed = (): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", "the host is closed", { retryable: false });

export const sessionClosed = (): MoonkeepError => new MoonkeepError("INVALID", "the session is closed");

export const runCanceled = (signal: Pick<Signal, "reason">): MoonkeepError =>
  new CanceledError("the run was canceled", signal.reason);

// Why `require` does not load a file.
export const noModuleName = "a file's name has letters, digits, _ and -, with dots between folders";
export const leadsOutside = (file: string): string => `${file} leads out of the script's folder`;
export const notAFile = (file: string): string => `${file} is not a file`;
export const unreadable = (file: string, code = "unknown"): string => `${file} can't be read: ${code}`;

/** What `check` says of a name that `require` would not find. */
export function noSuchRequire(name: string, { tried, reason }: Missing, close: string | undefined): string {
  const files = reason ?? (tried.length === 0 ? undefined : `there is no ${tried.join(" and no ")}`);
  return `there is no module "${name}"${suggest(close)}${files === undefined ? "" : ` (${files})`}`;
}

export const functionNotFound = (id: string, close: string | undefined): MoonkeepError =>
  new MoonkeepError("NOT_FOUND", `there is no function "${id}"${suggest(close)}`);

export const notAFunction = (id: string, kind: string): MoonkeepError =>
  new MoonkeepError("INVALID", `${id} is a ${kind}, and no function`);

export const callsTooDeep = (id: string, most: number): MoonkeepError =>
  new MoonkeepError("INVALID", `${id} can't be called: calls nest deeper than ${most}`);
