/** Every sentence that the command can say of its own: what is wrong, where, and what would be right. */
import type { MoonkeepError } from "../errors.ts";
import type { Denial } from "../host/denials.ts";
import { UsageError } from "./exit.ts";
import { oneLine } from "./output.ts";

const usage = (text: string): UsageError => new UsageError(text);

/** Why a file can't be used, as Node says it in a word. */
const codeOf = (e: unknown): string => (e as NodeJS.ErrnoException).code ?? (e as Error).message;

// ---- the registry ----

/** @param what to give instead: `a path`, `one with --registry` */
export const noRegistry = (what: string): UsageError => usage(`there is no registry.yaml here or above; give ${what}`);

export const withoutRegistry =
  "no registry.yaml here or above: scripts get a memory store, app:cache, and may do everything; " +
  '"moonkeep init" creates a registry';

export const registryStays = (error: MoonkeepError): string =>
  `${error.message}\nthe registry stays as it was; waiting for the next change`;

// ---- the page ----

export const pageReads = "The page only reads; with --write it can change things.";
export const pageWrites = "The page can change things: whoever has this address can, too.";
export const howToEnd = "Ctrl-C ends it.";
export const notAPort = "expected a port, from 0 to 65535";

export const meant = (word: string, id: string): string => `note: "${oneLine(word)}" is taken for ${oneLine(id)}`;

// ---- words of the command line ----

export const notACoverageForm = "Allowed choices are text, lcov.";

export const notAnActor = 'expected an id, such as "alice"';
export const notAPath = "expected a path";
export const notAPair = "expected name=value, such as team=core, or name:=JSON, such as level:=7";
export const notJsonPair = (name: string, reason: string): string =>
  `${name}:= is followed by JSON, such as ${name}:=7, ${name}:=true or ${name}:='["a", "b"]': ${reason}`;
export const notADuration = 'expected a duration, such as "1s", "250ms", "1d" or a number of seconds';
export const notASize = 'expected a size, such as "64MiB", "10M" or a number of bytes';
export const notACount = 'expected a whole number, such as "1000000" or "1e6"';
export const notANumber = "expected a number such as 1, -2 or 0.5";
export const notAboveZero = "expected a whole number above 0";
export const metaWithoutActor = (): UsageError => usage("--meta describes an actor: give --actor, too");
export const isEmpty = (name: string): UsageError => usage(`the ${name} is empty`);
export const unknownQuestion = (wrong: string): UsageError => usage(oneLine(wrong));
/** @param word what stands after the resource */
export const wordTooMany = (word: string): UsageError =>
  usage(
    word.includes("=")
      ? `${quoted(word)} needs an option before it: --attr for an attribute of the action, --meta for one of the actor`
      : `"moonkeep policy explain" takes an action and a resource; ${quoted(word)} is one argument too many`,
  );
/** @param isThere whether access.test.yaml is in the current folder */
export const whichExpectations = (isThere: boolean): UsageError =>
  usage(
    isThere
      ? "which file? There is an access.test.yaml here: moonkeep policy test access.test.yaml"
      : "which file? Give a YAML file with expectations, such as access.test.yaml",
  );
export const notBase64 = (word: string): UsageError =>
  usage(`--base64: "${oneLine(word)}" is not base64; "${Buffer.from(word).toString("base64")}" is its base64`);
export const whichScript = (): UsageError => usage('which script? Give a file, "-" for standard input, or -e CODE');
export const inputReadOnce = (): UsageError => usage('standard input can be read once: only one argument can be "-"');

/** @param raw whether there is an option that takes the text as it is */
export function notJson(what: string, text: string, reason: string, raw: boolean): UsageError {
  const isWord = /^[A-Za-z_][\w .-]*$/.test(text);
  const hint = isWord ? `; a string needs quotes: '${JSON.stringify(text)}'${raw ? ", or give --raw" : ""}` : "";
  const order = text.startsWith("--") ? "; options must come before the arguments" : "";
  return usage(`${what} is not JSON: ${oneLine(reason)}${hint}${order}`);
}

// ---- files ----

export const currentFolderGone = "error: the current folder is not there any more; go to another one";

export const cantWrite = (what: string, e: unknown): UsageError => usage(`${what} can't be written: ${codeOf(e)}`);
export const cantRead = (what: string, e: unknown): UsageError => {
  const code = codeOf(e);
  if (code === "ENOENT") return usage(`${what}: there is no such file or folder`);
  return usage(`${what} can't be read: ${{ EACCES: "permission denied", EISDIR: "it is a folder" }[code] ?? code}`);
};

export function cantReadScript(name: string, e: unknown): UsageError {
  switch ((e as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return usage(`${name}: there is no such script`);
    case "EISDIR":
      return usage(`${name}: this is a folder; give a script`);
    case "EACCES":
      return usage(`${name}: the script can't be read: permission denied`);
    default:
      return usage(`${name}: the script can't be read: ${codeOf(e)}`);
  }
}

export const notAFolder = (what: string): UsageError => usage(`${what}: this is not a folder`);

export const cantReadTests = (what: string, e: unknown): UsageError =>
  usage(`${cantRead(what, e).message}; give a test file, or a folder with files *_test.lua`);

export const noTests = (paths: readonly string[]): UsageError =>
  usage(`there are no files *_test.lua ${paths.length === 0 ? "here or below" : `in ${paths.join(", ")}`}`);

/** @param filter that matched the name of none */
export const noCases = (filter: string | undefined): string =>
  filter === undefined
    ? "no file has a case: t.case(name, function) adds one"
    : `no case has a name with "${oneLine(filter)}" in it`;

export const noPage = (topic: string, close: string | undefined): UsageError =>
  usage(
    `there is no page "${oneLine(topic)}"${close === undefined ? ";" : `; did you mean "${close}"?`} "moonkeep docs" lists them`,
  );

// ---- stores ----

export const inThisProcess = (id: string): string =>
  `note: ${oneLine(id)} is a memory store: it belongs to this process, starts empty, and is gone when the command ends`;
export const noKey = (id: string, key: string): string => `${oneLine(id)} has no key ${oneLine(key)}`;
export const hasKey = (id: string, key: string): string => `${oneLine(id)} already has the key ${oneLine(key)}`;
export const rawNotAString = (key: string): UsageError =>
  usage(`--raw prints strings, and the value of ${oneLine(key)} is not a string; leave out --raw`);
export const rawOfOne = (): UsageError => usage("--raw prints one value as it is: give one key, and no --json");
export const copyToItself = (): UsageError => usage("a store can't be copied to itself; name two stores");
export const noCopyBegun = (): UsageError => usage("no copy of these stores was interrupted; leave out --resume");
export const otherPrefix = (prefix: string): UsageError =>
  usage(`the interrupted copy used --prefix ${JSON.stringify(oneLine(prefix))}`);
export const copyEnded = (how: "interrupted" | "stopped", entries: string): string =>
  `${how} after ${entries}; use --resume to continue`;
export const notJsonLine = (reason: string): string => `not JSON: ${reason}`;
export const loadedBefore = (entries: string): string => `${entries} loaded before this:`;
export const loaded = (entries: string): string => `${entries} loaded, but not these:`;
export const lineNotLoaded = (file: string, line: number, why: string): string =>
  `error: ${file}:${line}: ${oneLine(why)}`;
export function linesInDoubt(entries: string, file: string, first: number, last: number): string {
  const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  return `${entries} loaded, and perhaps some of ${lines} of ${file}, before this:`;
}
export const clears = (id: string, prefix: string | undefined): string =>
  prefix === undefined
    ? `This deletes every entry of ${oneLine(id)}.`
    : `This deletes the entries of ${oneLine(id)} whose keys begin with "${oneLine(prefix)}".`;
export const clearNeedsYes = (id: string): UsageError =>
  usage(`this is not a terminal, so nobody can be asked whether to clear ${oneLine(id)}; give --yes to clear it`);
export const nothingDeleted = "nothing was deleted";
export const clearedBefore = (entries: string): string => `${entries} deleted before this:`;
export const emptySeparator = "expected at least one character";
export const interruptedAfter = (entries: string): string => `interrupted after ${entries}`;

// ---- what was denied ----

export const toAllow = (file: string): string => `to allow it, add to ${oneLine(file)}:`;
export const toChange = (policy: string, place: string): string =>
  `to allow it, change ${oneLine(policy)} (${oneLine(place)}), which denies it even if another policy allows it`;
export function wasDenied({ action, resource, actor, policy, limited }: Denial): string {
  const who = actor === undefined ? "without an actor" : `for ${quoted(actor)}`;
  const by = limited ? " by a limited handle" : policy === undefined ? "" : ` by ${oneLine(policy)}`;
  return `note: ${oneLine(action)} on ${oneLine(resource)} was denied ${who}${by}, and the script went on`;
}
export const noEntry = (what: string, id: string, close: string | undefined): string =>
  `there is no ${what} ${quoted(id)}${close === undefined ? "" : `; did you mean ${quoted(close)}?`}`;
export const moreDenied = (n: number): string => `note: ${n} more operations were denied`;

const quoted = (text: string): string => `"${oneLine(text)}"`;

// ---- traces ----

export const traceWritten = (file: string, things: number, script: string): string =>
  `${file === "-" ? "" : `${oneLine(file)}: `}policies for ${things} operations that ${oneLine(script)} asked for; review them before you use them`;

// ---- what commander finds ----

/** What commander says, by its code, and how we say it. What it quotes is the command line, or our own help. */
const commandLine: readonly (readonly [code: string, said: RegExp, ours: (...parts: string[]) => string])[] = [
  ["unknownOption", /^unknown option '(.*)'$/s, (option) => `there is no option "${option}"`],
  ["unknownCommand", /^unknown command '(.*)'$/s, (word) => `there is no command "${word}"`],
  ["missingArgument", /^missing required argument '(.*)'$/s, (name) => `the argument <${name}> is missing`],
  ["optionMissingArgument", /^option '(.*)' argument missing$/s, (option) => `${longName(option)} needs a value`],
  [
    "excessArguments",
    /^too many arguments(?: for '(.*)')?\. Expected (\d+) arguments? but got (\d+)\.?/s,
    (command = "moonkeep", most = "", got = "") =>
      `"${command}" takes ${most === "0" ? "no arguments" : `${most} argument${most === "1" ? "" : "s"}`}, but got ${got}`,
  ],
  [
    "invalidArgument",
    /^(?:option|command-argument value) '(.*?)'(?: argument '(.*)')? is invalid(?: for argument '(.*)')?\. (.*)$/s,
    (name = "", got = "", argument = "", why = "") =>
      argument === ""
        ? `${longName(name)}: ${whyInvalid(why)}, got "${got}"`
        : `<${argument}>: ${whyInvalid(why)}, got "${name}"`,
  ],
];

/** `-r, --registry <path>` is `--registry`. */
const longName = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? flags;

const whyInvalid = (why: string): string =>
  why.replace(/^Allowed choices are (.*), (.*)\.$/, "expected $1 or $2").replace(/\.$/, "");

/** @param message as commander says it: `error: unknown option '--tiemout'\n(Did you mean --timeout?)` */
export function commandLineError(code: string, message: string): string {
  const [, said = message, close] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?([^\n]*)\?\))?$/s.exec(message) ?? [];
  const known = commandLine.find(([name]) => `commander.${name}` === code);
  const parts = known?.[1].exec(said.trimEnd());
  const ours = parts ? known![2](...parts.slice(1).map((part) => oneLine(part ?? ""))) : oneLine(said);
  return `error: ${ours}${close === undefined ? "" : `; did you mean "${close.split(", ")[0]}"?`}`;
}
