/** What Redis, and the way to it, fail with, in words for people: which server, and never a credential. */
import { MoonkeepError } from "../../errors.ts";
import type { Milliseconds } from "../../value/value.ts";
import { backendDown, backendRefuses, backendTimeout, UnreadableAnswer } from "../errors.ts";

/** What a reply says of the server rather than of the command: the same command may succeed later. */
const passing: Readonly<Record<string, string>> = {
  ASK: "its cluster is moving data",
  BUSY: "it is busy with a script",
  CLUSTERDOWN: "its cluster is down",
  LOADING: "it is still loading its data",
  MASTERDOWN: "it has lost its primary",
  MISCONF: "it can't write to its disk",
  NOREPLICAS: "it has too few replicas",
  OOM: "its memory is full",
  READONLY: "it is a read-only replica",
  TRYAGAIN: "its cluster is moving data",
  UNBLOCKED: "it has lost its primary",
};

/** As much as anybody reads of what a server says. */
const LONGEST = 1000;

/** The text of an error reply, which may be as long as the server likes. */
export const said = (e: unknown): string => (e as Error).message.slice(0, LONGEST);

/** The word that an error reply begins with, such as `WRONGPASS`; undefined for any other error. */
export function replyCode(e: unknown): string | undefined {
  if (!(e instanceof Error) || e.name !== "ReplyError") return undefined;
  return /^[A-Z]{1,50}\b/.exec(e.message)?.[0] ?? "ERR";
}

/** The login was refused. An older server says so with a plain ERR. */
const isLogin = (code: string, message: string): boolean =>
  code === "WRONGPASS" || code === "NOAUTH" || (code === "ERR" && /\bAUTH\b|password/i.test(message));

/** The user has too few rights, maybe for what a script does. */
const isForbidden = (code: string, message: string): boolean =>
  code === "NOPERM" ||
  (code === "ERR" && /^(ERR )?(The user executing the script|ACL failure in script)/.test(message));

export const tooManyClients = (server: string, cause: unknown): MoonkeepError =>
  backendRefuses(server, "it has too many connections (maxclients)", cause);

/** @param node `10.0.0.7:6379` */
export const leadsAstray = (server: string, node: string): MoonkeepError =>
  backendRefuses(server, `its cluster leads to ${node.slice(0, 300)}, which the plugin is not granted`);

/** Whether a command that has no reply may have been sent: the library says so of one that it could not write. */
export const isSent = (e: unknown): boolean => !(e as Error).message.startsWith("Stream isn't writeable");

/**
 * What the caller gets.
 * @param server `redis at localhost:6379`
 */
export function asRedisError(e: unknown, server: string, timeout: Milliseconds): MoonkeepError {
  if (e instanceof UnreadableAnswer) return backendRefuses(server, e.message, e);
  const message = said(e);
  const code = replyCode(e);
  if (code === undefined) {
    return /timed? ?out|ETIMEDOUT/i.test(message) ? backendTimeout(server, timeout, e) : backendDown(server, e);
  }
  // A reply's error holds the command with its arguments, and the text may quote them: the password of AUTH among them.
  if (isLogin(code, message)) return backendRefuses(server, "the login is wrong");
  if (isForbidden(code, message)) return backendRefuses(server, "this user is not allowed to do that");
  if (code === "ERR" && message.includes("max number of clients")) return tooManyClients(server, e);
  const reason = passing[code];
  if (reason !== undefined) return backendRefuses(server, reason);
  return new MoonkeepError("INTERNAL", `${server} failed: ${code}`, { cause: new Error(message) });
}

/** The sets that a store's keys are listed by are not ours to write over. */
export const notAnIndex = (server: string, name: string): MoonkeepError =>
  new MoonkeepError("INTERNAL", `${server} can't be used: ${name} is not a sorted set`, { retryable: false });

export const notAnEntry = "it is not an entry of a store";

export const notAString = "it is not a Redis string";
