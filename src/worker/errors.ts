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
      ? "a function that a script returned keeps the only thread: call its release() when you no longer need it"
      : `functions that scripts returned keep all ${threads} threads: call release() of those that you no longer need`,
  );

export const threadEnded = (): MoonkeepError => new MoonkeepError("UNAVAILABLE", "the script's thread ended");

/** @param cause what the system says, which is at its most of threads */
export const noFurtherThread = (cause: unknown): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", "the system can't start another thread: try again later", { cause });

export const threadFailed = (cause: unknown): MoonkeepError =>
  new MoonkeepError("INTERNAL", "the script's thread failed", { cause });

export const noThreadScript = (path: string): MoonkeepError =>
  new MoonkeepError(
    "INVALID",
    `threads can't start: there is no ${path}. A bundle needs the script of threads beside it: bundle "moonkeep/thread" ` +
      "as an entry of its own, and say where it is by Host.open(path, { workers: { script } })",
  );

export const noTooLongString = "no string is too long";

export const malformedMessage = "a malformed message";

export const malformedValue = "a malformed value";

export const malformedLimits = "malformed limits";

export const malformedQuestion = "a malformed question";

export const unknownFile = "a file that nobody has opened";

export const beyondMemory = "more than the script's memory limit";

export const unknownCall = "a call of an unknown function";

export const unknownHandle = "a handle that was never given to the script";

export const malformedError = "a malformed error";

export const detailsNotPlain = "details that are not plain data";

export const unknownLimit = "an unknown limit";

export const malformedStack = "a malformed call stack";

export const notALuaType = "a value of a type that Lua does not have";

export const unknownChannel = "an unknown channel";

export const tooManyTaken = "more values were taken than were given";

export const outOfTurn = "out of turn";

export const questionWithoutNumber = "a question without a number";

export const malformedResults = "malformed results";

export const internalError = "internal error";

export const unknownMessage = "a message of an unknown kind";

export const outputNotBytes = "output that is not bytes";

export const outputBeyondMemory = "more output than the script's memory limit";

export const badInstructionCount = "a number of instructions that is not a number";

export const constantNotPlain = "a constant must be plain data";

export const runCanceled = "the run was canceled";

export const callerEnded = "the run that called this one has ended";

export const stringNotBytes = "a string that is not bytes";

export const integerTooLong = "an integer of more than 64 bits";

export const unknownValueType = "a value of an unknown type";

export const malformedTable = "a malformed table";

/** Of a value on its way out of a thread. */
export const tooManyTogether = (most: number): MoonkeepError =>
  new MoonkeepError(
    "INVALID",
    `the arguments or results of a call have more than ${most} values and parts together: a thread can pass on as many in one table of plain data`,
  );

export const tooManyAtOnce = "too many values and parts at once";

export const tooManyWithOthers = (most: number): MoonkeepError =>
  new MoonkeepError(
    "INVALID",
    `a table of more than ${most} parts can leave a thread only if it is plain data: ` +
      "this one has functions, handles, errors or itself in it",
  );

export const packedNotBytes = "a packed table that is not bytes";

export const tableTooLarge = "a table with too many parts";

export const impossibleKey = "a key that is not possible";

export const nilInTable = "a table with nil in it";
