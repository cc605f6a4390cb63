/** What is typed at the prompt: Lua, or a command such as `:store app:cache`. */

export interface Command {
  readonly name: string;
  readonly args: readonly string[];
}

/** @returns undefined for a line of Lua */
export function commandOf(line: string): Command | undefined {
  const match = /^\s*:(?!:)\s*(\S*)\s*(.*?)\s*$/s.exec(line); // `::name::` is a label of Lua
  if (match === null) return undefined;
  return { name: match[1]!, args: match[2] === "" ? [] : match[2]!.split(/\s+/) };
}

/** The name of a local that a piece of code declares and does not use: it is gone when the code has run. */
export function lostLocal(code: string): string | undefined {
  const match = /^\s*local\s+(?:function\s+)?([A-Za-z_]\w*)/.exec(code);
  if (match === null || code.trim().includes("\n")) return undefined;
  const uses = code.match(new RegExp(`(?<![\\w.:])${match[1]}(?!\\w)`, "g"));
  return uses?.length === 1 ? match[1] : undefined;
}
