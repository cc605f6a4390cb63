/** What Tab offers: names of Lua, names behind a dot or a colon, ids of the registry, commands of the prompt. */
import type { Name } from "../../host/session.ts";

/** Where what is offered comes from. */
export interface Sources {
  /** The names of what is at a path from the globals on. */
  readonly names: (path: readonly string[]) => readonly Name[];
  /** The names that `require` takes. */
  readonly modules: () => readonly string[];
  /** The ids of the registry's entries. */
  readonly ids: () => readonly string[];
  /** The commands of the prompt, without their colon. */
  readonly commands: readonly string[];
}

const keywords =
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  );

/**
 * @param line up to the cursor
 * @returns what could stand in the place of its last word, and that word, as readline wants it
 */
export function complete(line: string, sources: Sources): [readonly string[], string] {
  const command = /^\s*:(\w*)$/.exec(line);
  if (command !== null) return among(sources.commands, command[1]!);
  if (/^\s*:\w/.test(line)) return among(sources.ids(), /[^\s=]*$/.exec(line)![0]);
  const required = /\brequire\s*\(?\s*["']([\w.]*)$/.exec(line);
  if (required !== null) return among(sources.modules(), required[1]!);
  const quoted = /["']([\w.:-]*)$/.exec(line);
  if (quoted !== null && isInText(line)) return among(sources.ids(), quoted[1]!);
  const word = /((?:[A-Za-z_]\w*\s*[.:]\s*)*)([A-Za-z_]\w*)?$/.exec(line)!;
  const [, before = "", start = ""] = word;
  if (before === "" && start === "") return [[], ""];
  const path = before.split(/\s*[.:]\s*/).slice(0, -1);
  const isMethod = /:\s*$/.test(before);
  const found = sources.names(path).filter(({ isFunction }) => isFunction || !isMethod);
  const names = found.map(({ name }) => name);
  return among(path.length === 0 ? [...new Set([...names, ...keywords])].sort() : names, start);
}

const among = (all: readonly string[], start: string): [readonly string[], string] => [
  all.filter((one) => one.startsWith(start)),
  start,
];

/** Whether the end of a line is within a string in quotes. */
function isInText(line: string): boolean {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === "\\" && quote !== "") i++;
    else if (quote === "") quote = c === '"' || c === "'" ? c : "";
    else if (c === quote) quote = "";
  }
  return quote !== "";
}
