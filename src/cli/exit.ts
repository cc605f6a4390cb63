/** How a command ends: the exit codes of moonkeep, which are part of its interface. */
export const exit = {
  done: 0,
  /** The script failed; syntax errors count. */
  failed: 1,
  /** The command line makes no sense, or names a script that can't be read. */
  usage: 2,
  /** The registry is invalid. */
  registry: 3,
  /** The script hit a limit. */
  limit: 4,
  /** Ctrl-C (SIGINT). */
  interrupted: 130,
  /** Nobody reads the output (SIGPIPE): a script or a dump was ended before its end. */
  unread: 141,
  /** SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** A mistake on the command line, in words for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
