/** The command line: which commands there are, and how they end. Each is loaded when it is used. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { MoonkeepError } from "../errors.ts";
import { nearest } from "../value/nearest.ts";
import { editorCommands } from "./editor-commands.ts";
import { commandLineError, currentFolderGone, noEntry } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { exitCodes } from "./options.ts";
import { errorLine, errorText, Output, OutputError, oneLine, printable, say } from "./output.ts";
import { policyCommands } from "./policy-commands.ts";
import { watchingCommands, writingCommands } from "./project-commands.ts";
import { runCommands } from "./run-commands.ts";
import { storeCommands } from "./store-commands.ts";

const version = () =>
  (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;

function program(end: (code: ExitCode) => void): Command {
  const moonkeep = new Command("moonkeep")
    .description("Runs Lua 5.3 scripts with the stores and policies of a YAML registry.")
    .usage("[options] [command]\n       moonkeep script.lua [args...]")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => new Output(1, true).write(Buffer.from(text)),
      writeErr: say,
      outputError: () => {},
    })
    .addHelpText("after", exitCodes);

  runCommands(moonkeep, version(), end);
  writingCommands(moonkeep, end);
  storeCommands(moonkeep.command("store").description("read, write and copy the stores of a registry"), end);
  watchingCommands(moonkeep, end);
  editorCommands(moonkeep, end);
  policyCommands(moonkeep.command("policy").description("explain and test the policies of a registry"), end);
  return moonkeep;
}

/** `moonkeep hello.lua` runs that script; `moonkeep` alone, on a terminal, is a prompt. */
function withVerb(words: readonly string[]): string[] {
  if (words.length === 0 && process.stdin.isTTY === true && process.stdout.isTTY === true) return ["repl"];
  return words[0]?.endsWith(".lua") === true ? ["run", ...words] : [...words];
}

/** Commander answers `help` of a command that there is not with the help of all of them. @throws UsageError */
function checkHelp(command: Command, [word, ...words]: readonly string[]): void {
  const names = command.commands.map((one) => one.name());
  if (names.length === 0) return;
  const [asked = "-"] = words;
  if (word === "help" && !asked.startsWith("-") && ![...names, "help"].includes(asked)) {
    throw new UsageError(noEntry("command", asked, nearest(asked, names)));
  }
  const next = command.commands.find((one) => one.name() === word);
  if (next !== undefined) checkHelp(next, words);
}

/** Runs the command line and says how it ended. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  try {
    const moonkeep = program((ended) => {
      code = ended;
    });
    checkHelp(moonkeep, words);
    await moonkeep.parseAsync(withVerb(words), { from: "user" });
    return code;
  } catch (e) {
    const [ended, says] = ending(e);
    if (says !== undefined) complain(says);
    return ended;
  }
}

const isAboutCurrentFolder = (e: unknown): boolean => (e as NodeJS.ErrnoException).syscall === "uv_cwd";

/** How a command ends by what it threw, and what is said of it. @throws anything that is our own mistake */
function ending(e: unknown): readonly [ExitCode, says?: string] {
  if (e instanceof CommanderError) {
    if (e.exitCode === 0) return [exit.done];
    return e.code === "commander.help" ? [exit.usage] : [exit.usage, commandLineError(e.code, e.message)];
  }
  if (isAboutCurrentFolder(e)) return [exit.usage, currentFolderGone];
  const unwritten = e instanceof MoonkeepError ? e.cause : e;
  if (unwritten instanceof OutputError) return [exit.failed, errorText(unwritten.message)];
  if (e instanceof MoonkeepError) {
    // What a run failed with is reported there: this is a registry, or a name on the command line.
    return e.name === "RegistryError" ? [exit.registry, printable(e.message)] : [exit.usage, errorText(e.message)];
  }
  if (e instanceof UsageError) return [exit.usage, errorText(e.message)];
  if (e instanceof RangeError) return [exit.usage, `error: ${oneLine(e.message)}`];
  throw e;
}

/** Says it on standard error, where that can be written. */
function complain(text: string): void {
  try {
    errorLine(text);
  } catch (e) {
    if (!(e instanceof OutputError)) throw e;
  }
}
