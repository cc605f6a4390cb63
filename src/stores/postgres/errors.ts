/** What PostgreSQL, and the way to it, fail with, in words for people: which server, and never a credential. */
import { MoonkeepError } from "../../errors.ts";
import type { Milliseconds } from "../../value/value.ts";
import { backendDown, backendRefuses, backendTimeout, UnreadableAnswer } from "../errors.ts";

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: what is not the statement's fault, by code or class. */
const passing: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "08": "the connection was lost",
    "25006": "it is read-only",
    "28": "the login is wrong",
    "3D": "there is no such database",
    "40": "it aborted a transaction that conflicted with another one",
    "42501": "this user is not allowed to do that",
    "53": "it is short of resources",
    "53100": "its disk is full",
    "53200": "its memory is full",
    "53300": "it has too many connections",
    "54": "a limit of the server was reached",
    "57": "it does not accept statements at the moment",
    "57P01": "it is shutting down",
    "57P02": "it has crashed and is starting again",
    "57P03": "it is starting or shutting down",
    "58": "it has a problem with its files",
    XX: "it has a problem with its data",
  }),
);

/** As much as anybody reads of what a server says. */
const LONGEST = 1000;

/** Cuts what a server said of an error. */
function shorten(e: unknown): void {
  if (!(e instanceof Error) || e.message.length <= LONGEST) return;
  e.message = `${e.message.slice(0, LONGEST)}…`;
  e.stack = e.message;
}

/** A statement took too long, or waited too long for another one. */
const isTimeout = (code: string): boolean => code === "57014" || code === "55P03";

/** What the server itself said is wrong; undefined for any other error. */
export function serverCode(e: unknown): string | undefined {
  const { code, severity } = e as { code?: unknown; severity?: unknown };
  return typeof code === "string" && typeof severity === "string" ? code : undefined;
}

/** A prepared statement that the connection does not have any more. */
const FORGOTTEN = "26000";
/** It leads to a server that can only be read, such as one that was the primary; a new one may lead elsewhere. */
const READ_ONLY = "25006";

const NO_TABLE = "42P01";

export const isTableGone = (e: unknown): boolean => serverCode(e) === NO_TABLE;

/** Whether the connection is as good as it was: the server refused one statement, and waits for the next. */
export function isConnectionSound(e: unknown): boolean {
  const code = serverCode(e);
  if (code === undefined || code === FORGOTTEN || code === READ_ONLY) return false;
  return (e as { severity: string }).severity === "ERROR";
}

/** @returns what the caller gets; undefined when the statement does not fit the table, or the table not the row */
export function asPostgresError(e: unknown, server: string, timeout: Milliseconds): MoonkeepError | undefined {
  if (e instanceof MoonkeepError) return e;
  if (e instanceof UnreadableAnswer) return backendRefuses(server, e.message, e);
  const { message } = e as Error;
  const code = serverCode(e);
  shorten(e);
  if (code === undefined) {
    if (message.startsWith("SASL")) return backendRefuses(server, "the login is wrong");
    if (message.includes("SSL")) return backendRefuses(server, "it does not support TLS");
    return /timed? ?out|timeout/i.test(message) ? backendTimeout(server, timeout, e) : backendDown(server, e);
  }
  if (isTimeout(code)) return backendTimeout(server, timeout, e);
  if (code === FORGOTTEN) return backendRefuses(server, "it has forgotten a prepared statement");
  const reason = passing.get(code) ?? passing.get(code.slice(0, 2));
  // What the server says of a login names the user.
  return reason === undefined ? undefined : backendRefuses(server, reason, code.startsWith("28") ? undefined : e);
}

export const serverFailed = (name: string): string => `${name} failed`;
