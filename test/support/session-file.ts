/**
 * Sessions at a terminal as text, as people would write them down:
 *
 *     # What it is about. Lines before the first command are for the reader.
 *     $ moonkeep run -e 'print("now") while true do end'
 *     now
 *     <- ^C
 *     ^C⏎error CANCELED: the run was interrupted
 *     [exit 130]
 *
 * A command begins with `$ `, and goes on in lines that begin with `> `, as a shell shows them. What stands below it is
 * shown, whole. `<- ` types a line, `^C` or `^D`, once the line above it is shown, and `<> ` once the prompt `> ` is
 * shown below that. What does not show is written as a picture: ␛ for an escape, ␍ for a carriage return in a line.
 */

export interface Typed {
  /** What is on the screen before it is typed. */
  readonly after: string;
  readonly line: string;
  readonly atPrompt: boolean;
}

export interface Step {
  readonly command: string;
  readonly typed: readonly Typed[];
  /** What is shown, and how it ended where that is not 0. */
  readonly shown: string;
}

export interface SessionFile {
  /** The comment before the first command. */
  readonly head: string;
  readonly steps: readonly Step[];
}

export function parseSession(text: string): SessionFile {
  const [head = "", ...parts] = text.split(/^\$ /m);
  return { head, steps: parts.map(parseStep) };
}

function parseStep(text: string): Step {
  const lines = text.replace(/\n$/, "").split("\n");
  const command = [lines.shift()!];
  while (lines[0]?.startsWith("> ") || lines[0] === ">") command.push(lines.shift()!.slice(2));
  const typed: Typed[] = [];
  const shown: string[] = [];
  for (const line of lines) {
    if (/^<[->] /.test(line)) typed.push({ after: shown.at(-1) ?? "", line: line.slice(3), atPrompt: line[1] === ">" });
    else shown.push(line);
  }
  return { command: command.join("\n"), typed, shown: shown.join("\n") };
}

/** The file with what was shown in the place of what it says. */
export function formatSession({ head, steps }: SessionFile): string {
  return head + steps.map(formatStep).join("");
}

function formatStep({ command, typed, shown }: Step): string {
  const lines = shown === "" ? [] : shown.split("\n");
  let from = 0;
  for (const { after, line, atPrompt } of typed) {
    const at = after === "" ? -1 : lines.indexOf(after, from);
    lines.splice(at + 1, 0, `${atPrompt ? "<>" : "<-"} ${line}`);
    from = at + 2;
  }
  return `$ ${[command.replaceAll("\n", "\n> "), ...lines].join("\n")}\n`;
}

/** The keys of a line that is typed. */
export function keysOf(line: string): string {
  if (line === "^C") return "\x03";
  return line === "^D" ? "\x04" : `${line}\n`;
}

/** What a terminal was sent, as text that can be read and compared. */
export const pictured = (shown: string): string =>
  shown
    .replaceAll("\r\n", "\n")
    .replaceAll("\x1b", "␛")
    .replaceAll("\r", "␍")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    .replace(/[\x00-\x09\x0b-\x1a\x1c-\x1f]/g, (c) =>
      c === "\t" ? "\t" : String.fromCharCode(0x2400 + c.charCodeAt(0)),
    );
