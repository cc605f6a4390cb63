/** What a word of the command line can be, by the commands that there are and the registry. */
import { readdirSync } from "node:fs";
import type { Command, Option } from "commander";
import { MoonkeepError } from "../../errors.ts";
import { readRegistry } from "../../host/open.ts";
import { docsFolder } from "../docs.ts";
import { nearestRegistry } from "../registry-path.ts";

/** The kinds of entries whose ids the arguments of a command are. */
const kindsOf: Readonly<Record<string, string>> = { call: "function.*", store: "store.*", explain: "store.*" };

export interface Candidate {
  readonly word: string;
  /** What it does or is, in a few words. */
  readonly about?: string;
}

/**
 * @param words those that stand there, without `moonkeep`; the last one is being typed
 * @returns what it can be; nothing where it is a file or anything else
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const path = commandsIn(program, before);
  const command = path.at(-1)!;
  const option = expecting(command, before.at(-1));
  const all = option === undefined ? namesFor(path, current, before) : asWords(option.argChoices ?? []);
  return all.filter(({ word }) => word.startsWith(current));
}

/** As `moonkeep complete` prints it, and the scripts of the shells read it. */
export const candidateLine = ({ word, about }: Candidate): string =>
  about === undefined ? `${word}\n` : `${word}\t${about}\n`;

const asWords = (words: readonly string[]): Candidate[] => words.map((word) => ({ word }));

/** The beginning of a description: shells show it on one line. */
const inShort = (description: string): string => description.replace(/(?:[;:]| \().*$/s, "");

/** The command that is typed, behind those that it belongs to. */
function commandsIn(program: Command, words: readonly string[]): Command[] {
  const path = [program];
  for (const word of words) {
    const next = path.at(-1)!.commands.find((one) => one.name() === word);
    if (next !== undefined) path.push(next);
  }
  return path;
}

/** The option whose value stands behind a word. */
const expecting = (command: Command, word: string | undefined): Option | undefined =>
  command.options.find((one) => one.required && (one.long === word || one.short === word));

function namesFor(path: readonly Command[], current: string, before: readonly string[]): Candidate[] {
  const command = path.at(-1)!;
  const help = command.createHelp();
  if (current.startsWith("-"))
    return help.visibleOptions(command).flatMap(({ long, description }) => {
      return long ? [{ word: long, about: inShort(description) }] : [];
    });
  if (command.commands.length > 0)
    return help.visibleCommands(command).map((one) => ({ word: one.name(), about: inShort(one.description()) }));
  if (command.name() === "completion") return asWords(["bash", "zsh", "fish"]);
  if (command.name() === "docs")
    return asWords(readdirSync(docsFolder, { recursive: true, encoding: "utf8" }).flatMap(pageName));
  const kind = path.map((one) => kindsOf[one.name()]).find((one) => one !== undefined);
  return kind === undefined ? [] : ids(kind, registryIn(before));
}

const pageName = (file: string): string[] => (file.endsWith(".md") ? [file.slice(0, -3).replace("modules/", "")] : []);

function registryIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "-r" || word === "--registry");
  return at < 0 ? nearestRegistry(process.cwd()) : words[at + 1];
}

/** None where the registry is wrong: whoever presses a key has asked for no report of that. */
function ids(kind: string, registry: string | undefined): Candidate[] {
  if (registry === undefined) return [];
  try {
    return readRegistry(registry)
      .find({ kind })
      .map((entry) => ({ word: entry.id, about: entry.kind }));
  } catch (e) {
    if (e instanceof MoonkeepError) return [];
    throw e;
  }
}
