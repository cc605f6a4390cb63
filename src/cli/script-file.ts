import { readFileSync } from "node:fs";
import { UsageError } from "./exit.ts";
import { oneLine } from "./output.ts";

/** The bytes of a script. @throws UsageError with what keeps it from being read */
export function readScript(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (e) {
    throw new UsageError(`${oneLine(file)}: ${reason(e)}`);
  }
}

/** The bytes of the standard input. @throws UsageError */
export function readInput(): Uint8Array {
  try {
    return readFileSync(0);
  } catch (e) {
    throw new UsageError(`standard input: ${reason(e)}`);
  }
}

function reason(e: unknown): string {
  switch ((e as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such script";
    case "EISDIR":
      return "this is a folder; give a script";
    case "EACCES":
      return "the script can't be read: permission denied";
    default:
      return `the script can't be read: ${(e as Error).message}`;
  }
}
