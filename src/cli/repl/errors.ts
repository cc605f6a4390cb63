/** What the prompt says of what was typed. */
import { nearest } from "../../value/nearest.ts";

export const unknownCommand = (name: string, all: readonly string[]): string => {
  const close = nearest(name, all);
  return `there is no command ":${name}"${close === undefined ? "" : `; did you mean ":${close}"?`}; :help lists them`;
};
export const wrongUse = (usage: string): string => `this command is typed as ${usage}`;
export const wrongPair = (word: string, why: string): string => `"${word}": ${why}`;
export const notAnId = (word: string): string => `"${word}" is not the id of an entry, such as app:cache`;
export const lostLocalNote = (name: string): string =>
  `note: "${name}" is local to this line, and gone now; without "local" it stays`;
export const beganAnew = "note: the prompt began anew: the globals are gone, what is in stores is there";
export const howToLeave = "Ctrl-D, or :quit, leaves the prompt";
export const interruptedNote = "interrupted";

export const historyNotKept = (reason: string): string => `the history could not be saved: ${reason}`;
