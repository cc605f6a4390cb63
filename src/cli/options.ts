/** The options that several commands have, and the exit codes that all of them tell. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { notAnActor, notAPath } from "./errors.ts";
import { limitFlags } from "./limit-flags.ts";
import { pairs } from "./pairs.ts";

export const actorOption = [
  "--actor <id>",
  "the actor (default: the registry's)",
  (id: string) => {
    if (id === "") throw new InvalidArgumentError(notAnActor);
    return id;
  },
] as const;

/** A file or a folder. An empty one is a variable of a shell that is not set. */
export function path(text: string): string {
  if (text === "") throw new InvalidArgumentError(notAPath);
  return text;
}

export const paths = (text: string, before: readonly string[] = []): readonly string[] => [...before, path(text)];

export const collect = (value: string, before: string[] = []) => [...before, value];

export const registryOption = [
  "-r, --registry <path>",
  "a registry file or folder (default: the registry.yaml beside the script, or else the nearest one, here or above)",
  path,
] as const;
export const metaOption = [
  "--meta <name=value>",
  "metadata of the actor: a string, or JSON after := (level:=7); may be repeated",
  pairs,
] as const;
export const groupOption = [
  "--group <id>",
  "a policy group in force, instead of the registry's; may be repeated",
  collect,
] as const;

export const exitCodes = `
Exit codes:
  0    done
  1    the script failed or has a syntax error; a check failed; a key is missing
  2    wrong usage, or a script that can't be read
  3    the registry is invalid
  4    a limit was reached
  130  interrupted
  141  nobody reads the output, and the script was ended
  143  terminated (SIGTERM)`;

/** What commands have that run something, and end with it. */
export function session(command: Command): Command {
  return scriptOptions(command)
    .addOption(
      new Option(
        "--isolation <where>",
        "run the script in the command's thread, or in a thread that can be killed (default: the registry's, else shared)",
      ).choices(["shared", "worker"]),
    )
    .option(
      "--trace-permissions <file>",
      'allow everything, and write the policies that would have allowed exactly that to a file ("-": standard error)',
      path,
    )
    .option("--json", "print the result or the error as JSON; output of the script goes to standard error")
    .option("--watch", "run again whenever the registry or the script changes, until Ctrl-C")
    .passThroughOptions()
    .addHelpText("after", exitCodes);
}

/** What they have that run anything: for whom, under which limits, and what is noted. */
export function scriptOptions(command: Command): Command {
  command
    .option(...registryOption)
    .option(...actorOption)
    .option(...metaOption)
    .option(...groupOption);
  return limitFlags(command)
    .option("--no-compile", "only interpret Lua; don't compile code that runs often to JavaScript")
    .option(
      "--audit <file>",
      'append denials, and whatever the registry asks for, to a file as JSON lines ("-": standard error)',
      path,
    )
    .addOption(
      new Option(
        "--log-level <level>",
        "write log records of this level and above to standard error as JSON lines; with warn and below, also notes on denials (default: info)",
      ).choices(["debug", "info", "warn", "error", "off"]),
    );
}
