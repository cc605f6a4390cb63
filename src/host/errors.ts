/** Every sentence that the host says of what it runs. */
import { CanceledError, MoonkeepError } from "../errors.ts";
import type { Signal } from "../lua/run/call-options.ts";
import { suggest } from "../registry/errors.ts";

export const hostClosed = (): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", "the host is closed", { retryable: false });

export const sessionClosed = (): MoonkeepError => new MoonkeepError("INVALID", "the session is closed");

export const runCanceled = (signal: Pick<Signal, "reason">): MoonkeepError =>
  new CanceledError("the run was canceled", signal.reason);

export const functionNotFound = (id: string, close: string | undefined): MoonkeepError =>
  new MoonkeepError("NOT_FOUND", `there is no function "${id}"${suggest(close)}`);

export const notAFunction = (id: string, kind: string): MoonkeepError =>
  new MoonkeepError("INVALID", `${id} is a ${kind}, and no function`);

export const callsTooDeep = (id: string, most: number): MoonkeepError =>
  new MoonkeepError("INVALID", `${id} can't be called: calls nest deeper than ${most}`);
