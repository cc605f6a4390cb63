/** What the prompt says of what was typed. */
import { nearest } from "../../value/nearest.ts";

export const unknownCommand = (name: string, all: readonly string[]): string => {
  const close = nearest(name, all);
  return `there is no command ":${name}"${close === undefined ? "" : `; did you mean ":${close}"?`}; :help lists them`;
};
export const wrongUse = (usage: string): string => `usage: ${usage}`;
export const wrongPair = (word: string, why: string): string => `"${word}": ${why}`;
export const notAnId = (word: string): string => `"${word}" is not the id of an entry, such as app:cache`;
export const lostLocalNote = (name: string): string =>
  `note: "${name}" was local to this line and is gone; leave out "local" to keep it`;
export const beganAnew = "note: the prompt has a fresh state: globals are gone, stores keep their data";
export const howToLeave = "Ctrl-D, or :quit, leaves the prompt";
export const interruptedNote = "interrupted";

export const historyNotKept = (reason: string): string => `the history could not be saved: ${reason}`;
