import { readFileSync } from "node:fs";
import { cantReadScript } from "./errors.ts";
import { oneLine } from "./output.ts";

/** The bytes of a script. @throws UsageError with what keeps it from being read */
export function readScript(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (e) {
    throw cantReadScript(oneLine(file), e);
  }
}

/** The bytes of the standard input. @throws UsageError */
export function readInput(): Uint8Array {
  try {
    return readFileSync(0);
  } catch (e) {
    throw cantReadScript("standard input", e);
  }
}

/** Text without the byte order mark that some editors begin a file with. */
export const withoutMark = (text: string): string => (text.startsWith("\ufeff") ? text.slice(1) : text);

export const textOf = (bytes: Uint8Array): string => withoutMark(Buffer.from(bytes).toString());
