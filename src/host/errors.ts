/** Every sentence that the host says of what it runs. */
import { CanceledError, MoonkeepError, reasonOf } from "../errors.ts";
import type { Signal } from "../lua/run/call-options.ts";
import type { Missing } from "../lua/run/loads.ts";
import { suggest } from "../registry/errors.ts";

export const hostClosed = (): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", "the host is closed", { retryable: false });

/** A warning of the process. */
export const inputNotClosed = (cause: unknown): string =>
  `an input failed when its script had ended: ${reasonOf(cause)}`;

/** Why a run was ended that somebody ended there. */
export const endedOnPage = "it was ended on the inspection page";
export const ttlNotAbove = (ttl: unknown): string => `ttl: expected milliseconds above 0, got ${ttl}`;

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
  new MoonkeepError("INVALID", `${id} is a ${kind}, not a function`);

export const callsTooDeep = (id: string, most: number): MoonkeepError =>
  new MoonkeepError("INVALID", `${id} can't be called: calls nest deeper than ${most}`);

export const systemReserved = (storeSystem: string): string => `system: "${storeSystem}" is reserved for the host`;

export const eventTooLarge = (most: number, size: number): string =>
  `data: an event can have at most ${most} bytes, got about ${size}`;

export const emptyWord = (name: string, got: string): string =>
  `${name}: expected a string that is not empty, got ${got}`;

export const lineForm = 'expected {"key": …, "value": …, "ttl": seconds}';

export const unknownLineField = (field: string): string =>
  `there is no field "${field}"; the fields are key, value, ttl`;

export const lineTtl = "ttl: expected a number of seconds";

export const lineKey = 'key: expected a string, or {"$base64": "…"}';

export const unknownActorField = (field: string): string =>
  `an actor has no field "${field}"; the fields are id and meta`;

export const actorForm = "expected an actor: an id, or a mapping such as {id: alice, meta: {team: core}}";

export const emptyQuestion = (name: string): string => `${name} must be a string that is not empty`;

export const writeNotSeen = "the value that was written could not be read back";

export const noAnswer = (id: string, timeout: number): string => `${id} did not answer within ${timeout} ms`;

export const tooManyFunctionArguments = (most: number, given: number): string =>
  `args: a function can take at most ${most} arguments, got ${given}`;

export const metricsOff = "metrics are off; turn them on with Host.open(path, { metrics: true })";

export const actorWithoutId = (name: string): string => `${name}: an actor needs an id`;

export const noSuch = (what: string, name: string, hint: string): string => `there is no ${what} "${name}"${hint}`;

export const aliasTaken = (alias: string): string =>
  `"${alias}" is already a module of this entry; import it by another name`;

export const circularImports = (circle: string): string => `imports lead in a circle: ${circle}`;

export const libraryNameTaken = (alias: string): string =>
  `"${alias}" is already a module; give the library another name`;

export const tooManyScriptArguments = (most: number, given: number): string =>
  `args: a script can take at most ${most} arguments, got ${given}`;

export const scriptTooLarge = (name: string, most: number): string => `${name}: the script is larger than ${most} MiB`;

export const compiledLua = (name: string): string => `${name}: compiled Lua can't be run; give the script's text`;

export const binaryScript = (name: string): string => `${name}: this is a binary file, not a script`;

export const inputTooLong = "the standard input is longer than the script's memory limit";

export const reloadFailed = "reloading failed";
