/**
 * Thrown to end a script that hit a limit. It is not a Lua error: nothing in Lua catches it, neither pcall nor a
 * coroutine nor an error handler, and everything of ours that catches must let it pass. The state that it went
 * through is in no condition to run again.
 */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly reason: unknown;
  constructor(reason: unknown) {
    super("the script was stopped");
    this.reason = reason;
  }
}

/** The same for one whose time was up while it waited for an answer: what it went through can run again. */
export class StoppedWaiting extends Stopped {}
