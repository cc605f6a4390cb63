/** A name as a shell reads it, for commands that people copy. */
import { oneLine } from "../value/printable.ts";

/** A folder, which is no option of a command even if it begins with a dash. */
export const folderWord = (folder: string): string => quoted(folder.startsWith("-") ? `./${folder}` : folder);

function quoted(text: string): string {
  if (/^[\w./-]+$/.test(text)) return text;
  if (oneLine(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${[...text].map(escaped).join("")}'`;
}

/** A character in `$'…'` of bash, zsh and ksh: what does not show as itself is written as its bytes. */
function escaped(character: string): string {
  if (oneLine(character) === character) return /['\\]/.test(character) ? `\\${character}` : character;
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
