/** The line of source that an error is about, with a caret under what it names. */

const TAB_WIDTH = 4;
/** What is shown of a line that is long, around the caret. */
const WIDTH = 100;

/**
 * @param message of an error: `name:line: what`, or `name:line: what near 'token'`
 * @param source what was compiled under the name
 * @returns the line, and a second one with the caret where the message names a word that the line has, and it is clear
 * which; undefined where the message is about no line of this source
 */
export function sourceLine(message: string, name: string, source: string): string | undefined {
  if (!message.startsWith(`${name}:`)) return undefined;
  const match = /^(\d+): (.*)$/s.exec(message.slice(name.length + 1));
  const line = match && source.split(/\r\n|\n\r|\n|\r/)[Number(match[1]) - 1];
  if (line == null || line.trim() === "") return undefined;
  return markedLine(line, Number(match![1]), columnOf(line, match![2]!));
}

/** A line, and a caret below it. @param at the column, from 0; undefined: there is none */
export function markedLine(line: string, number: number, at: number | undefined): string {
  const label = `  ${number} | `;
  const begin = Math.max(0, Math.min((at ?? 0) - WIDTH / 2, line.length - WIDTH));
  const shown = plain(line.slice(begin, begin + WIDTH));
  if (at === undefined) return label + shown;
  return `${label}${shown}\n${" ".repeat(label.length + plain(line.slice(begin, at)).length)}^`;
}

/** How messages name a word of the line. */
const named = [
  /near '(.+)'$/s,
  /\((?:local|global|field|method|upvalue) '(\w+)'\)$/,
  /^no visible label '(\w+)' for/,
  /^there is no module "([^"]+)"/,
  /^module '([^']+)' not found/,
];

/** Where the word is that the message names, if there is but one that fits. */
function columnOf(line: string, what: string): number | undefined {
  if (/near <eof>$/.test(what)) return line.length;
  const [, word] = named.map((pattern) => pattern.exec(what)).find((match) => match !== null) ?? [];
  if (word === undefined) return undefined;
  const whole = /^\w+$/.test(word) ? new RegExp(`(?<!\\w)${word}(?!\\w)`, "g") : undefined;
  let places = whole ? [...line.matchAll(whole)].map(({ index }) => index) : placesOf(line, word);
  const [, verb = "", kind = ""] = /^attempt to (\w+) .* \((\w+) '\w+'\)$/.exec(what) ?? [];
  for (const fits of [standsAs[kind], isUsed[verb]]) {
    if (places.length > 1 && fits)
      places = places.filter((at) => fits(line.slice(0, at), line.slice(at + word.length)));
  }
  return places.length === 1 ? places[0] : undefined;
}

/** Whether a word may be what a message says, by what stands before it. */
type Fits = (before: string, after: string) => boolean;

const isField: Fits = (before) => /(?:^|[^.])\.\s*$|\[\s*["']$/.test(before);
const isMethod: Fits = (before) => /(?:^|[^:]):\s*$/.test(before);
const isName: Fits = (before, after) => !isField(before, after) && !isMethod(before, after);
const standsAs: Readonly<Record<string, Fits>> = {
  field: isField,
  method: isMethod,
  local: isName,
  global: isName,
  upvalue: isName,
};

/** Whether what is said of a word is done with it, by what stands behind it. */
const isUsed: Readonly<Record<string, Fits>> = {
  index: (_, after) => /^(?:["']\s*\])?\s*(?:\.(?!\.)|\[|:)/.test(after),
  call: (_, after) => /^(?:["']\s*\])?\s*[({"'[]/.test(after),
};

function placesOf(line: string, part: string): number[] {
  const places: number[] = [];
  for (let at = line.indexOf(part); at >= 0; at = line.indexOf(part, at + 1)) places.push(at);
  return places;
}

const plain = (text: string): string => text.replaceAll("\t", " ".repeat(TAB_WIDTH));
