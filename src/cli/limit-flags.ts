/** The limits that a command takes as options: those that have a flag in the table of limits. */
import type { Command } from "commander";
import { amount, type LimitName, type Limits, limitNames, limitRow } from "../limits.ts";
import { count, duration, size } from "./units.ts";

const flagged = limitNames.filter((name) => limitRow(name).flag !== undefined);

/** Adds an option for each, in the order of the table. */
export function limitFlags(command: Command): Command {
  for (const name of flagged) {
    const { unit, default: byDefault, flag } = limitRow(name);
    const { argument, does, default: most = byDefault } = flag!;
    const read = unit === "duration" ? duration : unit === "size" ? size : count;
    const otherwise = most === 0 ? "no limit" : amount(most).replace(" ", "");
    command.option(`--${name} ${argument}`, `${does} (default: the registry's, else ${otherwise})`, read);
  }
  return command;
}

/** What a command allows where neither an option nor the registry says it, and it isn't what a host allows. */
export const commandLimits: Limits = Object.fromEntries(
  flagged.flatMap((name) => {
    const most = limitRow(name).flag?.default;
    return most === undefined ? [] : [[name, most]];
  }),
);

/** The limits that options gave. */
export const givenLimits = (flags: Limits): Limits =>
  Object.fromEntries(flagged.map((name: LimitName) => [name, flags[name]]));
