import { fstatSync } from "node:fs";
import { cantRead } from "./errors.ts";

/** What commands read. Of a folder, Node.js makes a stream that is empty. @throws UsageError */
export function standardInput(): NodeJS.ReadStream {
  if (fstatSync(0).isDirectory()) throw cantRead("standard input", { code: "EISDIR" });
  return process.stdin;
}
