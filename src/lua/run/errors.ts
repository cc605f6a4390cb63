/** Every sentence that is said of a run, its channels and its coroutines. */

export const closedChannel = "send on a closed channel";

export const casesExpected = "select: expected a table of cases";

export const notACase = (index: number): string =>
  `select: item ${index} is not a case; make one with ch:case_receive() or ch:case_send(value)`;

export const noCases = "select: without a case it would wait forever; give at least one";

export const compilesTooLong = (name: string): string => `${name}: it takes too long to compile`;

export const noTooLongString = "no string is too long";

export const returnsNoFunction = (name: string): string => `${name}: the file returns neither a function nor a table`;

export const methodNeeded = (name: string): string =>
  `${name}: the file returns a table; the entry must name one of its functions as method`;

export const noSuchMethod = (name: string, method: string): string =>
  `${name}: the table that the file returns has no function "${method}"`;

export const runCanceled = "the run was canceled";

export const everythingWaits = "deadlock: every coroutine waits for another one, and nothing else can wake them";

export const feedLimit = (most: number): string =>
  `a script can have at most ${most} timers and subscriptions at a time`;

export const functionReleased = "the Lua function was released";

export const badResults = (given: string): string =>
  `results: expected "values", "shown", "plain" or "inspected", got ${given}`;

export const tooManyArguments = (given: number): string => `too many arguments: ${given}`;

export const scriptHasEnded = "the script has ended";
