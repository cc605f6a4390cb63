import { MoonkeepError } from "../errors.ts";
import { MAX_SCRIPT_BYTES } from "../limits.ts";
import { wrongType } from "../value/options.ts";
import { binaryScript, compiledLua, scriptTooLarge } from "./errors.ts";

const HASH = 0x23;
const NEWLINE = 0x0a;

/**
 * A script's text as the VM gets it: without a byte order mark, and without the words of a first line that starts with
 * `#`, which a shell reads. The line itself stays, so that line numbers are those of the file.
 * @throws MoonkeepError INVALID for what is not text, or too long.
 */
export function scriptSource(source: string | Uint8Array, name: string): Uint8Array {
  let bytes = typeof source === "string" ? Buffer.from(source, "utf8") : source;
  if (bytes.length > MAX_SCRIPT_BYTES) {
    throw new MoonkeepError("INVALID", scriptTooLarge(name, MAX_SCRIPT_BYTES / 1024 / 1024));
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  if (bytes[0] === HASH) {
    const end = bytes.indexOf(NEWLINE);
    bytes = end === -1 ? new Uint8Array() : bytes.subarray(end);
  }
  if (bytes[0] === 0x1b) throw new MoonkeepError("INVALID", compiledLua(name));
  if (bytes.subarray(0, 4096).includes(0)) throw new MoonkeepError("INVALID", binaryScript(name));
  return bytes;
}

/** @throws TypeError */
export function checkSource(source: unknown): void {
  if (typeof source === "string" || source instanceof Uint8Array) return;
  throw wrongType("source", "a script's text, as a string or as bytes (Uint8Array)", source);
}
